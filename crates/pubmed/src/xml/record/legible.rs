//! Characters that XML forbids: a record that holds some is read all the same
//! (`xml-input.md` section 8).

use std::borrow::Cow;

use model::{Code, Warning};

use crate::xml::record::cursor::is_legal;

/// The text of a record, with U+FFFD in the place of every character that XML forbids.
pub(crate) struct Legible<'a> {
    text: Cow<'a, str>,
    /// What was replaced: how many bytes the character had, and where U+FFFD stands now.
    replaced: Vec<(usize, usize)>,
    /// The first of them.
    first: Option<char>,
}

impl<'a> Legible<'a> {
    /// Makes a text legible.
    pub(crate) fn of(text: &'a str) -> Self {
        if !is_suspect(text.as_bytes()) {
            return Self { text: Cow::Borrowed(text), replaced: Vec::new(), first: None };
        }
        let mut legible = String::with_capacity(text.len());
        let (mut replaced, mut first) = (Vec::new(), None);
        for sign in text.chars() {
            if is_legal(sign) {
                legible.push(sign);
            } else {
                first = first.or(Some(sign));
                replaced.push((sign.len_utf8(), legible.len()));
                legible.push(char::REPLACEMENT_CHARACTER);
            }
        }
        Self { text: Cow::Owned(legible), replaced, first }
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Says that characters were replaced, once for the record.
    pub(crate) fn report(&self, warnings: &mut Vec<Warning>) {
        if let Some(first) = self.first {
            let words = match self.replaced.len() {
                1 => format!("U+{:04X}", u32::from(first)),
                count => format!("U+{:04X} and {} more", u32::from(first), count - 1),
            };
            warnings.push(Warning::new(Code::CharacterIllegal, words));
        }
    }

    /// Where a place of the text was before anything was replaced.
    pub(crate) fn offset(&self, at: usize) -> usize {
        let before = self.replaced.iter().take_while(|(_, place)| *place < at);
        let longer = before.map(|(length, _)| char::REPLACEMENT_CHARACTER.len_utf8() - length);
        at - longer.sum::<usize>()
    }
}

/// Whether there may be such a character. Written without an early end, so that the compiler can
/// look at many bytes at a time.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "an early end would keep it from being vectorized"
)]
fn is_suspect(bytes: &[u8]) -> bool {
    bytes.chunks(4096).any(|chunk| {
        chunk.iter().fold(false, |found, byte| {
            let control = (*byte < 0x20) & !matches!(byte, b'\t' | b'\n' | b'\r');
            // The first byte of U+FFFE and U+FFFF, and of much that is rare and legal.
            found | control | (*byte == 0xEF)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_replaced_and_places_are_found_again() {
        let legible = Legible::of("a\u{1F}b\u{FFFE}c\u{FF21}");
        assert_eq!(legible.text(), "a\u{FFFD}b\u{FFFD}c\u{FF21}");
        let at = |sign| legible.offset(legible.text().find(sign).expect("it is there"));
        assert_eq!([at('b'), at('c'), at('\u{FF21}')], [2, 6, 7]);
        let mut warnings = Vec::new();
        legible.report(&mut warnings);
        assert_eq!(warnings, [Warning::new(Code::CharacterIllegal, "U+001F and 1 more")]);
    }

    #[test]
    fn legible_text_is_left_alone() {
        for text in ["tab\t line\r\n end", "\u{FEFF}\u{FFFD}\u{FB01}", ""] {
            let legible = Legible::of(text);
            assert_eq!((legible.text(), legible.first), (text, None));
        }
    }
}
