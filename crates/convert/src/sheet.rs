//! What becomes of one run of records, before it is known what stood before it.

use std::ops::Range;

use formats::{Format, Template, Writer};
use model::{Pmid, Record, Warning};
use pubmed::{Fault, Outcome, Run};

use crate::report::Fields;
use crate::request::Request;
use crate::seen::{Keys, Latest};

/// A run of records in every format, and what is to be said about it. Sheets are used again.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The bytes of each format.
    pub(crate) prints: Vec<Print>,
    /// What stood in the run, in order.
    pub(crate) items: Vec<Item>,
    /// Warnings of the records, those of one record together.
    pub(crate) warnings: Vec<(Option<Format>, Warning)>,
}

/// The records of a run in one format.
#[derive(Debug, Default)]
pub(crate) struct Print {
    /// The records, with what stands between them.
    pub(crate) bytes: Vec<u8>,
    /// Where each record stands; filled in only if one may have to be taken out.
    pub(crate) ranges: Vec<Range<usize>>,
    /// A fingerprint for each record; filled in only if they are wanted.
    pub(crate) fingerprints: Vec<u64>,
}

/// Something that stood in a run.
#[derive(Debug)]
pub(crate) enum Item {
    /// A record that was printed.
    Record(Entry),
    /// A record that is not written since this later version of it is in the input.
    Superseded(Pmid, u32),
    /// A record that could not be read, or the end of reading.
    Fault(Fault),
    /// Something about the input as a whole.
    Remark(Warning),
    /// PMIDs that NLM has withdrawn.
    Deleted(Vec<Pmid>),
}

/// What the joining must know of a record that was printed.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) pmid: Option<Pmid>,
    pub(crate) version: u32,
    /// The hash of its citation key, if another record may have the same.
    pub(crate) key: Option<u64>,
    pub(crate) fields: Fields,
    /// Its warnings in [`Sheet::warnings`].
    pub(crate) warnings: Range<usize>,
}

/// Prints runs: the same for every thread, and without a memory of earlier runs.
pub(crate) struct Press<'a> {
    pub(crate) request: &'a Request,
    pub(crate) writers: &'a [Box<dyn Writer>],
    /// The template of citation keys, if keys are written and may be the same.
    pub(crate) keys: Option<&'a Template>,
    /// What is superseded, if that is not to be written.
    pub(crate) latest: Option<&'a Latest>,
    /// Whether single records may have to be taken out again.
    pub(crate) is_separable: bool,
    /// Whether fingerprints are wanted.
    pub(crate) is_verified: bool,
}

/// Bytes that an empty buffer may keep; one giant among the records shall not swell all sheets.
const KEPT: usize = 8 << 20;

impl Press<'_> {
    /// Reads a run and prints its records onto a sheet.
    pub(crate) fn print(&self, run: &Run, sheet: &mut Sheet) {
        sheet.clear(self.writers.len());
        let request = self.request;
        run.read(&request.read, &request.limits.record, &mut |outcome| match outcome {
            Outcome::Record(record) => self.record(*record, sheet),
            Outcome::Deleted(pmids) => sheet.items.push(Item::Deleted(pmids)),
            Outcome::Remark(warning) => sheet.items.push(Item::Remark(warning)),
            Outcome::Fault(fault) => sheet.items.push(Item::Fault(fault)),
        });
    }

    fn record(&self, record: Record, sheet: &mut Sheet) {
        let version = record.version.unwrap_or(1);
        if let (Some(latest), Some(pmid)) = (self.latest, record.pmid)
            && let Some(later) = latest.later_than(pmid, version)
        {
            sheet.items.push(Item::Superseded(pmid, later));
            return;
        }
        let first_warning = sheet.warnings.len();
        let mut said = Vec::new();
        for ((writer, format), print) in
            self.writers.iter().zip(&self.request.formats).zip(&mut sheet.prints)
        {
            if !print.bytes.is_empty() {
                writer.between(&mut print.bytes);
            }
            let start = print.bytes.len();
            writer.record(&record, &mut print.bytes, &mut said);
            if self.is_separable {
                print.ranges.push(start..print.bytes.len());
            }
            if self.is_verified {
                let write = &self.request.write;
                print.fingerprints.push(formats::verify::expected(*format, &record, write));
            }
            sheet.warnings.extend(said.drain(..).map(|warning| (Some(*format), warning)));
        }
        let key = self.keys.filter(|template| template.may_collide(&record));
        let entry = Entry {
            pmid: record.pmid,
            version,
            key: key.map(|template| Keys::hash(&template.key(&record))),
            fields: Fields::of(&record),
            warnings: 0..0,
        };
        // What the reader says stands before what the writers say.
        let read = record.warnings.len();
        sheet.warnings.extend(record.warnings.into_iter().map(|warning| (None, warning)));
        sheet.warnings[first_warning..].rotate_right(read);
        let warnings = first_warning..sheet.warnings.len();
        sheet.items.push(Item::Record(Entry { warnings, ..entry }));
    }
}

impl Sheet {
    /// Makes a used sheet an empty one for so many formats.
    fn clear(&mut self, formats: usize) {
        self.prints.resize_with(formats, Print::default);
        for print in &mut self.prints {
            print.bytes.clear();
            print.bytes.shrink_to(KEPT);
            print.ranges.clear();
            print.fingerprints.clear();
        }
        self.items.clear();
        self.warnings.clear();
    }
}
