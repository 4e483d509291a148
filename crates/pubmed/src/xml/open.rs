//! The elements that are open around a place outside of records.

use super::markup;
use super::root;

/// Open elements, the outermost first.
///
/// Elements that a broken record left open are among them, since it is not known whether their end
/// tags are still to come. They are only presumed to be open: they close with what is around them.
#[derive(Debug, Default)]
pub(crate) struct OpenElements {
    elements: Vec<Element>,
    presumed: usize,
}

#[derive(Debug)]
struct Element {
    name: Box<[u8]>,
    is_presumed: bool,
    /// Whether PubMed does not use it around records.
    is_foreign: bool,
}

/// How many elements are presumed to be open at most; the outermost of them is given up first.
const MOST_PRESUMED: usize = 256;

impl OpenElements {
    /// Whether none is open, not even presumably.
    pub(crate) fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// How many are surely open.
    pub(crate) fn depth(&self) -> usize {
        self.elements.len() - self.presumed
    }

    /// The innermost one that is surely open.
    pub(crate) fn innermost(&self) -> Option<&[u8]> {
        self.sure().next_back().map(|element| &*element.name)
    }

    /// Whether one of that name is surely open.
    pub(crate) fn holds(&self, name: &[u8]) -> bool {
        self.sure().any(|element| &*element.name == name)
    }

    /// The outermost one that is surely open and that PubMed does not use around records.
    pub(crate) fn foreign(&self) -> Option<&[u8]> {
        self.sure().find(|element| element.is_foreign).map(|element| &*element.name)
    }

    /// Opens one.
    pub(crate) fn open(&mut self, name: &[u8]) {
        let local = markup::local(name);
        let is_foreign = !root::is_set(local) && !root::is_deletion(local);
        self.elements.push(Element { name: name.into(), is_presumed: false, is_foreign });
    }

    /// Presumes those to be open that a broken record began and did not end.
    pub(crate) fn presume(&mut self, names: &[&[u8]]) {
        self.presumed += names.len();
        self.elements.extend(names.iter().map(|name| Element {
            name: (*name).into(),
            is_presumed: true,
            is_foreign: false,
        }));
        while self.presumed > MOST_PRESUMED {
            let Some(first) = self.elements.iter().position(|element| element.is_presumed) else {
                break;
            };
            self.elements.remove(first);
            self.presumed -= 1;
        }
    }

    /// Closes the innermost one, which must have that name; tells whether it has.
    pub(crate) fn close(&mut self, name: &[u8]) -> bool {
        let mut presumed = 0;
        for (index, element) in self.elements.iter().enumerate().rev() {
            presumed += usize::from(element.is_presumed);
            if &*element.name == name {
                self.elements.truncate(index);
                self.presumed -= presumed;
                return true;
            }
            if !element.is_presumed {
                break;
            }
        }
        false
    }

    fn sure(&self) -> impl DoubleEndedIterator<Item = &Element> {
        self.elements.iter().filter(|element| !element.is_presumed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_tag_closes_the_innermost_element_only() {
        let mut open = OpenElements::default();
        open.open(b"results");
        open.open(b"batch");
        assert!(!open.close(b"results"));
        assert!(open.close(b"batch"));
        assert!(open.close(b"results"));
        assert!(open.is_empty());
    }

    #[test]
    fn what_is_presumed_to_be_open_closes_with_what_is_around_it() {
        let mut open = OpenElements::default();
        open.open(b"PubmedArticleSet");
        open.presume(&[b"PubmedArticle", b"MedlineCitation"]);
        assert_eq!(open.innermost(), Some(&b"PubmedArticleSet"[..]));
        assert!(open.close(b"PubmedArticleSet"));
        assert!(open.is_empty());
    }

    #[test]
    fn what_is_presumed_to_be_open_may_close_by_itself() {
        let mut open = OpenElements::default();
        open.open(b"PubmedArticleSet");
        open.presume(&[b"PubmedArticle", b"MedlineCitation"]);
        assert!(open.close(b"PubmedArticle"));
        assert!(!open.is_empty());
        assert!(open.close(b"PubmedArticleSet"));
    }

    #[test]
    fn broken_records_do_not_pile_up() {
        let mut open = OpenElements::default();
        open.open(b"PubmedArticleSet");
        for _ in 0..1000 {
            open.presume(&[b"PubmedArticle", b"MedlineCitation"]);
        }
        assert_eq!(open.elements.len(), 1 + MOST_PRESUMED);
        assert_eq!(open.depth(), 1);
        assert!(open.close(b"PubmedArticleSet"));
    }
}
