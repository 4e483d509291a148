//! What a work is.

use serde::{Deserialize, Serialize};

/// The item type: what decides the entry type in every format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An article in a journal, and anything that nothing else fits.
    #[default]
    Article,
    /// An article on a preprint server.
    Preprint,
    /// An article in a newspaper.
    Newspaper,
    /// A data set.
    Dataset,
    /// A technical report.
    Report,
    /// A dissertation.
    Thesis,
    /// A whole book.
    Book,
    /// A part of a book.
    Chapter,
}

/// What became of a work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It was retracted.
    Retracted,
    /// Published online, not yet in a volume or an issue.
    AheadOfPrint,
}

/// An NLM publication type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationType {
    /// Its name: `Review`.
    pub text: String,
    /// Its identifier in MeSH: `D016454`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui: Option<String>,
}
