//! A run of whole records: what one thread reads at a time.

use std::ops::Range;

use memchr::memchr_iter;
use model::{Code, Pmid, Record, Warning};

use crate::fault::Fault;
use crate::medline;
use crate::options::{Limits, Options};
use crate::page::{self, Form};
use crate::xml::{self, Root};

/// Neighbouring records of one input, as bytes, with their place in it.
#[derive(Debug)]
pub struct Run {
    bytes: Vec<u8>,
    offset: u64,
    line: u64,
    pieces: Vec<Piece>,
}

/// One thing that was found, with its place in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The bytes of a record of XML.
    Record { range: Range<usize>, root: Root },
    /// The bytes of a record of MEDLINE text.
    Medline(Range<usize>),
    /// The bytes of a page, which may hold several records.
    Page { range: Range<usize>, form: Form },
    /// Withdrawn PMIDs.
    Deleted(Vec<Pmid>),
    /// Something to be said about the input.
    Remark(Warning),
    /// A record that is none, or the end of the walk.
    Fault { at: usize, code: Code, pmid: Option<Pmid>, message: String },
}

/// What stands in an input, piece by piece, in its order.
#[derive(Debug)]
pub enum Outcome {
    /// A record.
    Record(Box<Record>),
    /// PMIDs that NLM has withdrawn; no record.
    Deleted(Vec<Pmid>),
    /// Something to be said about the input as a whole.
    Remark(Warning),
    /// A record that could not be read, or the end of reading.
    Fault(Fault),
}

impl Run {
    pub(crate) fn new(bytes: Vec<u8>, offset: u64, line: u64, pieces: Vec<Piece>) -> Self {
        Self { bytes, offset, line, pieces }
    }

    /// Reads everything that stands in it, in its order.
    ///
    /// What comes out depends on the bytes of the run and the arguments alone, so that runs of one
    /// input can be read on many threads. The limits are those for one record.
    pub fn read(&self, options: &Options, limits: &Limits, sink: &mut dyn FnMut(Outcome)) {
        let mut lines = Lines { bytes: &self.bytes, at: 0, line: self.line };
        let mut place = |at: usize| (self.offset + at as u64, lines.line_of(at));
        let fault = |(offset, line), code, pmid, message| {
            Outcome::Fault(Fault { code, pmid, offset, line, message })
        };
        for piece in &self.pieces {
            sink(match piece {
                Piece::Record { range, root } => {
                    match xml::read(&self.bytes[range.clone()], *root, *options, limits) {
                        Ok(record) => Outcome::Record(Box::new(record)),
                        Err(flaw) => {
                            let at = range.start + flaw.offset.min(range.len());
                            fault(place(at), flaw.code, flaw.pmid, flaw.message)
                        }
                    }
                }
                Piece::Medline(range) => match std::str::from_utf8(&self.bytes[range.clone()]) {
                    Ok(text) => match medline::read(text, *options) {
                        Ok(record) => Outcome::Record(Box::new(record)),
                        Err(reason) => {
                            fault(place(range.start), Code::RecordForeign, None, reason.to_owned())
                        }
                    },
                    Err(error) => {
                        let message = "a byte that is not UTF-8".to_owned();
                        let at = range.start + error.valid_up_to();
                        fault(place(at), Code::RecordMalformed, None, message)
                    }
                },
                Piece::Page { range, form } => {
                    let (offset, line) = place(range.start);
                    page::read(&self.bytes[range.clone()], *form, *options, &mut |outcome| {
                        sink(match outcome {
                            Outcome::Fault(fault) => Outcome::Fault(Fault {
                                offset: offset + fault.offset,
                                line: line + fault.line - 1,
                                ..fault
                            }),
                            other => other,
                        });
                    });
                    continue;
                }
                Piece::Deleted(pmids) => Outcome::Deleted(pmids.clone()),
                Piece::Remark(warning) => Outcome::Remark(warning.clone()),
                Piece::Fault { at, code, pmid, message } => {
                    fault(place(*at), *code, *pmid, message.clone())
                }
            });
        }
    }

    /// Bytes of the unpacked input that it takes up.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of the unpacked input before it.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

/// Lines of places that are asked for one after another.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of a place; what lies between it and the place asked for before is counted once.
    fn line_of(&mut self, at: usize) -> u64 {
        if at < self.at {
            self.line -= count_lines(&self.bytes[at..self.at]);
        } else {
            self.line += count_lines(&self.bytes[self.at..at]);
        }
        self.at = at;
        self.line
    }
}

/// How many lines end in the bytes.
pub(crate) fn count_lines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}
