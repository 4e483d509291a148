//! Keys: short words with slashes between them, and nothing that leads elsewhere.

use crate::BlobError;

/// The most bytes of a word: a file of this name still has room for a suffix.
const WORD_BYTES: usize = 200;
/// The most words of a key.
const WORDS: usize = 12;

/// The key of a blob: words of letters, digits, `.`, `-` and `_`, none of which begins with a stop.
///
/// So no key leads out of the folder, and a file whose name begins with a stop is no blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

/// What keys begin with: whole words, or nothing at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix(String);

impl Key {
    pub(crate) fn new(text: &str) -> Result<Self, BlobError> {
        if is_key(text) { Ok(Self(text.to_owned())) } else { Err(BlobError::InvalidKey) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The words before the last one, and the last one.
    pub(crate) fn split(&self) -> (impl Iterator<Item = &str>, &str) {
        let (folders, name) = self.0.rsplit_once('/').unwrap_or(("", &self.0));
        (folders.split('/').filter(|word| !word.is_empty()), name)
    }
}

impl Prefix {
    /// The prefix with or without a slash at its end.
    pub(crate) fn new(text: &str) -> Result<Self, BlobError> {
        let text = text.strip_suffix('/').unwrap_or(text);
        if text.is_empty() || is_key(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BlobError::InvalidKey)
        }
    }

    /// Without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|word| !word.is_empty())
    }
}

fn is_key(text: &str) -> bool {
    text.split('/').count() <= WORDS && text.split('/').all(is_word)
}

/// Whether it may stand in a key.
pub(crate) fn is_word(word: &str) -> bool {
    (1..=WORD_BYTES).contains(&word.len())
        && !word.starts_with('.')
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_elsewhere_is_no_key() {
        let long = "a".repeat(201);
        let deep = ["a"; WORDS + 1].join("/");
        for text in [
            "",
            "/",
            "/etc/passwd",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            "a/./b",
            ".a",
            "a/.b",
            "a\\b",
            "a b",
            "a\0b",
            "a\nb",
            "%2e%2e/a",
            "ä",
            "a#1",
            "~",
            &long,
            &deep,
        ] {
            assert!(matches!(Key::new(text), Err(BlobError::InvalidKey)), "{text:?}");
        }
        let (long, deep) = (&long[1..], &deep[2..]);
        for text in
            ["a", "in/2026-11-23/0193580e-7c1a", "out/1-8f3a/ris.ris", "a..b", "-a", long, deep]
        {
            assert_eq!(Key::new(text).expect("a key").as_str(), text);
        }
    }

    #[test]
    fn a_key_is_folders_and_a_name() {
        let key = Key::new("in/day/job").expect("a key");
        let (folders, name) = key.split();
        assert_eq!((folders.collect::<Vec<_>>(), name), (vec!["in", "day"], "job"));
        let key = Key::new("job").expect("a key");
        assert_eq!(key.split().0.count(), 0);
    }

    #[test]
    fn a_prefix_ends_with_a_word() {
        for text in ["out/day", "out/day/"] {
            assert_eq!(Prefix::new(text).expect("a prefix").as_str(), "out/day");
        }
        assert_eq!(Prefix::new("").expect("a prefix").words().count(), 0);
        assert!(Prefix::new("../").is_err());
        assert!(Prefix::new("a//").is_err());
    }
}
