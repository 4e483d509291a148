//! Where and when the work appeared (`html-pages.md` section 5).

use model::{Book, Code, Container, Date, Journal, Record};

use crate::options::Options;
use crate::page::citation::{self, Citation};
use crate::page::line::take_doi;
use crate::page::sheet::{BookLine, Sheet};
use crate::rules::text::present;
use crate::rules::{dates, journal, pages, warn};

/// The journal, the dates, volume, issue and pages. The result says whether the work is ahead of
/// print.
pub(super) fn place(sheet: &Sheet, options: Options, record: &mut Record) -> bool {
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
    if let Some(book) = &sheet.book {
        of_book(book, options, record);
        return false;
    }
    let printed = sheet.citation.as_deref().unwrap_or_default();
    let citation = citation::parse(printed);
    // What belongs behind the citation may stand in it.
    let mut inside = Sheet::default();
    take_doi(&mut inside, citation.as_ref().map_or("", |citation| citation.trailing));
    let sentences = format!("{} {}", inside.secondary, sheet.secondary);
    let behind = Behind::of(&sentences);
    record.notes.extend(behind.others.iter().map(|sentence| (*sentence).to_owned()));
    let Some(citation) = citation else {
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
    years(sheet, &citation, &behind, record);
    numbers(sheet, &citation, record);
    behind.ahead
}

/// A book in a list: one line, which holds its place, its publisher and its date.
fn of_book(line: &BookLine, options: Options, record: &mut Record) {
    let book = Book {
        place: present(&line.place),
        publisher: present(&line.publisher),
        ..Book::default()
    };
    record.container = Some(Container::Book(book));
    record.notes.extend(present(&line.note));
    let warnings = &mut record.warnings;
    let date = dates::free(&line.date, "citation", warnings);
    let (issued, _) = dates::issued(date, None, "", options.date, warnings);
    record.issued = issued;
}

/// The year that the head of the page gives must be that of one of the dates.
fn years(sheet: &Sheet, citation: &Citation<'_>, behind: &Behind<'_>, record: &mut Record) {
    let Some(year) = &sheet.second.year else { return };
    let dates = [Some(citation.date), behind.epub, behind.collection];
    if !dates.iter().flatten().any(|date| date.contains(year.as_str())) {
        let both = format!("{}, {year}", citation.date);
        warn(&mut record.warnings, Code::SourcesDisagree, "date", &both);
    }
}

fn numbers(sheet: &Sheet, citation: &Citation<'_>, record: &mut Record) {
    record.volume = citation.volume.and_then(present);
    record.issue = citation.issue.and_then(present);
    let second = &sheet.second;
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

#[cfg(test)]
mod tests {
    use model::Record;

    use super::*;
    use crate::page::record::record;

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
}
