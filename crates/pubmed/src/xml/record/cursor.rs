//! A pull cursor over the bytes of one record.
//!
//! Whoever reads holds the tag of the element it is in and asks for the next child of it, for its
//! text, or to be rid of it. Nothing is copied but text in which something had to be decoded, and
//! nothing recurses: how deep an input nests decides a counter, not the stack.
//!
//! Why no XML library tokenizes here: most bytes of a record carry nothing (indentation, end tags,
//! lists nobody asked for), and passing over them without making events of them is what the speed
//! of a conversion comes from. The tests hold every step against quick-xml.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3, memmem};
use model::{Code, Warning};
use quick_xml::escape::resolve_html5_entity;

use crate::options::{Limits, Options};
use crate::xml::root::Flaw;

/// What reading a piece of a record answers. Boxed, since flaws are rare and answers are not.
pub(crate) type Read<T> = Result<T, Box<Flaw>>;

/// A place in a record, and what has been remarked on the way there.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    limits: Limits,
    /// What was asked for.
    pub(crate) options: Options,
    /// What is to be said about the record.
    pub(crate) warnings: Vec<Warning>,
}

/// A start tag that was read, and with it the element that is open now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    /// The name as written, with its prefix.
    pub(crate) name: &'a str,
    attributes: &'a str,
    empty: bool,
    depth: usize,
}

/// What may stand next inside an element.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// Characters as they are.
    Text(&'a str),
    /// A character that was written as a reference.
    Char(char),
    /// A start tag.
    Open(Tag<'a>),
    /// The end of the element.
    Close,
}

impl<'a> Cursor<'a> {
    /// A cursor before the start tag of a record.
    pub(crate) fn new(text: &'a str, options: &Options, limits: &Limits) -> Self {
        Self { text, at: 0, limits: *limits, options: *options, warnings: Vec::new() }
    }

    /// The record's own tag.
    pub(crate) fn root(&mut self) -> Read<Tag<'a>> {
        if self.text.as_bytes().get(self.at) == Some(&b'<') {
            self.open(0)
        } else {
            Err(self.flaw(Code::RecordMalformed, "a record does not begin with a tag"))
        }
    }

    /// The next child element; text beside children carries nothing and is passed over.
    pub(crate) fn child(&mut self, parent: &Tag<'a>) -> Read<Option<Tag<'a>>> {
        if parent.empty {
            return Ok(None);
        }
        let bytes = self.text.as_bytes();
        loop {
            self.pass_blanks();
            match (bytes.get(self.at), bytes.get(self.at + 1)) {
                (Some(b'<'), Some(b'/')) => return self.close(parent).map(|()| None),
                (Some(b'<'), Some(b'!' | b'?')) => {
                    self.aside()?;
                }
                (Some(b'<'), _) => return self.open(parent.depth).map(Some),
                (Some(b'&'), _) => {
                    self.reference()?;
                }
                _ => {
                    self.run()?;
                }
            }
        }
    }

    /// What stands next inside `parent`, text included.
    pub(crate) fn piece(&mut self, parent: &Tag<'a>) -> Read<Piece<'a>> {
        if parent.empty {
            return Ok(Piece::Close);
        }
        let bytes = self.text.as_bytes();
        loop {
            match (bytes.get(self.at), bytes.get(self.at + 1)) {
                (Some(b'<'), Some(b'/')) => return self.close(parent).map(|()| Piece::Close),
                (Some(b'<'), Some(b'!' | b'?')) => {
                    if let Some(text) = self.aside()? {
                        return Ok(Piece::Text(text));
                    }
                }
                (Some(b'<'), _) => return self.open(parent.depth).map(Piece::Open),
                (Some(b'&'), _) => return self.reference(),
                _ => return self.run().map(Piece::Text),
            }
        }
    }

    /// All text of an element: decoded, not cleaned, markup inside it dropped.
    pub(crate) fn text(&mut self, tag: &Tag<'a>) -> Read<Cow<'a, str>> {
        if tag.empty {
            return Ok(Cow::Borrowed(""));
        }
        // Nearly always there is nothing but characters up to the end tag.
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        if let Some(length) = memchr2(b'<', b'&', rest)
            && rest[length] == b'<'
            && rest.get(length + 1) == Some(&b'/')
            && length <= self.limits.event_bytes
        {
            self.at = start + length;
            self.close(tag)?;
            return Ok(Cow::Borrowed(&self.text[start..start + length]));
        }
        self.gather(tag).map(Cow::Owned)
    }

    /// Passes over the rest of an element.
    pub(crate) fn skip(&mut self, tag: &Tag<'a>) -> Read<()> {
        let mut open = vec![*tag];
        while let Some(parent) = open.last() {
            match self.child(parent)? {
                Some(child) if child.empty => {}
                Some(child) => open.push(child),
                None => {
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// Passes over the rest of an element that `end` finds the end tag of, without looking inside.
    ///
    /// For elements that never stand in themselves. Where markup inside could hide or feign an end
    /// tag the element is passed over step by step instead.
    pub(crate) fn skip_to(&mut self, tag: &Tag<'a>, end: &memmem::Finder<'_>) -> Read<()> {
        if !tag.empty {
            let rest = &self.text.as_bytes()[self.at..];
            match end.find(rest) {
                Some(length) if memchr2(b'!', b'?', &rest[..length]).is_none() => {
                    self.at += length;
                    self.close(tag)?;
                }
                _ => self.skip(tag)?,
            }
        }
        Ok(())
    }

    /// The value of an attribute, decoded.
    pub(crate) fn attribute(&mut self, tag: &Tag<'a>, name: &str) -> Option<Cow<'a, str>> {
        let value = tag.attributes().find_map(|(known, value)| (known == name).then_some(value))?;
        Some(self.value(value))
    }

    /// An attribute's value as [`Tag::attributes`] hands it out, decoded.
    pub(crate) fn value(&mut self, raw: &'a str) -> Cow<'a, str> {
        let Some(first) = memchr(b'&', raw.as_bytes()) else { return Cow::Borrowed(raw) };
        let mut text = raw[..first].to_owned();
        let mut rest = &raw[first..];
        while let Some(behind) = rest.strip_prefix('&') {
            let Some((name, behind)) = behind.split_once(';') else { break };
            match self.meaning(name) {
                Some(Piece::Char(sign)) => text.push(sign),
                Some(Piece::Text(signs)) => text.push_str(signs),
                _ => text.push_str(&rest[..name.len() + 2]),
            }
            let next = memchr(b'&', behind.as_bytes()).unwrap_or(behind.len());
            text.push_str(&behind[..next]);
            rest = &behind[next..];
        }
        text.push_str(rest);
        Cow::Owned(text)
    }

    /// Says something about the record.
    pub(crate) fn remark(&mut self, code: Code, text: impl Into<String>) {
        self.warnings.push(Warning::new(code, text));
    }

    /// Says, once for a name, that an element is not known.
    pub(crate) fn name_unknown(&mut self, tag: &Tag<'a>) {
        let said = |known: &Warning| known.code == Code::ElementUnknown && known.text == tag.name;
        if !self.warnings.iter().any(said) {
            self.remark(Code::ElementUnknown, tag.name);
        }
    }

    /// Something that ends the reading of this record here.
    #[cold]
    pub(crate) fn flaw(&self, code: Code, message: impl Into<String>) -> Box<Flaw> {
        Box::new(Flaw { code, offset: self.at, pmid: None, message: message.into() })
    }

    /// Whether one more element inside one at that depth would be one too many.
    pub(crate) fn check_depth(&self, depth: usize) -> Read<()> {
        if depth < self.limits.depth {
            return Ok(());
        }
        let message = format!("elements stand more than {} deep", self.limits.depth);
        Err(self.flaw(Code::LimitExceeded, message))
    }

    fn check_event(&self, length: usize) -> Read<()> {
        if length <= self.limits.event_bytes {
            return Ok(());
        }
        let message = format!("a piece of text or a tag has {length} bytes");
        Err(self.flaw(Code::LimitExceeded, message))
    }

    /// Indentation: a line end and some blanks, most of the time.
    fn pass_blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = |sign: &u8| matches!(sign, b' ' | b'\n' | b'\r' | b'\t');
        self.at += rest.iter().position(|sign| !blank(sign)).unwrap_or(rest.len());
    }

    /// Characters up to the next markup or reference.
    fn run(&mut self) -> Read<&'a str> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let Some(length) = memchr2(b'<', b'&', rest) else {
            return Err(self.flaw(Code::RecordMalformed, "the record ends inside an element"));
        };
        self.check_event(length)?;
        self.at = start + length;
        Ok(&self.text[start..self.at])
    }

    /// Reads the start tag that begins here.
    fn open(&mut self, parent_depth: usize) -> Read<Tag<'a>> {
        self.check_depth(parent_depth)?;
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let length = bytes[start..].iter().position(|sign| !IN_NAME[usize::from(*sign)]);
        let Some(behind) = length.filter(|length| *length > 0).map(|length| start + length) else {
            return Err(self.flaw(Code::RecordMalformed, "a tag has no name"));
        };
        let (end, empty) = match (bytes[behind], bytes.get(behind + 1)) {
            (b'>', _) => (behind, false),
            (b'/', Some(b'>')) => (behind + 1, true),
            (b' ' | b'\n' | b'\r' | b'\t', _) => match end_of_tag(bytes, behind) {
                Some(end) => (end, bytes[end - 1] == b'/'),
                None => return Err(self.flaw(Code::RecordMalformed, "a tag does not end")),
            },
            _ => return Err(self.flaw(Code::RecordMalformed, "a tag has a name that is none")),
        };
        self.check_event(end - self.at)?;
        self.at = end + 1;
        Ok(Tag {
            name: &self.text[start..behind],
            attributes: &self.text[behind..end - usize::from(empty)],
            empty,
            depth: parent_depth + 1,
        })
    }

    /// Reads the end tag that begins here, which must be that of `tag`.
    fn close(&mut self, tag: &Tag<'a>) -> Read<()> {
        let bytes = self.text.as_bytes();
        let behind = self.at + 2 + tag.name.len();
        if self.text.get(self.at + 2..behind) == Some(tag.name) {
            let blanks = bytes[behind..].iter().position(|sign| !sign.is_ascii_whitespace());
            let end = blanks.map_or(bytes.len(), |blanks| behind + blanks);
            if bytes.get(end) == Some(&b'>') {
                self.at = end + 1;
                return Ok(());
            }
        }
        let message = format!("`{}` is not closed where an end tag stands", tag.name);
        Err(self.flaw(Code::RecordMalformed, message))
    }

    /// Reads the comment, processing instruction or CDATA section that begins here; only the last
    /// has text.
    fn aside(&mut self) -> Read<Option<&'a str>> {
        const KINDS: [(&str, &str, bool); 3] =
            [("<!--", "-->", false), ("<![CDATA[", "]]>", true), ("<?", "?>", false)];
        let rest = &self.text[self.at..];
        for (start, end, has_text) in KINDS {
            if let Some(inside) = rest.strip_prefix(start).filter(|_| !rest.starts_with("<?>")) {
                let Some(length) = memmem::find(inside.as_bytes(), end.as_bytes()) else { break };
                self.check_event(length)?;
                self.at += start.len() + length + end.len();
                return Ok(has_text.then_some(&inside[..length]));
            }
        }
        Err(self.flaw(Code::RecordMalformed, "a declaration does not end, or does not belong here"))
    }

    /// Reads the reference that begins here: `&amp;`, `&#945;`, `&eacute;`.
    fn reference(&mut self) -> Read<Piece<'a>> {
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
    fn meaning(&mut self, name: &str) -> Option<Piece<'a>> {
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

    /// The text of an element that holds more than characters.
    fn gather(&mut self, tag: &Tag<'a>) -> Read<String> {
        let mut text = String::new();
        let mut open = vec![*tag];
        while let Some(parent) = open.last() {
            match self.piece(parent)? {
                Piece::Text(signs) => text.push_str(signs),
                Piece::Char(sign) => text.push(sign),
                Piece::Open(inline) => {
                    if !is_inline(&inline) {
                        self.name_unknown(&inline);
                    }
                    open.push(inline);
                }
                Piece::Close => {
                    open.pop();
                }
            }
        }
        Ok(text)
    }
}

impl<'a> Tag<'a> {
    /// Attributes as written: names and undecoded values, in order.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        Attributes(self.attributes)
    }

    /// Whether an attribute has exactly that value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.attributes().any(|attribute| attribute == (name, value))
    }

    /// The name without its prefix.
    pub(crate) fn local(&self) -> &'a str {
        self.name.rsplit_once(':').map_or(self.name, |(_, local)| local)
    }

    /// How many elements are open with this one.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }
}

/// The attributes of a [`Tag`]; ends where what follows is none.
pub(crate) struct Attributes<'a>(&'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        let length = rest.bytes().position(|sign| !IN_NAME[usize::from(sign)])?;
        if length == 0 {
            return None;
        }
        let (name, behind) = rest.split_at(length);
        let behind = behind.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
        let quote = *behind.as_bytes().first().filter(|sign| matches!(sign, b'"' | b'\''))?;
        let length = memchr(quote, &behind.as_bytes()[1..])?;
        self.0 = &behind[length + 2..];
        Some((name, &behind[1..=length]))
    }
}

/// Whether XML allows a character.
pub(crate) fn is_legal(sign: char) -> bool {
    !matches!(sign, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether an element belongs inside text.
fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag.name, "i" | "b" | "u" | "sup" | "sub" | "sc" | "DispFormula")
        || tag.local() == "math"
}

/// Bytes that may stand in the name of a tag.
const IN_NAME: [bool; 256] = {
    let mut table = [true; 256];
    let ends = b" \t\r\n/>\"'<&=";
    let mut at = 0;
    while at < ends.len() {
        table[ends[at] as usize] = false;
        at += 1;
    }
    table
};

/// Where the `>` of a tag stands: the first one outside quotes.
fn end_of_tag(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr3(b'>', b'"', b'\'', &bytes[at..])?;
        match bytes[at] {
            b'>' => return Some(at),
            quote => at += 2 + memchr(quote, &bytes[at + 1..])?,
        }
    }
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

#[cfg(test)]
mod tests;
