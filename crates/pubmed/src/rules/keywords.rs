//! Keywords (`mapping.md` section 7.10, reading).

use std::collections::HashSet;

use model::Text;

/// The keywords of a record, as they come in.
#[derive(Debug, Default)]
pub(crate) struct Keywords {
    authors: Vec<Text>,
    others: Vec<Text>,
}

impl Keywords {
    /// Adds a keyword of that owner: `NOTNLM` or none for the authors'.
    pub(crate) fn push(&mut self, owner: Option<&str>, keyword: Text) {
        if keyword.is_empty() {
            return;
        }
        match owner.map(str::trim) {
            None | Some("" | "NOTNLM") => self.authors.push(keyword),
            Some(_) => self.others.push(keyword),
        }
    }

    /// The authors' keywords, then those of others, without exact doubles. Nothing is split.
    pub(crate) fn finish(self) -> Vec<Text> {
        let mut keywords = self.authors;
        keywords.extend(self.others);
        let mut seen = HashSet::with_capacity(keywords.len());
        let first: Vec<bool> = keywords.iter().map(|keyword| seen.insert(keyword)).collect();
        if first.contains(&false) {
            let mut first = first.into_iter();
            keywords.retain(|_| first.next().unwrap_or(true));
        }
        keywords
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authors_keywords_come_first_and_each_comes_once() {
        let mut keywords = Keywords::default();
        for (owner, keyword) in [
            (Some("NLM"), "Ethics"),
            (Some("NOTNLM"), "sleep"),
            (None, "rest"),
            (Some("PIP"), "sleep"),
            (Some("NOTNLM"), "Sleep"),
            (Some("NOTNLM"), ""),
            (None, "brainstem, DTI; fibres"),
            (Some("NLM"), "Ethics"),
        ] {
            keywords.push(owner, Text::plain(keyword));
        }
        let words: Vec<String> = keywords.finish().iter().map(Text::flatten).collect();
        assert_eq!(words, ["sleep", "rest", "Sleep", "brainstem, DTI; fibres", "Ethics"]);
    }
}
