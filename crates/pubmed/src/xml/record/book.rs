//! A book or a chapter: `PubmedBookArticle`, and the `BookDocument` in it or alone (`xml-input.md`
//! section 6.12, `mapping.md` section 7.12).

use model::{Author, Book, Code, Completeness, Container, Date, Kind, Record, Text, Warning};

use crate::options::Options;
use crate::rules::identifiers::Place;
use crate::rules::{books, dates, kinds, languages, titles, warn};
use crate::xml::record::cursor::{Cursor, Read, Tag};
use crate::xml::record::found::{Found, first_text};
use crate::xml::record::journal::Printed;
use crate::xml::record::people::AuthorList;
use crate::xml::record::rich::rich;
use crate::xml::record::{journal, people, subjects, support};

/// A book or a chapter on the way to its record.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    pub(crate) found: Found<'a>,
    pub(crate) record: Record,
    /// What is known of the book, its title among it.
    book: Book,
    /// Those named for the book, then those named for the document.
    authors: [Vec<Author>; 2],
    editors: [Vec<Author>; 2],
    shortened: [bool; 2],
    published: Option<Printed<'a>>,
    began: Option<Printed<'a>>,
    ended: Option<Printed<'a>>,
    contributed: Option<Printed<'a>>,
    revised: Option<Printed<'a>>,
    /// The number of the chapter, and whether it is said to be one.
    label: Option<(bool, String)>,
}

/// Whom a list of authors is named for: the book or the document.
#[derive(Clone, Copy)]
enum Named {
    Book = 0,
    Document = 1,
}

impl<'a> Document<'a> {
    /// Reads `PubmedBookArticle`. Returns whether there was a document in it.
    pub(crate) fn take_pubmed_book_article(
        &mut self,
        cursor: &mut Cursor<'a>,
        tag: &Tag<'a>,
    ) -> Read<bool> {
        let mut documented = false;
        while let Some(child) = cursor.child(tag)? {
            match child.name {
                b"BookDocument" => {
                    self.take_document(cursor, &child)?;
                    documented = true;
                }
                b"PubmedBookData" => self.take_pubmed_book_data(cursor, &child)?,
                _ => cursor.unknown(&child)?,
            }
        }
        Ok(documented)
    }

    /// Reads `BookDocument` (`xml-input.md` section 5.4).
    pub(crate) fn take_document(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        while let Some(child) = cursor.child(tag)? {
            let (found, record) = (&mut self.found, &mut self.record);
            match child.name {
                b"PMID" => found.take_pmid(cursor, &child)?,
                b"ArticleIdList" => found.take_ids(cursor, &child, 0)?,
                b"Book" => self.take_book(cursor, &child)?,
                b"ArticleTitle" => found.take_title(cursor, &child)?,
                b"VernacularTitle" => found.take_vernacular(cursor, &child)?,
                b"LocationLabel" => self.take_label(cursor, &child)?,
                b"Pagination" => found.take_pagination(cursor, &child)?,
                b"Language" => {
                    record.languages.extend(languages::code(&cursor.text(&child)?));
                }
                b"AuthorList" => {
                    let list = found.take_authors(cursor, &child)?;
                    self.add_authors(Named::Document, list);
                }
                b"InvestigatorList" => {
                    people::investigator_list(cursor, &child, &mut record.investigators)?;
                }
                b"PublicationType" => {
                    subjects::publication_type(cursor, &child, &mut record.types)?;
                }
                b"PublicationTypeList" => {
                    cursor.each(&child, b"PublicationType", |cursor, kind| {
                        subjects::publication_type(cursor, kind, &mut record.types)
                    })?;
                }
                b"Abstract" => support::abstract_parts(
                    cursor,
                    &child,
                    &mut record.abstract_,
                    &mut record.copyright,
                )?,
                b"KeywordList" => subjects::keyword_list(cursor, &child, &mut found.keywords)?,
                b"ContributionDate" => first_date(cursor, &child, &mut self.contributed)?,
                b"DateRevised" => first_date(cursor, &child, &mut self.revised)?,
                b"GrantList" => support::grant_list(cursor, &child, &mut record.grants)?,
                b"ReferenceList" => {
                    support::reference_list(cursor, &child, &mut record.references)?;
                }
                b"Sections" | b"ItemList" => cursor.skip(&child)?,
                _ => cursor.unknown(&child)?,
            }
        }
        Ok(())
    }

    /// Reads `Book`.
    fn take_book(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        while let Some(child) = cursor.child(tag)? {
            let book = &mut self.book;
            match child.name {
                b"BookTitle" => first_text(&mut book.title, rich(cursor, &child, "book title")?),
                b"CollectionTitle" => {
                    first_text(&mut book.series, rich(cursor, &child, "collection title")?);
                }
                b"VolumeTitle" => {
                    first_text(&mut book.volume_title, rich(cursor, &child, "volume title")?);
                }
                b"Publisher" => publisher(cursor, &child, book)?,
                b"Edition" => cursor.line_into(&child, &mut book.edition)?,
                b"Isbn" => cursor.line_onto(&child, &mut book.isbn)?,
                b"Medium" => cursor.line_into(&child, &mut book.medium)?,
                b"ReportNumber" => cursor.line_into(&child, &mut book.report_number)?,
                b"Volume" => cursor.line_into(&child, &mut self.record.volume)?,
                b"ELocationID" => self.found.take_location(cursor, &child)?,
                b"AuthorList" => {
                    let list = self.found.take_authors(cursor, &child)?;
                    self.add_authors(Named::Book, list);
                }
                b"InvestigatorList" => {
                    people::investigator_list(cursor, &child, &mut self.record.investigators)?;
                }
                b"PubDate" => first_date(cursor, &child, &mut self.published)?,
                b"BeginningDate" => first_date(cursor, &child, &mut self.began)?,
                b"EndingDate" => first_date(cursor, &child, &mut self.ended)?,
                _ => cursor.unknown(&child)?,
            }
        }
        Ok(())
    }

    /// Reads `PubmedBookData`.
    fn take_pubmed_book_data(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        while let Some(child) = cursor.child(tag)? {
            match child.name {
                b"ArticleIdList" => self.found.take_ids(cursor, &child, 1)?,
                b"History" => journal::history(cursor, &child, &mut self.record.history)?,
                b"PublicationStatus" | b"ObjectList" => cursor.skip(&child)?,
                _ => cursor.unknown(&child)?,
            }
        }
        Ok(())
    }

    /// Reads `LocationLabel`: that of the chapter goes before that of a part.
    fn take_label(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        let is_chapter = tag.has("Type", "chapter");
        let label = books::section_label(&cursor.text(tag)?);
        let better = self.label.as_ref().is_none_or(|(known, _)| is_chapter && !known);
        if let Some(label) = label.filter(|_| better) {
            self.label = Some((is_chapter, label));
        }
        Ok(())
    }

    fn add_authors(&mut self, named: Named, list: AuthorList) {
        let at = named as usize;
        if list.editors {
            self.editors[at].extend(list.authors);
        } else {
            self.authors[at].extend(list.authors);
            self.shortened[at] |= list.completeness == Completeness::Shortened;
        }
    }

    /// The record, once everything is read.
    pub(crate) fn settle(mut self, options: &Options) -> Record {
        let whole = self.found.title.is_empty();
        let mut record = std::mem::take(&mut self.record);
        self.found.settle(Place::Book, whole, &mut record);
        record.kind = if whole { Kind::Book } else { Kind::Chapter };
        record.genre = kinds::genre(&record.types, &mut record.warnings);
        record.status = kinds::status(&record.types, &record.links, false);
        record.section_label = self.label.take().map(|(_, label)| label);
        record.pages = self.found.pages(false, &mut record.warnings);

        let mut book = std::mem::take(&mut self.book);
        books::order_isbns(&mut book.isbn);
        book.series = titles::without_final_stop(book.series, *options);
        let title = if whole {
            std::mem::take(&mut book.title)
        } else {
            book.title = titles::without_final_stop(book.title, *options);
            std::mem::take(&mut self.found.title)
        };
        self.found.settle_titles(title, &mut record, options);
        self.settle_dates(whole, &mut book, &mut record);
        self.settle_authors(whole, &mut record);
        record.container = (book != Book::default()).then_some(Container::Book(book));
        record
    }

    fn settle_dates(&mut self, whole: bool, book: &mut Book, record: &mut Record) {
        let warnings = &mut record.warnings;
        let mut date = |printed: &Option<Printed<'a>>, place| {
            printed.as_ref().and_then(|printed| printed.date(place, warnings))
        };
        let published = date(&self.published, "PubDate");
        let contributed = date(&self.contributed, "ContributionDate");
        record.updated = date(&self.revised, "DateRevised");
        book.begin = date(&self.began, "BeginningDate");
        book.end = date(&self.ended, "EndingDate");
        let life = book.begin.as_ref().zip(book.end.as_ref());
        let issued = match life {
            Some((begin, end)) if whole => Some(lifetime(begin, end, warnings)),
            _ if whole => published,
            _ => contributed.or(published),
        };
        if issued.is_none() {
            warn(warnings, Code::DateMissing, "date", "");
        }
        record.issued = issued;
    }

    fn settle_authors(&mut self, whole: bool, record: &mut Record) {
        let [book, document] = std::mem::take(&mut self.authors);
        let [book_editors, document_editors] = std::mem::take(&mut self.editors);
        record.editors = book_editors;
        record.editors.extend(document_editors);
        let [book_shortened, document_shortened] = self.shortened;
        let (own, others, shortened) = match (whole, book.is_empty(), document.is_empty()) {
            (false, _, false) => (document, book, document_shortened),
            (true, true, _) => (document, Vec::new(), document_shortened),
            // The book's authors are those of the whole book, and of a chapter without its own.
            _ => (book, Vec::new(), book_shortened),
        };
        record.authors = own;
        record.book_authors = others;
        if shortened {
            record.authors_complete = Completeness::Shortened;
            warn(&mut record.warnings, Code::AuthorsIncomplete, "AuthorList", "");
        }
    }
}

/// Reads `Publisher`.
fn publisher<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>, book: &mut Book) -> Read<()> {
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"PublisherName" => cursor.line_into(&child, &mut book.publisher)?,
            b"PublisherLocation" => cursor.line_into(&child, &mut book.place)?,
            _ => cursor.unknown(&child)?,
        }
    }
    Ok(())
}

/// Reads an element with the parts of a date; of several the first counts.
fn first_date<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    date: &mut Option<Printed<'a>>,
) -> Read<()> {
    let printed = journal::date(cursor, tag)?;
    date.get_or_insert(printed);
    Ok(())
}

/// The years in which a serial book came out, as one date.
fn lifetime(begin: &Date, end: &Date, warnings: &mut Vec<Warning>) -> Date {
    let last = end.end.unwrap_or(end.start);
    let plain = |date: &Date| date.raw.is_none() && date.start.month.is_none();
    let years = format!("{}-{}", begin.start.year, last.year);
    match dates::free(&years, "EndingDate", warnings) {
        Some(date) if plain(begin) && plain(end) => date,
        _ => Date { end: Some(last), raw: None, ..begin.clone() },
    }
}
