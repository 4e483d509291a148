//! Writers: a [`model::Record`] as RIS, BibTeX, BibLaTeX, CSL-JSON, EndNote XML or JSON Lines.
//!
//! A writer knows the record and its own words, and never where a record came from. What is
//! written where is `mapping.md` sections 5 to 10; how it is spelled, `output-formats.md`.

mod abstracts;
#[cfg(test)]
mod arbitrary;
mod bibtex;
mod citekey;
mod clean;
mod csl;
mod dates;
mod endnote;
mod format;
mod journal;
mod json;
mod jsonl;
mod languages;
mod math;
mod notes;
mod options;
mod pages;
mod person;
mod plain;
mod ris;
#[cfg(test)]
mod samples;
mod terms;
mod title;
mod url;
pub mod verify;

pub use citekey::Template;
pub use format::Format;
pub use jsonl::{ReadLineError, read_line};
pub use options::{
    ArticleNumber, BiblatexOrcid, BiblatexPmid, BiblatexSeason, BibtexCase, BibtexText, BibtexUrl,
    CslCustom, EndnoteMarkup, Issn, JournalAbbreviation, JournalName, JournalTrim, Keywords, Links,
    Markup, Mesh, MeshMajor, NoteKinds, Options, PreprintBiblatex, PreprintBibtex, PreprintEndnote,
    PreprintRis, RisDialect, RisEpubDate, RisId, SubjectKinds, Switch, UnknownValue,
};

use model::{Record, Warning};

use bibtex::{Bibtex, Dialect};
use csl::CslJson;
use endnote::EndnoteXml;
use jsonl::JsonLines;
use ris::Ris;

/// Prints records in one format.
///
/// A writer holds options and nothing else: what it prints for a record depends on that record
/// alone, so that records may be printed in any order and on any thread. A file is
/// `begin`, the records with `between` standing between each two, `end`.
pub trait Writer: Send + Sync {
    /// Writes what stands before the first record, also when there is none.
    fn begin(&self, _out: &mut Vec<u8>) {}

    /// Writes one record, and adds to `warnings` what this format could not say.
    fn record(&self, record: &Record, out: &mut Vec<u8>, warnings: &mut Vec<Warning>);

    /// Writes what stands between two records.
    fn between(&self, _out: &mut Vec<u8>) {}

    /// Writes what stands behind the last record, also when there is none.
    fn end(&self, _out: &mut Vec<u8>) {}
}

impl Format {
    /// The writer of this format.
    ///
    /// # Errors
    ///
    /// If the template of citation keys is none.
    pub fn writer(self, options: &Options) -> Result<Box<dyn Writer>, UnknownValue> {
        let citekey = Template::parse(&options.citekey)?;
        Ok(match self {
            Self::Ris => Box::new(Ris::new(options, citekey)),
            Self::Bibtex => Box::new(Bibtex::new(Dialect::Bibtex, options, citekey)),
            Self::Biblatex => Box::new(Bibtex::new(Dialect::Biblatex, options, citekey)),
            Self::CslJson => Box::new(CslJson::new(options, citekey)),
            Self::EndnoteXml => Box::new(EndnoteXml::new(options, citekey)),
            Self::Jsonl => Box::new(JsonLines),
        })
    }
}
