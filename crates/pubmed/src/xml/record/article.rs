//! A journal article: `PubmedArticle`, and the `MedlineCitation` in it or alone.

use std::borrow::Cow;

use model::{Affiliation, Code, Completeness, Journal, Kind, Record};

use crate::options::Options;
use crate::rules::identifiers::Place;
use crate::rules::{dates, kinds, languages, pages, warn};
use crate::xml::record::cursor::{Cursor, Read, Tag};
use crate::xml::record::found::{Found, journal_container};
use crate::xml::record::journal::{Issue, Printed};
use crate::xml::record::{journal, people, subjects, support};

/// An article on the way to its record.
#[derive(Debug, Default)]
pub(crate) struct Article<'a> {
    pub(crate) found: Found<'a>,
    pub(crate) record: Record,
    pub_model: Cow<'a, str>,
    publication_status: Cow<'a, str>,
    journal: Journal,
    issue: Issue<'a>,
    /// `ArticleDate`, the first of them.
    electronic: Option<Printed<'a>>,
}

impl<'a> Article<'a> {
    /// Reads `PubmedArticle`. Returns whether there was a citation in it.
    pub(crate) fn take_pubmed_article(
        &mut self,
        cursor: &mut Cursor<'a>,
        tag: &Tag<'a>,
    ) -> Read<bool> {
        let mut cited = false;
        while let Some(child) = cursor.child(tag)? {
            match child.name {
                b"MedlineCitation" => {
                    self.take_citation(cursor, &child)?;
                    cited = true;
                }
                b"PubmedData" => self.take_pubmed_data(cursor, &child)?,
                _ => cursor.unknown(&child)?,
            }
        }
        Ok(cited)
    }

    /// Reads `MedlineCitation` (`xml-input.md` section 5.1).
    pub(crate) fn take_citation(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        self.found.version_id = cursor.attribute(tag, "VersionID");
        while let Some(child) = cursor.child(tag)? {
            let record = &mut self.record;
            match child.name {
                b"PMID" => self.found.take_pmid(cursor, &child)?,
                b"Article" => self.take_article(cursor, &child)?,
                b"MedlineJournalInfo" => {
                    journal::medline_journal_info(cursor, &child, &mut self.journal)?;
                }
                b"MeshHeadingList" => cursor.each(&child, b"MeshHeading", |cursor, heading| {
                    subjects::mesh_heading(cursor, heading, &mut record.mesh)
                })?,
                b"ChemicalList" => cursor.each(&child, b"Chemical", |cursor, chemical| {
                    subjects::chemical(cursor, chemical, &mut record.chemicals)
                })?,
                b"SupplMeshList" => cursor.each(&child, b"SupplMeshName", |cursor, concept| {
                    subjects::supplementary(cursor, concept, &mut record.supplementary)
                })?,
                b"GeneSymbolList" => cursor.each(&child, b"GeneSymbol", |cursor, gene| {
                    cursor.line_onto(gene, &mut record.genes)
                })?,
                b"KeywordList" => {
                    subjects::keyword_list(cursor, &child, &mut self.found.keywords)?;
                }
                b"CommentsCorrectionsList" => {
                    cursor.each(&child, b"CommentsCorrections", |cursor, link| {
                        support::comments_corrections(cursor, link, &mut record.links)
                    })?;
                }
                // Without its list until 2008.
                b"CommentsCorrections" => {
                    support::comments_corrections(cursor, &child, &mut record.links)?;
                }
                b"PersonalNameSubjectList" => {
                    cursor.each(&child, b"PersonalNameSubject", |cursor, person| {
                        people::person_subject(cursor, person, &mut record.person_subjects)
                    })?;
                }
                b"InvestigatorList" => {
                    people::investigator_list(cursor, &child, &mut record.investigators)?;
                }
                b"OtherID" => self.found.take_other_id(cursor, &child)?,
                b"OtherAbstract" => {
                    support::other_abstract(cursor, &child, &mut record.other_abstracts)?;
                }
                b"CoiStatement" => cursor.line_into(&child, &mut record.conflict_of_interest)?,
                b"SpaceFlightMission" => cursor.line_onto(&child, &mut record.missions)?,
                b"GeneralNote" => cursor.line_onto(&child, &mut record.notes)?,
                // Under `Article` since 2008.
                b"DataBankList" => {
                    support::data_bank_list(cursor, &child, &mut record.accessions)?;
                }
                b"DateCompleted"
                | b"DateRevised"
                | b"DateCreated"
                | b"CitationSubset"
                | b"NumberOfReferences" => cursor.skip(&child)?,
                _ => cursor.unknown(&child)?,
            }
        }
        Ok(())
    }

    /// Reads `Article` (`xml-input.md` section 5.2).
    fn take_article(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        self.pub_model = cursor.attribute(tag, "PubModel").unwrap_or_default();
        let (found, record) = (&mut self.found, &mut self.record);
        let mut lone_affiliation = None;
        while let Some(child) = cursor.child(tag)? {
            match child.name {
                b"Journal" => {
                    journal::journal(cursor, &child, &mut self.journal, &mut self.issue)?;
                }
                b"ArticleTitle" => found.take_title(cursor, &child)?,
                b"VernacularTitle" => found.take_vernacular(cursor, &child)?,
                b"Pagination" => found.take_pagination(cursor, &child)?,
                b"ELocationID" => found.take_location(cursor, &child)?,
                b"Abstract" => support::abstract_parts(
                    cursor,
                    &child,
                    &mut record.abstract_,
                    &mut record.copyright,
                )?,
                b"AuthorList" => {
                    let list = found.take_authors(cursor, &child)?;
                    if list.editors {
                        record.editors.extend(list.authors);
                    } else {
                        record.authors.extend(list.authors);
                        if list.completeness == Completeness::Shortened {
                            record.authors_complete = Completeness::Shortened;
                        }
                    }
                }
                // Until 2008 there was one, that of the first author.
                b"Affiliation" => cursor.line_into(&child, &mut lone_affiliation)?,
                b"Language" => {
                    record.languages.extend(languages::code(&cursor.text(&child)?));
                }
                b"DataBankList" => {
                    support::data_bank_list(cursor, &child, &mut record.accessions)?;
                }
                b"GrantList" => support::grant_list(cursor, &child, &mut record.grants)?,
                b"PublicationTypeList" => {
                    cursor.each(&child, b"PublicationType", |cursor, kind| {
                        subjects::publication_type(cursor, kind, &mut record.types)
                    })?;
                }
                b"ArticleDate" => {
                    let date = journal::date(cursor, &child)?;
                    self.electronic.get_or_insert(date);
                }
                _ => cursor.unknown(&child)?,
            }
        }
        if let (Some(text), Some(first)) = (lone_affiliation, record.authors.first_mut()) {
            first.affiliations.push(Affiliation { text, identifiers: Vec::new() });
        }
        Ok(())
    }

    /// Reads `PubmedData` (`xml-input.md` section 5.3).
    fn take_pubmed_data(&mut self, cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<()> {
        let record = &mut self.record;
        while let Some(child) = cursor.child(tag)? {
            match child.name {
                b"ArticleIdList" => self.found.take_ids(cursor, &child, 0)?,
                b"History" => journal::history(cursor, &child, &mut record.history)?,
                b"PublicationStatus" => self.publication_status = cursor.scalar(&child)?,
                b"ReferenceList" => {
                    support::reference_list(cursor, &child, &mut record.references)?;
                }
                b"ObjectList" => cursor.skip(&child)?,
                _ => cursor.unknown(&child)?,
            }
        }
        Ok(())
    }

    /// The record, once everything is read.
    pub(crate) fn settle(self, options: &Options) -> Record {
        let Self { mut found, mut record, pub_model, issue, .. } = self;
        found.settle(Place::Location, false, &mut record);
        let title = std::mem::take(&mut found.title);
        found.settle_titles(title, &mut record, options);
        record.container = journal_container(self.journal);

        let is_said = |number: &String| !kinds::is_ahead_of_print(number);
        let printed = usize::from(issue.volume.is_some()) + usize::from(issue.number.is_some());
        record.volume = issue.volume.filter(is_said);
        record.issue = issue.number.filter(is_said);
        let said = usize::from(record.volume.is_some()) + usize::from(record.issue.is_some());
        let ahead = said < printed || (said == 0 && self.publication_status == "aheadofprint");

        let warnings = &mut record.warnings;
        let issue_date = issue.date.and_then(|date| date.date("PubDate", warnings));
        let electronic = self.electronic.and_then(|date| date.date("ArticleDate", warnings));
        (record.issued, record.electronic) =
            dates::issued(issue_date, electronic, &pub_model, options.date, warnings);

        record.pages = found.pages(pages::is_electronic(&pub_model), warnings);
        let shape = kinds::Shape { numbered: said > 0, paged: record.pages.is_some() };
        record.kind = kinds::of_article(&record.types, shape);
        record.genre = kinds::genre(&record.types, warnings);
        record.status = kinds::status(&record.types, &record.links, ahead);
        if record.pages.is_none() {
            record.pages = if record.kind == Kind::Preprint {
                pages::article_number(record.pii.iter().map(String::as_str), true)
            } else {
                let piis = found.locations.iter().filter(|(kind, _)| kind == "pii");
                pages::article_number(piis.map(|(_, value)| value.trim()), false)
            };
        }
        if record.authors_complete == Completeness::Shortened {
            warn(warnings, Code::AuthorsIncomplete, "AuthorList", "");
        }
        record
    }
}
