//! Identifiers, each parsed once (`mapping.md` section 7.7).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::serial::as_string;

/// A PubMed identifier: digits, without a leading zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pmid(u64);

/// An article of PubMed Central, `PMC` and digits, and its version if one was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pmcid {
    number: u64,
    version: Option<u32>,
}

/// A bare DOI, `10.…/…`, in the case in which it was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Doi(String);

/// An ORCID with a right check character, in its hyphenated form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Orcid(String);

/// An identifier of a kind that has no field of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Who gave it: `medline`, `ROR`, `NASA`.
    pub source: String,
    /// The identifier as printed.
    pub value: String,
}

/// A value that is no identifier of the kind it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind}")]
pub struct InvalidIdentifier {
    kind: &'static str,
}

impl InvalidIdentifier {
    pub(crate) fn of(kind: &'static str) -> Self {
        Self { kind }
    }
}

impl Pmid {
    /// Its number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl Pmcid {
    /// The digits behind `PMC`.
    #[must_use]
    pub fn number(self) -> u64 {
        self.number
    }

    /// The version, 4 in `PMC6134338.4`; written nowhere but in the model.
    #[must_use]
    pub fn version(self) -> Option<u32> {
        self.version
    }

    /// The identifier without its version: `PMC6134338`.
    #[must_use]
    pub fn base(self) -> Self {
        Self { number: self.number, version: None }
    }
}

impl Doi {
    /// The DOI, bare.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Orcid {
    /// The hyphenated form: `0000-0002-1825-0097`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Pmid {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        number(text.trim()).map(Self).ok_or(InvalidIdentifier { kind: "PMID" })
    }
}

impl FromStr for Pmcid {
    type Err = InvalidIdentifier;

    /// Takes `PMC` in any case and digits, with or without `.version`; never bare digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let text = text.trim();
            let (prefix, rest) = text.split_at_checked(3)?;
            if !prefix.eq_ignore_ascii_case("PMC") {
                return None;
            }
            let (digits, version) = match rest.split_once('.') {
                Some((digits, version)) => (digits, Some(number(version)?.try_into().ok()?)),
                None => (rest, None),
            };
            Some(Self { number: number(digits)?, version })
        };
        parse().ok_or(InvalidIdentifier { kind: "PMCID" })
    }
}

impl FromStr for Doi {
    type Err = InvalidIdentifier;

    /// Trims, takes off `doi:` or a resolver's address (then percent-decodes) and checks the form
    /// `10.digits/…` without white space. Case and every other sign stay.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let doi = match resolved(text) {
            Some(path) => percent_decode_str(path)
                .decode_utf8()
                .map_or_else(|_| path.to_owned(), Cow::into_owned),
            None => strip_prefix_ignore_case(text, "doi:").unwrap_or(text).trim_start().to_owned(),
        };
        if is_doi(&doi) { Ok(Self(doi)) } else { Err(InvalidIdentifier { kind: "DOI" }) }
    }
}

impl FromStr for Orcid {
    type Err = InvalidIdentifier;

    /// Takes the bare form, with or without hyphens, and the address form; never repairs.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let text = text.trim();
            let bare = ["https://", "http://"]
                .iter()
                .find_map(|scheme| strip_prefix_ignore_case(text, scheme))
                .map_or(Some(text), |rest| {
                    let rest = strip_prefix_ignore_case(rest, "www.").unwrap_or(rest);
                    strip_prefix_ignore_case(rest, "orcid.org/")
                })?;
            let signs: Vec<u8> =
                bare.bytes().filter(|sign| *sign != b'-' && !sign.is_ascii_whitespace()).collect();
            let (check, digits) = signs.split_last()?;
            if digits.len() != 15 || !digits.iter().all(u8::is_ascii_digit) {
                return None;
            }
            // ISO 7064, MOD 11-2.
            let sum = digits.iter().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2);
            let expected = match (12 - sum % 11) % 11 {
                10 => b'X',
                digit => b'0' + u8::try_from(digit).ok()?,
            };
            if check.to_ascii_uppercase() != expected {
                return None;
            }
            let groups = digits.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
            let hyphenated = groups.collect::<Vec<_>>().join("-");
            Some(Self(format!("{hyphenated}{}", char::from(expected))))
        };
        parse().ok_or(InvalidIdentifier { kind: "ORCID" })
    }
}

impl fmt::Display for Pmid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for Pmcid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PMC{}", self.number)?;
        self.version.map_or(Ok(()), |version| write!(out, ".{version}"))
    }
}

impl fmt::Display for Doi {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for Orcid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

as_string!(Pmid);
as_string!(Pmcid);
as_string!(Doi);
as_string!(Orcid);

/// Digits without a leading zero.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|sign| sign.is_ascii_digit()) && !text.starts_with('0');
    if digits { text.parse().ok() } else { None }
}

/// What stands behind a resolver's address.
fn resolved(text: &str) -> Option<&str> {
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| strip_prefix_ignore_case(text, scheme))
        .unwrap_or(text);
    ["dx.doi.org/", "www.doi.org/", "doi.org/"]
        .iter()
        .find_map(|host| strip_prefix_ignore_case(rest, host))
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// `10.`, a digit, digits and stops, a slash and something, without white space.
fn is_doi(text: &str) -> bool {
    let parse = || {
        let (registrant, suffix) = text.strip_prefix("10.")?.split_once('/')?;
        let numbers = registrant.starts_with(|sign: char| sign.is_ascii_digit())
            && registrant.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.');
        Some(numbers && !suffix.is_empty() && !suffix.contains(char::is_whitespace))
    };
    parse().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pmid_is_digits_without_a_leading_zero() {
        assert_eq!("38201451 \n".parse::<Pmid>().expect("a PMID").to_string(), "38201451");
        for wrong in ["", "0", "000000000000", "11119751-a", "Text2", "-1", "+1"] {
            assert!(wrong.parse::<Pmid>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pmcid_keeps_its_version_apart() {
        let id: Pmcid = "pmc6134338.4".parse().expect("a PMCID");
        assert_eq!(id.to_string(), "PMC6134338.4");
        assert_eq!(id.base().to_string(), "PMC6134338");
        for wrong in ["6134338", "PMC", "PMC12x", "PMC1.", "NIHMS12705"] {
            assert!(wrong.parse::<Pmcid>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_doi_is_bare_and_otherwise_as_given() {
        let sici = "10.1002/1520-6696(197901)15:1<3::aid-jhbs2300150102>3.0.co;2-l";
        for (given, bare) in [
            (sici, sici),
            ("doi: 10.1000/ABC.", "10.1000/ABC."),
            ("https://doi.org/10.1000/a%3Cb%3E", "10.1000/a<b>"),
            ("http://dx.doi.org/10.1000/x", "10.1000/x"),
            ("10.1000/100%25", "10.1000/100%25"),
        ] {
            assert_eq!(given.parse::<Doi>().expect(given).as_str(), bare);
        }
        for wrong in ["some doi", "10.1000", "10./x", "10.1000/", "10.a/x", "10.1000/a b"] {
            assert!(wrong.parse::<Doi>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_orcid_has_a_right_check_character() {
        for (given, kept) in [
            ("0000-0002-8605-9665", "0000-0002-8605-9665"),
            ("http://orcid.org/0000-0001-5035-8295", "0000-0001-5035-8295"),
            ("https://orcid.org/0000-0002-9557-268X", "0000-0002-9557-268X"),
            ("0000000284046596", "0000-0002-8404-6596"),
        ] {
            assert_eq!(given.parse::<Orcid>().expect(given).as_str(), kept);
        }
        for wrong in ["0000-0001-9206-317", "https://orcid.org/0000-0002-6314-3269", "", "X"] {
            assert!(wrong.parse::<Orcid>().is_err(), "{wrong}");
        }
    }
}
