//! Readers: PubMed data as [`model::Record`]s.
//!
//! A reader knows its input and the record, and never where a record goes. The input is cut into
//! [`Run`]s of whole records, and a run can be read on any thread: what comes out depends on its
//! bytes alone. What must be read is `xml-input.md`; what it becomes, `mapping.md`.

mod fault;
mod medline;
mod options;
mod page;
mod records;
mod rules;
mod run;
mod runs;
mod xml;

pub use fault::Fault;
pub use options::{Entities, IssuedDate, Limits, Options, Parts};
pub use page::is_archive;
pub use records::Records;
pub use run::{Outcome, Run};
pub use runs::Runs;
pub use xml::refusal;
