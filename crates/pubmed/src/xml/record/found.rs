//! What was found in a record before it is clear what it means: data whose meaning hangs on more
//! than one place of the record, so that the order of its elements does not matter.

use std::borrow::Cow;

use model::{Container, Journal, Record, Text, Warning};

use crate::options::Options;
use crate::rules::identifiers::{Identifiers, Place, pmid};
use crate::rules::keywords::Keywords;
use crate::rules::{abstracts, languages, pages, titles};
use crate::xml::record::cursor::{Cursor, Read, Tag};
use crate::xml::record::people::{self, AuthorList, Group};
use crate::xml::record::rich::rich;

/// Data that wait for one another, articles' and books' alike.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    pmid: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
    /// `MedlineCitation/@VersionID`, for want of `PMID/@Version`.
    pub(crate) version_id: Option<Cow<'a, str>>,
    pub(crate) title: Text,
    pub(crate) vernacular_title: Text,
    pagination: Pagination<'a>,
    /// The record's own lists of identifiers, in the order in which they are believed.
    pub(crate) ids: [Vec<(Cow<'a, str>, Cow<'a, str>)>; 2],
    /// Valid `ELocationID`s of an article, or of the book.
    pub(crate) locations: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    other_ids: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(crate) keywords: Keywords,
    pub(crate) groups: Vec<Group>,
}

/// Pages as their elements have them.
#[derive(Debug, Default)]
struct Pagination<'a> {
    medline: Cow<'a, str>,
    start: Cow<'a, str>,
    end: Cow<'a, str>,
}

impl<'a> Found<'a> {
    /// Reads `PMID`; the first one counts.
    pub(crate) fn take_pmid(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        let version = cursor.attribute(tag, "Version");
        let pmid = cursor.text(tag)?;
        if self.pmid.is_none() {
            self.pmid = Some(pmid);
            self.version = version;
        }
        Ok(())
    }

    /// The PMID, if it is one.
    pub(crate) fn pmid(&self) -> Option<model::Pmid> {
        self.pmid.as_ref()?.parse().ok()
    }

    /// Reads `ArticleTitle`; of several the first that says something counts.
    pub(crate) fn take_title(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        first_text(&mut self.title, rich(cursor, tag, "title")?);
        Ok(())
    }

    /// Reads `VernacularTitle`.
    pub(crate) fn take_vernacular(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        first_text(&mut self.vernacular_title, rich(cursor, tag, "vernacular title")?);
        Ok(())
    }

    /// Reads an `ArticleIdList` of the record itself. `rank` says which: 0 is believed first.
    pub(crate) fn take_ids(
        &mut self,
        cursor: &mut Cursor<'a>,
        tag: &Tag<'a>,
        rank: usize,
    ) -> Read<()> {
        cursor.each(tag, b"ArticleId", |cursor, id| {
            // The type is `pubmed` where none is given, says the DTD.
            let kind = cursor.attribute(id, "IdType").unwrap_or(Cow::Borrowed("pubmed"));
            self.ids[rank].push((kind, cursor.text(id)?));
            Ok(())
        })
    }

    /// Reads `ELocationID`; what is marked as wrong is none.
    pub(crate) fn take_location(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        let kind = cursor.attribute(tag, "EIdType").unwrap_or_default();
        let value = cursor.text(tag)?;
        if !tag.has("ValidYN", "N") {
            self.locations.push((kind, value));
        }
        Ok(())
    }

    /// Reads `OtherID`.
    pub(crate) fn take_other_id(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        let source = cursor.attribute(tag, "Source").unwrap_or_default();
        self.other_ids.push((source, cursor.text(tag)?));
        Ok(())
    }

    /// Reads `Pagination`.
    pub(crate) fn take_pagination(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        while let Some(child) = cursor.child(tag)? {
            let part = match child.name {
                b"MedlinePgn" => &mut self.pagination.medline,
                b"StartPage" => &mut self.pagination.start,
                b"EndPage" => &mut self.pagination.end,
                _ => {
                    cursor.unknown(&child)?;
                    continue;
                }
            };
            let text = cursor.scalar(&child)?;
            if part.is_empty() {
                *part = text;
            }
        }
        Ok(())
    }

    /// Reads `AuthorList`.
    pub(crate) fn take_authors(
        &mut self,
        cursor: &mut Cursor<'a>,
        tag: &Tag<'a>,
    ) -> Read<AuthorList> {
        let mut list = people::author_list(cursor, tag)?;
        self.groups.append(&mut list.groups);
        Ok(list)
    }

    /// Puts into the record what was waiting, apart from titles, pages and dates.
    ///
    /// `place` says whose the locations are, and `whole_book` whether the book's are the record's.
    pub(crate) fn settle(&mut self, place: Place, whole_book: bool, record: &mut Record) {
        record.pmid = pmid(self.pmid.as_deref().unwrap_or_default(), &mut record.warnings);
        let version = [&self.version, &self.version_id].into_iter().flatten();
        let version = version.filter_map(|version| version.trim().parse().ok());
        record.version = version.max().filter(|version| *version > 1);

        let mut identifiers = Identifiers::default();
        for (kind, value) in self.ids.iter().flatten() {
            identifiers.push(Place::Listed, kind, value, record);
        }
        for (kind, value) in &self.locations {
            identifiers.push(place, kind, value, record);
        }
        for (source, value) in &self.other_ids {
            identifiers.push_other_id(source, value);
        }
        identifiers.settle(whole_book, record);

        let sections = std::mem::take(&mut record.abstract_);
        record.abstract_ = abstracts::settled(sections, &mut record.warnings);
        record.keywords = std::mem::take(&mut self.keywords).finish();
        people::name_groups(&mut record.investigators, &self.groups);
    }

    /// Makes the record's titles of what was found under that title.
    pub(crate) fn settle_titles(&mut self, title: Text, record: &mut Record, options: &Options) {
        let vernacular = std::mem::take(&mut self.vernacular_title);
        let foreign = languages::is_foreign(&record.languages);
        let titles = titles::titles(title, vernacular, foreign, *options, &mut record.warnings);
        record.title = titles.title;
        record.title_translated = titles.translated;
        record.original_title = titles.original;
    }

    /// The pages that were printed.
    pub(crate) fn pages(
        &self,
        electronic: bool,
        warnings: &mut Vec<Warning>,
    ) -> Option<model::Pages> {
        let Pagination { medline, start, end } = &self.pagination;
        pages::pages(pages::Printed { medline, start, end, electronic }, warnings)
    }
}

/// Of several texts the first that says something counts.
pub(crate) fn first_text(text: &mut Text, next: Text) {
    if text.is_empty() {
        *text = next;
    }
}

/// A journal as a container, with the abbreviation to write.
pub(crate) fn journal_container(mut journal: Journal) -> Option<Container> {
    let iso = journal.iso_abbreviation.as_deref();
    let medline = journal.medline_abbreviation.as_deref();
    let abbreviation = crate::rules::journal::abbreviation(iso, medline).map(str::to_owned);
    journal.abbreviation = abbreviation;
    (journal != Journal::default()).then_some(Container::Journal(journal))
}
