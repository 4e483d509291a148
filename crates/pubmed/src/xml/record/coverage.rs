//! Which elements are read and which are not.

/// Whether an element that stands where it is not looked for is passed over without a word.
pub(crate) fn is_silent(name: &[u8]) -> bool {
    name == b"URL"
}
