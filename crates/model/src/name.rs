//! Persons and groups.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::identifier::{Identifier, Orcid};
use crate::serial::is_default;

/// What a person or a group is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "NameForm", try_from = "NameForm")]
pub enum Name {
    /// A person. A name of one piece ("Sukarno") has a family name alone.
    Person {
        /// Family name with its particle, as printed.
        family: String,
        /// Given names or initials, as printed, without stops.
        given: Option<String>,
        /// Generation: `Jr`, `3rd`.
        suffix: Option<String>,
    },
    /// A group under its whole name, never split.
    Group(String),
}

/// One who made the work, and what is known of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "AuthorForm", try_from = "AuthorForm")]
pub struct Author {
    /// Person or group.
    pub name: Name,
    /// Checked ORCID.
    pub orcid: Option<Orcid>,
    /// Degrees and titles that stood where a generation belongs.
    pub credentials: Option<String>,
    /// Where they worked, in order.
    pub affiliations: Vec<Affiliation>,
    /// Whether they are marked as having contributed equally.
    pub equal: bool,
    /// The group they belong to, for an investigator.
    pub member_of: Option<String>,
}

/// An address, with the identifiers of the institution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affiliation {
    /// The address as printed.
    pub text: String,
    /// GRID, ISNI, RINGGOLD, ROR.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
}

/// Whether a list of authors is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// Everyone is named, or nothing says otherwise.
    #[default]
    Complete,
    /// The source says that it names some only.
    Shortened,
}

impl Name {
    /// A person without a suffix.
    pub fn person(family: impl Into<String>, given: Option<&str>) -> Self {
        Self::Person { family: family.into(), given: given.map(str::to_owned), suffix: None }
    }

    /// A group.
    pub fn group(name: impl Into<String>) -> Self {
        Self::Group(name.into())
    }

    /// The family name of a person.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        match self {
            Self::Person { family, .. } => Some(family),
            Self::Group(_) => None,
        }
    }
}

impl From<Name> for Author {
    fn from(name: Name) -> Self {
        Self {
            name,
            orcid: None,
            credentials: None,
            affiliations: Vec::new(),
            equal: false,
            member_of: None,
        }
    }
}

impl Serialize for Completeness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self == Self::Complete)
    }
}

impl<'de> Deserialize<'de> for Completeness {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(if bool::deserialize(deserializer)? { Self::Complete } else { Self::Shortened })
    }
}

/// A name as JSON has it: one flat object.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
}

/// An author as JSON has it: the keys of the name, then what else is known.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    orcid: Option<Orcid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    affiliations: Vec<Affiliation>,
    #[serde(default, skip_serializing_if = "is_default")]
    equal: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member_of: Option<String>,
}

impl From<Name> for NameForm {
    fn from(name: Name) -> Self {
        match name {
            Name::Person { family, given, suffix } => {
                Self { family: Some(family), given, suffix, group: None }
            }
            Name::Group(group) => Self { group: Some(group), ..Self::default() },
        }
    }
}

impl TryFrom<NameForm> for Name {
    type Error = &'static str;

    fn try_from(form: NameForm) -> Result<Self, Self::Error> {
        match form {
            NameForm { family: Some(family), given, suffix, group: None } => {
                Ok(Self::Person { family, given, suffix })
            }
            NameForm { family: None, given: None, suffix: None, group: Some(group) } => {
                Ok(Self::Group(group))
            }
            _ => Err("a name has either `family` or `group`"),
        }
    }
}

impl From<Author> for AuthorForm {
    fn from(author: Author) -> Self {
        let Author { name, orcid, credentials, affiliations, equal, member_of } = author;
        let NameForm { family, given, suffix, group } = name.into();
        Self { family, given, suffix, group, orcid, credentials, affiliations, equal, member_of }
    }
}

impl TryFrom<AuthorForm> for Author {
    type Error = &'static str;

    fn try_from(form: AuthorForm) -> Result<Self, Self::Error> {
        let AuthorForm { family, given, suffix, group, .. } = form;
        let name = NameForm { family, given, suffix, group }.try_into()?;
        Ok(Self {
            name,
            orcid: form.orcid,
            credentials: form.credentials,
            affiliations: form.affiliations,
            equal: form.equal,
            member_of: form.member_of,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_one_flat_object() {
        let author = Author {
            equal: true,
            ..Name::Person {
                family: "King".into(),
                given: Some("M L".into()),
                suffix: Some("Jr".into()),
            }
            .into()
        };
        let json = r#"{"family":"King","given":"M L","suffix":"Jr","equal":true}"#;
        assert_eq!(serde_json::to_string(&author).expect("an author is JSON"), json);
        assert_eq!(serde_json::from_str::<Author>(json).expect("the same author"), author);
        for wrong in ["{}", r#"{"family":"a","group":"b"}"#, r#"{"group":"b","age":3}"#] {
            assert!(serde_json::from_str::<Author>(wrong).is_err(), "{wrong}");
        }
    }
}
