//! An input that can only be read as a whole.

use model::Code;

use super::Form;
use crate::run::Piece;
use crate::xml::{After, Window};

/// Bytes of a saved page with all its embedded files.
const PAGE_BYTES: usize = 64 << 20;

/// Waits for the end of the input and gives it out in one piece.
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
    #[expect(clippy::unused_self, reason = "the other walks know theirs from their limits")]
    pub(crate) fn most_bytes(&self) -> usize {
        PAGE_BYTES
    }

    /// Whether nothing more is to be found.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Takes the input once it has ended; one that is too large is refused.
    pub(crate) fn walk(&mut self, window: Window<'_>, pieces: &mut Vec<Piece>) -> usize {
        let length = window.bytes.len();
        if self.done {
            return length;
        }
        let mut refuse = |code, message: String| {
            pieces.push(Piece::Fault { at: 0, code, pmid: None, message });
        };
        if length > PAGE_BYTES {
            let message = format!("a page of more than {} MiB", PAGE_BYTES >> 20);
            refuse(Code::InputRefused, message);
        } else if window.after == After::More {
            return 0;
        } else if window.bytes.trim_ascii().is_empty() {
            refuse(Code::InputEmpty, "there is nothing in it".to_owned());
        } else if window.after == After::Failure {
            refuse(Code::DocumentTruncated, "the input ends inside the page".to_owned());
        } else {
            pieces.push(Piece::Page { range: 0..length, form: self.form });
        }
        self.done = true;
        length
    }
}
