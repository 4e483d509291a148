//! PubMed XML (`xml-input.md`): cut into records, and read record by record.

mod damage;
mod deletion;
mod doctype;
mod document;
mod extent;
mod markup;
mod open;
mod refusal;
mod root;
mod split;

pub use refusal::refusal;
pub(crate) use root::{Flaw, Root};
pub(crate) use split::{After, Piece, Splitter, Window};

use model::{Code, Record};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::options::{Limits, Options};

/// Reads a record as far as it is known here: whether it is well-formed.
pub(crate) fn read(bytes: &[u8], _: Root, _: &Options, _: &Limits) -> Result<Record, Flaw> {
    let mut reader = Reader::from_reader(bytes);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(Record::default()),
            Ok(_) => {}
            Err(error) => {
                let offset = usize::try_from(reader.error_position()).unwrap_or(bytes.len());
                let (code, message) = (Code::RecordMalformed, error.to_string());
                return Err(Flaw { code, offset, pmid: None, message });
            }
        }
    }
}
