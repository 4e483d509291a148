//! CSL-JSON by `serde_json`, one item of the array at a time.

use std::io::BufRead;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::{Fault, Found};

/// An item; what else it holds is passed over.
#[derive(Deserialize)]
struct Item {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "type")]
    _kind: String,
    title: Option<String>,
    #[serde(rename = "PMID")]
    pmid: Option<String>,
    #[serde(rename = "DOI")]
    doi: Option<String>,
}

/// Reads one array of items.
pub(super) fn read(reader: &mut dyn BufRead, each: &mut dyn FnMut(Found)) -> Result<(), Fault> {
    let mut json = serde_json::Deserializer::from_reader(reader);
    json.deserialize_seq(Items { each }).and_then(|()| json.end()).map_err(|fault| {
        if fault.is_io() { Fault::Io(fault.into()) } else { Fault::malformed(fault) }
    })
}

struct Items<'e> {
    each: &'e mut dyn FnMut(Found),
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(Item { title, pmid, doi, .. }) = items.next_element()? {
            (self.each)(Found { title, pmid, doi });
        }
        Ok(())
    }
}
