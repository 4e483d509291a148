//! What stands between the records: text, tags, comments, document type declarations.

use memchr::{memchr, memchr2};
use model::Code;

use super::{Piece, Splitter, State, Step, Window};
use crate::xml::deletion::Deletion;
use crate::xml::doctype::Doctype;
use crate::xml::document::shown_name;
use crate::xml::extent::Extent;
use crate::xml::markup::{self, Opaque, Sign, Tag, TagEnd};
use crate::xml::root::{self, Root};

/// Longer names outside of records are taken for damage.
const LONGEST_NAME: usize = 1024;

impl Splitter {
    /// Reads text and the tag behind it.
    pub(super) fn outside(&mut self, window: Window, at: usize, pieces: &mut Vec<Piece>) -> Step {
        let rest = &window.bytes[at..];
        let length = memchr(b'<', rest);
        let (text, is_bad) =
            markup::leading_text(&rest[..length.unwrap_or(rest.len())], length.is_some());
        self.text(text);
        let at = at + text.len();
        if is_bad {
            return not_text(at);
        }
        if length.is_none() {
            return Step::Need(at);
        }
        let sign = markup::sign(&window.bytes[at..]);
        if !self.documents.is_inside() && sign != Sign::Unsure {
            pieces.extend(self.documents.remark_text_outside().map(Piece::Remark));
            self.documents.markup_outside(sign == Sign::Doctype);
        }
        match sign {
            Sign::StartTag => self.start_tag(window, at, pieces),
            Sign::EndTag => self.end_tag(window, at, pieces),
            Sign::Opaque(opaque) => {
                self.state = State::Opaque(opaque);
                Step::To(at + opaque.opening())
            }
            Sign::Doctype => {
                self.state = State::Doctype(Doctype::default());
                Step::To(at + markup::DOCTYPE.len())
            }
            Sign::Stray => malformed(at, "a `<` begins nothing"),
            Sign::Unsure => Step::Need(at),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(deletion) = &mut self.deletion {
            deletion.text(text);
        } else if !self.documents.is_inside() {
            self.documents.text_outside(text);
        }
    }

    fn start_tag(&mut self, window: Window, at: usize, pieces: &mut Vec<Piece>) -> Step {
        let rest = self.event(window, at);
        let Some(tag) = markup::tag(rest, 0, false) else { return self.incomplete(rest, at) };
        if let Some(root) = Root::named(tag.local) {
            self.element(&tag, window.offset + at as u64, pieces);
            self.state = State::Record(Extent::new(root, tag.name_end));
            return Step::To(at);
        }
        let (end, is_empty) = match markup::tag_end(rest, tag.name_end) {
            TagEnd::At { end, empty } => (end, empty),
            TagEnd::Broken(_) => return malformed(at, "a tag does not end"),
            TagEnd::Unsure => return self.incomplete(rest, at),
        };
        let (text, is_bad) = markup::leading_text(&rest[..end], true);
        if is_bad {
            return not_text(at + text.len());
        }
        if tag.name.len() > LONGEST_NAME {
            return malformed(at, "the name of an element is too long");
        }
        if self.open.depth() >= self.limits.depth {
            let message = format!("elements are more than {} deep", self.limits.depth);
            return malformed(at, &message);
        }
        self.element(&tag, window.offset + at as u64, pieces);
        if is_empty {
            self.close_document();
        } else {
            self.open.open(tag.name);
            let depth = self.open.depth();
            if let Some(deletion) = &mut self.deletion {
                deletion.open(tag.local, depth);
            } else if root::is_deletion(tag.local) {
                self.deletion = Some(Deletion::new(depth));
            }
        }
        Step::To(at + end)
    }

    /// Takes note of an element outside of records, or of a record.
    fn element(&mut self, tag: &Tag, offset: u64, pieces: &mut Vec<Piece>) {
        pieces.extend(self.documents.element(tag.name, offset).map(Piece::Remark));
        if root::is_record_or_set(tag.local) || root::is_deletion(tag.local) {
            pieces.extend(self.documents.known(&self.open).map(Piece::Remark));
        }
    }

    fn end_tag(&mut self, window: Window, at: usize, pieces: &mut Vec<Piece>) -> Step {
        let rest = self.event(window, at);
        let Some(end) = memchr2(b'>', b'<', &rest[1..]).map(|end| end + 1) else {
            return self.incomplete(rest, at);
        };
        let name = rest[2..end].trim_ascii_end();
        let (text, is_bad) = markup::leading_text(name, true);
        if is_bad {
            return not_text(at + 2 + text.len());
        }
        if rest[end] == b'<' {
            return malformed(at, "a tag does not end");
        }
        if !self.open.close(name) {
            let name = shown_name(name);
            let message = match self.open.innermost() {
                Some(due) => format!("`</{name}>` stands where `</{}>` is due", shown_name(due)),
                None => format!("`</{name}>` closes nothing"),
            };
            return malformed(at, &message);
        }
        if let Some(deletion) = &mut self.deletion {
            let is_over = deletion.close(self.open.depth(), pieces);
            self.deletion.take_if(|_| is_over);
        }
        self.close_document();
        Step::To(at + end + 1)
    }

    pub(super) fn close_document(&mut self) {
        if self.open.is_empty() {
            self.documents.end();
        }
    }

    /// As much of the window as one tag may take.
    fn event<'a>(&self, window: Window<'a>, at: usize) -> &'a [u8] {
        let rest = &window.bytes[at..];
        &rest[..rest.len().min(self.limits.event_bytes)]
    }

    fn incomplete(&self, event: &[u8], at: usize) -> Step {
        if event.len() < self.limits.event_bytes {
            return Step::Need(at);
        }
        malformed(at, &format!("a tag has more than {} bytes", self.limits.event_bytes))
    }

    pub(super) fn opaque(&mut self, opaque: Opaque, window: Window, at: usize) -> Step {
        let rest = &window.bytes[at..];
        let end = opaque.end(rest, 0);
        let (text, is_bad) = match end {
            Some(end) => markup::leading_text(&rest[..end - opaque.closing().len()], true),
            None => markup::leading_text(rest, false),
        };
        // The end may stand half in these bytes.
        let kept = if end.is_some() || is_bad { 0 } else { opaque.closing().len() - 1 };
        let text = &text[..text.floor_char_boundary(text.len().saturating_sub(kept))];
        if opaque == Opaque::Cdata {
            self.text(text);
        }
        if is_bad {
            return not_text(at + text.len());
        }
        if let Some(end) = end {
            return Step::To(at + end);
        }
        self.state = State::Opaque(opaque);
        Step::Need(at + text.len())
    }

    pub(super) fn doctype(&mut self, mut doctype: Doctype, window: Window, at: usize) -> Step {
        let rest = &window.bytes[at..];
        let before = doctype;
        let end = doctype.end(rest);
        let (text, is_bad) =
            markup::leading_text(&rest[..end.unwrap_or(rest.len())], end.is_some());
        if is_bad {
            return not_text(at + text.len());
        }
        if let Some(end) = end {
            return Step::To(at + end);
        }
        let mut doctype = before;
        doctype.end(text.as_bytes());
        self.state = State::Doctype(doctype);
        Step::Need(at + text.len())
    }
}

fn malformed(at: usize, message: &str) -> Step {
    Step::Fatal(at, Code::DocumentMalformed, message.to_owned())
}

fn not_text(at: usize) -> Step {
    Step::Fatal(at, Code::EncodingInvalid, "the bytes are no UTF-8".to_owned())
}
