//! PubMed XML (`xml-input.md`): cut into records, and read record by record.

mod cursor;
mod root;

pub(crate) use root::{Flaw, Root};
