//! Affiliations by their marks: numbers, or ids of list items.

use std::collections::HashMap;

use super::sheet::Person;

/// Bytes of affiliations that the authors of one record may get. One address may belong to
/// thousands of authors; a long one that is given out a million times is no address.
const BYTES: usize = 64 << 20;

/// The affiliations of a page, the first of each mark.
#[derive(Debug, Default)]
pub(super) struct Affiliations {
    by_mark: HashMap<String, String>,
    given: usize,
}

impl Affiliations {
    /// Adds an affiliation.
    pub(super) fn add(&mut self, mark: &str, text: String) {
        if !text.is_empty() {
            self.by_mark.entry(mark.to_owned()).or_insert(text);
        }
    }

    /// Gives the affiliation with that mark to an author.
    pub(super) fn give(&mut self, mark: &str, author: &mut Person) {
        if let Some(text) = self.by_mark.get(mark).filter(|text| self.given + text.len() < BYTES) {
            self.given += text.len();
            author.affiliations.push(text.clone());
        }
    }
}
