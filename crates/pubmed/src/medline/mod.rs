//! MEDLINE text, also known as `.nbib` (`xml-input.md` section 9).

pub(crate) mod fields;
mod record;

pub(crate) use record::{grant, read};
