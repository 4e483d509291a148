//! What stands in each element of EndNote XML, in the order of the table of elements.

use std::borrow::Cow;

use model::{Author, Code, Doi, Kind, Pages, Text, Warning};
use quick_xml::escape::partial_escape;

use super::styles;
use super::work_type::is_telling;
use super::{Element, Entry};
use crate::notes::Topic;
use crate::options::{self, ArticleNumber, EndnoteMarkup, Markup, PreprintEndnote, RisEpubDate};
use crate::terms::{self, Term};
use crate::url::Url;
use crate::{
    abstracts, dates, journal as journals, languages, math, notes as all_notes,
    pages as page_ranges, person, plain, title as titles,
};

/// EndNote's name and number of the type (`output-formats.md` section 6.3).
pub(super) fn reference_type(entry: &Entry<'_>) -> (&'static str, &'static str) {
    match entry.record.kind {
        Kind::Article => ("Journal Article", "17"),
        Kind::Preprint => match entry.options.preprint_endnote {
            PreprintEndnote::Article => ("Journal Article", "17"),
            PreprintEndnote::Unpublished => ("Unpublished Work", "34"),
        },
        Kind::Newspaper => ("Newspaper Article", "23"),
        Kind::Dataset => ("Dataset", "59"),
        Kind::Report => ("Report", "27"),
        Kind::Thesis => ("Thesis", "32"),
        Kind::Book if is_edited(entry) => ("Edited Book", "28"),
        Kind::Book => ("Book", "6"),
        Kind::Chapter => ("Book Section", "5"),
    }
}

/// Of an edited book the editors.
pub(super) fn authors(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    let record = entry.record;
    let people = if is_edited(entry) { &record.editors } else { &record.authors };
    names(people, entry, element);
}

pub(super) fn editors_of_chapter(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if entry.record.kind == Kind::Chapter {
        names(&entry.record.editors, entry, element);
    }
}

pub(super) fn editors_of_book(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if shape(entry) == Shape::Book && !is_edited(entry) {
        names(&entry.record.editors, entry, element);
    }
}

fn names(people: &[Author], entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    for Author { name, .. } in people {
        let spelled = person::spelled(name, entry.options.ris_group_comma.0);
        element.value(&spelled.line);
        if spelled.comma_replaced {
            element.warnings.push(Warning::new(Code::GroupCommaReplaced, spelled.line));
        }
    }
}

pub(super) fn affiliations(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if entry.options.affiliations.0 {
        element.lines(person::affiliations(&entry.record.authors));
    }
}

/// The one field that has runs; `endnote.markup=plain` writes one run there too.
pub(super) fn title(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    let title = titles::printed(entry.record, entry.options);
    if entry.options.endnote_markup == EndnoteMarkup::Plain {
        return text(&title, "title", element);
    }
    let runs = styles::runs(&title);
    let escaped: Vec<_> =
        runs.iter().map(|run| (run.face.as_str(), partial_escape(run.words.as_str()))).collect();
    if !escaped.is_empty() {
        element.runs(escaped.iter().map(|(face, words)| (*face, words.as_ref())));
    }
    math::note_loss(&title, "title", true, element.warnings);
}

/// The journal, the book of a chapter, the series of a book.
pub(super) fn secondary_title(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    match (entry.record.book(), entry.record.kind) {
        (Some(book), Kind::Chapter) => text(&book.title, "book title", element),
        (Some(book), _) => text(&book.series, "series", element),
        (None, _) => value(journal_name(entry), element),
    }
}

/// The series of a chapter.
pub(super) fn tertiary_title(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if let (Some(book), Kind::Chapter) = (entry.record.book(), entry.record.kind) {
        text(&book.series, "series", element);
    }
}

pub(super) fn abbreviation(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if shape(entry) == Shape::Article {
        let journal = entry.record.journal();
        value(journal.and_then(|journal| journals::abbreviation(journal, entry.options)), element);
    }
}

pub(super) fn journal(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if shape(entry) == Shape::Article {
        value(journal_name(entry), element);
    }
}

pub(super) fn pages(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    let Some(pages) = &entry.record.pages else { return };
    let has_own_field =
        is_journal_article(entry) && entry.options.article_number == ArticleNumber::Field;
    if !(has_own_field && pages.article_number().is_some()) {
        value(page_ranges::spelled(pages, "-"), element);
    }
}

pub(super) fn volume(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.volume.as_deref(), element);
}

pub(super) fn issue(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if shape(entry) == Shape::Article {
        value(entry.record.issue.as_deref(), element);
    }
}

/// Of an article the date of electronic publication, if asked for.
pub(super) fn edition(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if let Some(book) = entry.record.book() {
        value(book.edition.as_deref(), element);
    } else if entry.options.ris_epub_date == RisEpubDate::Et {
        let electronic = entry.record.electronic.as_ref();
        value(electronic.map(|date| dates::numbers(date.start)), element);
    }
}

pub(super) fn section(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if shape(entry) != Shape::Article {
        value(entry.record.section_label.as_deref(), element);
    }
}

pub(super) fn keywords(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    for term in terms::terms(entry.record, entry.options) {
        match term {
            Term::Rich(term) => text(term, "keyword", element),
            Term::Words(words) => element.value(&words.to_string()),
        }
    }
}

pub(super) fn year(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.issued.as_ref().and_then(dates::year), element);
}

pub(super) fn date(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.issued.as_ref().and_then(dates::endnote), element);
}

pub(super) fn place(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.book().and_then(|book| book.place.as_deref()), element);
}

pub(super) fn publisher(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.book().and_then(|book| book.publisher.as_deref()), element);
}

pub(super) fn original_title(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    text(&entry.record.original_title, "original title", element);
}

/// One bare ISSN, the first ISBN or the number of a report; all ISSNs with their kind, if asked
/// for.
pub(super) fn issn_or_isbn(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if let Some(book) = entry.record.book() {
        let number = book.report_number.as_ref().filter(|_| entry.record.kind == Kind::Report);
        return value(number.or(book.isbn.first()), element);
    }
    let Some(journal) = entry.record.journal() else { return };
    let all = entry.options.issn == options::Issn::All;
    element.lines(journals::issns(journal, entry.options).map(|issn| match issn.kind {
        Some(kind) if all => Cow::Owned(format!("{} ({})", issn.value, journals::issn_word(kind))),
        _ => Cow::Borrowed(issn.value.as_str()),
    }));
}

pub(super) fn pmid(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.pmid.map(|pmid| pmid.to_string()), element);
}

pub(super) fn bookshelf(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if shape(entry) != Shape::Article {
        value(entry.record.bookshelf.as_deref(), element);
    }
}

/// All parts in one paragraph: `LABEL: text LABEL: text`.
pub(super) fn abstract_(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    let mut paragraph = String::new();
    for part in abstracts::parts(entry.record, entry.options) {
        let words = plain::line(part.text, Markup::Unicode);
        for piece in [" ", part.label.unwrap_or("")] {
            paragraph.push_str(piece);
        }
        if !words.is_empty() {
            paragraph.push_str(if part.label.is_some() { ": " } else { " " });
            paragraph.push_str(&words);
        }
        math::note_loss(part.text, "abstract", false, element.warnings);
    }
    element.value(&paragraph);
}

pub(super) fn citation_key(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    element.value(&entry.citekey.key(entry.record));
}

/// What EndNote XML has no element for.
const NOTES: &[Topic] = &[
    Topic::Retracted,
    Topic::Links,
    Topic::AheadOfPrint,
    Topic::Pagination,
    Topic::AuthorsIncomplete,
    Topic::VolumeTitle,
    Topic::ReportNumber,
    Topic::Updated,
    Topic::Accessions,
    Topic::Conflict,
    Topic::General,
    Topic::Copyright,
];

pub(super) fn notes(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    let notes = all_notes::notes(entry.record, entry.options, NOTES);
    element.lines(notes.iter().map(|note| plain::line(note, Markup::Unicode)));
    for note in &notes {
        math::note_loss(note, "note", false, element.warnings);
    }
}

/// All types but those that are never a genre; the genre, where the types are not known.
pub(super) fn work_type(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    let types = entry.record.types.iter().filter(|kind| is_telling(kind));
    let types: Vec<&str> = types.map(|kind| kind.text.as_str()).collect();
    if types.is_empty() {
        value(entry.record.genre.as_deref(), element);
    } else {
        element.value(&types.join("; "));
    }
}

pub(super) fn url(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(Url::of(entry.record).map(|url| url.to_string()), element);
}

pub(super) fn conflict_of_interest(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if is_journal_article(entry) && entry.options.notes.conflict {
        value(entry.record.conflict_of_interest.as_deref(), element);
    }
}

pub(super) fn pmcid(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if is_journal_article(entry) {
        value(entry.record.pmcid.map(|pmcid| pmcid.base().to_string()), element);
    }
}

pub(super) fn manuscript_ids(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if is_journal_article(entry) {
        element.value(&entry.record.manuscript_ids.join("; "));
    }
}

pub(super) fn article_number(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if is_journal_article(entry) && entry.options.article_number != ArticleNumber::Pages {
        value(entry.record.pages.as_ref().and_then(Pages::article_number), element);
    }
}

pub(super) fn doi(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.doi.as_ref().map(Doi::as_str), element);
}

pub(super) fn database(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.pmid.map(|_| "PubMed"), element);
}

pub(super) fn database_provider(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    value(entry.record.pmid.map(|_| "NLM"), element);
}

pub(super) fn grants(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    if entry.options.notes.grants {
        element.value(&all_notes::grants(&entry.record.grants));
    }
}

pub(super) fn language_codes(entry: &Entry<'_>, element: &mut Element<'_, '_>) {
    let codes: Vec<_> = languages::codes(entry.record).collect();
    element.value(&codes.join("; "));
}

/// What the fields of a type have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Article,
    Chapter,
    Book,
}

fn shape(entry: &Entry<'_>) -> Shape {
    match entry.record.kind {
        Kind::Article | Kind::Preprint | Kind::Newspaper => Shape::Article,
        Kind::Chapter => Shape::Chapter,
        Kind::Book | Kind::Report | Kind::Thesis | Kind::Dataset => Shape::Book,
    }
}

/// EndNote's own fields stand in its type Journal Article alone.
fn is_journal_article(entry: &Entry<'_>) -> bool {
    reference_type(entry).1 == "17"
}

/// A whole book of editors, without authors.
fn is_edited(entry: &Entry<'_>) -> bool {
    let record = entry.record;
    record.kind == Kind::Book && record.authors.is_empty() && !record.editors.is_empty()
}

fn journal_name<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    journals::title(entry.record.journal()?, entry.record.kind, entry.options)
}

fn value<V: AsRef<str>>(value: Option<V>, element: &mut Element<'_, '_>) {
    if let Some(value) = value {
        element.value(value.as_ref());
    }
}

fn text(text: &Text, place: &str, element: &mut Element<'_, '_>) {
    if !text.is_empty() {
        element.value(&plain::line(text, Markup::Unicode));
        math::note_loss(text, place, false, element.warnings);
    }
}
