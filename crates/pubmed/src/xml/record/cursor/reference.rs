//! Characters that are written as references.

use memchr::memchr3;
use model::Code;
use quick_xml::escape::resolve_html5_entity;

use super::{Cursor, Piece, Read};

impl<'a> Cursor<'a> {
    /// Reads the reference that begins here: `&amp;`, `&#945;`, `&eacute;`.
    pub(super) fn reference(&mut self) -> Read<Piece<'a>> {
        let rest = &self.text[self.at..];
        match memchr3(b';', b'&', b'<', &rest.as_bytes()[1..]) {
            Some(length) if rest.as_bytes()[length + 1] == b';' => {
                let whole = &rest[..length + 2];
                self.check_event(whole.len())?;
                self.at += whole.len();
                Ok(self.meaning(&rest[1..=length]).unwrap_or(Piece::Text(whole)))
            }
            _ => Err(self.flaw(Code::RecordMalformed, "`&` begins no reference")),
        }
    }

    /// What stands for `&name;`; `None` if it stays as written.
    pub(super) fn meaning(&mut self, name: &str) -> Option<Piece<'a>> {
        let sign = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                if let Some(number) = name.strip_prefix('#').and_then(number) {
                    let sign = char::from_u32(number).filter(|sign| is_legal(*sign));
                    if sign.is_none() {
                        self.remark(Code::CharacterIllegal, format!("&{name};"));
                    }
                    return Some(Piece::Char(sign.unwrap_or(char::REPLACEMENT_CHARACTER)));
                }
                let known = resolve_html5_entity(name);
                if known.is_none() {
                    self.remark(Code::EntityUnknown, format!("&{name};"));
                }
                return known.map(Piece::Text);
            }
        };
        Some(Piece::Char(sign))
    }
}

/// Whether XML allows a character.
pub(crate) fn is_legal(sign: char) -> bool {
    !matches!(sign, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The number of a character reference without its `#`.
fn number(digits: &str) -> Option<u32> {
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    // `from_str_radix` would take a sign.
    let well_formed = !digits.is_empty() && digits.chars().all(|sign| sign.is_digit(radix));
    well_formed.then(|| u32::from_str_radix(digits, radix).unwrap_or(u32::MAX))
}
