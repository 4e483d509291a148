//! MEDLINE text, also known as `.nbib` (`xml-input.md` section 9).

mod fields;
mod record;
mod split;

pub(crate) use record::{grant, read};
pub(crate) use split::{Splitter, records};
