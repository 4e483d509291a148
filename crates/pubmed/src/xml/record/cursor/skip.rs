//! Passing over what nobody asked for.

use memchr::{memchr2, memmem};

use super::{Cursor, Read, Tag};

impl<'a> Cursor<'a> {
    /// Passes over the rest of an element.
    pub(crate) fn skip(&mut self, tag: &Tag<'a>) -> Read<()> {
        if tag.empty || self.leaf(tag)?.is_some() {
            return Ok(());
        }
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

    /// Passes over the rest of an element without looking inside, up to its end tag as given.
    ///
    /// For elements that never stand in themselves. Where markup inside could hide or feign an end
    /// tag the element is passed over step by step instead.
    pub(crate) fn skip_to(&mut self, tag: &Tag<'a>, end: &str) -> Read<()> {
        if tag.empty {
            return Ok(());
        }
        let rest = &self.text.as_bytes()[self.at..];
        match memmem::find(rest, end.as_bytes()) {
            Some(length) if memchr2(b'!', b'?', &rest[..length]).is_none() => {
                self.at += length;
                self.close(tag)
            }
            _ => self.skip(tag),
        }
    }

    /// As [`Self::skip_to`], for an element of that name which may stand in itself.
    pub(crate) fn skip_nested(&mut self, tag: &Tag<'a>, name: &str) -> Read<()> {
        if tag.empty {
            return Ok(());
        }
        let rest = &self.text.as_bytes()[self.at..];
        let mut depth = 1_usize;
        for at in memmem::find_iter(rest, name) {
            let behind = rest.get(at + name.len());
            match rest[..at] {
                [.., b'<', b'/'] => depth -= 1,
                // Other names may begin alike, and an empty one would have to be told apart.
                [.., b'<'] if behind == Some(&b'>') => depth += 1,
                _ => break,
            }
            if depth == 0 {
                // Citations are full of `?`, so that only markup counts.
                let inside = &rest[..at];
                let aside = |mark: &[u8]| memmem::find(inside, mark).is_some();
                if aside(b"<!") || aside(b"<?") {
                    break;
                }
                self.at += at - 2;
                return self.close(tag);
            }
        }
        self.skip(tag)
    }
}
