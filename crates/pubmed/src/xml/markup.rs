//! The signs of markup in bytes: just as much of XML as tells where a record ends.
//!
//! A `<` is never part of a tag, not even between quotes: XML forbids it there, and so a quote that
//! is never closed costs one tag and not the rest of the input.

use memchr::{memchr2, memmem};

/// What begins at a `<`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Something whose content is no markup.
    Opaque(Opaque),
    /// A document type declaration.
    Doctype,
    /// A tag that opens an element, or an empty element.
    StartTag,
    /// A tag that closes an element.
    EndTag,
    /// Nothing that XML knows.
    Stray,
    /// The bytes end before it is clear.
    Unsure,
}

/// What may hold tags that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opaque {
    /// `<!-- … -->`
    Comment,
    /// `<![CDATA[ … ]]>`
    Cdata,
    /// `<? … ?>`, also the XML declaration.
    Instruction,
}

/// Where a start tag ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagEnd {
    /// Behind its `>`; an empty element has no other tag.
    At { end: usize, empty: bool },
    /// It does not: this `<` comes first.
    Broken(usize),
    /// The bytes end before it does.
    Unsure,
}

/// A tag that was found by its local name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// Index of its `<`.
    pub(crate) start: usize,
    /// Index behind its name.
    pub(crate) name_end: usize,
    /// Whether it closes an element.
    pub(crate) closing: bool,
    /// The name with its prefix.
    pub(crate) name: &'a [u8],
    /// The name without its prefix.
    pub(crate) local: &'a [u8],
}

/// From where on no opaque construct ends any more, so that no search for an end is repeated.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Endless([Option<u64>; 3]);

/// Longer prefixes are taken for no prefix: looking back for one must not cost more than this.
const PREFIX_BYTES: usize = 128;

const CDATA: &[u8] = b"<![CDATA[";
/// What begins a document type declaration.
pub(crate) const DOCTYPE: &[u8] = b"<!DOCTYPE";

/// What begins at the `<` that the bytes begin with.
pub(crate) fn sign(bytes: &[u8]) -> Sign {
    match bytes.get(1) {
        None => Sign::Unsure,
        Some(b'/') => Sign::EndTag,
        Some(b'?') => Sign::Opaque(Opaque::Instruction),
        Some(b'!') => declaration(bytes),
        Some(&byte) if ends_name(byte) => Sign::Stray,
        Some(_) => Sign::StartTag,
    }
}

fn declaration(bytes: &[u8]) -> Sign {
    let head = &bytes[..bytes.len().min(DOCTYPE.len())];
    if head.starts_with(b"<!--") {
        Sign::Opaque(Opaque::Comment)
    } else if head == CDATA {
        Sign::Opaque(Opaque::Cdata)
    } else if head.eq_ignore_ascii_case(DOCTYPE) {
        Sign::Doctype
    } else if b"<!--".starts_with(head)
        || CDATA.starts_with(head)
        || DOCTYPE[..head.len()].eq_ignore_ascii_case(head)
    {
        Sign::Unsure
    } else {
        Sign::Stray
    }
}

impl Opaque {
    /// Bytes of the sign that begins it.
    pub(crate) fn opening(self) -> usize {
        match self {
            Self::Comment => 4,
            Self::Cdata => CDATA.len(),
            Self::Instruction => 2,
        }
    }

    /// The sign that ends it.
    pub(crate) fn closing(self) -> &'static [u8] {
        match self {
            Self::Comment => b"-->",
            Self::Cdata => b"]]>",
            Self::Instruction => b"?>",
        }
    }

    /// Index behind its end, if that stands at `from` or later.
    pub(crate) fn end(self, bytes: &[u8], from: usize) -> Option<usize> {
        let found = memmem::find(bytes.get(from..)?, self.closing())?;
        Some(from + found + self.closing().len())
    }
}

impl Endless {
    /// Whether no construct of this kind ends at that place of the input or later.
    pub(crate) fn holds(self, kind: Opaque, place: u64) -> bool {
        self.0[kind as usize].is_some_and(|known| known <= place)
    }

    /// Remembers that no construct of this kind ends at that place of the input or later.
    pub(crate) fn note(&mut self, kind: Opaque, place: u64) {
        let known = &mut self.0[kind as usize];
        *known = Some(known.map_or(place, |known| known.min(place)));
    }
}

/// Where the start tag ends whose name ends at `from`.
pub(crate) fn tag_end(bytes: &[u8], from: usize) -> TagEnd {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => {
                let empty = at > from && bytes[at - 1] == b'/';
                return TagEnd::At { end: at + 1, empty };
            }
            b'<' => return TagEnd::Broken(at),
            quote @ (b'"' | b'\'') => {
                let value = at + 1;
                match memchr2(quote, b'<', &bytes[value..]) {
                    Some(length) if bytes[value + length] == quote => at = value + length + 1,
                    Some(length) => return TagEnd::Broken(value + length),
                    None => return TagEnd::Unsure,
                }
            }
            _ => at += 1,
        }
    }
    TagEnd::Unsure
}

/// Index behind the name that begins at `from`, if the bytes reach as far.
pub(crate) fn name_end(bytes: &[u8], from: usize) -> Option<usize> {
    let length = bytes[from..].iter().position(|&byte| ends_name(byte))?;
    Some(from + length)
}

/// The name without its prefix.
pub(crate) fn local(name: &[u8]) -> &[u8] {
    match name.iter().take(PREFIX_BYTES).position(|&byte| byte == b':') {
        Some(colon) => &name[colon + 1..],
        None => name,
    }
}

/// Index of the `<` of a tag whose local name begins at `local`, and whether the tag closes.
pub(crate) fn tag_start(bytes: &[u8], local: usize) -> Option<(usize, bool)> {
    let mut before = bytes.get(..local)?;
    if let Some(prefixed) = before.strip_suffix(b":") {
        let plain = |byte: &&u8| **byte != b':' && !ends_name(**byte);
        let length = prefixed.iter().rev().take(PREFIX_BYTES).take_while(plain).count();
        if length == PREFIX_BYTES {
            return None;
        }
        before = &prefixed[..prefixed.len() - length];
    }
    let closing = before.strip_suffix(b"/");
    let start = closing.unwrap_or(before).strip_suffix(b"<")?;
    Some((start.len(), closing.is_some()))
}

/// The tag that begins at `start`, if its name is there as a whole.
pub(crate) fn tag(bytes: &[u8], start: usize, closing: bool) -> Option<Tag<'_>> {
    let name_start = start + if closing { 2 } else { 1 };
    let name_end = name_end(bytes, name_start)?;
    let name = &bytes[name_start..name_end];
    Some(Tag { start, name_end, closing, name, local: local(name) })
}

/// Index of the next `<!` or `<?` whose second byte stands at `from` or later, before `horizon`.
pub(crate) fn next_opaque(bytes: &[u8], from: usize, horizon: usize) -> Option<usize> {
    let mut from = from.max(1);
    while from < horizon {
        let second = from + memchr2(b'!', b'?', &bytes[from..horizon])?;
        if bytes[second - 1] == b'<' {
            return Some(second - 1);
        }
        from = second + 1;
    }
    None
}

/// The text at the start of the bytes, and whether bytes follow that cannot be text.
///
/// Unless the bytes are all of it, a character that they end in may go on behind them.
pub(crate) fn leading_text(bytes: &[u8], is_all: bool) -> (&str, bool) {
    match str::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => {
            let text = str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            (text, is_all || error.error_len().is_some())
        }
    }
}

fn ends_name(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'/' | b'>' | b'<')
}
