//! JSON Lines: the record itself, whole (`output-formats.md` section 7).

use model::{Record, Warning};

use crate::Writer;

/// Writes one record of the model a line.
pub(crate) struct JsonLines;

impl Writer for JsonLines {
    fn record(&self, record: &Record, out: &mut Vec<u8>, _warnings: &mut Vec<Warning>) {
        serde_json::to_writer(&mut *out, record)
            .expect("a vector takes everything, and all keys of a record are strings");
        out.push(b'\n');
    }
}

/// A line that is no record.
#[derive(Debug, thiserror::Error)]
#[error("not a record of schema {}", model::Schema::NUMBER)]
pub struct ReadLineError(#[from] serde_json::Error);

/// Reads back one line that the JSON Lines writer has written, with or without its line end.
///
/// Nothing is lost on the way: writing the record again gives the same bytes.
///
/// # Errors
///
/// If the line is no JSON, has a key that this edition does not know, or lacks one.
pub fn read_line(line: &str) -> Result<Record, ReadLineError> {
    Ok(serde_json::from_str(line)?)
}
