//! The record that a sheet holds: every datum by the rules that all readers share.

mod place;
mod say;

use model::{Affiliation, Author, Code, Completeness, Kind, Record, Text, Warning};

use super::names::{self, Division};
use super::sheet::{Person, Place, Sheet};
use crate::options::Options;
use crate::rules::identifiers::{self, Identifiers};
use crate::rules::names::Pieces;
use crate::rules::text::present;
use crate::rules::{kinds, languages, names as rules, titles, warn};
use place::place;
use say::say;

/// The record of a sheet.
pub(crate) fn record(sheet: Sheet, options: Options) -> Record {
    let mut record = Record::default();
    disagreements(&sheet, &mut record.warnings);
    identify(&sheet, &mut record);
    entitle(&sheet, options, &mut record);
    people(&sheet, &mut record);
    let ahead = place(&sheet, options, &mut record);
    let is_book = sheet.book.is_some();
    say(sheet, options, &mut record);
    decide(ahead, is_book, &mut record);
    record
}

/// Data that stands in two places must be the same in both.
fn disagreements(sheet: &Sheet, warnings: &mut Vec<Warning>) {
    let mut compare = |what: &str, places: &[Place]| {
        let Some((first, others)) = places.split_first() else { return };
        let differs = |other: &&Place| !other.value.eq_ignore_ascii_case(&first.value);
        if let Some(other) = others.iter().find(differs) {
            let text =
                format!("{} ({}), {} ({})", first.value, first.place, other.value, other.place);
            warn(warnings, Code::SourcesDisagree, what, &text);
        }
    };
    compare("PMID", &sheet.pmids);
    compare("DOI", &sheet.dois);
    let second = &sheet.second;
    let title = Some(sheet.title.flatten());
    for (what, first, second) in [
        ("title", &title, &second.title),
        ("journal", &sheet.journal, &second.journal),
        ("journal abbreviation", &sheet.abbreviation, &second.abbreviation),
    ] {
        if let (Some(first), Some(second)) = (first, second)
            && letters(first) != letters(second)
        {
            warn(warnings, Code::SourcesDisagree, what, &format!("{first}, {second}"));
        }
    }
}

/// Letters and digits alone: stops, blanks and case do not tell two values apart.
fn letters(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn identify(sheet: &Sheet, record: &mut Record) {
    let printed = sheet.pmids.first().map_or("", |place| place.value.as_str());
    record.pmid = identifiers::pmid(printed, &mut record.warnings);
    let mut ids = Identifiers::default();
    if let Some(doi) = sheet.dois.first() {
        ids.push(identifiers::Place::Listed, "doi", &doi.value, record);
    }
    if let Some(pmcid) = &sheet.pmcid {
        ids.push(identifiers::Place::Listed, "pmc", pmcid, record);
    }
    ids.settle(false, record);
}

fn entitle(sheet: &Sheet, options: Options, record: &mut Record) {
    let language = sheet.language.as_deref().and_then(languages::by_name);
    record.languages = language.map(str::to_owned).into_iter().collect();
    // Brackets alone mark a translation on a page; the language is not told.
    let warnings = &mut record.warnings;
    let titles = titles::titles(sheet.title.clone(), Text::default(), true, options, warnings);
    record.title = titles.title;
    record.title_translated = titles.translated;
}

fn people(sheet: &Sheet, record: &mut Record) {
    let warnings = &mut record.warnings;
    // "et al." is never an author, wherever a page may have it.
    let named = |person: &&Person| !rules::is_others(&person.printed);
    let named: Vec<&Person> = sheet.authors.iter().filter(named).collect();
    record.authors = named.iter().filter_map(|person| author(person, warnings)).collect();
    if sheet.authors.is_empty() && !sheet.says_no_authors {
        warn(warnings, Code::AuthorsMissing, "authors", "");
    }
    let persons = named.iter().filter(|person| !person.group);
    let (short, full): (Vec<&Person>, Vec<&Person>) = persons.partition(|person| person.short);
    if !short.is_empty() && !full.is_empty() {
        let text = format!("{} of {} in full", full.len(), full.len() + short.len());
        warn(warnings, Code::AuthorsShortened, "authors", &text);
    }
    if sheet.more_authors || named.len() < sheet.authors.len() {
        record.authors_complete = Completeness::Shortened;
        warn(warnings, Code::AuthorsIncomplete, "authors", "");
    }
    record.person_subjects = sheet.persons.iter().filter_map(|name| subject(name)).collect();
}

fn author(person: &Person, warnings: &mut Vec<Warning>) -> Option<Author> {
    let printed = person.printed.as_str();
    let pieces = if person.group {
        Pieces { collective: printed, ..Pieces::default() }
    } else if person.short {
        names::short(printed).pieces()
    } else {
        let (parts, division) = names::divide(printed, person.told.as_deref());
        match division {
            Division::Told => {}
            Division::Guessed => warn(warnings, Code::FamilyNameGuessed, "author", printed),
            Division::Mismatch => {
                let both = format!("{printed}, {}", person.told.as_deref().unwrap_or_default());
                warn(warnings, Code::NameMismatch, "author", &both);
            }
        }
        parts.pieces()
    };
    let mut author = rules::author(pieces, warnings)?;
    let affiliations = person.affiliations.iter().filter_map(|text| present(text));
    author.affiliations =
        affiliations.map(|text| Affiliation { text, identifiers: Vec::new() }).collect();
    Some(author)
}

fn subject(name: &str) -> Option<model::Name> {
    let (parts, _) = names::divide(name, None);
    rules::author(parts.pieces(), &mut Vec::new()).map(|author| author.name)
}

fn decide(ahead: bool, is_book: bool, record: &mut Record) {
    let shape = kinds::Shape {
        numbered: record.volume.is_some() || record.issue.is_some(),
        paged: record.pages.is_some(),
    };
    record.kind = if is_book { Kind::Book } else { kinds::of_article(&record.types, shape) };
    record.genre = kinds::genre(&record.types, &mut record.warnings);
    record.status = kinds::status(&record.types, &record.links, ahead);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::sheet::Second;

    #[test]
    fn two_values_of_one_datum_are_told() {
        let place = |value: &str, place| Place { value: value.into(), place };
        let sheet = Sheet {
            pmids: vec![place("99000001", "identifiers"), place("99000002", "address")],
            dois: vec![place("10.5555/AB", "identifiers"), place("10.5555/ab", "head of the page")],
            title: Text::plain("Mills"),
            second: Second { title: Some("Other mills".into()), ..Second::default() },
            ..Sheet::default()
        };
        let record = record(sheet, Options::default());
        let told = record.warnings.iter().filter(|w| w.code == Code::SourcesDisagree).count();
        assert_eq!((told, record.pmid.map(model::Pmid::number)), (2, Some(99_000_001)));
    }
}
