//! The record itself.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::Warning;
use crate::container::{Book, Container, Journal};
use crate::date::{Date, HistoryDate};
use crate::identifier::{Doi, Identifier, Orcid, Pmcid, Pmid};
use crate::kind::{Kind, PublicationType, Status};
use crate::link::Link;
use crate::name::{Author, Completeness, Name};
use crate::pages::Pages;
use crate::serial::is_default;
use crate::subject::{
    Accession, Chemical, Grant, Heading, OtherAbstract, Reference, Section, Supplementary,
};
use crate::text::Text;

/// One citable work, as far as a bibliographic format can speak of it.
///
/// What is not known is absent: `None`, an empty list, empty text. The fields stand in the order
/// of `mapping.md` section 2, which is also the order of the keys in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Record {
    /// The edition of this form; always 1.
    pub schema: Schema,
    /// PubMed identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmid: Option<Pmid>,
    /// Version of the PubMed record, if greater than 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Bare DOI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<Doi>,
    /// PubMed Central identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmcid: Option<Pmcid>,
    /// Identifiers of author manuscripts: `NIHMS12705`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub manuscript_ids: Vec<String>,
    /// Publisher's item identifiers, all own ones in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pii: Vec<String>,
    /// NCBI Bookshelf accession: `NBK1403`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bookshelf: Option<String>,
    /// Identifiers of other kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_ids: Vec<Identifier>,
    /// Item type.
    pub kind: Kind,
    /// All publication types, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<PublicationType>,
    /// The one most specific publication type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// What became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Title, without its final stop and without the brackets of a translation.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// Whether the title is NLM's translation.
    #[serde(skip_serializing_if = "is_default")]
    pub title_translated: bool,
    /// Title in the language of the work.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub original_title: Text,
    /// Authors, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// Whether `authors` is the whole list.
    #[serde(skip_serializing_if = "is_default")]
    pub authors_complete: Completeness,
    /// Editors of the book.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub editors: Vec<Author>,
    /// Authors of the book that a chapter with authors of its own stands in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub book_authors: Vec<Author>,
    /// Members of groups; never authors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub investigators: Vec<Author>,
    /// Persons written about; never authors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub person_subjects: Vec<Name>,
    /// The journal or the book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Volume, as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Issue, as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// Pages or article number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pages>,
    /// The date of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// The date of electronic publication, beside `issued`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub electronic: Option<Date>,
    /// When a book part was last revised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Date>,
    /// Dates of processing; never dates of publication.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryDate>,
    /// Number of the chapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section_label: Option<String>,
    /// Languages of the work, ISO 639-2/B in lower case, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// The abstract, part by part.
    #[serde(rename = "abstract", skip_serializing_if = "Vec::is_empty")]
    pub abstract_: Vec<Section>,
    /// Further abstracts; never used in place of the abstract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_abstracts: Vec<OtherAbstract>,
    /// Copyright notice of the abstract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copyright: Option<String>,
    /// Keywords: the authors', then those of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Text>,
    /// MeSH headings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mesh: Vec<Heading>,
    /// Substances.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chemicals: Vec<Chemical>,
    /// Supplementary concepts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supplementary: Vec<Supplementary>,
    /// Gene symbols.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genes: Vec<String>,
    /// Links to other works.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Grants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// Registered trials, sequences, data sets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accessions: Vec<Accession>,
    /// Statement on conflicts of interest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict_of_interest: Option<String>,
    /// General notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Space flight missions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missions: Vec<String>,
    /// Cited works; only on demand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What the reader found doubtful.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// The edition of the record's JSON form. A changed meaning needs a new number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schema;

impl Schema {
    /// The number that stands in JSON.
    pub const NUMBER: u32 = 1;
}

impl Record {
    /// The journal, if it stands in one.
    #[must_use]
    pub fn journal(&self) -> Option<&Journal> {
        match self.container.as_ref()? {
            Container::Journal(journal) => Some(journal),
            Container::Book(_) => None,
        }
    }

    /// The book, if it stands in one or is one.
    #[must_use]
    pub fn book(&self) -> Option<&Book> {
        match self.container.as_ref()? {
            Container::Journal(_) => None,
            Container::Book(book) => Some(book),
        }
    }

    /// The ORCIDs of the authors with the author's place in the list, counting from 1.
    pub fn orcids(&self) -> impl Iterator<Item = (usize, &Orcid)> {
        let numbered = self.authors.iter().zip(1..);
        numbered.filter_map(|(author, place)| Some((place, author.orcid.as_ref()?)))
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            other => Err(D::Error::custom(format_args!("schema {other} is not known here"))),
        }
    }
}
