//! Where a record without an end has to be cut, found by walking through its tags.

use std::str;

use memchr::memchr;
use model::Pmid;

use super::markup::{self, Endless, Sign, Tag, TagEnd};
use super::open::OpenElements;
use super::root::{self, Root};

/// What is left of a record that does not end.
#[derive(Debug, Default)]
pub(crate) struct Damage<'a> {
    /// Index of the `<` of the first tag that cannot belong to it.
    pub(crate) cut: Option<usize>,
    /// The elements that are open there, itself among them, the outermost first.
    pub(crate) left_open: Vec<&'a [u8]>,
    /// Its PMID.
    pub(crate) pmid: Option<Pmid>,
    /// How many elements are open that are not in `left_open`.
    deeper: usize,
    /// Whether the one record has been met that may stand in another.
    has_citation: bool,
}

/// Deeper elements are counted only.
const DEEPEST: usize = 64;

/// Elements with longer names are not told apart.
const LONGEST_NAME: usize = 256;

impl<'a> Damage<'a> {
    /// Walks through the record that the bytes begin with, which does not end in them.
    pub(crate) fn of(bytes: &'a [u8], root: Root, around: &OpenElements) -> Self {
        let mut damage = Self::default();
        let mut endless = Endless::default();
        let mut at = 0;
        while let Some(length) = memchr(b'<', &bytes[at..]) {
            let start = at + length;
            at = start + 1;
            match markup::sign(&bytes[start..]) {
                Sign::Opaque(kind) if !endless.holds(kind, start as u64) => {
                    match kind.end(bytes, start + kind.opening()) {
                        Some(end) => at = end,
                        None => endless.note(kind, start as u64),
                    }
                }
                Sign::StartTag => {
                    let Some(tag) = markup::tag(bytes, start, false) else { break };
                    if start > 0 && !damage.may_hold(&tag, root) {
                        damage.cut = Some(start);
                        break;
                    }
                    at = damage.open(bytes, &tag);
                }
                Sign::EndTag => {
                    let Some(tag) = markup::tag(bytes, start, true) else { break };
                    if !damage.close(&tag, around) {
                        damage.cut = Some(start);
                        break;
                    }
                }
                Sign::Opaque(_) | Sign::Doctype | Sign::Stray | Sign::Unsure => {}
            }
        }
        damage
    }

    /// Whether the element can stand in the record.
    fn may_hold(&mut self, tag: &Tag, root: Root) -> bool {
        if !root::is_record_or_set(tag.local) && !root::is_deletion(tag.local) {
            return true;
        }
        let is_citation = root.citation().is_some_and(|name| name.as_bytes() == tag.local);
        is_citation && !std::mem::replace(&mut self.has_citation, true)
    }

    /// Opens an element and returns where its content begins.
    fn open(&mut self, bytes: &'a [u8], tag: &Tag<'a>) -> usize {
        let end = match markup::tag_end(bytes, tag.name_end) {
            TagEnd::At { end, empty: true } => return end,
            TagEnd::At { end, empty: false } | TagEnd::Broken(end) => end,
            TagEnd::Unsure => tag.name_end,
        };
        if self.pmid.is_none() && tag.local == b"PMID" && self.is_in_citation() {
            self.pmid = leading_pmid(&bytes[end..]);
        }
        if self.left_open.len() < DEEPEST && tag.name.len() <= LONGEST_NAME {
            self.left_open.push(tag.name);
        } else {
            self.deeper += 1;
        }
        end
    }

    /// Closes an element; tells whether it is one of the record's own or of nobody.
    fn close(&mut self, tag: &Tag, around: &OpenElements) -> bool {
        if self.deeper > 0 {
            self.deeper -= 1;
            return true;
        }
        match self.left_open.iter().rposition(|name| *name == tag.name) {
            Some(index) => self.left_open.truncate(index.max(1)),
            None => return !around.holds(tag.name),
        }
        true
    }

    /// Whether the path is that of the record's own PMID (`xml-input.md` section 4.2).
    fn is_in_citation(&self) -> bool {
        let parent = self.left_open.last().map(|name| markup::local(name));
        self.left_open.len() <= 2
            && parent.is_some_and(|name| name == b"MedlineCitation" || name == b"BookDocument")
    }
}

fn leading_pmid(content: &[u8]) -> Option<Pmid> {
    let text = &content[..memchr(b'<', content)?];
    str::from_utf8(text).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damage<'a>(record: &'a str, root: Root, around: &[&str]) -> Damage<'a> {
        let mut open = OpenElements::default();
        for name in around {
            open.open(name.as_bytes());
        }
        Damage::of(record.as_bytes(), root, &open)
    }

    #[test]
    fn the_end_of_an_element_around_the_record_cuts_it() {
        let record = "<PubmedArticle><a><b></results></a>";
        let damage = damage(record, Root::PubmedArticle, &["results"]);
        assert_eq!(damage.cut, record.find("</results>"));
        assert_eq!(damage.left_open, [&b"PubmedArticle"[..], b"a", b"b"]);
    }

    #[test]
    fn an_end_tag_of_an_element_of_its_own_does_not_cut_it() {
        let record = "<PubmedArticle><results></results><a>";
        assert_eq!(damage(record, Root::PubmedArticle, &["results"]).cut, None);
    }

    #[test]
    fn one_citation_belongs_to_an_article_and_a_second_cuts_it() {
        let record = "<PubmedArticle><MedlineCitation/><MedlineCitation/>";
        let damage = damage(record, Root::PubmedArticle, &[]);
        assert_eq!(damage.cut, record.rfind("<MedlineCitation"));
    }

    #[test]
    fn a_list_of_withdrawn_pmids_cuts_it() {
        let record = "<BookDocument><a><DeleteDocument>";
        let damage = damage(record, Root::BookDocument, &[]);
        assert_eq!(damage.cut, record.find("<DeleteDocument"));
    }

    #[test]
    fn what_stands_in_a_comment_does_not_cut_it() {
        let record = "<MedlineCitation><!-- <PubmedArticle> </s> --><![CDATA[</s>]]><?x </s>?>";
        assert_eq!(damage(record, Root::MedlineCitation, &["s"]).cut, None);
    }

    #[test]
    fn of_what_is_left_open_not_too_much_is_kept() {
        let deep = format!("<PubmedArticle>{}</b>", "<a>".repeat(1000));
        let damage_of_depth = damage(&deep, Root::PubmedArticle, &["b"]);
        assert_eq!(damage_of_depth.left_open.len(), DEEPEST);
        let (kept, long) = ("k".repeat(LONGEST_NAME), "l".repeat(LONGEST_NAME + 1));
        let record = format!("<PubmedArticle><{kept}><{long}>");
        let damage = damage(&record, Root::PubmedArticle, &[]);
        assert_eq!(damage.left_open, [&b"PubmedArticle"[..], kept.as_bytes()]);
    }

    #[test]
    fn the_pmid_is_the_records_own() {
        let own = "<PubmedArticle><MedlineCitation><PMID Version=\"1\"> 99000001 </PMID><PMID>2<";
        assert_eq!(damage(own, Root::PubmedArticle, &[]).pmid, "99000001".parse().ok());
        let anothers = "<MedlineCitation><CommentsCorrections><PMID>99000002</PMID>";
        assert_eq!(damage(anothers, Root::MedlineCitation, &[]).pmid, None);
    }
}
