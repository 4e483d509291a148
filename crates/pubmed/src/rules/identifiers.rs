//! The record's own identifiers (`mapping.md` section 7.7).
//!
//! What is given here must be the record's own: never what stands in a list of references or
//! corrections.

use std::fmt::Display;

use model::{Code, Doi, Identifier, Pmcid, Pmid, Record, Warning};

use crate::rules::text::scalar;
use crate::rules::warn;

/// Where an identifier stands; the earlier place is believed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// `ArticleIdList`.
    Listed,
    /// `ELocationID` of the article.
    Location,
    /// `ELocationID` of the book, which only a whole book may use.
    Book,
}

/// The identifiers of a record, as they come in.
#[derive(Debug, Default)]
pub(crate) struct Identifiers {
    /// Valid DOIs by place, each place's in order.
    dois: Vec<(Place, Doi)>,
    pmcid: Option<Pmcid>,
    manuscript_ids: Vec<String>,
    /// Publisher's item identifiers by place, in order.
    pii: Vec<(Place, String)>,
    bookshelf: Option<String>,
    other_ids: Vec<Identifier>,
    /// PMCID and manuscript identifiers of `OtherID`, for want of better ones.
    spare_pmcid: Option<Pmcid>,
    spare_manuscript_ids: Vec<String>,
}

impl Identifiers {
    /// Adds an identifier of a type: `doi`, `pii`, `pmc`, `pubmed`. An `ELocationID` whose
    /// `ValidYN` is `N` must not be given here.
    pub(crate) fn push(&mut self, place: Place, id_type: &str, printed: &str, record: &mut Record) {
        let value = scalar(printed);
        if value.is_empty() {
            return;
        }
        match id_type.trim() {
            "doi" => self.push_doi(place, &value, &mut record.warnings),
            "pii" => self.pii.push((place, value.into_owned())),
            "pmc" => match pmcid(&value) {
                Some(pmcid) => self.push_pmcid(pmcid, &mut record.warnings),
                None => self.push_other("pmc", &value),
            },
            "pmcid" => match value.parse() {
                Ok(pmcid) => self.push_pmcid(pmcid, &mut record.warnings),
                Err(_) => self.push_other("pmcid", &value),
            },
            "mid" => push_new(&mut self.manuscript_ids, &value),
            "bookaccession" | "pmcbook" if self.bookshelf.is_none() => {
                self.bookshelf = Some(value.into_owned());
            }
            "pubmed" => same_pmid(&value, record),
            other => self.push_other(other, &value),
        }
    }

    /// Adds an `OtherID`. NLM's may be a PMCID or a manuscript, with a remark behind it.
    pub(crate) fn push_other_id(&mut self, source: &str, printed: &str) {
        let value = scalar(printed);
        let source = source.trim();
        let first = value.split(' ').next().unwrap_or_default();
        if source == "NLM" {
            if let Ok(pmcid) = first.parse() {
                self.spare_pmcid.get_or_insert(pmcid);
                return;
            }
            if is_manuscript(first) {
                push_new(&mut self.spare_manuscript_ids, first);
                return;
            }
        }
        self.push_other(source, &value);
    }

    /// Puts the identifiers into the record. `whole_book`: the book's own are the record's.
    pub(crate) fn settle(mut self, whole_book: bool, record: &mut Record) {
        if !whole_book {
            self.dois.retain(|(place, _)| *place != Place::Book);
            self.pii.retain(|(place, _)| *place != Place::Book);
        }
        self.dois.sort_by_key(|(place, _)| *place);
        let mut dois = self.dois.into_iter().map(|(_, doi)| doi);
        record.doi = dois.next();
        if let Some(doi) = &record.doi {
            for other in dois.filter(|other| !is_same(doi, other)) {
                disagree("DOI", doi, other, &mut record.warnings);
            }
        }
        for (_, pii) in self.pii {
            if let Some(doi) = as_doi(&pii) {
                warn(&mut record.warnings, Code::PiiIsDoi, "PII", &pii);
                record.doi.get_or_insert(doi);
            } else {
                push_new(&mut record.pii, &pii);
            }
        }
        record.bookshelf = self.bookshelf;
        record.other_ids = self.other_ids;
        record.pmcid = self.pmcid.or_else(|| self.spare_pmcid.take());
        if self.manuscript_ids.is_empty() {
            record.manuscript_ids = self.spare_manuscript_ids;
        } else {
            record.manuscript_ids = self.manuscript_ids;
            for spare in self.spare_manuscript_ids {
                if !record.manuscript_ids.contains(&spare) {
                    record.other_ids.push(of_nlm(spare));
                }
            }
        }
        let is_known = |spare: &Pmcid| record.pmcid.map(Pmcid::base) == Some(spare.base());
        if let Some(spare) = self.spare_pmcid.filter(|spare| !is_known(spare)) {
            record.other_ids.push(of_nlm(spare.to_string()));
        }
    }

    fn push_doi(&mut self, place: Place, value: &str, warnings: &mut Vec<Warning>) {
        match value.parse() {
            Ok(doi) => self.dois.push((place, doi)),
            Err(_) => warn(warnings, Code::DoiInvalid, "DOI", value),
        }
    }

    fn push_pmcid(&mut self, pmcid: Pmcid, warnings: &mut Vec<Warning>) {
        match self.pmcid {
            None => self.pmcid = Some(pmcid),
            Some(first) if first.base() == pmcid.base() => {}
            Some(first) => disagree("PMCID", first, pmcid, warnings),
        }
    }

    fn push_other(&mut self, source: &str, value: &str) {
        if !value.is_empty() {
            let identifier = Identifier { source: source.to_owned(), value: value.to_owned() };
            self.other_ids.push(identifier);
        }
    }
}

/// The record's PMID; none if it is none, with a warning.
pub(crate) fn pmid(printed: &str, warnings: &mut Vec<Warning>) -> Option<Pmid> {
    let printed = scalar(printed);
    let pmid = printed.parse().ok();
    if pmid.is_none() {
        match &*printed {
            "" => warn(warnings, Code::PmidMissing, "PMID", ""),
            printed => warn(warnings, Code::PmidInvalid, "PMID", printed),
        }
    }
    pmid
}

/// A PMCID under the type `pmc`, where bare digits lack only their prefix.
fn pmcid(value: &str) -> Option<Pmcid> {
    let bare = value.starts_with(|sign: char| sign.is_ascii_digit());
    if bare { format!("PMC{value}").parse().ok() } else { value.parse().ok() }
}

/// `NIHMS12705`, `EMS12705`.
fn is_manuscript(value: &str) -> bool {
    ["NIHMS", "EMS"].iter().any(|prefix| {
        let head = value.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        head && value[prefix.len()..].starts_with(|sign: char| sign.is_ascii_digit())
    })
}

/// A DOI that stands where a publisher's item identifier belongs.
fn as_doi(pii: &str) -> Option<Doi> {
    if pii.starts_with("10.") && pii.contains('/') { pii.parse().ok() } else { None }
}

fn is_same(left: &Doi, right: &Doi) -> bool {
    left.as_str().eq_ignore_ascii_case(right.as_str())
}

fn disagree(place: &str, kept: impl Display, other: impl Display, warnings: &mut Vec<Warning>) {
    warn(warnings, Code::SourcesDisagree, place, &format!("{kept}, {other}"));
}

fn of_nlm(value: String) -> Identifier {
    Identifier { source: "NLM".to_owned(), value }
}

fn same_pmid(value: &str, record: &mut Record) {
    match (record.pmid, value.parse::<Pmid>()) {
        (Some(own), Ok(other)) if own == other => {}
        (Some(own), _) => disagree("PMID", own, value, &mut record.warnings),
        (None, _) => {}
    }
}

fn push_new(list: &mut Vec<String>, value: &str) {
    if !list.iter().any(|known| known == value) {
        list.push(value.to_owned());
    }
}

#[cfg(test)]
mod tests;
