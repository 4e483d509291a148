//! What the splitter hands to the reader of one record, and what that reader answers if it cannot.

use model::{Code, Pmid};

/// Which element a record is (`xml-input.md` section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// The usual one: a citation and what PubMed knows about it.
    PubmedArticle,
    /// A citation alone.
    MedlineCitation,
    /// A book or a chapter of one, and what PubMed knows about it.
    PubmedBookArticle,
    /// A book or a chapter alone.
    BookDocument,
}

impl Root {
    /// The record that an element of that local name is.
    pub(crate) fn named(local: &[u8]) -> Option<Self> {
        match local {
            b"PubmedArticle" => Some(Self::PubmedArticle),
            b"MedlineCitation" => Some(Self::MedlineCitation),
            b"PubmedBookArticle" => Some(Self::PubmedBookArticle),
            b"BookDocument" => Some(Self::BookDocument),
            _ => None,
        }
    }

    /// The local name of the element.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PubmedArticle => "PubmedArticle",
            Self::MedlineCitation => "MedlineCitation",
            Self::PubmedBookArticle => "PubmedBookArticle",
            Self::BookDocument => "BookDocument",
        }
    }
}

/// Why the bytes of one record are no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// What it is.
    pub(crate) code: Code,
    /// Bytes before the place, from the start of the record.
    pub(crate) offset: usize,
    /// The record's PMID, if it was read before.
    pub(crate) pmid: Option<Pmid>,
    /// What was found, in words.
    pub(crate) message: String,
}
