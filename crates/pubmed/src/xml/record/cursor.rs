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

use crate::options::{Limits, Options};
use crate::xml::root::Flaw;

mod limits;
mod reference;
mod scan;
mod skip;
mod tag;

pub(crate) use reference::is_legal;
pub(crate) use tag::Tag;

use limits::{TAGS, WARNINGS};
use scan::{chunk, end_of_name, end_of_tidy, splat};
use tag::is_inline;

/// What reading a piece of a record answers. Boxed, since flaws are rare and answers are not.
pub(crate) type Read<T> = Result<T, Box<Flaw>>;

/// A place in a record, and what has been remarked on the way there.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    limits: Limits,
    /// Start tags read so far.
    tags: usize,
    /// What was asked for.
    pub(crate) options: Options,
    /// What is to be said about the record.
    pub(crate) warnings: Vec<Warning>,
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
    pub(crate) fn new(text: &'a str, options: Options, limits: &Limits) -> Self {
        Self { text, at: 0, limits: *limits, tags: 0, options, warnings: Vec::new() }
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
        match self.leaf(tag)? {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.gather(tag).map(Cow::Owned),
        }
    }

    /// The text of an element that holds nothing but characters; `None`, and nothing is passed,
    /// where it holds more.
    fn leaf(&mut self, tag: &Tag<'a>) -> Read<Option<&'a str>> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        match memchr2(b'<', b'&', rest) {
            Some(length)
                if rest[length] == b'<'
                    && rest.get(length + 1) == Some(&b'/')
                    && length <= self.limits.event_bytes =>
            {
                self.at = start + length;
                self.close(tag)?;
                Ok(Some(&self.text[start..start + length]))
            }
            _ => Ok(None),
        }
    }

    /// The text of an element that holds nothing but ASCII without line ends, and without blanks at
    /// its ends or two in a row, so that there is nothing to clean; `None`, and nothing is passed,
    /// elsewhere.
    #[inline]
    pub(crate) fn tidy_leaf(&mut self, tag: &Tag<'a>) -> Read<Option<&'a str>> {
        if tag.empty {
            return Ok(Some(""));
        }
        let bytes = self.text.as_bytes();
        let (start, end) = (self.at, end_of_tidy(bytes, self.at));
        let is_blank = |at: usize| bytes.get(at) == Some(&b' ');
        if bytes.get(end..end + 2) != Some(b"</")
            || is_blank(start)
            || is_blank(end - 1)
            || end - start > self.limits.event_bytes
        {
            return Ok(None);
        }
        self.at = end;
        self.close(tag)?;
        Ok(Some(&self.text[start..end]))
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

    /// Says something about the record. With one thing more than may be said the record is refused
    /// at the next tag, so that what comes then need not be kept.
    pub(crate) fn remark(&mut self, code: Code, text: impl Into<String>) {
        if self.warnings.len() <= WARNINGS {
            self.warnings.push(Warning::new(code, text));
        }
    }

    /// Says, once for a name, that an element is not known.
    ///
    /// Only here is it looked at whether the name is one: those that are known are.
    pub(crate) fn name_unknown(&mut self, tag: &Tag<'a>) -> Read<()> {
        self.check_name(tag)?;
        let name = tag.name_text();
        let said = |known: &Warning| known.code == Code::ElementUnknown && known.text == name;
        if !self.warnings.iter().any(said) {
            self.remark(Code::ElementUnknown, name);
        }
        Ok(())
    }

    /// Whether a name holds no sign that shows that the tag is none: `<0.05 and x="`.
    fn check_name(&self, tag: &Tag<'a>) -> Read<()> {
        if tag.name.iter().any(|sign| b"\"'<&=".contains(sign)) || tag.attributes.starts_with('/') {
            return Err(self.flaw(Code::RecordMalformed, "a tag has a name that is none"));
        }
        Ok(())
    }

    /// Something that ends the reading of this record here.
    #[cold]
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "results stay small on the path without flaws"
    )]
    pub(crate) fn flaw(&self, code: Code, message: impl Into<String>) -> Box<Flaw> {
        Box::new(Flaw { code, offset: self.at, pmid: None, message: message.into() })
    }

    fn check_event(&self, length: usize) -> Read<()> {
        if length <= self.limits.event_bytes {
            return Ok(());
        }
        let message = format!("a piece of text or a tag has {length} bytes");
        Err(self.flaw(Code::LimitExceeded, message))
    }

    /// Indentation: a line end and some blanks, most of the time.
    #[inline]
    fn pass_blanks(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        if bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        while let Some(chunk) = chunk(bytes, at) {
            let blanks = (chunk ^ splat(b' ')).trailing_zeros() as usize / 8;
            at += blanks;
            if blanks < 8 {
                break;
            }
        }
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
            at += 1;
        }
        self.at = at;
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
    #[inline]
    fn open(&mut self, parent_depth: u32) -> Read<Tag<'a>> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let behind = end_of_name(bytes, start);
        let (end, attributes, empty) = match bytes.get(behind) {
            Some(b'>') => (behind, "", false),
            Some(_) => {
                let end = self.end_of_tag(behind)?;
                let empty = bytes[end - 1] == b'/';
                (end, &self.text[behind..end - usize::from(empty)], empty)
            }
            None => return Err(self.flaw(Code::RecordMalformed, "a tag does not end")),
        };
        self.tags += 1;
        let fits = (parent_depth as usize) < self.limits.depth
            && end - start <= self.limits.event_bytes
            && self.tags <= TAGS
            && self.warnings.len() <= WARNINGS;
        if behind == start || !fits {
            return Err(self.refuse_tag(parent_depth, end - start));
        }
        self.at = end + 1;
        Ok(Tag { name: &bytes[start..behind], attributes, depth: parent_depth + 1, empty })
    }

    /// Where the `>` of a tag stands whose name ends at that place: the first one outside quotes.
    fn end_of_tag(&self, behind: usize) -> Read<usize> {
        let bytes = self.text.as_bytes();
        let mut at = behind;
        while let Some(length) = memchr3(b'>', b'"', b'\'', &bytes[at..]) {
            at += length;
            let quote = bytes[at];
            if quote == b'>' {
                return Ok(at);
            }
            let Some(length) = memchr(quote, &bytes[at + 1..]) else { break };
            at += length + 2;
        }
        Err(self.flaw(Code::RecordMalformed, "a tag does not end"))
    }

    /// Reads the end tag that begins here, which must be that of `tag`.
    #[inline]
    fn close(&mut self, tag: &Tag<'a>) -> Read<()> {
        let rest = self.text.as_bytes().get(self.at + 2..).unwrap_or_default();
        if let Some(behind) = rest.strip_prefix(tag.name) {
            let blanks = match behind.first() {
                Some(b'>') => 0,
                _ => behind.iter().take_while(|sign| sign.is_ascii_whitespace()).count(),
            };
            if behind.get(blanks) == Some(&b'>') {
                if self.warnings.len() > WARNINGS {
                    return Err(self.too_doubtful());
                }
                self.at += 3 + tag.name.len() + blanks;
                return Ok(());
            }
        }
        let message = format!("`{}` is not closed where an end tag stands", tag.name_text());
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
                        self.name_unknown(&inline)?;
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

#[cfg(test)]
mod tests;
