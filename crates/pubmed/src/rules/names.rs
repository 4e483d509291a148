//! Names of persons and groups (`mapping.md` section 7.1, reading).

use std::borrow::Cow;

use model::{Author, Code, Name, Orcid, Warning};

use crate::rules::text::{present, scalar};
use crate::rules::warn;

/// The pieces of one name, as they stand in the input; empty for what is absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pieces<'a> {
    /// `LastName`.
    pub(crate) last: &'a str,
    /// `ForeName`.
    pub(crate) fore: &'a str,
    /// `Initials`.
    pub(crate) initials: &'a str,
    /// `Suffix`.
    pub(crate) suffix: &'a str,
    /// `CollectiveName`, markup flattened.
    pub(crate) collective: &'a str,
}

/// A person or a group, with credentials if some stood where a generation belongs.
///
/// `None` for a name of nothing. Whether the name is valid (`ValidYN`) is the caller's to see to.
pub(crate) fn author(pieces: Pieces<'_>, warnings: &mut Vec<Warning>) -> Option<Author> {
    let Pieces { last, fore, initials, suffix, collective } = pieces;
    let collective = scalar(collective);
    if !collective.is_empty() {
        return group(&collective, warnings).map(Author::from);
    }
    let given = present(fore).or_else(|| present(initials).map(|letters| spaced(&letters)));
    let family = scalar(last);
    let (family, given) = match (family.is_empty(), given) {
        (false, given) => (family, given),
        (true, Some(given)) => {
            warn(warnings, Code::NameSuspect, "author without a last name", &given);
            (Cow::Owned(given), None)
        }
        (true, None) => return None,
    };
    let (suffix, credentials) = generation(suffix, &family, warnings);
    if given.is_none() && suffix.is_none() && !last.trim().is_empty() {
        if names_a_body(&family) {
            return group(&family, warnings).map(|name| Author { credentials, ..name.into() });
        }
        warn(warnings, Code::AuthorSingleField, "author", &family);
    }
    if let Some(given) = given.as_deref().filter(|given| holds_a_title(given)) {
        warn(warnings, Code::NameSuspect, "author", &format!("{family}, {given}"));
    }
    let name = Name::Person { family: family.into_owned(), given, suffix };
    Some(Author { credentials, ..name.into() })
}

/// A group's name, whole, without stray words and signs at its ends (rule 2).
pub(crate) fn group(printed: &str, warnings: &mut Vec<Warning>) -> Option<Name> {
    let printed = scalar(printed);
    let mut name = before_address(&printed);
    loop {
        let shorter = name.trim_start_matches([';', ',']).trim_start();
        let shorter = match shorter.split_once(' ') {
            Some(("and" | "And", rest)) => rest,
            _ => shorter,
        };
        let shorter = shorter.trim_end_matches([';', ',', ':', ' ']);
        if shorter.len() == name.len() {
            break;
        }
        name = shorter;
    }
    if name.chars().filter(|sign| sign.is_alphabetic()).nth(1).is_none() {
        warn(warnings, Code::NameSuspect, "group", &printed);
        return None;
    }
    if name.len() != printed.len() {
        warn(warnings, Code::GroupCleaned, "group", &printed);
    }
    Some(Name::group(name))
}

/// A checked ORCID; anything else is none, with a warning unless it is empty.
pub(crate) fn orcid(printed: &str, warnings: &mut Vec<Warning>) -> Option<Orcid> {
    let printed = scalar(printed);
    let orcid = printed.parse().ok();
    if orcid.is_none() && !printed.is_empty() {
        warn(warnings, Code::OrcidInvalid, "ORCID", &printed);
    }
    orcid
}

/// Whether a suffix is a generation: `Jr`, `3rd`, `Filho`; a final stop does not matter.
pub(crate) fn is_generation(suffix: &str) -> bool {
    const GENERATIONS: &[&str] = &[
        "Jr", "Sr", "Junior", "Senior", "Júnior", "Filho", "Neto", //
        "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", //
        "II", "III", "IV", "V", "VI", "VII", "VIII",
    ];
    let suffix = suffix.strip_suffix('.').unwrap_or(suffix);
    GENERATIONS.iter().any(|word| same(word, suffix))
}

/// Initials as given names: `AB` is `A B`, and `J-P` and `Iu` stay.
pub(crate) fn spaced(letters: &str) -> String {
    let mut out = String::with_capacity(2 * letters.len());
    for sign in letters.chars() {
        if sign.is_uppercase() && out.ends_with(char::is_alphabetic) {
            out.push(' ');
        }
        out.push(sign);
    }
    out
}

/// The suffix and the credentials: what is no generation is kept apart and not written (rule 4).
fn generation(
    printed: &str,
    family: &str,
    warnings: &mut Vec<Warning>,
) -> (Option<String>, Option<String>) {
    let suffix = scalar(printed);
    let suffix = suffix.trim_start_matches([',', ' ']);
    if suffix.is_empty() {
        (None, None)
    } else if is_generation(suffix) {
        (Some(suffix.to_owned()), None)
    } else {
        warn(warnings, Code::SuffixDropped, family, suffix);
        (None, Some(suffix.to_owned()))
    }
}

/// What stands before a correspondence address, without the full stop between them.
fn before_address(name: &str) -> &str {
    const ADDRESS: &str = "electronic address:";
    let at = name
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| name.get(*at..at + ADDRESS.len()).is_some_and(|part| same(part, ADDRESS)));
    let Some(at) = at else { return name };
    let name = name[..at].trim_end();
    name.strip_suffix('.').unwrap_or(name)
}

/// Whether a name in one field is that of a body (rule 5).
fn names_a_body(name: &str) -> bool {
    const BODIES: &[&str] =
        &["Investigators", "Group", "Initiative", "Consortium", "Committee", "Network", "Society"];
    name.split(|sign: char| !sign.is_alphanumeric()).any(|word| {
        let starts = |body: &str| word.get(..body.len()).is_some_and(|head| same(head, body));
        starts("Collaborat")
            || BODIES.iter().any(|body| starts(body) && word.len() < body.len() + 2)
    })
}

/// Whether a given name holds a degree or a title (rule 6).
///
/// `Md` is a given name where it stands first, and a degree only at the end.
fn holds_a_title(given: &str) -> bool {
    const TITLES: &[&str] = &[
        "PhD",
        "Ph.D",
        "Ph.D.",
        "Dr",
        "Dr.",
        "Prof",
        "Prof.",
        "Professor",
        "MSc",
        "BSc",
        "MPH",
        "MBBS",
        "DDS",
        "DMD",
        "PharmD",
        "FRCS",
        "FACS",
    ];
    given.split(' ').enumerate().any(|(at, word)| {
        let last = at > 0 && given.ends_with(word);
        TITLES.iter().any(|title| same(title, word)) || (last && same(word, "MD"))
    })
}

/// Equal but for the case of ASCII letters.
fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

/// Whether what stands in the place of a name says that there are more: `et al.`
pub(crate) fn is_others(name: &str) -> bool {
    let rest = name.trim_start().strip_prefix("et al");
    rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests;
