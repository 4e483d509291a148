//! The formats by name.

use std::fmt;
use std::str::FromStr;

use crate::options::UnknownValue;

/// A format that records can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// RIS.
    Ris,
    /// BibTeX.
    Bibtex,
    /// BibLaTeX.
    Biblatex,
    /// CSL-JSON.
    CslJson,
    /// EndNote XML.
    EndnoteXml,
    /// JSON Lines: the record itself, lossless.
    Jsonl,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Ris, Self::Bibtex, Self::Biblatex, Self::CslJson, Self::EndnoteXml, Self::Jsonl];

    /// The name of the format in requests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ris => "ris",
            Self::Bibtex => "bibtex",
            Self::Biblatex => "biblatex",
            Self::CslJson => "csl-json",
            Self::EndnoteXml => "endnote-xml",
            Self::Jsonl => "jsonl",
        }
    }

    /// The ending of a file of this format that may stand beside files of the others.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Ris => "ris",
            Self::Bibtex => "bib",
            Self::Biblatex => "biblatex.bib",
            Self::CslJson => "csl.json",
            Self::EndnoteXml => "endnote.xml",
            Self::Jsonl => "jsonl",
        }
    }

    /// The media type (`service.md` section 6.3).
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ris => "application/x-research-info-systems; charset=utf-8",
            Self::Bibtex => "application/x-bibtex; charset=utf-8",
            Self::Biblatex => "application/x-biblatex; charset=utf-8",
            Self::CslJson => "application/vnd.citationstyles.csl+json",
            Self::EndnoteXml => "application/x-endnote+xml; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownValue;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.as_str() == name).ok_or_else(|| UnknownValue {
            value: name.to_owned(),
            expected: "ris, bibtex, biblatex, csl-json, endnote-xml or jsonl".to_owned(),
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
