//! What the readers of elements share: values of one line, and lists.

use std::borrow::Cow;

use crate::rules::text::plain;
use crate::xml::record::coverage;
use crate::xml::record::cursor::{Cursor, Read, Tag};

impl<'a> Cursor<'a> {
    /// The text of an element on one clean line; empty if there is none.
    pub(crate) fn scalar(&mut self, tag: &Tag<'a>) -> Read<Cow<'a, str>> {
        if let Some(text) = self.tidy_leaf(tag)? {
            return Ok(Cow::Borrowed(text));
        }
        let text = self.text(tag)?;
        Ok(self.clean(text, tag))
    }

    /// Reads an element of one line; of several elements the first that says something counts.
    pub(crate) fn line_into(&mut self, tag: &Tag<'a>, line: &mut Option<String>) -> Read<()> {
        let text = self.scalar(tag)?;
        if line.is_none() && !text.is_empty() {
            *line = Some(text.into_owned());
        }
        Ok(())
    }

    /// Reads an element of one line that may stand several times.
    pub(crate) fn line_onto(&mut self, tag: &Tag<'a>, lines: &mut Vec<String>) -> Read<()> {
        let text = self.scalar(tag)?;
        if !text.is_empty() {
            lines.push(text.into_owned());
        }
        Ok(())
    }

    /// The value of an attribute, unless it is blank.
    pub(crate) fn property(&mut self, tag: &Tag<'a>, name: &str) -> Option<String> {
        let value = self.attribute(tag, name)?;
        let value = self.clean(value, tag);
        (!value.is_empty()).then(|| value.into_owned())
    }

    /// Passes over an element that is not known, and says so once for its name.
    pub(crate) fn unknown(&mut self, tag: &Tag<'a>) -> Read<()> {
        if !coverage::is_silent(tag.name) {
            self.name_unknown(tag)?;
        }
        self.skip(tag)
    }

    /// Text on one line, clean. `tag` names its place in warnings.
    fn clean(&mut self, text: Cow<'a, str>, tag: &Tag<'a>) -> Cow<'a, str> {
        let place = || tag.name_text();
        match text {
            Cow::Borrowed(text) => plain(text, place, self.options.entities, &mut self.warnings),
            Cow::Owned(text) => {
                let clean = plain(&text, place, self.options.entities, &mut self.warnings);
                match clean {
                    Cow::Borrowed(clean) if clean.len() == text.len() => Cow::Owned(text),
                    clean => Cow::Owned(clean.into_owned()),
                }
            }
        }
    }

    /// Reads a list: its children of that name, in order.
    pub(crate) fn each(
        &mut self,
        list: &Tag<'a>,
        name: &[u8],
        mut read: impl FnMut(&mut Self, &Tag<'a>) -> Read<()>,
    ) -> Read<()> {
        while let Some(child) = self.child(list)? {
            if child.name == name {
                read(self, &child)?;
            } else {
                self.unknown(&child)?;
            }
        }
        Ok(())
    }
}
