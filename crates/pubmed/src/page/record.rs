//! The record that a sheet holds: every datum by the rules that all readers share.

use model::{
    Accession, Affiliation, Author, Chemical, Code, Completeness, Container, Date, Heading,
    Journal, Kind, Link, OtherAbstract, PublicationType, Qualifier, Record, Reference, Section,
    Text, Warning,
};

use super::citation::{self, Citation};
use super::names::{self, Division};
use super::sheet::{Person, Place, Sheet};
use crate::medline::grant;
use crate::options::Options;
use crate::rules::identifiers::{self, Identifiers};
use crate::rules::keywords::Keywords;
use crate::rules::names::Pieces;
use crate::rules::text::{TextBuilder, present};
use crate::rules::{
    abstracts, dates, journal, kinds, languages, links, names as rules, pages, titles, warn,
};

/// The record of a sheet.
pub(crate) fn record(sheet: Sheet, options: Options) -> Record {
    let mut record = Record::default();
    disagreements(&sheet, &mut record.warnings);
    identify(&sheet, &mut record);
    entitle(&sheet, options, &mut record);
    people(&sheet, &mut record);
    let online = place(&sheet, options, &mut record);
    say(sheet, options, &mut record);
    decide(online, &mut record);
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
    if let Some(second) = &sheet.second_title
        && letters(second) != letters(&sheet.title.flatten())
    {
        warn(warnings, Code::SourcesDisagree, "title", second);
    }
}

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
    record.authors = sheet.authors.iter().filter_map(|person| author(person, warnings)).collect();
    if sheet.authors.is_empty() && !sheet.says_no_authors {
        warn(warnings, Code::AuthorsMissing, "authors", "");
    }
    let (short, full): (Vec<_>, Vec<_>) = sheet.authors.iter().partition(|person| person.short);
    if !short.is_empty() && !full.is_empty() {
        let text = format!("{} of {} in full", full.len(), sheet.authors.len());
        warn(warnings, Code::AuthorsShortened, "authors", &text);
    }
    if sheet.more_authors {
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

/// The journal, the dates, volume, issue and pages. The result says whether the work is ahead of
/// print.
fn place(sheet: &Sheet, options: Options, record: &mut Record) -> bool {
    let warnings = &mut record.warnings;
    let title = sheet.journal.as_deref().and_then(present);
    let issn = sheet.issn.as_deref().and_then(|issn| journal::issn(issn, None, warnings));
    let journal = Journal {
        title,
        abbreviation: sheet.abbreviation.as_deref().and_then(present),
        issn: issn.into_iter().collect(),
        ..Journal::default()
    };
    let known = journal != Journal::default();
    record.container = known.then_some(Container::Journal(journal));
    let behind = Behind::of(&sheet.secondary);
    record.notes.extend(behind.others.iter().map(|sentence| (*sentence).to_owned()));
    let printed = sheet.citation.as_deref().unwrap_or_default();
    let Some(citation) = citation::parse(printed) else {
        if !printed.is_empty() {
            warn(warnings, Code::CitationUnparsed, "citation", printed);
            record.notes.extend(present(printed));
        }
        let (issued, _) = dates::issued(None, None, "", options.date, warnings);
        record.issued = issued;
        return behind.ahead;
    };
    let shown = dates::free(citation.date, "citation", warnings);
    let mut date = |text: Option<&str>, place| text.and_then(|t| dates::free(t, place, warnings));
    // With "eCollection" or "Print" the citation shows the electronic date, and the date of the
    // collection is that of the issue.
    let (issue, electronic, model) = match (behind.collection, behind.epub) {
        (Some(collection), _) => {
            (date(Some(collection), "eCollection"), shown, "Electronic-eCollection")
        }
        (None, Some(epub)) => (shown, date(Some(epub), "Epub"), ""),
        (None, None) if behind.ahead => (shown.clone(), shown, ""),
        (None, None) => (shown, None, ""),
    };
    let warnings = &mut record.warnings;
    let (issued, electronic): (Option<Date>, Option<Date>) =
        dates::issued(issue, electronic, model, options.date, warnings);
    (record.issued, record.electronic) = (issued, electronic);
    numbers(sheet, &citation, record);
    let trailing = citation.trailing.trim();
    if !trailing.is_empty() {
        record.notes.push(trailing.to_owned());
    }
    behind.ahead
}

fn numbers(sheet: &Sheet, citation: &Citation<'_>, record: &mut Record) {
    record.volume = citation.volume.and_then(present);
    record.issue = citation.issue.and_then(present);
    let second = &sheet.second_citation;
    for (what, shown, second) in [
        ("volume", &mut record.volume, &second.volume),
        ("issue", &mut record.issue, &second.issue),
    ] {
        match (shown.as_ref(), second) {
            (Some(first), Some(second)) if first != second => {
                let both = format!("{first}, {second}");
                warn(&mut record.warnings, Code::SourcesDisagree, what, &both);
            }
            (None, Some(second)) => *shown = Some(second.clone()),
            _ => {}
        }
    }
    let printed = citation.pages.unwrap_or_default();
    let plain_range = printed.split_once('-').is_some_and(|(first, last)| {
        [first, last].iter().all(|page| page.bytes().all(|sign| sign.is_ascii_digit()))
    });
    if citation.pages_alone && !plain_range {
        let range = model::PageRange { first: printed.to_owned(), last: None };
        let kind = model::PageKind::ArticleNumber;
        let raw = printed.to_owned();
        record.pages = Some(model::Pages { raw, ranges: vec![range], rest: Vec::new(), kind });
    } else {
        let printed = pages::Printed { medline: printed, ..pages::Printed::default() };
        record.pages = pages::pages(printed, &mut record.warnings);
    }
}

/// What the sentences behind a citation say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Behind<'a> {
    epub: Option<&'a str>,
    collection: Option<&'a str>,
    ahead: bool,
    /// Sentences that are none of these: `SPECIAL ISSUE: MILLS`.
    others: Vec<&'a str>,
}

impl<'a> Behind<'a> {
    fn of(sentences: &'a str) -> Self {
        let mut behind = Self::default();
        let mut rest = sentences;
        while !rest.trim().is_empty() {
            let (sentence, after) = citation::sentence(rest.trim_start());
            rest = after;
            let sentence = sentence.trim();
            if let Some(date) = sentence.strip_prefix("Epub ").filter(|d| d.starts_with(digit)) {
                behind.epub.get_or_insert(date);
            } else if let Some(date) = sentence.strip_prefix("eCollection ") {
                behind.collection.get_or_insert(date);
            } else if let Some(date) =
                sentence.strip_prefix("Print ").filter(|d| d.starts_with(digit))
            {
                behind.collection.get_or_insert(date);
            } else if sentence.to_ascii_lowercase().contains("ahead of print") {
                behind.ahead = true;
            } else if !sentence.is_empty() {
                behind.others.push(sentence);
            }
        }
        behind
    }
}

fn digit(sign: char) -> bool {
    sign.is_ascii_digit()
}

/// The abstract, the terms, the links and what else the page says.
fn say(sheet: Sheet, options: Options, record: &mut Record) {
    let warnings = &mut record.warnings;
    let tidy = |section: Section| {
        let label = section.label.as_deref().unwrap_or_default();
        let category = section.category.as_deref().unwrap_or_default();
        abstracts::section(label, category, section.text)
    };
    let sections = sheet.sections.into_iter().filter_map(tidy).collect();
    record.abstract_ = abstracts::settled(sections, warnings);
    for (language, sections) in sheet.other_abstracts {
        let sections = sections.into_iter().filter_map(tidy).collect();
        let other = OtherAbstract { language, sections, ..OtherAbstract::default() };
        record.other_abstracts.push(other);
    }
    record.copyright = sheet.copyright.as_deref().and_then(present);
    record.conflict_of_interest = sheet.conflict.as_deref().and_then(present);
    let mut keywords = Keywords::default();
    sheet.keywords.into_iter().for_each(|keyword| keywords.push(None, keyword));
    record.keywords = keywords.finish();
    record.mesh = headings(&sheet.mesh);
    let substances = sheet.substances.iter().filter_map(|name| present(name));
    record.chemicals = substances.map(|name| Chemical { name, ..Chemical::default() }).collect();
    record.grants = sheet.grants.iter().map(|text| grant(text)).collect();
    for text in &sheet.data {
        let (bank, number) = text.split_once('/').unwrap_or((text, ""));
        record
            .accessions
            .extend(present(bank).map(|bank| Accession { bank, number: present(number) }));
    }
    for linked in &sheet.links {
        record.links.push(Link {
            kind: links::kind(&linked.heading.replace(' ', ""), warnings),
            source: linked.source.as_deref().and_then(links::source),
            pmid: linked.pmid.as_deref().and_then(|pmid| pmid.parse().ok()),
            note: None,
        });
    }
    if let Some(said) = sheet.references_said.filter(|said| *said > sheet.references.len()) {
        let text = format!("{} of {said}", sheet.references.len());
        warn(warnings, Code::ReferencesTruncated, "references", &text);
    }
    if options.keep_references {
        for citation in &sheet.references {
            let mut text = TextBuilder::new(options.entities);
            text.push_str(citation);
            let citation = text.finish("reference", warnings);
            record.references.push(Reference { citation, identifiers: Vec::new() });
        }
    }
    record.notes.extend(sheet.notes);
    for text in sheet.types {
        if !record.types.iter().any(|known| known.text == text) {
            record.types.push(PublicationType { text, ui: None });
        }
    }
}

/// MeSH rows, one for each descriptor or pair, as headings: neighbours of one descriptor are one.
fn headings(rows: &[String]) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    for row in rows {
        let (descriptor, qualifier) = match row.split_once(" / ") {
            Some((descriptor, qualifier)) => (descriptor, Some(qualifier)),
            None => match row.split_once('/') {
                Some((descriptor, qualifier)) => (descriptor, Some(qualifier)),
                None => (row.as_str(), None),
            },
        };
        let starred = |term: &str| match term.trim().strip_suffix('*') {
            Some(name) => (name.trim().to_owned(), true),
            None => (term.trim().to_owned(), false),
        };
        let (descriptor, major) = starred(descriptor);
        if descriptor.is_empty() {
            continue;
        }
        let qualifier =
            qualifier.map(starred).map(|(name, major)| Qualifier { name, ui: None, major });
        match headings.last_mut() {
            Some(last) if last.descriptor == descriptor && qualifier.is_some() => {
                last.major |= major;
                last.qualifiers.extend(qualifier);
            }
            _ => headings.push(Heading {
                descriptor,
                ui: None,
                major,
                qualifiers: qualifier.into_iter().collect(),
            }),
        }
    }
    headings
}

fn decide(ahead: bool, record: &mut Record) {
    let shape = kinds::Shape {
        numbered: record.volume.is_some() || record.issue.is_some(),
        paged: record.pages.is_some(),
    };
    record.kind = kinds::of_article(&record.types, shape);
    debug_assert!(!matches!(record.kind, Kind::Book | Kind::Chapter));
    record.genre = kinds::genre(&record.types, &mut record.warnings);
    record.status = kinds::status(&record.types, &record.links, ahead && !shape.numbered);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(citation: &str, secondary: &str) -> Record {
        let sheet = Sheet {
            citation: Some(citation.into()),
            secondary: secondary.into(),
            ..Sheet::default()
        };
        record(sheet, Options::default())
    }

    fn years(record: &Record) -> (Option<u16>, Option<u16>) {
        let year = |date: &Option<Date>| date.as_ref().map(|date| date.start.year);
        (year(&record.issued), year(&record.electronic))
    }

    #[test]
    fn the_sentences_behind_the_citation_say_which_date_is_which() {
        let citation = "2022 Nov 2;7(1):e5.";
        assert_eq!(years(&read(citation, "")), (Some(2022), None));
        assert_eq!(years(&read(citation, "Epub 2021 Oct 26.")), (Some(2022), Some(2021)));
        assert_eq!(years(&read(citation, "eCollection 2023.")), (Some(2023), Some(2022)));
        let ahead = read("2022 Nov 2:e5.", "Online ahead of print.");
        assert_eq!(years(&ahead), (Some(2022), Some(2022)));
        assert_eq!(ahead.status, Some(model::Status::AheadOfPrint));
    }

    #[test]
    fn numbers_behind_the_date_alone_are_article_numbers() {
        let number = |citation| {
            let pages = read(citation, "").pages.expect("pages");
            (pages.kind, pages.raw)
        };
        let kind = model::PageKind::ArticleNumber;
        assert_eq!(number("2020 Feb 3:neuro-2019-015347."), (kind, "neuro-2019-015347".into()));
        assert_eq!(
            number("2024 Jan 9:S0168-1702(24)00001-2."),
            (kind, "S0168-1702(24)00001-2".into())
        );
        assert_eq!(number("2024 Jan 9:123-130.").0, model::PageKind::Pages);
    }

    #[test]
    fn a_citation_that_is_not_understood_is_kept_and_told() {
        let record = read("Oslo, Norway: Mill Press; 2017 Aug 25.", "");
        assert_eq!(record.notes.len(), 1);
        let codes: Vec<Code> = record.warnings.iter().map(|warning| warning.code).collect();
        assert!(codes.contains(&Code::CitationUnparsed), "{codes:?}");
        assert_eq!(record.issued, None);
    }

    #[test]
    fn rows_of_one_descriptor_are_one_heading() {
        let rows = ["Aorta* / surgery", "Mills / history", "Mills / trends*", "A & B/x & y*"];
        let headings = headings(&rows.map(str::to_owned));
        assert_eq!(headings.len(), 3);
        assert!(headings[0].major && !headings[0].qualifiers[0].major);
        assert_eq!(headings[1].qualifiers.len(), 2);
        assert!(headings[1].qualifiers[1].major);
        assert_eq!(headings[2].qualifiers[0].name, "x & y");
    }

    #[test]
    fn two_values_of_one_datum_are_told() {
        let place = |value: &str, place| Place { value: value.into(), place };
        let sheet = Sheet {
            pmids: vec![place("99000001", "identifiers"), place("99000002", "address")],
            dois: vec![place("10.5555/AB", "identifiers"), place("10.5555/ab", "head of the page")],
            title: Text::plain("Mills"),
            second_title: Some("Other mills".into()),
            ..Sheet::default()
        };
        let record = record(sheet, Options::default());
        let told = record.warnings.iter().filter(|w| w.code == Code::SourcesDisagree).count();
        assert_eq!((told, record.pmid.map(model::Pmid::number)), (2, Some(99_000_001)));
    }
}
