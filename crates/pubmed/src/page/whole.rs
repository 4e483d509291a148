//! Inputs that hold whole pages: a saved page is one, a text may hold several.

use memchr::memmem::Finder;
use model::Code;

use super::Form;
use super::text::PAGE_START;
use crate::run::Piece;
use crate::xml::{After, Window};

/// Bytes of a saved page with all its embedded files.
const PAGE_BYTES: usize = 64 << 20;
/// Bytes of the text of a page, or of a text whose pages no banner tells apart.
const TEXT_BYTES: usize = 4 << 20;

/// Waits for the end of a page and gives it out in one piece.
#[derive(Debug)]
pub(crate) struct Whole {
    form: Form,
    done: bool,
}

impl Whole {
    /// Nothing seen yet.
    pub(crate) fn new(form: Form) -> Self {
        Self { form, done: false }
    }

    /// Bytes that it may leave in the window at most, waiting for more.
    pub(crate) fn most_bytes(&self) -> usize {
        match self.form {
            Form::Html => PAGE_BYTES,
            Form::Text | Form::TextPage => TEXT_BYTES,
        }
    }

    /// Whether nothing more is to be found.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Takes the pages that have ended; one that is too large is refused.
    pub(crate) fn walk(&mut self, window: Window<'_>, pieces: &mut Vec<Piece>) -> usize {
        let length = window.bytes.len();
        if self.done {
            return length;
        }
        let start = self.ended_pages(window.bytes, pieces);
        let rest = &window.bytes[start..];
        let is_blank = rest.trim_ascii().is_empty();
        let mut refuse = |code, message: String| {
            pieces.push(Piece::Fault { at: start, code, pmid: None, message });
        };
        if rest.len() > self.most_bytes() {
            let message = format!("a page of more than {} MiB", self.most_bytes() >> 20);
            refuse(Code::InputRefused, message);
        } else if window.after == After::More {
            return start;
        } else if is_blank && self.form != Form::TextPage {
            refuse(Code::InputEmpty, "there is nothing in it".to_owned());
        } else if window.after == After::Failure {
            refuse(Code::DocumentTruncated, "the input ends inside the page".to_owned());
        } else if !is_blank {
            pieces.push(Piece::Page { range: start..length, form: self.form });
        }
        self.done = true;
        length
    }

    /// Takes the pages of a text behind which another one begins, and says where that is.
    fn ended_pages(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) -> usize {
        let mut start = 0;
        if self.form == Form::Html {
            return start;
        }
        for at in Finder::new(PAGE_START).find_iter(bytes) {
            let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
            let indent = bytes[line..at].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes[line..at]);
            if !indent.trim_ascii().is_empty() {
                continue;
            }
            // The banner of the first page may stand behind other text.
            if !bytes[start..line].trim_ascii().is_empty() {
                self.form = Form::TextPage;
                pieces.push(Piece::Page { range: start..line, form: self.form });
            }
            start = line;
        }
        start
    }
}
