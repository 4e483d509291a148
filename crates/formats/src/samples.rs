//! The three worked examples of `output-formats.md` section 8, for the tests of every writer.
//!
//! `samples/` holds each as a record and in every format, as the specification writes it; none of
//! these files is made by this crate. Two things are otherwise than there: `seed` has an invented
//! abstract, and in the record of `nasty` the heading stands as the first keyword, since the files
//! have it before the keywords, where no heading stands (`mapping.md` section 7.10).

use model::{Record, Warning};

use crate::Writer;

/// A record and the file that a format makes of it.
pub(crate) struct Sample {
    /// Its name in `samples/`.
    pub(crate) name: &'static str,
    /// The record.
    pub(crate) record: Record,
    /// The file.
    pub(crate) file: String,
}

/// The three samples with their files of one ending: `ris`, `bibtex.bib`.
pub(crate) fn samples(ending: &str) -> [Sample; 3] {
    ["seed", "nasty", "chapter"].map(|name| {
        let record = serde_json::from_str(&content(name, "jsonl")).expect("a record in JSON");
        Sample { name, record, file: content(name, ending) }
    })
}

/// The record of one sample.
pub(crate) fn sample(name: &str) -> Record {
    serde_json::from_str(&content(name, "jsonl")).expect("a record in JSON")
}

fn content(name: &str, ending: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
    std::fs::read_to_string(format!("{folder}/{name}.{ending}")).expect("a file of samples/")
}

/// A whole file of these records, and what the writer had to say about them.
pub(crate) fn file(writer: &dyn Writer, records: &[Record]) -> (String, Vec<Warning>) {
    let (mut out, mut warnings) = (Vec::new(), Vec::new());
    writer.begin(&mut out);
    for (at, record) in records.iter().enumerate() {
        if at > 0 {
            writer.between(&mut out);
        }
        writer.record(record, &mut out, &mut warnings);
    }
    writer.end(&mut out);
    (String::from_utf8(out).expect("every output is UTF-8"), warnings)
}
