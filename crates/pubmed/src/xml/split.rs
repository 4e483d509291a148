//! Cuts PubMed XML into records in one walk.
//!
//! Records are searched for their end ([`Extent`]), and what stands around them is read tag by tag:
//! roots, sets, lists of withdrawn PMIDs, and whatever people wrap PubMed's answers in. The walk
//! sees the input through a window and keeps nothing but the names of the open elements, so that
//! its memory is bounded, and what it finds does not depend on how the input comes in.

mod between;
#[cfg(test)]
mod tests;

use std::mem;

use model::Code;

use super::damage::Damage;
use super::deletion::Deletion;
use super::doctype::Doctype;
use super::document::Documents;
use super::extent::{CONTEXT, Extent, Reach, Surroundings};
use super::markup::{Endless, Opaque};
use super::open::OpenElements;
use super::root::Root;
use crate::options::Limits;
use crate::run::Piece;

/// A part of the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window<'a> {
    /// What is there of it.
    pub(crate) bytes: &'a [u8],
    /// Bytes of the input before it.
    pub(crate) offset: u64,
    /// What comes after it.
    pub(crate) after: After,
}

/// What comes after a part of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Perhaps more.
    More,
    /// The end.
    End,
    /// More that cannot be had.
    Failure,
}

/// The walk through one input.
#[derive(Debug)]
pub(crate) struct Splitter {
    limits: Limits,
    state: State,
    open: OpenElements,
    documents: Documents,
    /// The list of withdrawn PMIDs that is being read.
    deletion: Option<Deletion>,
    endless: Endless,
    /// Whether the input ends in a record.
    is_truncated: bool,
}

#[derive(Debug)]
enum State {
    /// Between tags that are not in a record.
    Outside,
    /// In something opaque that is not in a record.
    Opaque(Opaque),
    /// In a document type declaration.
    Doctype(Doctype),
    /// In a record.
    Record(Extent),
    /// In a record that is too large and was reported.
    Oversize(Extent),
    /// Nothing more is to be found.
    Done,
}

/// What a step of the walk came to.
enum Step {
    /// The walk goes on at this place.
    To(usize),
    /// From this place on more bytes are needed.
    Need(usize),
    /// The walk is over.
    Fatal(usize, Code, String),
}

/// Bytes of a record that is too large in which its PMID is looked for.
const HEAD: usize = 64 << 10;

impl Splitter {
    /// A walk that has not begun.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            state: State::Outside,
            open: OpenElements::default(),
            documents: Documents::default(),
            deletion: None,
            endless: Endless::default(),
            is_truncated: false,
        }
    }

    /// Bytes that it may leave in the window at most, waiting for more.
    pub(crate) fn most_bytes(&self) -> usize {
        self.limits.record_bytes.saturating_add(CONTEXT).max(self.limits.event_bytes)
    }

    /// Whether nothing more is to be found.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Walks on, and returns how many bytes are done with.
    ///
    /// The window begins behind the bytes that were done with before. The bytes of a piece are done
    /// with, too: the caller keeps them for as long as it needs the piece.
    pub(crate) fn walk(&mut self, window: Window, pieces: &mut Vec<Piece>) -> usize {
        let mut at = 0;
        loop {
            let step = match mem::replace(&mut self.state, State::Outside) {
                State::Outside => self.outside(window, at, pieces),
                State::Opaque(opaque) => self.opaque(opaque, window, at),
                State::Doctype(doctype) => self.doctype(doctype, window, at),
                State::Record(extent) => self.record(extent, window, at, pieces),
                State::Oversize(extent) => self.oversize(extent, window, at),
                State::Done => {
                    self.state = State::Done;
                    return window.bytes.len();
                }
            };
            match step {
                Step::To(next) => at = next,
                Step::Need(from) if window.after == After::More => return from,
                Step::Need(from) => {
                    self.end(window, from, pieces);
                    self.state = State::Done;
                }
                Step::Fatal(at, code, message) => {
                    self.fatal(at, code, message, pieces);
                    self.state = State::Done;
                }
            }
        }
    }

    /// Looks for the end of a record.
    fn record(
        &mut self,
        mut extent: Extent,
        window: Window,
        at: usize,
        pieces: &mut Vec<Piece>,
    ) -> Step {
        let bytes = &window.bytes[at..];
        let (root, limit) = (extent.root(), self.limits.record_bytes);
        let may_be_kept = bytes.len() <= limit;
        match self.reach(&mut extent, window, at, may_be_kept) {
            Reach::End(length) if length <= limit => {
                pieces.push(Piece::Record { range: at..at + length, root });
                self.close_document();
                Step::To(at + length)
            }
            Reach::Cut(cut) if cut <= limit => self.broken(root, &bytes[..cut], at, false, pieces),
            Reach::Unended if may_be_kept => self.broken(root, bytes, at, true, pieces),
            // A tag that begins within the limit may cut the record.
            Reach::More if bytes.len() <= limit + CONTEXT => {
                self.state = State::Record(extent);
                Step::Need(at)
            }
            _ => {
                let head = &bytes[..limit.min(HEAD)];
                let pmid = Damage::of(head, root, &self.open).pmid;
                let message = format!("the record has more than {limit} bytes");
                pieces.push(Piece::Fault { at, code: Code::RecordTooLarge, pmid, message });
                self.state = State::Oversize(extent);
                Step::To(at)
            }
        }
    }

    /// Looks for the end of a record that is not to be kept.
    fn oversize(&mut self, mut extent: Extent, window: Window, at: usize) -> Step {
        match self.reach(&mut extent, window, at, false) {
            Reach::End(length) => {
                self.close_document();
                Step::To(at + length)
            }
            Reach::Cut(cut) => {
                self.open.presume(&[extent.root().name().as_bytes()]);
                Step::To(at + cut)
            }
            Reach::Unended => {
                self.is_truncated = true;
                Step::To(window.bytes.len())
            }
            Reach::More => {
                let forgotten = extent.forget(&window.bytes[at..]);
                self.state = State::Oversize(extent);
                Step::Need(at + forgotten)
            }
        }
    }

    fn reach(
        &mut self,
        extent: &mut Extent,
        window: Window,
        at: usize,
        may_be_kept: bool,
    ) -> Reach {
        let ended = window.after != After::More;
        let mut around = Surroundings {
            offset: window.offset + at as u64,
            ended,
            limit: self.limits.record_bytes,
            forgiving: ended && may_be_kept,
            endless: &mut self.endless,
            open: &self.open,
        };
        extent.reach(&window.bytes[at..], &mut around)
    }

    /// Cuts a record that has no end; what follows is not part of the record, or nothing follows.
    fn broken(
        &mut self,
        root: Root,
        bytes: &[u8],
        at: usize,
        is_last: bool,
        pieces: &mut Vec<Piece>,
    ) -> Step {
        let damage = Damage::of(bytes, root, &self.open);
        let (code, message) = if is_last && damage.cut.is_none() {
            self.is_truncated = true;
            (Code::RecordTruncated, "the input ends inside the record")
        } else {
            (Code::RecordMalformed, "the record has no end tag")
        };
        let message = message.to_owned();
        pieces.push(Piece::Fault { at, code, pmid: damage.pmid, message });
        self.open.presume(&damage.left_open);
        Step::To(at + damage.cut.unwrap_or(bytes.len()))
    }

    /// Says what is wrong with an input that ends here, with these bytes left over.
    fn end(&mut self, window: Window, left_over: usize, pieces: &mut Vec<Piece>) {
        if window.after == After::Failure {
            return self.close_deletion(pieces);
        }
        let left_over = &window.bytes[left_over..];
        let is_outside = matches!(self.state, State::Outside);
        let is_tag = left_over.first() == Some(&b'<');
        let (at, message) = (window.bytes.len(), "the input ends before its root has closed");
        if is_outside && !is_tag && !left_over.is_empty() {
            let message = "the input ends inside a character".to_owned();
            self.fatal(at - left_over.len(), Code::EncodingInvalid, message, pieces);
        } else if !is_outside || is_tag || self.is_truncated || self.open.depth() > 0 {
            self.fatal(at, Code::DocumentTruncated, message.to_owned(), pieces);
        } else {
            // Only what is presumed to be open may still be.
            self.documents.end();
            if let Some((code, message)) = self.documents.verdict() {
                self.fatal(at, code, message, pieces);
            } else {
                pieces.extend(self.documents.remark_text_outside().map(Piece::Remark));
            }
        }
    }

    fn fatal(&mut self, at: usize, code: Code, message: String, pieces: &mut Vec<Piece>) {
        self.close_deletion(pieces);
        let refusal = match code {
            Code::DocumentMalformed | Code::DocumentTruncated => self.documents.refusal(),
            _ => None,
        };
        let (code, message) = match refusal {
            Some(refusal) => (Code::InputRefused, refusal),
            None => (code, message),
        };
        pieces.push(Piece::Fault { at, code, pmid: None, message });
    }

    fn close_deletion(&mut self, pieces: &mut Vec<Piece>) {
        if let Some(mut deletion) = self.deletion.take() {
            deletion.close(0, pieces);
        }
    }
}
