//! A list of withdrawn PMIDs (`xml-input.md` section 4.2).

use model::{Code, Pmid, Warning};

use super::document::shown;
use crate::run::Piece;

/// A `DeleteCitation` or `DeleteDocument` that is being read.
#[derive(Debug)]
pub(crate) struct Deletion {
    /// Elements that are open in it, itself among them.
    depth: usize,
    pmids: Vec<Pmid>,
    /// The text of the PMID that is being read, cut short.
    text: Option<String>,
}

/// PMIDs of one piece; a longer list is given out in several.
const MOST: usize = 4096;

/// Characters that are kept of one PMID.
const LONGEST_PMID: usize = 100;

impl Deletion {
    /// A list that begins, itself the element at that depth.
    pub(crate) fn new(depth: usize) -> Self {
        Self { depth, pmids: Vec::new(), text: None }
    }

    /// Opens an element in the list.
    pub(crate) fn open(&mut self, local: &[u8], depth: usize) {
        if local == b"PMID" && depth == self.depth + 1 {
            self.text = Some(String::new());
        }
    }

    /// Reads text.
    pub(crate) fn text(&mut self, text: &str) {
        if let Some(pmid) = &mut self.text {
            let text = if pmid.is_empty() { text.trim_start() } else { text };
            pmid.extend(text.chars().take(LONGEST_PMID.saturating_sub(pmid.len())));
        }
    }

    /// Closes an element, after which there are so many open; tells whether the list is over.
    pub(crate) fn close(&mut self, depth: usize, pieces: &mut Vec<Piece>) -> bool {
        if depth <= self.depth
            && let Some(text) = self.text.take()
        {
            match text.trim().parse() {
                Ok(pmid) => self.pmids.push(pmid),
                Err(_) if text.is_empty() => {}
                Err(_) => {
                    pieces.push(Piece::Remark(Warning::new(Code::PmidInvalid, shown(text.trim()))));
                }
            }
        }
        let is_over = depth < self.depth;
        if !self.pmids.is_empty() && (is_over || self.pmids.len() >= MOST) {
            pieces.push(Piece::Deleted(std::mem::take(&mut self.pmids)));
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_pmid_that_is_none_only_the_beginning_is_kept() {
        let mut deletion = Deletion::new(1);
        deletion.open(b"PMID", 2);
        for _ in 0..3 {
            deletion.text(&"x".repeat(80));
        }
        assert_eq!(deletion.text.map(|text| text.len()), Some(LONGEST_PMID));
    }
}
