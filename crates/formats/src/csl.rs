//! CSL-JSON, the input of citation processors (`output-formats.md` section 5).

mod custom;
mod note;
mod title;

use std::borrow::Cow;

use model::{
    Author, Book, Code, Container, Date, Kind, Name, PageKind, Pages, Point, Record, Status,
    Warning,
};

use crate::citekey::Template;
use crate::json::{Array, Object};
use crate::options::{ArticleNumber, Markup, Options};
use crate::terms::Term;
use crate::url::Url;
use crate::{
    Writer, abstracts, clean, dates, journal, languages, math, pages, plain, terms, title as titles,
};

/// Writes records as one JSON array, an item a line.
pub(crate) struct CslJson {
    options: Options,
    citekey: Template,
}

impl CslJson {
    /// A writer with those options and that template of citation keys.
    pub(crate) fn new(options: &Options, citekey: Template) -> Self {
        Self { options: options.clone(), citekey }
    }
}

impl Writer for CslJson {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"[\n");
    }

    fn record(&self, record: &Record, out: &mut Vec<u8>, warnings: &mut Vec<Warning>) {
        let options = &self.options;
        Object::write(out, |item| {
            let key = self.citekey.key(record);
            item.line("id", &key);
            item.line("citation-key", &key);
            kind(record, item);
            identifiers(record, item);
            item.line("title", &title::marked_up(&titles::printed(record, options), options));
            item.line("original-title", &title::marked_up(&record.original_title, options));
            names("author", &record.authors, item);
            names("editor", &record.editors, item);
            names("container-author", &record.book_authors, item);
            container(record, options, item);
            place(record, options, item);
            date("issued", record.issued.as_ref(), item);
            date("available-date", record.electronic.as_ref(), item);
            language(record, item, warnings);
            item.line("abstract", &abstract_(record, options));
            item.line("keyword", &keyword(record, options));
            item.line("note", &note::lines(record, options));
            custom::write(record, options.csl_custom, item);
        });
        lost(record, warnings);
    }

    fn between(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\n");
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n]\n");
    }
}

/// `mapping.md` section 6.
fn kind(record: &Record, item: &mut Object<'_>) {
    let kind = match record.kind {
        Kind::Article => "article-journal",
        Kind::Preprint => "article",
        Kind::Newspaper => "article-newspaper",
        Kind::Dataset => "dataset",
        Kind::Report => "report",
        Kind::Thesis => "thesis",
        Kind::Book => "book",
        Kind::Chapter => "chapter",
    };
    item.line("type", kind);
    match record.kind {
        Kind::Preprint => item.line("genre", "Preprint"),
        _ => item.optional("genre", record.genre.as_deref()),
    }
    match record.status {
        Some(Status::Retracted) => item.line("status", "retracted"),
        Some(Status::AheadOfPrint) => item.line("status", "advance online publication"),
        None => {}
    }
}

fn identifiers(record: &Record, item: &mut Object<'_>) {
    if let Some(pmid) = record.pmid {
        item.line("PMID", &pmid.to_string());
    }
    if let Some(pmcid) = record.pmcid {
        item.line("PMCID", &pmcid.base().to_string());
    }
    item.optional("DOI", record.doi.as_ref().map(model::Doi::as_str));
    if let Some(url) = Url::of(record) {
        item.line("URL", &url.to_string());
    }
    if record.pmid.is_some() {
        item.line("source", "PubMed");
    }
}

fn names(key: &str, authors: &[Author], item: &mut Object<'_>) {
    item.array(key, |list| {
        for author in authors {
            list.object(|object| name(&author.name, object));
        }
    });
}

fn name(name: &Name, object: &mut Object<'_>) {
    match name {
        Name::Person { family, given, suffix } => {
            object.string("family", family);
            object.optional("given", given.as_deref());
            object.optional("suffix", suffix.as_deref());
        }
        Name::Group(name) => object.string("literal", name),
    }
}

/// The journal or the book, from `container-title` to `ISBN`.
fn container(record: &Record, options: &Options, item: &mut Object<'_>) {
    match &record.container {
        Some(Container::Journal(journal)) => {
            let title = journal::title(journal, record.kind, options);
            let abbreviation = journal::abbreviation(journal, options);
            item.optional("container-title", title);
            item.optional("container-title-short", abbreviation);
            item.optional("journalAbbreviation", abbreviation);
            if record.kind == Kind::Preprint {
                item.optional("publisher", title);
            }
            shelf(record, None, item);
            let issns: Vec<&str> =
                journal::issns(journal, options).map(|issn| issn.value.as_str()).collect();
            item.line("ISSN", &issns.join(", "));
        }
        Some(Container::Book(book)) => {
            if record.kind != Kind::Book {
                item.line("container-title", &plain::line(&book.title, Markup::Unicode));
            }
            item.line("collection-title", &plain::line(&book.series, Markup::Unicode));
            item.optional("publisher", book.publisher.as_deref());
            item.optional("publisher-place", book.place.as_deref());
            item.optional("edition", book.edition.as_deref());
            item.line("volume-title", &plain::line(&book.volume_title, Markup::Unicode));
            shelf(record, book.medium.as_deref(), item);
            item.optional("ISBN", book.isbn.first().map(String::as_str));
        }
        None => shelf(record, None, item),
    }
}

fn shelf(record: &Record, medium: Option<&str>, item: &mut Object<'_>) {
    item.optional("medium", medium);
    item.optional("call-number", record.bookshelf.as_deref());
    item.optional("chapter-number", record.section_label.as_deref());
}

/// Where in its container the work stands.
fn place(record: &Record, options: &Options, item: &mut Object<'_>) {
    item.optional("volume", record.volume.as_deref());
    item.optional("issue", record.issue.as_deref());
    let pages = record.pages.as_ref();
    let article_number = pages.and_then(Pages::article_number);
    // Styles print either the page or the number; the number of a preprint is no page.
    let by_number = record.kind == Kind::Preprint || options.article_number == ArticleNumber::Field;
    if !(by_number && article_number.is_some()) {
        let spelled = pages.and_then(|pages| pages::spelled(pages, "-"));
        item.optional("page", spelled.as_deref());
    }
    let number = match &record.container {
        Some(Container::Book(Book { report_number: Some(number), .. })) => Some(number.as_str()),
        _ if record.kind == Kind::Preprint => {
            record.pii.first().map(String::as_str).or(article_number)
        }
        _ => article_number,
    };
    item.optional("number", number);
    item.optional("number-of-pages", pages.and_then(extent));
}

/// The number in `62 p.`
fn extent(pages: &Pages) -> Option<&str> {
    let raw = pages.raw.trim();
    let end = raw.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(raw.len());
    let (number, unit) = raw.split_at(end);
    let unit = unit.trim_start().trim_end_matches('.');
    let is_pages = ["p", "pp", "pages"].contains(&unit);
    (pages.kind == PageKind::Extent && is_pages && !number.is_empty()).then_some(number)
}

/// Integers, shortened from the right; of a span both points, of a season its word.
fn date(key: &str, date: Option<&Date>, item: &mut Object<'_>) {
    let Some(date) = date else { return };
    let end = date.end.filter(|end| numbers(*end).ne(numbers(date.start)));
    item.object(key, |object| {
        object.array("date-parts", |points| {
            for point in [Some(date.start), end].into_iter().flatten() {
                points.array(|parts| numbers(point).for_each(|part| parts.number(part)));
            }
        });
        if date.start.season.is_some() && end.is_none() {
            object.optional("season", dates::printed(date).as_deref());
        }
    });
}

fn numbers(point: Point) -> impl Iterator<Item = u64> {
    let month = point.month.map(|month| u64::from(month.number()));
    let day = point.day.filter(|_| month.is_some()).map(u64::from);
    [Some(u64::from(point.year)), month, day].into_iter().flatten()
}

fn language(record: &Record, item: &mut Object<'_>, warnings: &mut Vec<Warning>) {
    let Some(code) = languages::codes(record).next() else { return };
    match languages::bcp47(&code) {
        Some(tag) => item.line("language", tag),
        None => warnings.push(Warning::new(Code::LanguageUnknown, format!("language: {code}"))),
    }
}

fn abstract_(record: &Record, options: &Options) -> String {
    let mut out = String::new();
    for part in abstracts::parts(record, options) {
        let label = part.label.map_or(Cow::Borrowed(""), clean::one_line);
        let words = plain::line(part.text, Markup::Unicode);
        if label.is_empty() && words.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&label);
        if !label.is_empty() && !words.is_empty() {
            out.push_str(": ");
        }
        out.push_str(&words);
    }
    out
}

fn keyword(record: &Record, options: &Options) -> String {
    let mut out = String::new();
    for term in terms::terms(record, options) {
        let before = out.len();
        if before > 0 {
            out.push_str("; ");
        }
        let start = out.len();
        match term {
            Term::Rich(text) => out.push_str(&plain::line(text, Markup::Unicode)),
            Term::Words(words) => {
                words.pieces().for_each(|piece| out.push_str(&clean::one_line(piece)));
            }
        }
        if out.len() == start {
            out.truncate(before);
        }
    }
    out
}

/// Says which formulas lost their form.
fn lost(record: &Record, warnings: &mut Vec<Warning>) {
    math::note_loss(&record.title, "title", true, warnings);
    math::note_loss(&record.original_title, "original title", true, warnings);
    for section in &record.abstract_ {
        math::note_loss(&section.text, "abstract", false, warnings);
    }
    for keyword in &record.keywords {
        math::note_loss(keyword, "keyword", false, warnings);
    }
}

/// The name of a person or a group as the model has it, for `custom`.
fn name_of_model(name: &Name, object: &mut Object<'_>) {
    match name {
        Name::Group(name) => object.string("group", name),
        Name::Person { .. } => self::name(name, object),
    }
}

/// `{"family":…}` objects in an array, for `custom`.
fn push_names<'r>(names: impl Iterator<Item = &'r Name>, list: &mut Array<'_>) {
    names.for_each(|name| list.object(|object| name_of_model(name, object)));
}

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
