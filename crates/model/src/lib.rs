//! The record: one citable work, and the words it is made of.
//!
//! Readers make [`Record`]s and writers print them; neither knows the other, and both know only
//! this crate. What each field means is `mapping.md` section 2; how a record looks as JSON is
//! `output-formats.md` section 7, and the serde derives here are that form.
//!
//! ```
//! use model::{Name, Record, Text};
//!
//! let mut record = Record { title: Text::plain("Time-resolved imaging"), ..Record::default() };
//! record.authors.push(Name::person("Okines", Some("A")).into());
//! assert_eq!(record.authors[0].name.family(), Some("Okines"));
//! ```

mod ascii;
mod code;
mod container;
mod date;
mod identifier;
mod kind;
mod link;
mod name;
mod pages;
mod record;
mod serial;
mod subject;
mod text;

pub use ascii::beyond_ascii;
pub use code::{Code, Severity, UnknownCode, Warning};
pub use container::{Book, Container, Issn, IssnKind, IssnNumber, Journal};
pub use date::{Date, HistoryDate, Month, Point, Season};
pub use identifier::{Doi, Identifier, InvalidIdentifier, Orcid, Pmcid, Pmid};
pub use kind::{Kind, PublicationType, Status};
pub use link::{Link, LinkKind};
pub use name::{Affiliation, Author, Completeness, Name};
pub use pages::{PageKind, PageRange, Pages};
pub use record::{Record, Schema};
pub use subject::{
    Accession, Chemical, Grant, Heading, OtherAbstract, Qualifier, Reference, Section,
    Supplementary,
};
pub use text::{Inline, Style, Text};
