//! What a conversion is asked to do.

use formats::Format;

/// Everything that a command line, an HTTP query, a job row or a message header can ask for.
///
/// The same request over the same bytes gives the same bytes, on any number of threads. Each
/// field but the limits has a name and a row in [`SETTINGS`](crate::SETTINGS).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What the input is; `None` to look at its first bytes.
    pub source: Option<Source>,
    /// What is written, each format once, in this order.
    pub formats: Vec<Format>,
    /// What becomes of the rest when a record cannot be converted.
    pub on_error: OnError,
    /// Which versions of a record are written.
    pub versions: Versions,
    /// What becomes of a record that stood earlier in the input.
    pub duplicates: Duplicates,
    /// Choices of the readers.
    pub read: pubmed::Options,
    /// Choices of the writers.
    pub write: formats::Options,
    /// What is too much.
    pub limits: Limits,
}

/// A kind of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// PubMed or MEDLINE XML.
    PubmedXml,
    /// A saved page of PubMed.
    PubmedHtml,
    /// MEDLINE text, as NCBI's `.nbib` files hold it.
    Nbib,
    /// Text copied from a page of PubMed.
    Text,
}

/// What becomes of the rest when a record cannot be converted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The record is reported and the others are converted.
    #[default]
    Skip,
    /// The conversion fails.
    Fail,
}

/// Which versions of a record are written (`mapping.md` section 7.14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Versions {
    /// All of them.
    #[default]
    All,
    /// The highest of each PMID. The input is read twice.
    Latest,
}

/// What becomes of a record whose PMID and version stood earlier in the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// It is written and reported.
    #[default]
    Keep,
    /// It is reported only.
    First,
}

/// What an input may cost. The command line sets no limit on sizes, a service does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// What one record may cost.
    pub record: pubmed::Limits,
    /// Bytes of the unpacked input.
    pub decoded_bytes: Option<u64>,
    /// Unpacked bytes over packed ones, once 10 MiB are unpacked.
    pub ratio: Option<u64>,
    /// Bytes of all outputs over those of the unpacked input, once 64 MiB are written.
    pub output_ratio: Option<u64>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            source: None,
            formats: vec![Format::Ris],
            on_error: OnError::default(),
            versions: Versions::default(),
            duplicates: Duplicates::default(),
            read: pubmed::Options::default(),
            write: formats::Options::default(),
            limits: Limits::default(),
        }
    }
}

impl Source {
    /// What `--from` calls it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PubmedXml => "pubmed-xml",
            Self::PubmedHtml => "pubmed-html",
            Self::Nbib => "nbib",
            Self::Text => "text",
        }
    }

    /// What the input is called in a sentence.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::PubmedXml => "PubMed XML",
            Self::PubmedHtml => "a page of PubMed",
            Self::Nbib => "MEDLINE text",
            Self::Text => "text of a PubMed page",
        }
    }
}
