//! PubMed XML (`xml-input.md`): cut into records, and read record by record.

mod damage;
mod deletion;
mod doctype;
mod document;
mod extent;
mod markup;
mod open;
mod record;
mod refusal;
mod root;
mod split;

pub(crate) use record::read;
pub use refusal::refusal;
pub(crate) use root::Root;
pub(crate) use split::{After, Splitter, Window};
