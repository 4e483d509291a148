//! A start tag and its attributes.

use std::borrow::Cow;

use super::scan::{below, equal, find};
use crate::xml::record::coverage;

/// A start tag that was read, and with it the element that is open now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    /// The name as written, with its prefix.
    pub(crate) name: &'a [u8],
    pub(super) attributes: &'a str,
    pub(super) depth: u32,
    pub(super) empty: bool,
}

impl<'a> Tag<'a> {
    /// Attributes as written: names and undecoded values, in order.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        Attributes { text: self.attributes, at: 0 }
    }

    /// Whether an attribute has exactly that value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.attributes().any(|attribute| attribute == (name, value))
    }

    /// The name without its prefix.
    pub(crate) fn local(&self) -> &'a [u8] {
        self.name.rsplit(|sign| *sign == b':').next().unwrap_or_default()
    }

    /// The name for people to read.
    pub(crate) fn name_text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.name)
    }
}

/// The attributes of a [`Tag`]; ends where what follows is none.
pub(crate) struct Attributes<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let past_blanks = |at: usize| {
            let rest = bytes.get(at..).unwrap_or_default();
            at + rest.iter().take_while(|sign| **sign <= b' ').count()
        };
        let start = past_blanks(self.at);
        let end = find(bytes, start, |chunk| below(chunk, b' ' + 1) | equal(chunk, b'='));
        let equals = past_blanks(end);
        let open = past_blanks(equals + 1);
        let quote = *bytes.get(open).filter(|sign| matches!(sign, b'"' | b'\''))?;
        if start == end || bytes[equals] != b'=' {
            return None;
        }
        let close = find(bytes, open + 1, |chunk| equal(chunk, quote));
        self.at = close + 1;
        Some((&self.text[start..end], self.text.get(open + 1..close)?))
    }
}

/// Whether an element belongs inside text.
pub(super) fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag.name, b"i" | b"b" | b"u" | b"sup" | b"sub" | b"sc")
        || tag.local() == b"math"
        || coverage::is_silent(tag.name)
}
