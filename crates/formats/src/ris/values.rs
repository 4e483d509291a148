//! What stands behind each tag of RIS, in the order of the table of tags.

use model::{Author, Code, Doi, IssnKind, Kind, PageKind, Text, Warning};

use super::{Entry, Lines, Shape};
use crate::notes::Topic;
use crate::options::{ArticleNumber, Markup, PreprintRis, RisDialect, RisEpubDate, RisId};
use crate::terms::{self, Term};
use crate::url::Url;
use crate::{
    abstracts, dates, languages, math, notes as all_notes, person, plain, title as titles,
};

pub(super) fn reference_type(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    lines.line(match entry.record.kind {
        Kind::Article => "JOUR",
        Kind::Preprint => match entry.options.preprint_ris {
            PreprintRis::Jour => "JOUR",
            PreprintRis::Unpb => "UNPB",
            PreprintRis::Gen => "GEN",
        },
        Kind::Newspaper => "NEWS",
        Kind::Dataset => "DATA",
        Kind::Report => "RPRT",
        Kind::Thesis => "THES",
        Kind::Book => "BOOK",
        Kind::Chapter => "CHAP",
    });
}

pub(super) fn authors(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    names(&entry.record.authors, entry, lines);
}

pub(super) fn editors(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    names(&entry.record.editors, entry, lines);
}

fn names(people: &[Author], entry: &Entry<'_>, lines: &mut Lines<'_>) {
    for Author { name, .. } in people {
        let spelled = person::spelled(name, entry.options.ris_group_comma.0);
        lines.clean_line(&spelled.line);
        if spelled.comma_replaced {
            lines.warnings.push(Warning::new(Code::GroupCommaReplaced, spelled.line));
        }
    }
}

pub(super) fn title(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    text(&titles::printed(entry.record, entry.options), "title", entry, lines);
}

pub(super) fn journal(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if let Some(journal) = entry.record.journal() {
        let name = crate::journal::title(journal, entry.record.kind, entry.options);
        lines.line(name.unwrap_or(""));
    }
}

pub(super) fn book_title(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if let Some(book) = entry.record.book() {
        text(&book.title, "book title", entry, lines);
    }
}

/// The series of a book; of a report or a data set that stands in a journal, the journal.
pub(super) fn series(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if let Some(book) = entry.record.book() {
        text(&book.series, "series", entry, lines);
    } else {
        journal(entry, lines);
    }
}

pub(super) fn abbreviation(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if let Some(journal) = entry.record.journal() {
        lines.line(crate::journal::abbreviation(journal, entry.options).unwrap_or(""));
    }
}

pub(super) fn year(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.issued.as_ref().and_then(dates::year), lines);
}

pub(super) fn date(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.issued.as_ref().and_then(dates::ris), lines);
}

/// As NCBI writes it: `2013`, `2016/01/`, `2016/01/30/`.
pub(super) fn year_and_date(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let Some(issued) = &entry.record.issued else { return };
    let mut date = dates::ris(issued).or_else(|| dates::year(issued)).unwrap_or_default();
    let slashes = date.bytes().filter(|sign| *sign == b'/').count();
    if (1..3).contains(&slashes) {
        date.push('/');
    }
    lines.line(&date);
}

pub(super) fn volume(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.volume.as_deref(), lines);
}

pub(super) fn pmid(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.pmid.map(|pmid| pmid.to_string()), lines);
}

pub(super) fn pmcid(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.pmcid.map(|pmcid| pmcid.base().to_string()), lines);
}

pub(super) fn pmid_in_brackets(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.pmid.map(|pmid| format!("{pmid}[pmid]")), lines);
}

pub(super) fn pmcid_in_brackets(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.pmcid.map(|pmcid| format!("{}[pmcid]", pmcid.base())), lines);
}

pub(super) fn manuscript_ids(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    lines.joined(&entry.record.manuscript_ids, "; ");
}

pub(super) fn article_number(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if entry.options.article_number != ArticleNumber::Pages {
        option(entry.record.pages.as_ref().and_then(|pages| pages.article_number()), lines);
    }
}

pub(super) fn issue(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.issue.as_deref(), lines);
}

/// The first page of the first range; an article number; what was not understood, as printed.
pub(super) fn first_page(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let Some(pages) = &entry.record.pages else { return };
    let has_own_field =
        entry.shape == Shape::J && entry.options.article_number == ArticleNumber::Field;
    let page = match (pages.kind, pages.ranges.first()) {
        (PageKind::Unparsed, _) => &pages.raw,
        (PageKind::ArticleNumber, Some(_)) if has_own_field => return,
        (PageKind::Pages | PageKind::ArticleNumber, Some(range)) => &range.first,
        (PageKind::Pages | PageKind::ArticleNumber, None) | (PageKind::Extent, _) => return,
    };
    lines.line(page);
}

/// The last page of the first range, if it is another one.
pub(super) fn last_page(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let Some(pages) = entry.record.pages.as_ref().filter(|pages| pages.kind == PageKind::Pages)
    else {
        return;
    };
    let range = pages.ranges.first();
    let last = range.and_then(|range| range.last.as_deref().filter(|last| *last != range.first));
    option(last, lines);
}

/// One ISSN, or all of them; NCBI writes those of both editions.
pub(super) fn issn(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let Some(journal) = entry.record.journal() else { return };
    let is_linking = |kind: Option<IssnKind>| kind == Some(IssnKind::Linking);
    let has_own = journal.issn.iter().any(|issn| !is_linking(issn.kind));
    if entry.options.ris == RisDialect::Ctxp && has_own {
        for issn in journal.issn.iter().filter(|issn| !is_linking(issn.kind)) {
            lines.line(issn.value.as_str());
        }
        return;
    }
    for issn in crate::journal::issns(journal, entry.options) {
        lines.line(issn.value.as_str());
    }
}

/// The first ISBN; of a report its number, if it has one.
pub(super) fn isbn(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let Some(book) = entry.record.book() else { return issn(entry, lines) };
    let number = book.report_number.as_ref().filter(|_| entry.record.kind == Kind::Report);
    option(number.or(book.isbn.first()).map(String::as_str), lines);
}

pub(super) fn doi(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.doi.as_ref().map(Doi::as_str), lines);
}

pub(super) fn affiliations(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if entry.options.affiliations.0 {
        lines.joined(person::affiliations(&entry.record.authors), "; ");
    }
}

pub(super) fn publisher(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.book().and_then(|book| book.publisher.as_deref()), lines);
}

pub(super) fn place(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.book().and_then(|book| book.place.as_deref()), lines);
}

pub(super) fn edition(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.book().and_then(|book| book.edition.as_deref()), lines);
}

/// The date of electronic publication, if asked for; NCBI always writes it.
pub(super) fn electronic_date(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let asked = entry.options.ris_epub_date == RisEpubDate::Et;
    if asked || entry.options.ris == RisDialect::Ctxp {
        option(entry.record.electronic.as_ref().map(|date| dates::numbers(date.start)), lines);
    }
}

pub(super) fn section(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.section_label.as_deref(), lines);
}

pub(super) fn original_title(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    text(&entry.record.original_title, "original title", entry, lines);
}

/// All parts on one line: `LABEL: text LABEL: text`.
pub(super) fn abstract_(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let parts = || abstracts::parts(entry.record, entry.options);
    let mut line = lines.open();
    for part in parts() {
        let words = plain::line(part.text, entry.options.markup);
        line.value(part.label.unwrap_or(""), " ");
        line.clean_value(&words, if part.label.is_some() { ": " } else { " " });
    }
    line.close();
    for part in parts() {
        note_loss(part.text, "abstract", entry, lines);
    }
}

pub(super) fn keywords(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    for term in terms::terms(entry.record, entry.options) {
        match term {
            Term::Rich(term) => text(term, "keyword", entry, lines),
            Term::Words(words) => lines.pieces(words.pieces()),
        }
    }
}

pub(super) fn genre(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.genre.as_deref(), lines);
}

pub(super) fn language_codes(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    lines.joined(languages::codes(entry.record), "; ");
}

pub(super) fn database(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.pmid.map(|_| "PubMed"), lines);
}

pub(super) fn bookshelf(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.bookshelf.as_deref(), lines);
}

pub(super) fn conflict_of_interest(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if entry.options.notes.conflict {
        option(entry.record.conflict_of_interest.as_deref(), lines);
    }
}

pub(super) fn url(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(Url::of(entry.record).map(|url| url.to_string()), lines);
}

pub(super) fn pmc_url(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let page = |pmcid| format!("https://www.ncbi.nlm.nih.gov/pmc/articles/{pmcid}/");
    option(entry.record.pmcid.map(|pmcid| page(pmcid.base())), lines);
}

pub(super) fn pmid_for_extra(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    option(entry.record.pmid.map(|pmid| format!("PMID: {pmid}")), lines);
}

/// What RIS has no tag for.
const NOTES: &[Topic] = &[
    Topic::Retracted,
    Topic::Links,
    Topic::AheadOfPrint,
    Topic::PaginationBeyondFirst,
    Topic::AuthorsIncomplete,
    Topic::VolumeTitle,
    Topic::ReportNumber,
    Topic::Updated,
    Topic::Grants,
    Topic::Accessions,
    Topic::Conflict,
    Topic::General,
    Topic::Copyright,
];

pub(super) fn notes(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    for note in all_notes::notes(entry.record, entry.options, NOTES) {
        text(&note, "note", entry, lines);
    }
}

pub(super) fn citation_key(entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if entry.options.ris_id == RisId::Key {
        lines.line(&entry.citekey.key(entry.record));
    }
}

fn option<V: AsRef<str>>(value: Option<V>, lines: &mut Lines<'_>) {
    if let Some(value) = value {
        lines.line(value.as_ref());
    }
}

fn text(text: &Text, place: &str, entry: &Entry<'_>, lines: &mut Lines<'_>) {
    if !text.is_empty() {
        lines.clean_line(&plain::line(text, entry.options.markup));
        note_loss(text, place, entry, lines);
    }
}

fn note_loss(text: &Text, place: &str, entry: &Entry<'_>, lines: &mut Lines<'_>) {
    let scripts_shown = entry.options.markup == Markup::Html;
    math::note_loss(text, place, scripts_shown, lines.warnings);
}
