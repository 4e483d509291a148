//! Reading back what was written, with parsers that are not our own.
//!
//! A conversion that is to be verified notes the [`expected`] print of each record for each
//! format. Afterwards [`check`] reads the finished file and compares: as many records, in the
//! same order, each with its title, PMID and DOI. What is lost, cut, doubled or swapped is found.
//!
//! ```
//! use formats::{Format, Options, verify};
//! use model::{Record, Text};
//!
//! let record = Record { title: Text::plain("Time-resolved imaging"), ..Record::default() };
//! let (mut file, mut warnings) = (Vec::new(), Vec::new());
//! let options = Options::default();
//! let writer = Format::Ris.writer(&options).expect("the default options");
//! writer.record(&record, &mut file, &mut warnings);
//!
//! let expected = [verify::expected(Format::Ris, &record, &options)];
//! assert!(verify::check(Format::Ris, &file[..], &expected).is_ok());
//! ```

mod bib;
mod csl;
mod endnote;
mod jsonl;
mod print;
mod ris;
mod tex;

use std::fmt;
use std::io::{self, BufRead};

use model::{Container, Kind, Record};

use crate::format::Format;
use crate::options::Options;
use crate::title;

/// What an independent parser finds of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Title as it stands in the file, with the markup of the format; of TeX, resolved.
    pub title: Option<String>,
    /// PubMed identifier.
    pub pmid: Option<String>,
    /// DOI.
    pub doi: Option<String>,
}

/// How a file differs from what was to be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The file could not be read at all.
    #[error("the output cannot be read back")]
    Io(#[from] io::Error),
    /// A parser does not take the file.
    #[error("behind {index} records the output is malformed: {fault}")]
    Malformed {
        /// How many records stand before.
        index: usize,
        /// What the parser says.
        fault: String,
    },
    /// There are more or fewer records.
    #[error("the output holds {found} records instead of {expected}")]
    Count {
        /// As many were converted.
        expected: usize,
        /// As many are in the file.
        found: usize,
        /// The first record that is not the one converted, counting from 0.
        first_difference: usize,
    },
    /// A record is not the one that was converted.
    #[error("record {index} of the output is not the one that was converted, but {found}")]
    Record {
        /// Its place, counting from 0.
        index: usize,
        /// What stands there.
        found: Found,
    },
}

/// The print of a record that [`check`] looks for in a file of that format.
#[must_use]
pub fn expected(format: Format, record: &Record, options: &Options) -> u64 {
    // In BibLaTeX a volume has its own title, and that of the work is the main title.
    if let (Format::Biblatex, Some(Container::Book(book)), Kind::Book) =
        (format, &record.container, record.kind)
        && !book.volume_title.is_empty()
    {
        return print::expected(record, &book.volume_title);
    }
    match format {
        Format::Jsonl => print::expected(record, &record.title),
        Format::Ris | Format::Bibtex | Format::Biblatex | Format::CslJson | Format::EndnoteXml => {
            print::expected(record, &title::printed(record, options))
        }
    }
}

/// Reads a finished file and compares it with the prints of the records that it was made of.
///
/// Holds one record in memory.
///
/// # Errors
///
/// If the file cannot be read, a parser does not take it, or the records in it are others.
pub fn check(format: Format, reader: impl BufRead, expected: &[u64]) -> Result<(), Mismatch> {
    let mut found = 0;
    let mut first_difference = None;
    read(format, reader, |record| {
        let same = expected.get(found).is_some_and(|print| print::matches(&record, *print));
        if !same && first_difference.is_none() {
            first_difference = Some((found, record));
        }
        found += 1;
    })?;
    match first_difference {
        _ if found != expected.len() => Err(Mismatch::Count {
            expected: expected.len(),
            found,
            first_difference: first_difference.map_or(found, |(index, _)| index),
        }),
        Some((index, found)) => Err(Mismatch::Record { index, found }),
        None => Ok(()),
    }
}

/// Reads a finished file and hands on what is found of each record, in order.
///
/// # Errors
///
/// If the file cannot be read, or a parser does not take it.
pub fn read(
    format: Format,
    mut reader: impl BufRead,
    mut each: impl FnMut(Found),
) -> Result<(), Mismatch> {
    let mut index = 0;
    let mut counted = |found| {
        index += 1;
        each(found);
    };
    let result = match format {
        Format::Ris => ris::read(&mut reader, &mut counted),
        Format::Bibtex | Format::Biblatex => bib::read(&mut reader, &mut counted),
        Format::CslJson => csl::read(&mut reader, &mut counted),
        Format::EndnoteXml => endnote::read(&mut reader, &mut counted),
        Format::Jsonl => jsonl::read(&mut reader, &mut counted),
    };
    result.map_err(|fault| match fault {
        Fault::Io(source) => Mismatch::Io(source),
        Fault::Malformed(fault) => Mismatch::Malformed { index, fault },
    })
}

impl fmt::Display for Found {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.title {
            Some(title) => write!(out, "`{title}`")?,
            None => out.write_str("one without a title")?,
        }
        for (name, value) in [("PMID", &self.pmid), ("DOI", &self.doi)] {
            if let Some(value) = value {
                write!(out, ", {name} {value}")?;
            }
        }
        Ok(())
    }
}

/// Why a parser ended.
#[derive(Debug)]
enum Fault {
    Io(io::Error),
    Malformed(String),
}

impl Fault {
    fn malformed(fault: impl fmt::Display) -> Self {
        Self::Malformed(fault.to_string())
    }
}

impl From<io::Error> for Fault {
    fn from(source: io::Error) -> Self {
        Self::Io(source)
    }
}

/// The next line with its end, as text; `None` behind the last one.
fn next_line<'b>(
    reader: &mut dyn BufRead,
    buffer: &'b mut Vec<u8>,
) -> Result<Option<&'b str>, Fault> {
    buffer.clear();
    if reader.read_until(b'\n', buffer)? == 0 {
        return Ok(None);
    }
    std::str::from_utf8(buffer).map(Some).map_err(Fault::malformed)
}

#[cfg(test)]
mod tests;
