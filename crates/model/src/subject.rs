//! What a work says, is about, and rests on.

use serde::{Deserialize, Serialize};

use crate::identifier::Identifier;
use crate::serial::is_default;
use crate::text::Text;

/// A part of an abstract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Section {
    /// Its heading as printed: `BACKGROUND`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// NLM's category, which is never shown as a heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub text: Text,
}

/// A further abstract: a translation, a summary for patients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OtherAbstract {
    /// Who made it or what it is: `Publisher`, `plain-language-summary`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its language, ISO 639-2/B.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// Its copyright notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copyright: Option<String>,
}

/// A MeSH heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// The descriptor: `Receptor, ErbB-2`.
    pub descriptor: String,
    /// Its identifier in MeSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui: Option<String>,
    /// Whether it is a main point of the work.
    #[serde(default, skip_serializing_if = "is_default")]
    pub major: bool,
    /// The aspects looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<Qualifier>,
}

/// An aspect of a [`Heading`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualifier {
    /// Its name: `genetics`.
    pub name: String,
    /// Its identifier in MeSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui: Option<String>,
    /// Whether this aspect is a main point of the work.
    #[serde(default, skip_serializing_if = "is_default")]
    pub major: bool,
}

/// A substance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chemical {
    /// Its name.
    pub name: String,
    /// CAS, EC or UNII number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// Its identifier in MeSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui: Option<String>,
}

/// A supplementary concept: a disease, a protocol, an organism.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supplementary {
    /// Its name.
    pub name: String,
    /// What it is: `Disease`, `Protocol`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its identifier in MeSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui: Option<String>,
}

/// Money; any part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grant {
    /// Number: `R01 HL000001`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Institute: `HL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acronym: Option<String>,
    /// Agency: `NHLBI NIH HHS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A number in a registry or a data bank: a trial, a sequence, a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accession {
    /// The bank: `ClinicalTrials.gov`.
    pub bank: String,
    /// The number; none where the source names the bank alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// A cited work. Its identifiers are its own, never the record's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reference {
    /// The citation as printed.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub citation: Text,
    /// Identifiers of the cited work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
}
