//! The hygiene of text (`mapping.md` section 4): white space, composition, double escapes.
//!
//! A run of white space becomes one space, except that a single blank of another kind (no-break,
//! thin, ideographic) stays what it is: the model says what was printed, and it is the writers
//! that know which blanks their format can hold. Line ends and tabs are always a space. Text is
//! put into NFC. Control and zero-width characters stay, for the same reason as blanks.

use std::borrow::Cow;

use model::{Code, Inline, Style, Text, Warning, beyond_ascii};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::options::Entities;
use crate::rules::warn;

/// One line of text: trimmed, white space collapsed, composed. Empty means absent.
pub(crate) fn scalar(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if is_tidy(text) { Cow::Borrowed(text) } else { Cow::Owned(tidied(text)) }
}

/// [`scalar`] as an option: `None` for what is empty after trimming.
pub(crate) fn present(text: &str) -> Option<String> {
    let text = scalar(text);
    (!text.is_empty()).then(|| text.into_owned())
}

/// [`scalar`], and what `entities` asks for where the text was escaped twice. `place` names it in
/// warnings.
pub(crate) fn plain<'a, 'p>(
    text: &'a str,
    place: impl FnOnce() -> Cow<'p, str>,
    entities: Entities,
    warnings: &mut Vec<Warning>,
) -> Cow<'a, str> {
    let Some(escaped) = Escaped::find(text) else { return scalar(text) };
    escaped.report(&place(), entities, warnings);
    match entities {
        Entities::Literal => scalar(text),
        Entities::Repair => Cow::Owned(scalar(&escaped.decoded).into_owned()),
    }
}

/// Builds rich text from words and the starts and ends of styles, in reading order.
///
/// Space between inline elements is neither made nor lost, but white space that would be doubled
/// across them is one, and none stands at the ends of the whole.
#[derive(Debug)]
pub(crate) struct TextBuilder {
    entities: Entities,
    /// The styles that are open, outermost first, each with the text before it; nothing for a
    /// style that is one with an outer one.
    open: Vec<Option<(Style, Text)>>,
    /// The text of the innermost style.
    text: Text,
    /// Words not yet looked at.
    words: String,
    /// Whether a blank would be at the start or behind another.
    after_blank: bool,
    /// The first reference that was still there, if any.
    escaped: Option<String>,
}

impl TextBuilder {
    /// Nothing yet.
    pub(crate) fn new(entities: Entities) -> Self {
        Self {
            entities,
            open: Vec::new(),
            text: Text::default(),
            words: String::new(),
            after_blank: true,
            escaped: None,
        }
    }

    /// Adds words, which may be any piece of a text.
    pub(crate) fn push_str(&mut self, words: &str) {
        self.words.push_str(words);
    }

    /// Begins a style. Italic in italic is one italic, and likewise bold and underline; scripts
    /// nest.
    pub(crate) fn open(&mut self, style: Style) {
        let nests = matches!(style, Style::Subscript | Style::Superscript);
        if !nests && self.open.iter().flatten().any(|(outer, _)| *outer == style) {
            self.open.push(None);
        } else {
            self.flush();
            self.open.push(Some((style, std::mem::take(&mut self.text))));
        }
    }

    /// Ends the style that was begun last; nothing happens if none is open.
    pub(crate) fn close(&mut self) {
        let Some(Some((style, outer))) = self.open.pop() else { return };
        self.flush();
        let inner = std::mem::replace(&mut self.text, outer);
        match blank(&inner) {
            // White space has no style.
            Some(blank) => self.text.push_str(blank),
            None => self.text.push(Inline::Styled(style, inner)),
        }
    }

    /// Adds mathematics, a `math` element as the model wants it.
    pub(crate) fn math(&mut self, markup: String) {
        self.flush();
        self.after_blank = false;
        self.text.push(Inline::Math(markup));
    }

    /// The text. `place` names it in warnings: `title`.
    pub(crate) fn finish(mut self, place: &str, warnings: &mut Vec<Warning>) -> Text {
        while !self.open.is_empty() {
            self.close();
        }
        self.flush();
        if self.after_blank {
            self.text.edit(trim_end);
        }
        if let Some(first) = &self.escaped {
            report(first, place, self.entities, warnings);
        }
        self.text
    }

    /// Puts the waiting words into the text, tidied.
    fn flush(&mut self) {
        if self.words.is_empty() {
            return;
        }
        let mut words = std::mem::take(&mut self.words);
        if let Some(escaped) = Escaped::find(&words) {
            self.escaped.get_or_insert_with(|| escaped.first.to_owned());
            if self.entities == Entities::Repair {
                words = escaped.decoded;
            }
        }
        if !is_tidy(&words) {
            words = tidied(&words);
        }
        if self.after_blank && words.starts_with(char::is_whitespace) {
            words.drain(..words.len() - words.trim_start().len());
        }
        if let Some(last) = words.chars().next_back() {
            self.after_blank = last.is_whitespace();
            self.text.push(Inline::Plain(words));
        }
    }
}

/// Takes white space off the end of runs that may be nested, and runs that held nothing else.
fn trim_end(runs: &mut Vec<Inline>) {
    while let Some(last) = runs.last_mut() {
        let empty = match last {
            Inline::Plain(words) => {
                words.truncate(words.trim_end().len());
                words.is_empty()
            }
            Inline::Styled(_, text) => {
                text.edit(trim_end);
                text.is_empty()
            }
            Inline::Math(_) => false,
        };
        if !empty {
            return;
        }
        runs.pop();
    }
}

/// The text, if there is nothing but white space in it.
fn blank(text: &Text) -> Option<&str> {
    text.as_plain().filter(|words| words.trim().is_empty())
}

/// Whether tidying would change nothing: composed, no line ends, no two blanks in a row.
fn is_tidy(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((last, before)) = bytes.split_last() else { return true };
    let control = |byte: u8| u8::from(byte < b' ');
    let doubled = |one: u8, next: u8| u8::from(one == b' ') & u8::from(next == b' ');
    // Looked at to the end: so the compiler looks at many bytes at a time.
    let (odd, all) =
        before.iter().zip(&bytes[1..]).fold((control(*last), *last), |(odd, all), (one, next)| {
            (odd | control(*one) | doubled(*one, *next), all | one)
        });
    if odd == 0 {
        all.is_ascii()
            || beyond_ascii(text).all(|piece| is_tidy_unicode(piece) && is_composed(piece))
    } else {
        // A control character need not be white space.
        is_tidy_unicode(text) && is_composed(text)
    }
}

fn is_tidy_unicode(text: &str) -> bool {
    let mut after_blank = false;
    text.chars().all(|sign| {
        let blank = sign.is_whitespace();
        let tidy = !blank || (!after_blank && keeps_its_kind(sign));
        after_blank = blank;
        tidy
    })
}

/// Whether a text is in NFC.
fn is_composed(text: &str) -> bool {
    // Below U+0300, whose first byte is 0xCC, all characters are composed and none is a mark.
    text.bytes().all(|byte| byte < 0xCC) || is_nfc(text)
}

fn tidied(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // NFC looks at neighbours, and an ASCII character never composes with the one before it.
    if beyond_ascii(text).all(is_composed) {
        collapse(text.chars(), &mut out);
    } else {
        collapse(text.nfc(), &mut out);
    }
    out
}

fn collapse(signs: impl Iterator<Item = char>, out: &mut String) {
    let mut blank = None;
    for sign in signs {
        if sign.is_whitespace() {
            let first = blank.is_none() && keeps_its_kind(sign);
            blank = Some(if first { sign } else { ' ' });
        } else {
            out.extend(blank.take());
            out.push(sign);
        }
    }
    out.extend(blank);
}

/// Whether white space may stand alone as what it is: a blank of any width, but no line end.
fn keeps_its_kind(blank: char) -> bool {
    !blank.is_control() && !matches!(blank, '\u{2028}' | '\u{2029}')
}

/// Text that still holds references after it was decoded.
struct Escaped<'a> {
    /// The first of them, as it stands.
    first: &'a str,
    /// The text with all of them decoded once.
    decoded: String,
}

impl<'a> Escaped<'a> {
    /// Looks for the five names and for numeric references.
    fn find(text: &'a str) -> Option<Self> {
        memchr::memchr(b'&', text.as_bytes())?;
        let mut found = None;
        let mut decoded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            decoded.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = if let Some((length, sign)) = reference(rest) {
                found.get_or_insert(&rest[..length]);
                decoded.push(sign);
                length
            } else {
                decoded.push('&');
                1
            };
            rest = &rest[length..];
        }
        decoded.push_str(rest);
        found.map(|first| Self { first, decoded })
    }

    fn report(&self, place: &str, entities: Entities, warnings: &mut Vec<Warning>) {
        report(self.first, place, entities, warnings);
    }
}

fn report(first: &str, place: &str, entities: Entities, warnings: &mut Vec<Warning>) {
    let code = match entities {
        Entities::Literal => Code::DoubleEscaped,
        Entities::Repair => Code::EntityRepaired,
    };
    warn(warnings, code, place, first);
}

/// The length of the reference at the start of the text, and the character it stands for.
fn reference(text: &str) -> Option<(usize, char)> {
    /// No reference to a character is longer: `&#x0010FFFF;`.
    const LONGEST: usize = 12;
    let end = text.bytes().take(LONGEST).position(|sign| sign == b';')?;
    let sign = match text.get(1..end)? {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => (digits, 16),
                None => (digits, 10),
            };
            if !digits.starts_with(|sign: char| sign.is_ascii_hexdigit()) {
                return None;
            }
            let sign = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
            (!sign.is_control() || sign.is_whitespace()).then_some(sign)?
        }
    };
    Some((end + 1, sign))
}

#[cfg(test)]
mod tests;
