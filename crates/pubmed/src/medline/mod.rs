//! MEDLINE text, also known as `.nbib` (`xml-input.md` section 9).

mod fields;
mod record;
mod split;
mod values;

pub(crate) use record::read;
pub(crate) use split::{Splitter, records};
pub(crate) use values::grant;
