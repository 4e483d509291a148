//! The journal and the issue of it that an article stands in (`xml-input.md` sections 6.5 to 6.7).

use std::borrow::Cow;

use model::{Date, HistoryDate, Issn, IssnKind, Journal, Warning};

use crate::options::Parts;
use crate::rules::dates;
use crate::rules::journal as rules;
use crate::xml::record::cursor::{Cursor, Read, Tag};

/// An issue of a journal, as printed.
#[derive(Debug, Default)]
pub(crate) struct Issue<'a> {
    pub(crate) volume: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) date: Option<Printed<'a>>,
}

/// A date as its elements have it.
#[derive(Debug, Default)]
pub(crate) struct Printed<'a> {
    pub(crate) year: Cow<'a, str>,
    pub(crate) month: Cow<'a, str>,
    pub(crate) day: Cow<'a, str>,
    pub(crate) season: Cow<'a, str>,
    /// The whole date in one text.
    pub(crate) medline: Cow<'a, str>,
}

impl Printed<'_> {
    /// What it means. `place` names it in warnings.
    pub(crate) fn date(&self, place: &str, warnings: &mut Vec<Warning>) -> Option<Date> {
        dates::date(self.parts(), place, warnings)
    }

    fn parts(&self) -> dates::Parts<'_> {
        let Self { year, month, day, season, medline } = self;
        dates::Parts { year, month, day, season, medline }
    }
}

/// Reads `Journal`, and the issue in it.
pub(crate) fn journal<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    journal: &mut Journal,
    issue: &mut Issue<'a>,
) -> Read<()> {
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"Title" => cursor.line_into(&child, &mut journal.title)?,
            b"ISOAbbreviation" => cursor.line_into(&child, &mut journal.iso_abbreviation)?,
            b"ISSN" => {
                let kind = cursor.attribute(&child, "IssnType").unwrap_or_default();
                let issn = issn(cursor, &child, rules::issn_kind(&kind))?;
                // The linking number, which comes from elsewhere, stays behind.
                let is_own = |issn: &&Issn| issn.kind != Some(IssnKind::Linking);
                let own = journal.issn.iter().take_while(is_own).count();
                journal.issn.splice(own..own, issn);
            }
            b"JournalIssue" => journal_issue(cursor, &child, issue)?,
            _ => cursor.unknown(&child)?,
        }
    }
    Ok(())
}

/// Reads `MedlineJournalInfo` into `journal`.
pub(crate) fn medline_journal_info<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    journal: &mut Journal,
) -> Read<()> {
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"MedlineTA" => cursor.line_into(&child, &mut journal.medline_abbreviation)?,
            b"NlmUniqueID" => cursor.line_into(&child, &mut journal.nlm_id)?,
            b"Country" => cursor.line_into(&child, &mut journal.country)?,
            b"ISSNLinking" => {
                journal.issn.extend(issn(cursor, &child, Some(IssnKind::Linking))?);
            }
            _ => cursor.unknown(&child)?,
        }
    }
    Ok(())
}

/// Reads an element with the parts of a date; times of the day are no part of it.
pub(crate) fn date<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<Printed<'a>> {
    let mut date = Printed::default();
    while let Some(child) = cursor.child(tag)? {
        let part = match child.name {
            b"Year" => &mut date.year,
            b"Month" => &mut date.month,
            b"Day" => &mut date.day,
            b"Season" => &mut date.season,
            b"MedlineDate" => &mut date.medline,
            b"Hour" | b"Minute" | b"Second" => {
                cursor.skip(&child)?;
                continue;
            }
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
    Ok(date)
}

fn journal_issue<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>, issue: &mut Issue<'a>) -> Read<()> {
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"Volume" => cursor.line_into(&child, &mut issue.volume)?,
            b"Issue" => cursor.line_into(&child, &mut issue.number)?,
            b"PubDate" => {
                let date = date(cursor, &child)?;
                issue.date.get_or_insert(date);
            }
            _ => cursor.unknown(&child)?,
        }
    }
    Ok(())
}

fn issn<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>, kind: Option<IssnKind>) -> Read<Option<Issn>> {
    let text = cursor.text(tag)?;
    Ok(rules::issn(&text, kind, &mut cursor.warnings))
}

/// Reads `History`: dates of processing, which are never dates of publication.
pub(crate) fn history<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    history: &mut Vec<HistoryDate>,
) -> Read<()> {
    if cursor.options.leave_out.has(Parts::HISTORY) {
        return cursor.skip_to(tag, "</History>");
    }
    cursor.each(tag, b"PubMedPubDate", |cursor, child| {
        let status = cursor.property(child, "PubStatus").unwrap_or_default();
        let date = dates::point(date(cursor, child)?.parts());
        history.extend(date.map(|date| HistoryDate { status, date }));
        Ok(())
    })
}
