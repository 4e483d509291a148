//! Cleaning of characters: what no output may hold (`output-formats.md` section 2).
//!
//! Every value of every format but JSON Lines passes through here once, before it is escaped.
//! What comes out is one line: no control character, no blank at the ends, no two blanks in a row.

use std::borrow::Cow;

use model::{Inline, Text, beyond_ascii};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The words as one clean line; borrowed where nothing had to be changed.
pub(crate) fn one_line(words: &str) -> Cow<'_, str> {
    if is_clean(words) {
        return Cow::Borrowed(words);
    }
    let mut line = Line::default();
    let mut out = String::with_capacity(words.len());
    line.push(words, &mut out);
    if out.ends_with(' ') {
        out.pop();
    }
    Cow::Owned(composed(out))
}

/// Rich text as one clean line: blanks are collapsed across the borders of runs too.
///
/// Mathematics is handed through; its tokens are cleaned when it is read (`math.rs`).
pub(crate) fn text(text: &Text) -> Cow<'_, Text> {
    if let Some(words) = text.as_plain() {
        return match one_line(words) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(words) => Cow::Owned(Text::plain(words)),
        };
    }
    let mut line = Line::default();
    if line.are_clean(text) && !line.blank {
        return Cow::Borrowed(text);
    }
    let mut clean = Line::default().runs(text);
    trim_end(&mut clean);
    Cow::Owned(clean)
}

/// What becomes of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Blank,
    Hyphen,
    Goes,
}

/// The table of section 2.
#[expect(clippy::match_same_arms, reason = "each arm is a row of the table")]
fn fate(character: char) -> Fate {
    match character {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Blank,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => Fate::Goes,
        ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' => Fate::Blank,
        '\u{202F}' | '\u{205F}' | '\u{3000}' => Fate::Blank,
        '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => Fate::Goes,
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Fate::Goes,
        '\u{FFFE}' | '\u{FFFF}' => Fate::Goes,
        '\u{2010}' | '\u{2011}' => Fate::Hyphen,
        _ => Fate::Stays,
    }
}

/// Whether [`one_line`] would change nothing.
pub(crate) fn is_clean(words: &str) -> bool {
    !words.starts_with(' ') && !words.ends_with(' ') && is_clean_inside(words)
}

/// Whether the words are clean but for blanks at their ends.
fn is_clean_inside(words: &str) -> bool {
    let bytes = words.as_bytes();
    let Some((last, before)) = bytes.split_last() else { return true };
    let control = |byte: u8| u8::from(byte < b' ') | u8::from(byte == 0x7F);
    let doubled = |one: u8, next: u8| u8::from(one == b' ') & u8::from(next == b' ');
    // Without early exits, so that the compiler can look at many bytes at once.
    let (unclean, all) = before
        .iter()
        .zip(&bytes[1..])
        .fold((control(*last), *last), |(unclean, all), (one, next)| {
            (unclean | control(*one) | doubled(*one, *next), all | one)
        });
    unclean == 0 && (all.is_ascii() || beyond_ascii(words).all(is_clean_beyond_ascii))
}

fn is_clean_beyond_ascii(piece: &str) -> bool {
    let stays = |character: char| character.is_ascii() || fate(character) == Fate::Stays;
    piece.chars().all(stays) && is_composed(piece)
}

/// Whether words are composed (NFC).
fn is_composed(words: &str) -> bool {
    // All below U+0300, whose first byte is 0xCC, is composed and stands before whatever composes
    // with it.
    words.bytes().all(|byte| byte < 0xCC) || is_nfc(words)
}

/// Composed letters (NFC) where Unicode has them.
fn composed(words: String) -> String {
    // An ASCII character never composes with the one before it.
    if beyond_ascii(&words).all(is_composed) { words } else { words.nfc().collect() }
}

/// A line in the making: remembers whether a blank would be the first or the second one.
struct Line {
    blank: bool,
}

impl Default for Line {
    fn default() -> Self {
        Self { blank: true }
    }
}

impl Line {
    /// Whether [`Self::runs`] would change nothing.
    fn are_clean(&mut self, text: &Text) -> bool {
        text.runs().iter().all(|run| match run {
            Inline::Plain(words) => {
                let doubled = self.blank && words.starts_with(' ');
                self.blank = words.ends_with(' ');
                !doubled && is_clean_inside(words)
            }
            Inline::Styled(_, inner) => self.are_clean(inner),
            Inline::Math(_) => {
                self.blank = false;
                true
            }
        })
    }

    fn push(&mut self, words: &str, out: &mut String) {
        let mut rest = words;
        while let Some(character) = rest.chars().next() {
            let plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
            if plain > 0 {
                out.push_str(&rest[..plain]);
                self.blank = false;
                rest = &rest[plain..];
                continue;
            }
            rest = &rest[character.len_utf8()..];
            match fate(character) {
                Fate::Goes => continue,
                Fate::Blank if self.blank => continue,
                Fate::Blank => out.push(' '),
                Fate::Hyphen => out.push('-'),
                Fate::Stays => out.push(character),
            }
            self.blank = out.ends_with(' ');
        }
    }

    fn runs(&mut self, text: &Text) -> Text {
        let clean = |run: &Inline| match run {
            Inline::Plain(words) => {
                let mut out = String::with_capacity(words.len());
                self.push(words, &mut out);
                Inline::Plain(composed(out))
            }
            Inline::Styled(style, inner) => Inline::Styled(*style, self.runs(inner)),
            Inline::Math(markup) => {
                self.blank = false;
                Inline::Math(markup.clone())
            }
        };
        text.runs().iter().map(clean).collect()
    }
}

/// Takes a blank off the end, however deep the last run stands.
fn trim_end(text: &mut Text) {
    text.edit(|runs| {
        let emptied = match runs.last_mut() {
            Some(Inline::Plain(words)) => {
                words.truncate(words.trim_end_matches(' ').len());
                words.is_empty()
            }
            Some(Inline::Styled(_, inner)) => {
                trim_end(inner);
                inner.is_empty()
            }
            Some(Inline::Math(_)) | None => false,
        };
        if emptied {
            runs.pop();
        }
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arbitrary;

    /// The rows of the table in section 2.
    #[test]
    fn characters_are_written_as_the_table_says() {
        for (given, written) in [
            ("a\u{0}\u{1b}\u{7f}\u{9f}b\u{ad}\u{200b}\u{2060}\u{feff}c", "abc"),
            ("a\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{fffe}\u{ffff}b", "ab"),
            ("a\tb\nc\rd\u{85}e\u{2028}f\u{2029}g", "a b c d e f g"),
            ("a\u{a0}b\u{1680}c\u{2000}d\u{200a}e\u{202f}f\u{205f}g\u{3000}h", "a b c d e f g h"),
            ("  a  \u{a0} b\r\n", "a b"),
            ("a \u{200b} b", "a b"),
            ("x\u{2010}y\u{2011}z", "x-y-z"),
            ("e\u{301}", "é"),
            ("e\u{200b}\u{301}", "é"),
            ("x\u{304}", "x\u{304}"),
            ("\u{646}\u{200c}\u{647}\u{200d}", "\u{646}\u{200c}\u{647}\u{200d}"),
            ("α王ﬁ\u{e000}–…µ", "α王ﬁ\u{e000}–…µ"),
            (" \u{200b} ", ""),
        ] {
            assert_eq!(one_line(given), written, "{given:?}");
        }
    }

    #[test]
    fn clean_words_are_not_copied() {
        for words in ["", "Plain words, 50% of them.", "α-synuclein ±3 µg, Łódź, 王"] {
            assert!(matches!(one_line(words), Cow::Borrowed(_)), "{words}");
        }
        let rich = r#"["α-Synuclein at 37 °C: ",{"i":["E. coli"]}," in H",{"sub":["2"]},"O"]"#;
        let rich: Text = serde_json::from_str(rich).expect("a text in JSON");
        assert!(matches!(text(&rich), Cow::Borrowed(_)));
    }

    #[test]
    fn blanks_are_collapsed_across_the_borders_of_runs() {
        let json = r#"[" ",{"i":[" E. coli ",{"b":[" "]}]}," and",{"i":["\n"]},"x",{"sup":["\u200b"]},{"i":["y "]}]"#;
        let given: Text = serde_json::from_str(json).expect("a text in JSON");
        let clean = serde_json::to_string(&*text(&given)).expect("a text is JSON");
        assert_eq!(clean, r#"[{"i":["E. coli "]},"and",{"i":[" "]},"x",{"i":["y"]}]"#);
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(words in arbitrary::words()) {
            let once = one_line(&words);
            prop_assert!(is_clean(&once), "{once:?}");
            prop_assert!(matches!(one_line(&once), Cow::Borrowed(_)));
            prop_assert!(!once.chars().any(|sign| fate(sign) != Fate::Stays && sign != ' '));
        }

        /// Text that is left alone is what cleaning its runs would make of it.
        #[test]
        fn text_is_left_alone_only_if_it_is_clean(given in arbitrary::text()) {
            let mut clean = Line::default().runs(&given);
            trim_end(&mut clean);
            prop_assert_eq!(&*text(&given), &clean);
        }

        /// Whether a text is cleaned as runs or as words, the words are the same.
        #[test]
        fn runs_are_cleaned_like_words(given in arbitrary::text()) {
            let without_math = crate::math::spelled_out(&given);
            let words = text(&without_math).flatten();
            let flat = without_math.flatten();
            prop_assert_eq!(one_line(&words), one_line(&flat));
            prop_assert!(!words.starts_with(' ') && !words.ends_with(' ') && !words.contains("  "));
        }
    }
}
