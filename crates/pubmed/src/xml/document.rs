//! The documents that stand one after another in an input, and what is to be said about them.

use std::borrow::Cow;

use model::{Code, Warning};

use super::open::OpenElements;
use super::refusal::refusal;

/// The documents of an input.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    count: u64,
    current: Option<Document>,
    /// What is wrong with the first document that is not PubMed's.
    refused: Option<String>,
    /// Text outside of a root, without leading blanks, cut short.
    outside: String,
    /// Whether something stands there that a root has to follow.
    announced: bool,
    remarked: Vec<Code>,
}

#[derive(Debug)]
struct Document {
    root: String,
    first_child: Option<String>,
    /// Whether a record, a set of records or a list of withdrawn PMIDs stands in it.
    is_known: bool,
}

/// Characters of foreign text that a message shows.
const SHOWN: usize = 60;

impl Documents {
    /// Whether a document has begun and not ended.
    pub(crate) fn is_inside(&self) -> bool {
        self.current.is_some()
    }

    /// Takes note of an element that is not inside a record, `offset` bytes into the input.
    pub(crate) fn element(&mut self, name: &[u8], offset: u64) -> Option<Warning> {
        if let Some(document) = &mut self.current {
            document.first_child.get_or_insert_with(|| shown_name(name));
            return None;
        }
        self.count += 1;
        self.announced = false;
        let root = shown_name(name);
        let text = format!("`{root}` at byte {offset}");
        self.current = Some(Document { root, first_child: None, is_known: false });
        (self.count > 1).then(|| self.once(Code::DocumentConcatenated, text)).flatten()
    }

    /// Takes note that the element, with those around it, is one that PubMed uses.
    pub(crate) fn known(&mut self, around: &OpenElements) -> Option<Warning> {
        self.current.as_mut()?.is_known = true;
        if self.remarked.contains(&Code::ContainerUnknown) {
            return None;
        }
        let foreign = around.foreign()?;
        self.once(Code::ContainerUnknown, shown_name(foreign))
    }

    /// Takes note of the end of the root.
    pub(crate) fn end(&mut self) {
        if let Some(document) = self.current.take() {
            self.refused = self.refused.take().or_else(|| document.refusal());
        }
    }

    /// Takes note of text outside of a root.
    pub(crate) fn text_outside(&mut self, text: &str) {
        let text = if self.outside.is_empty() { text.trim_start_matches(is_blank) } else { text };
        // One character more than is shown tells that it was cut short.
        let free = (SHOWN + 1).saturating_sub(self.outside.chars().count());
        self.outside.extend(text.chars().take(free));
    }

    /// Takes note of markup outside of a root; a declaration of a document type needs a root.
    pub(crate) fn markup_outside(&mut self, is_doctype: bool) {
        self.announced |= is_doctype || self.count == 0;
    }

    /// What is to be said about the text since the last document or comment.
    pub(crate) fn remark_text_outside(&mut self) -> Option<Warning> {
        if self.outside.is_empty() {
            return None;
        }
        let text = std::mem::take(&mut self.outside);
        self.once(Code::ContentOutsideRoot, shown(text.trim_end_matches(is_blank)))
    }

    /// Why the document that is read is not PubMed's, if nothing in it is as yet.
    pub(crate) fn refusal(&self) -> Option<String> {
        self.current.as_ref().and_then(Document::refusal)
    }

    /// What is wrong with the input, all tags of which are closed.
    pub(crate) fn verdict(&self) -> Option<(Code, String)> {
        let said_text = self.remarked.contains(&Code::ContentOutsideRoot);
        if let Some(refused) = &self.refused {
            Some((Code::InputRefused, refused.clone()))
        } else if self.count == 0 && (said_text || !self.outside.is_empty()) {
            Some((Code::InputRefused, "not a PubMed document: it holds no element".to_owned()))
        } else if self.announced {
            Some((Code::DocumentTruncated, "the input ends before a root begins".to_owned()))
        } else if self.count == 0 {
            Some((Code::InputEmpty, "the input is empty".to_owned()))
        } else {
            None
        }
    }

    fn once(&mut self, code: Code, text: String) -> Option<Warning> {
        if self.remarked.contains(&code) {
            return None;
        }
        self.remarked.push(code);
        Some(Warning::new(code, text))
    }
}

impl Document {
    fn refusal(&self) -> Option<String> {
        if self.is_known {
            return None;
        }
        let root = &self.root;
        if let Some(sentence) = refusal(root) {
            return Some(format!("not a PubMed document: {sentence}"));
        }
        if root == "xml" && self.first_child.as_deref() == Some("records") {
            return Some("not a PubMed document: an EndNote library".to_owned());
        }
        Some(format!("not a PubMed document: no record stands under its root `{root}`"))
    }
}

/// Foreign text as a message may show it: on one line, and not too much of it.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    if short.contains(char::is_control) { short.escape_debug().to_string() } else { short }
}

/// A foreign name as a message may show it.
pub(crate) fn shown_name(name: &[u8]) -> String {
    // More bytes than are shown of it, but not all of a name that is made to be long.
    let start: Cow<str> = String::from_utf8_lossy(&name[..name.len().min(8 * SHOWN)]);
    shown(&start)
}

/// Whether the character means nothing outside of a root; a byte-order mark may be left there.
fn is_blank(sign: char) -> bool {
    sign.is_ascii_whitespace() || sign == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_text_outside_of_a_root_only_the_beginning_is_kept() {
        let mut documents = Documents::default();
        for _ in 0..3 {
            documents.text_outside(&"x".repeat(40));
        }
        assert_eq!(documents.outside.len(), SHOWN + 1);
        let said = documents.remark_text_outside().map(|warning| warning.text);
        assert_eq!(said, Some("x".repeat(SHOWN) + "…"));
    }
}
