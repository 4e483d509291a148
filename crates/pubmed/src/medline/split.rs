//! Cuts MEDLINE text into records, line by line.

use model::{Code, Pmid};

use super::fields::{Boundaries, field};
use crate::options::Limits;
use crate::run::Piece;
use crate::xml::{After, Window};

/// The walk through one input.
#[derive(Debug)]
pub(crate) struct Splitter {
    limits: Limits,
    /// Whether the record that is being walked is too large and was reported.
    oversize: bool,
    seen: Seen,
    done: bool,
}

/// The most telling thing that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Text,
    Field,
}

impl Splitter {
    /// A walk that has not begun.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, oversize: false, seen: Seen::Nothing, done: false }
    }

    /// Bytes that it may leave in the window at most, waiting for more.
    pub(crate) fn most_bytes(&self) -> usize {
        self.limits.record_bytes
    }

    /// Whether nothing more is to be found.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Walks on, and returns how many bytes are done with; they begin at the start of a record.
    pub(crate) fn walk(&mut self, window: Window<'_>, pieces: &mut Vec<Piece>) -> usize {
        let bytes = window.bytes;
        if self.done {
            return bytes.len();
        }
        let ended = window.after != After::More;
        if !bytes.trim_ascii().is_empty() {
            self.seen = self.seen.max(Seen::Text);
        }
        let mut boundaries = Boundaries::default();
        let (mut start, mut at) = (0, 0);
        while at < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[at..]).map(|length| at + length + 1);
            if end.is_none() && !ended {
                break;
            }
            let end = end.unwrap_or(bytes.len());
            // Only tags matter here, and they are ASCII.
            let line = String::from_utf8_lossy(&bytes[at..end.min(at + LINE)]);
            let line = line.trim_end_matches(['\r', '\n']);
            if field(line).is_some() {
                self.seen = Seen::Field;
            }
            if boundaries.begins(line) {
                self.record(start, at, bytes, pieces);
                start = at;
            }
            at = end;
        }
        if !ended {
            if bytes.len() - start > self.limits.record_bytes {
                self.too_large(start, bytes, pieces);
                return at.max(start);
            }
            return start;
        }
        self.done = true;
        // What is left of a record that was refused belongs to it.
        let rest = if self.oversize { &[] } else { &bytes[start..] };
        if window.after == After::Failure && !rest.trim_ascii().is_empty() {
            let message = "the input ends inside the record".to_owned();
            let (code, pmid) = (Code::RecordTruncated, pmid(rest));
            pieces.push(Piece::Fault { at: start, code, pmid, message });
        } else if !rest.trim_ascii().is_empty() && self.seen == Seen::Field {
            self.record(start, bytes.len(), bytes, pieces);
        }
        if self.seen != Seen::Field && window.after == After::End {
            let (code, message) = if self.seen == Seen::Text {
                (Code::InputRefused, "there is no field of MEDLINE text in it")
            } else {
                (Code::InputEmpty, "there is nothing in it")
            };
            pieces.push(Piece::Fault { at: 0, code, pmid: None, message: message.to_owned() });
        }
        bytes.len()
    }

    fn record(&mut self, start: usize, end: usize, bytes: &[u8], pieces: &mut Vec<Piece>) {
        if std::mem::take(&mut self.oversize) {
            return;
        }
        if end - start > self.limits.record_bytes {
            self.too_large(start, bytes, pieces);
            self.oversize = false;
        } else {
            pieces.push(Piece::Medline(start..end));
        }
    }

    fn too_large(&mut self, at: usize, bytes: &[u8], pieces: &mut Vec<Piece>) {
        if !self.oversize {
            let message = format!("the record has more than {} bytes", self.limits.record_bytes);
            let (code, pmid) = (Code::RecordTooLarge, pmid(&bytes[at..]));
            pieces.push(Piece::Fault { at, code, pmid, message });
            self.oversize = true;
        }
    }
}

/// Bytes of a line that are looked at for its tag.
const LINE: usize = 16;

/// The PMID of a record that is not read, from its first lines.
fn pmid(record: &[u8]) -> Option<Pmid> {
    let head = String::from_utf8_lossy(&record[..record.len().min(1024)]);
    let value = head.lines().find_map(|line| field(line).filter(|(tag, _)| *tag == "PMID"));
    value.and_then(|(_, value)| value.parse().ok())
}

/// The records of a text that is there as a whole.
pub(crate) fn records(text: &str) -> Vec<&str> {
    let mut boundaries = Boundaries::default();
    let mut records = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if boundaries.begins(line.trim_end()) {
            records.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    if text[start..].lines().any(|line| field(line).is_some()) {
        records.push(&text[start..]);
    }
    records
}
