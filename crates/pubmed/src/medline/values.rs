//! What single values of MEDLINE text say (`xml-input.md` section 9.2).

use model::{Affiliation, Author, Chemical, Grant, Heading, Link, Point, Qualifier, Record};

use crate::rules::names::{self, Pieces};
use crate::rules::text::present;
use crate::rules::{dates, languages, links};

/// ERIC and others print a language by its English name.
pub(super) fn by_name(code: &str) -> String {
    languages::by_name(code).map_or_else(|| code.to_owned(), str::to_owned)
}

/// `Long, Vicky`, `King, Martin, Jr`; a name without a comma is one piece.
pub(super) fn full_name(value: &str, warnings: &mut Vec<model::Warning>) -> Option<Author> {
    let mut parts = value.splitn(3, ',').map(str::trim);
    let last = parts.next().unwrap_or_default();
    let fore = parts.next().unwrap_or_default();
    let suffix = parts.next().unwrap_or_default();
    // `Smith, John Jr`: the generation may stand behind the given names.
    let (fore, suffix) = match fore.rsplit_once(' ') {
        Some((given, last)) if suffix.is_empty() && names::is_generation(last) => (given, last),
        _ => (fore, suffix),
    };
    let fore = without_stops(fore);
    names::author(Pieces { last, fore: &fore, suffix, ..Pieces::default() }, warnings)
}

/// PubMed writes no stops behind initials; ERIC does.
fn without_stops(given: &str) -> String {
    given
        .split(' ')
        .map(|word| word.strip_suffix('.').unwrap_or(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// `Long V`, or a full name, as ERIC has it.
pub(super) fn short_or_full(value: &str, warnings: &mut Vec<model::Warning>) -> Option<Author> {
    if value.contains(',') {
        return full_name(value, warnings);
    }
    let short = crate::page::names::short(value);
    names::author(short.pieces(), warnings)
}

pub(super) fn address(author: &mut Author, text: &str) {
    if let Some(text) = present(text) {
        author.affiliations.push(Affiliation { text, identifiers: Vec::new() });
    }
}

/// `1467-5463 (Print)`
pub(super) fn bracketed(value: &str) -> Option<(&str, &str)> {
    let (number, kind) = value.strip_suffix(')')?.rsplit_once('(')?;
    Some((number.trim(), kind))
}

/// `10.1000/x [doi]`: what stands before the last brackets, and in them.
pub(super) fn square_bracketed(value: &str) -> Option<(&str, &str)> {
    let (number, kind) = value.strip_suffix(']')?.rsplit_once('[')?;
    Some((number.trim(), kind))
}

/// `ISBN 978-3-86680-192-9`
pub(super) fn isbn(value: &str) -> Option<String> {
    present(value.strip_prefix("ISBN").unwrap_or(value).trim_start_matches([':', ' ']))
}

/// `20190131`
pub(super) fn digits(value: &str) -> Option<Point> {
    let (year, rest) = value.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2).unwrap_or((rest, ""));
    dates::point(dates::Parts { year, month, day, ..dates::Parts::default() })
}

/// `2019/01/31 00:00`, `2019/01/31`
pub(super) fn slashed(value: &str) -> Option<Point> {
    let mut parts = value.split(' ').next()?.split('/');
    let mut part = || parts.next().unwrap_or_default();
    let (year, month, day) = (part(), part(), part());
    dates::point(dates::Parts { year, month, day, ..dates::Parts::default() })
}

/// `J Abbrev. 2017 Aug;12(2):607-608. PMID: 99999991`
pub(super) fn link(kind: &str, value: &str, record: &mut Record) -> Link {
    let (source, id) = value.rsplit_once("PMID:").unwrap_or((value, ""));
    Link {
        kind: links::kind(kind, &mut record.warnings),
        source: links::source(source),
        pmid: id.trim().parse().ok(),
        note: None,
    }
}

/// `Animals/genetics/*metabolism`, `*Phylogeny`
pub(super) fn heading(value: &str) -> Option<Heading> {
    let mut parts = value.split('/');
    let starred = |part: &str| match part.strip_prefix('*') {
        Some(name) => (name.trim().to_owned(), true),
        None => (part.trim().to_owned(), false),
    };
    let (descriptor, major) = starred(parts.next()?);
    let qualifiers = parts.map(starred).map(|(name, major)| Qualifier { name, ui: None, major });
    (!descriptor.is_empty()).then(|| Heading {
        descriptor,
        ui: None,
        major,
        qualifiers: qualifiers.filter(|qualifier| !qualifier.name.is_empty()).collect(),
    })
}

/// `EC 1.2.3.4 (XYZ protein, human)`, `0 (XYZ)`
pub(super) fn chemical(value: &str) -> Option<Chemical> {
    let Some((registry, name)) = value.split_once(" (") else {
        return present(value).map(|name| Chemical { name, ..Chemical::default() });
    };
    let registry = registry.trim();
    let registry = (registry != "0" && !registry.is_empty()).then(|| registry.to_owned());
    let name = present(name.strip_suffix(')').unwrap_or(name))?;
    Some(Chemical { name, registry, ui: None })
}

/// `R01 HL000001/HL/NHLBI NIH HHS/United States`, read from the end.
pub(crate) fn grant(value: &str) -> Grant {
    let mut parts: Vec<&str> = value.split('/').map(str::trim).collect();
    let country = if parts.len() > 1 { parts.pop().and_then(present) } else { None };
    let agency = if parts.len() > 1 { parts.pop().and_then(present) } else { None };
    let acronym = parts.last().copied().filter(|part| {
        let capitals = part.bytes().all(|sign| sign.is_ascii_uppercase());
        parts.len() > 1 && (2..=3).contains(&part.len()) && capitals
    });
    if acronym.is_some() {
        parts.pop();
    }
    let id = present(&parts.join("/"));
    Grant { id, acronym: acronym.map(str::to_owned), agency, country }
}
