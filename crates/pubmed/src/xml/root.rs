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

    /// The local name of the citation that may stand in it, itself a record when it stands alone.
    pub(crate) fn citation(self) -> Option<&'static str> {
        match self {
            Self::PubmedArticle => Some(Self::MedlineCitation.name()),
            Self::PubmedBookArticle => Some(Self::BookDocument.name()),
            Self::MedlineCitation | Self::BookDocument => None,
        }
    }
}

/// Elements that hold records (`xml-input.md` section 4.1).
const SETS: &[&[u8]] = &[
    b"PubmedArticleSet",
    b"PubMedArticleSet",
    b"MedlineCitationSet",
    b"PubmedBookArticleSet",
    b"BookDocumentSet",
];

/// Elements that list withdrawn PMIDs (`xml-input.md` section 4.2).
const DELETIONS: &[&[u8]] = &[b"DeleteCitation", b"DeleteDocument"];

/// Bytes of the longest name of a record or a set.
pub(crate) const LONGEST_NAME: usize = "PubmedBookArticleSet".len();

/// Whether an element of that local name holds records.
pub(crate) fn is_set(local: &[u8]) -> bool {
    SETS.contains(&local)
}

/// Whether an element of that local name is a record or holds records.
pub(crate) fn is_record_or_set(local: &[u8]) -> bool {
    Root::named(local).is_some() || is_set(local)
}

/// Whether an element of that local name lists withdrawn PMIDs.
pub(crate) fn is_deletion(local: &[u8]) -> bool {
    DELETIONS.contains(&local)
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
