//! JSON Lines, a record a line.

use std::io::BufRead;

use crate::jsonl::read_line;

use super::{Fault, Found, next_line, print};

/// Reads line by line.
pub(super) fn read(reader: &mut dyn BufRead, each: &mut dyn FnMut(Found)) -> Result<(), Fault> {
    let mut buffer = Vec::new();
    while let Some(line) = next_line(reader, &mut buffer)? {
        let Some(line) = line.strip_suffix('\n') else {
            return Err(Fault::malformed("the last line has no end"));
        };
        let record = read_line(line).map_err(Fault::malformed)?;
        each(Found {
            title: print::words(&record.title),
            pmid: record.pmid.map(|pmid| pmid.to_string()),
            doi: record.doi.map(|doi| doi.to_string()),
        });
    }
    Ok(())
}
