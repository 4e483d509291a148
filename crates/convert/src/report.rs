//! What a conversion has done, in numbers.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use formats::Format;
use model::{Code, Pmid, Record};
use serde::Serialize;

use crate::diagnostic::Diagnostic;

/// What a conversion has done.
///
/// For every format `records_read = records_written + records_omitted + records_rejected`, and
/// each omitted or rejected record has its [`Diagnostic`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Records found in the input, also those that could not be read.
    pub records_read: u64,
    /// Records written, by format.
    pub records_written: BTreeMap<&'static str, u64>,
    /// Records left out because that was asked for: superseded versions, duplicates.
    pub records_omitted: u64,
    /// Records that could not be converted.
    pub records_rejected: u64,
    /// Inputs, by what they were read as: `pubmed-html`.
    pub kinds: BTreeMap<&'static str, u64>,
    /// Diagnostics that are notes or losses.
    pub warnings: u64,
    /// Diagnostics of every kind, by code.
    pub diagnostics: BTreeMap<Code, u64>,
    /// PMIDs that NLM has withdrawn, as far as the input says; at most [`DELETED_KEPT`].
    pub deleted_pmids: Vec<Pmid>,
    /// How many there are.
    pub deleted: u64,
    /// How many of the written records have a DOI, pages, an abstract, …
    pub fields: BTreeMap<&'static str, u64>,
    /// Bytes of the input as it came.
    pub bytes_in: u64,
    /// Bytes of the input, unpacked.
    pub bytes_unpacked: u64,
    /// Bytes of all outputs.
    pub bytes_out: u64,
    /// Seconds from the first byte to the last.
    pub seconds: f64,
    /// The outputs, in the order asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Written>,
    /// Why reading ended before the end of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Diagnostic>,
}

/// What was written in one format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The format.
    #[serde(serialize_with = "name_of_format")]
    pub format: Format,
    /// Records.
    pub records: u64,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes, in hexadecimal digits; only if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Withdrawn PMIDs that a report lists; the rest are counted. An update file of NLM has some
/// dozens.
pub const DELETED_KEPT: usize = 100_000;

impl Report {
    /// Counts a diagnostic.
    pub(crate) fn count(&mut self, diagnostic: &Diagnostic) {
        *self.diagnostics.entry(diagnostic.code).or_default() += 1;
        if diagnostic.severity <= model::Severity::Loss {
            self.warnings += 1;
        }
    }

    /// Lists withdrawn PMIDs.
    pub(crate) fn delete(&mut self, pmids: &[Pmid]) {
        let room = DELETED_KEPT.saturating_sub(self.deleted_pmids.len());
        self.deleted_pmids.extend_from_slice(&pmids[..room.min(pmids.len())]);
        self.deleted += pmids.len() as u64;
    }
}

impl AddAssign for Report {
    /// Sums of two conversions; the outputs stand one behind the other.
    fn add_assign(&mut self, other: Self) {
        fn add<K: Ord>(sums: &mut BTreeMap<K, u64>, others: BTreeMap<K, u64>) {
            for (key, count) in others {
                *sums.entry(key).or_default() += count;
            }
        }
        self.records_read += other.records_read;
        add(&mut self.records_written, other.records_written);
        self.records_omitted += other.records_omitted;
        self.records_rejected += other.records_rejected;
        add(&mut self.kinds, other.kinds);
        self.warnings += other.warnings;
        add(&mut self.diagnostics, other.diagnostics);
        let listed = other.deleted_pmids.len() as u64;
        self.delete(&other.deleted_pmids);
        self.deleted += other.deleted - listed;
        add(&mut self.fields, other.fields);
        self.bytes_in += other.bytes_in;
        self.bytes_unpacked += other.bytes_unpacked;
        self.bytes_out += other.bytes_out;
        self.seconds += other.seconds;
        self.outputs.extend(other.outputs);
        self.ended = self.ended.take().or(other.ended);
    }
}

/// What a record has: a bit for each row of the table. Counted, they show a column that vanishes
/// from a batch (`mapping.md` section 11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(u32);

/// Its name in reports, and whether a record has it.
type Field = (&'static str, fn(&Record) -> bool);

#[rustfmt::skip]
const FIELDS: &[Field] = &[
    ("pmid", |record| record.pmid.is_some()),
    ("doi", |record| record.doi.is_some()),
    ("pmcid", |record| record.pmcid.is_some()),
    ("title", |record| !record.title.is_empty()),
    ("original_title", |record| !record.original_title.is_empty()),
    ("authors", |record| !record.authors.is_empty()),
    ("editors", |record| !record.editors.is_empty()),
    ("container", |record| record.container.is_some()),
    ("volume", |record| record.volume.is_some()),
    ("issue", |record| record.issue.is_some()),
    ("pages", |record| record.pages.is_some()),
    ("issued", |record| record.issued.is_some()),
    ("electronic", |record| record.electronic.is_some()),
    ("languages", |record| !record.languages.is_empty()),
    ("abstract", |record| !record.abstract_.is_empty()),
    ("keywords", |record| !record.keywords.is_empty()),
    ("mesh", |record| !record.mesh.is_empty()),
    ("links", |record| !record.links.is_empty()),
    ("references", |record| !record.references.is_empty()),
];

impl Fields {
    /// What that record has.
    pub(crate) fn of(record: &Record) -> Self {
        let bits = FIELDS.iter().enumerate().map(|(at, (_, has))| u32::from(has(record)) << at);
        Self(bits.sum())
    }

    /// Adds one to the counts of what there is.
    pub(crate) fn add_to(self, counts: &mut FieldCounts) {
        for (at, count) in counts.0.iter_mut().enumerate() {
            *count += u64::from(self.0 >> at & 1);
        }
    }
}

/// How many records have what.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldCounts([u64; FIELDS.len()]);

impl FieldCounts {
    /// The counts by name.
    pub(crate) fn by_name(&self) -> BTreeMap<&'static str, u64> {
        FIELDS.iter().zip(&self.0).map(|((name, _), count)| (*name, *count)).collect()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn name_of_format<S: serde::Serializer>(format: &Format, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(format.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn withdrawn_pmids_are_listed_up_to_a_bound_and_counted_beyond() {
        let pmid: Pmid = "1".parse().expect("a PMID");
        let mut report = Report::default();
        report.delete(&vec![pmid; DELETED_KEPT - 1]);
        report.delete(&[pmid, pmid]);
        assert_eq!((report.deleted_pmids.len(), report.deleted), (DELETED_KEPT, 100_001));
        let mut sum = report.clone();
        sum += report;
        assert_eq!((sum.deleted_pmids.len(), sum.deleted), (DELETED_KEPT, 200_002));
    }
}
