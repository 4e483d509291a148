//! The fields of an entry (`output-formats.md` section 4.2, `mapping.md` section 8.2).

use std::fmt::Write;

use model::{Author, Kind, Record, Status, Text};

use super::case::Protection;
use super::dates::{self, Seasons};
use super::dialect::Dialect;
use super::markup::Tex;
use super::{Entry, braces};
use crate::notes;
use crate::options::{
    ArticleNumber, BiblatexOrcid, BiblatexSeason, PreprintBiblatex, PreprintBibtex,
};
use crate::terms::{self, Term};
use crate::{abstracts, languages, pages};

mod identifiers;
mod titles;

use identifiers::{doi, eprint, eprint_type, issn, pmcid, pmid, url};
use titles::{
    abbreviation, book_title, journal_title, main_title, original_title, series, server,
    title_of_all_volumes,
};

/// A field: its name in BibTeX and in BibLaTeX, empty where that has none, and its value.
pub(super) struct Field(&'static str, &'static str, pub(super) Value);

/// How a value is written. A field whose value is empty is left out.
#[derive(Clone, Copy)]
pub(super) enum Value {
    /// In braces.
    Braced(fn(&Entry<'_>, &mut Tex)),
    /// In braces, names.
    Names(fn(&Record) -> &[Author]),
    /// With its braces, if it has any.
    Bare(fn(&Entry<'_>, &mut Tex)),
}

use Value::{Bare, Braced, Names};

/// One row a field, in the order in which they stand.
#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    Field("author",       "author",           Names(|record| &record.authors)),
    Field("",             "author+an:orcid",  Braced(orcids)),
    Field("editor",       "editor",           Names(|record| &record.editors)),
    Field("",             "bookauthor",       Names(|record| &record.book_authors)),
    Field("title",        "title",            Braced(main_title)),
    Field("",             "origtitle",        Braced(original_title)),
    Field("booktitle",    "booktitle",        Braced(book_title)),
    Field("",             "maintitle",        Braced(title_of_all_volumes)),
    Field("journal",      "journaltitle",     Braced(journal_title)),
    Field("",             "shortjournal",     Braced(abbreviation)),
    Field("series",       "series",           Braced(series)),
    Field("edition",      "edition",          Braced(|entry, tex| words(tex, entry.book.and_then(|book| book.edition.as_deref())))),
    Field("publisher",    "publisher",        Braced(|entry, tex| words(tex, entry.book.and_then(|book| book.publisher.as_deref())))),
    Field("howpublished", "organization",     Braced(server)),
    Field("address",      "location",         Braced(|entry, tex| words(tex, entry.book.and_then(|book| book.place.as_deref())))),
    Field("year",         "",                 Braced(year)),
    Field("month",        "",                 Bare(month)),
    Field("day",          "",                 Braced(day)),
    Field("",             "date",             Braced(date)),
    Field("volume",       "volume",           Braced(|entry, tex| words(tex, entry.record.volume.as_deref()))),
    Field("number",       "number",           Braced(|entry, tex| words(tex, entry.number()))),
    Field("",             "issue",            Braced(season)),
    Field("chapter",      "chapter",          Braced(|entry, tex| words(tex, entry.record.section_label.as_deref()))),
    Field("pages",        "pages",            Braced(page_ranges)),
    Field("eid",          "eid",              Braced(article_number)),
    Field("",             "type",             Braced(kind_of_work)),
    Field("",             "entrysubtype",     Braced(kind_of_article)),
    Field("",             "pubstate",         Braced(state_of_publication)),
    Field("doi",          "doi",              Braced(doi)),
    Field("",             "eprint",           Braced(eprint)),
    Field("",             "eprinttype",       Braced(eprint_type)),
    Field("pmid",         "pmid",             Braced(pmid)),
    Field("pmcid",        "pmcid",            Braced(pmcid)),
    Field("issn",         "issn",             Braced(issn)),
    Field("isbn",         "isbn",             Braced(|entry, tex| words(tex, entry.book.and_then(|book| book.isbn.first()).map(String::as_str)))),
    Field("url",          "url",              Braced(url)),
    Field("language",     "language",         Braced(language)),
    Field("",             "langid",           Braced(langid)),
    Field("keywords",     "keywords",         Braced(keywords)),
    Field("abstract",     "abstract",         Braced(abstract_)),
    Field("note",         "note",             Braced(note)),
];

impl Field {
    /// What stands before the value: the name, padded, and the equals sign. None where the dialect
    /// has no such field.
    pub(super) fn begin(&self, dialect: Dialect) -> Option<String> {
        let name = match dialect {
            Dialect::Bibtex => self.0,
            Dialect::Biblatex => self.1,
        };
        let padding = if name.len() < 10 { 10 - name.len() } else { 1 };
        (!name.is_empty()).then(|| format!("  {name}{:padding$}= ", ""))
    }
}

impl<'r> Entry<'r> {
    fn is(&self, dialect: Dialect) -> bool {
        self.writer.dialect == dialect
    }

    fn protection(&self) -> Protection {
        self.writer.dialect.of_titles(self.record, &self.writer.options)
    }

    /// The number of the issue or of the report.
    fn number(&self) -> Option<&'r str> {
        let of_report = || self.book?.report_number.as_deref();
        self.record.issue.as_deref().or_else(of_report)
    }

    /// The title of the volume, if that of the whole work has a field of its own.
    fn volume_title(&self) -> Option<&'r Text> {
        let volume_title = self.book.map(|book| &book.volume_title);
        let has_field = self.writer.dialect.has_main_title(self.record.kind);
        volume_title.filter(|volume_title| has_field && !volume_title.is_empty())
    }

    /// Whether BibLaTeX would make several keywords of this one.
    fn is_cut_at_separator(&self, keyword: &str) -> bool {
        let separator = self.writer.separator.trim();
        self.is(Dialect::Biblatex)
            && (keyword.contains(',') || (!separator.is_empty() && keyword.contains(separator)))
    }

    /// Whether the journal is the server of a preprint, and not written as a journal.
    fn is_on_server(&self) -> bool {
        let options = &self.writer.options;
        let as_article = match self.writer.dialect {
            Dialect::Bibtex => options.preprint_bibtex == PreprintBibtex::Article,
            Dialect::Biblatex => options.preprint_biblatex == PreprintBiblatex::Article,
        };
        self.record.kind == Kind::Preprint && !as_article
    }
}

fn words(tex: &mut Tex, value: Option<&str>) {
    if let Some(value) = value {
        tex.words(value);
    }
}

/// A value without escapes.
fn verbatim(tex: &mut Tex, value: std::fmt::Arguments<'_>) {
    tex.out.write_fmt(value).expect("a string takes everything");
}

fn orcids(entry: &Entry<'_>, tex: &mut Tex) {
    if entry.writer.options.biblatex_orcid == BiblatexOrcid::Annotation {
        let start = tex.out.len();
        for (place, orcid) in entry.record.orcids() {
            let between = if tex.out.len() > start { "; " } else { "" };
            verbatim(tex, format_args!("{between}{place}=\"{orcid}\""));
        }
    }
}

fn year(entry: &Entry<'_>, tex: &mut Tex) {
    if let Some(year) = entry.record.issued.as_ref().and_then(dates::year) {
        verbatim(tex, format_args!("{year}"));
    }
}

fn month(entry: &Entry<'_>, tex: &mut Tex) {
    let Some(issued) = &entry.record.issued else { return };
    match (dates::month(issued), Seasons::of(issued)) {
        (Some(month), _) => tex.out.push_str(month),
        (None, Some(seasons)) => verbatim(tex, format_args!("{{{}}}", seasons.in_month())),
        (None, None) => {}
    }
}

fn day(entry: &Entry<'_>, tex: &mut Tex) {
    if let Some(day) = entry.record.issued.as_ref().and_then(dates::day) {
        verbatim(tex, format_args!("{day}"));
    }
}

fn date(entry: &Entry<'_>, tex: &mut Tex) {
    let as_month = entry.writer.options.biblatex_season == BiblatexSeason::Edtf;
    let issued = entry.record.issued.as_ref();
    if let Some(date) = issued.and_then(|issued| dates::edtf(issued, as_month)) {
        tex.out.push_str(&date);
    }
}

/// Not beside a number, which importers would take it for.
fn season(entry: &Entry<'_>, tex: &mut Tex) {
    let Some(issued) = entry.record.issued.as_ref().filter(|_| entry.number().is_none()) else {
        return;
    };
    let is_in_date =
        entry.writer.options.biblatex_season == BiblatexSeason::Edtf && issued.end.is_none();
    if let Some(season) = Seasons::of(issued).filter(|_| !is_in_date).and_then(Seasons::in_issue) {
        tex.out.push_str(&season);
    }
}

fn page_ranges(entry: &Entry<'_>, tex: &mut Tex) {
    let Some(found) = &entry.record.pages else { return };
    let is_elsewhere = entry.is(Dialect::Biblatex)
        && entry.writer.options.article_number == ArticleNumber::Field
        && found.article_number().is_some();
    if let Some(ranges) = pages::spelled(found, "--").filter(|_| !is_elsewhere) {
        tex.words(&ranges);
    }
}

fn article_number(entry: &Entry<'_>, tex: &mut Tex) {
    let is_asked =
        entry.is(Dialect::Bibtex) || entry.writer.options.article_number != ArticleNumber::Pages;
    let number = entry.record.pages.as_ref().and_then(model::Pages::article_number);
    words(tex, number.filter(|_| is_asked));
}

fn kind_of_work(entry: &Entry<'_>, tex: &mut Tex) {
    tex.out.push_str(match entry.record.kind {
        Kind::Report => "techreport",
        Kind::Thesis => "phdthesis",
        Kind::Article
        | Kind::Preprint
        | Kind::Newspaper
        | Kind::Dataset
        | Kind::Book
        | Kind::Chapter => "",
    });
}

fn kind_of_article(entry: &Entry<'_>, tex: &mut Tex) {
    tex.out.push_str(match entry.record.kind {
        Kind::Newspaper => "newspaper",
        Kind::Preprint => "preprint",
        Kind::Article
        | Kind::Dataset
        | Kind::Report
        | Kind::Thesis
        | Kind::Book
        | Kind::Chapter => "",
    });
}

fn state_of_publication(entry: &Entry<'_>, tex: &mut Tex) {
    tex.out.push_str(match (entry.record.kind, entry.record.status) {
        (Kind::Preprint, _) => "prepublished",
        (_, Some(Status::AheadOfPrint)) => "inpress",
        (_, Some(Status::Retracted) | None) => "",
    });
}

fn language(entry: &Entry<'_>, tex: &mut Tex) {
    let start = tex.out.len();
    for code in languages::codes(entry.record).take(entry.writer.dialect.languages()) {
        if let Some(name) = languages::language(&code).and_then(|language| language.babel) {
            tex.out.push_str(if tex.out.len() > start { " and " } else { "" });
            tex.out.push_str(name);
        }
    }
}

fn langid(entry: &Entry<'_>, tex: &mut Tex) {
    if languages::codes(entry.record).next().is_some() || entry.record.title_translated {
        tex.out.push_str(languages::langid(entry.record).unwrap_or(""));
    }
}

fn keywords(entry: &Entry<'_>, tex: &mut Tex) {
    let first = tex.out.len();
    let mut line = String::new();
    for term in terms::terms(entry.record, &entry.writer.options) {
        let start = tex.out.len();
        if start > first {
            tex.out.push_str(&entry.writer.separator);
        }
        let behind_separator = tex.out.len();
        let falls_apart = match term {
            Term::Rich(text) => {
                tex.text(text);
                entry.is_cut_at_separator(&text.flatten())
            }
            Term::Words(pieces) => {
                line.clear();
                line.extend(pieces.pieces());
                tex.words(&line);
                entry.is_cut_at_separator(&line)
            }
        };
        if tex.out.len() == behind_separator {
            tex.out.truncate(start);
        } else if falls_apart {
            braces::enclose(&mut tex.out, behind_separator);
        }
    }
}

fn abstract_(entry: &Entry<'_>, tex: &mut Tex) {
    let first = tex.out.len();
    for part in abstracts::parts(entry.record, &entry.writer.options) {
        let start = tex.out.len();
        if start > first {
            tex.out.push(' ');
        }
        let behind_blank = tex.out.len();
        if let Some(label) = part.label {
            tex.words(label);
        }
        let behind_label = tex.out.len();
        if behind_label > behind_blank {
            tex.out.push_str(": ");
        }
        let behind_colon = tex.out.len();
        tex.text(part.text);
        if tex.out.len() == behind_colon {
            tex.out.truncate(if behind_label > behind_blank { behind_label } else { start });
        }
    }
}

fn note(entry: &Entry<'_>, tex: &mut Tex) {
    let first = tex.out.len();
    let topics = entry.writer.dialect.topics();
    for note in notes::notes(entry.record, &entry.writer.options, topics) {
        let start = tex.out.len();
        if start > first {
            let has_stop = tex.out.ends_with(['.', '?', '!']);
            tex.out.push_str(if has_stop { " " } else { ". " });
        }
        let behind_stop = tex.out.len();
        tex.text(&note);
        if tex.out.len() == behind_stop {
            tex.out.truncate(start);
        }
    }
}
