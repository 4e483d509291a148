//! What printed strings mean: the rules of `mapping.md` that every reader shares.
//!
//! A reader takes an input to pieces; a rule says what a piece is. Rules know neither XML nor
//! HTML, and what they find doubtful goes into the record's warnings.

pub(crate) mod abstracts;
pub(crate) mod books;
#[cfg(test)]
mod corpus;
pub(crate) mod dates;
pub(crate) mod identifiers;
pub(crate) mod journal;
pub(crate) mod keywords;
pub(crate) mod kinds;
pub(crate) mod languages;
pub(crate) mod links;
pub(crate) mod names;
pub(crate) mod pages;
pub(crate) mod text;
pub(crate) mod titles;

use model::{Code, Warning};

/// Warns about what stands in that place: `author: Routley`.
pub(crate) fn warn(warnings: &mut Vec<Warning>, code: Code, place: &str, text: &str) {
    let text = if text.is_empty() { place.to_owned() } else { format!("{place}: {text}") };
    warnings.push(Warning::new(code, text));
}
