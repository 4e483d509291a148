//! What a work stands in: a journal or a book.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::identifier::InvalidIdentifier;
use crate::serial::as_string;
use crate::text::Text;

/// The journal or the book.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// A journal, also a preprint server or a newspaper.
    Journal(Journal),
    /// A book. For a whole book it holds what the book's record says beside its title.
    Book(Book),
}

/// A journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Journal {
    /// The full title, as the catalogue has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The abbreviation to write, chosen from the next two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abbreviation: Option<String>,
    /// The ISO 4 abbreviation, as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iso_abbreviation: Option<String>,
    /// MEDLINE's abbreviation, as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medline_abbreviation: Option<String>,
    /// Serial numbers: the journal's own, then the linking one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issn: Vec<Issn>,
    /// Its number in NLM's catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nlm_id: Option<String>,
    /// The country of the journal, not the place of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Book {
    /// Title, for a chapter's book; a whole book has its title in the record.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// Publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Place of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Edition, as given: `2nd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Title of the series.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub series: Text,
    /// Title of the volume.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub volume_title: Text,
    /// ISBNs, of 13 digits before those of 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub isbn: Vec<String>,
    /// Medium: `Internet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<String>,
    /// Report number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_number: Option<String>,
    /// When a serial book began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begin: Option<Date>,
    /// When a serial book ended, or the year up to which it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

/// An ISSN, `NNNN-NNNX`, and what it is the number of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issn {
    /// The number with its hyphen.
    pub value: IssnNumber,
    /// The edition it belongs to; unknown where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<IssnKind>,
}

/// The number of an [`Issn`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IssnNumber(String);

/// What an ISSN is the number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssnKind {
    /// The printed edition.
    Print,
    /// The electronic edition.
    Electronic,
    /// All editions together.
    Linking,
}

impl Journal {
    /// The full title, or the abbreviation where there is none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.title.as_deref().or(self.abbreviation.as_deref())
    }
}

impl IssnNumber {
    /// `NNNN-NNNX`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IssnNumber {
    type Err = InvalidIdentifier;

    /// Takes eight signs, seven digits and a digit or X, with or without a hyphen.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let signs: String =
            text.chars().filter(|sign| *sign != '-' && !sign.is_whitespace()).collect();
        let well_formed = signs.len() == 8
            && signs.bytes().enumerate().all(|(at, sign)| {
                sign.is_ascii_digit() || (at == 7 && sign.eq_ignore_ascii_case(&b'X'))
            });
        if well_formed {
            let signs = signs.to_ascii_uppercase();
            Ok(Self(format!("{}-{}", &signs[..4], &signs[4..])))
        } else {
            Err(InvalidIdentifier::of("ISSN"))
        }
    }
}

impl fmt::Display for IssnNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

as_string!(IssnNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issn_gets_its_hyphen() {
        for (given, kept) in [("00278424", "0027-8424"), ("1533-440x", "1533-440X")] {
            assert_eq!(given.parse::<IssnNumber>().expect(given).as_str(), kept);
        }
        for wrong in ["0027-842", "X027-8424", "0027-84245", ""] {
            assert!(wrong.parse::<IssnNumber>().is_err(), "{wrong}");
        }
    }
}
