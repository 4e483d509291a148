//! Where the runs come together in their order: counting, sorting out, writing.

use std::collections::HashSet;
use std::mem;
use std::ops::ControlFlow;

use formats::{Format, Writer};
use model::{Code, Pmid, Severity, Warning};
use pubmed::Fault;

use crate::diagnostic::Diagnostic;
use crate::digests::Digests;
use crate::error::Failure;
use crate::input::Meter;
use crate::output::Output;
use crate::report::{FieldCounts, Report};
use crate::request::{Duplicates, OnError, Request};
use crate::seen::{Keys, Seen};
use crate::sheet::{Entry, Item, Print, Sheet};
use crate::watch::{Progress, Watch};

/// Bytes of output below which their ratio to the input says nothing (`service.md` section 7).
const OUTPUT_FLOOR: u64 = 64 << 20;
/// Unknown names that are told apart in one input.
const NAMES_KEPT: usize = 10_000;

/// What all inputs of a conversion come together in.
pub(crate) struct Outlet<'a> {
    request: &'a Request,
    pub(crate) outputs: Vec<Output<'a>>,
    /// The digests of the outputs, if they are wanted.
    pub(crate) digests: Option<Digests>,
    pub(crate) report: Report,
    pub(crate) fields: FieldCounts,
    /// The fingerprints of the records of each output, if they are wanted.
    pub(crate) fingerprints: Vec<Vec<u64>>,
    seen: Seen,
    keys: Keys,
}

impl<'a> Outlet<'a> {
    pub(crate) fn new(
        request: &'a Request,
        outputs: Vec<Output<'a>>,
        digests: Option<Digests>,
    ) -> Self {
        Self {
            request,
            digests,
            fingerprints: vec![Vec::new(); outputs.len()],
            outputs,
            report: Report::default(),
            fields: FieldCounts::default(),
            seen: Seen::default(),
            keys: Keys::default(),
        }
    }
}

/// The joining of one input's runs.
pub(crate) struct Joining<'o, 'a> {
    pub(crate) outlet: &'o mut Outlet<'a>,
    pub(crate) writers: &'o [Box<dyn Writer>],
    pub(crate) watch: &'o mut dyn Watch,
    pub(crate) meter: &'o Meter,
    /// Bytes of the input before what its reader saw.
    pub(crate) skipped: u64,
    /// Records of this input so far.
    pub(crate) index: u64,
    /// Unknown names met in this input.
    pub(crate) names: HashSet<String>,
    /// What the input looks like, if that is not what it was to be read as.
    pub(crate) looks_like: Option<String>,
    /// Why reading has ended.
    pub(crate) ended: Option<Diagnostic>,
}

impl Joining<'_, '_> {
    /// Writes what a run became.
    pub(crate) fn join(&mut self, sheet: &mut Sheet) -> Result<ControlFlow<()>, Failure> {
        let mut kept = Vec::new();
        let mut printed = 0;
        let mut warnings = mem::take(&mut sheet.warnings);
        for item in sheet.items.drain(..) {
            match item {
                Item::Record(entry) => {
                    if self.record(&entry, &mut warnings)? {
                        kept.push(printed);
                    }
                    printed += 1;
                }
                Item::Superseded(pmid, later) => {
                    self.index += 1;
                    self.outlet.report.records_omitted += 1;
                    let text = format!("version {later} is in this input");
                    self.say(&Diagnostic::warning(
                        Some(self.index),
                        Some(pmid),
                        Warning::new(Code::VersionSuperseded, text),
                    ))?;
                }
                Item::Fault(fault) => self.fault(fault)?,
                Item::Remark(warning) => self.warning(None, None, warning)?,
                Item::Deleted(pmids) => self.outlet.report.delete(&pmids),
            }
        }
        sheet.warnings = warnings;
        let all = kept.len() == printed;
        self.write(&mut sheet.prints, kept.len() as u64, (!all).then_some(&kept))?;
        let progress = Progress { records: self.index, bytes_in: self.meter.packed() };
        if self.watch.progress(progress).is_break() {
            return Err(Failure::Stopped);
        }
        Ok(if self.ended.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Notes a record and says whether it is written.
    fn record(
        &mut self,
        entry: &Entry,
        warnings: &mut [(Option<Format>, Warning)],
    ) -> Result<bool, Failure> {
        self.index += 1;
        let (index, pmid) = (Some(self.index), entry.pmid);
        let is_first_only = self.outlet.request.duplicates == Duplicates::First;
        if let Some(pmid) = pmid {
            let is_duplicate = match self.outlet.seen.insert(pmid, entry.version) {
                Ok(is_duplicate) => is_duplicate,
                Err(_) if is_first_only => return Err(Failure::Identifiers),
                // Only a note would be lost, about numbers that PubMed does not have.
                Err(_) => false,
            };
            if is_duplicate {
                let text = if is_first_only { "left out" } else { "written again" };
                let warning = Warning::new(Code::RecordDuplicate, text);
                self.say(&Diagnostic::warning(index, Some(pmid), warning))?;
                if is_first_only {
                    self.outlet.report.records_omitted += 1;
                    return Ok(false);
                }
            }
        }
        if let Some(key) = entry.key
            && self.outlet.keys.insert(key) == Ok(true)
        {
            let warning = Warning::new(Code::CitekeyDuplicate, "an earlier record has this key");
            self.say(&Diagnostic::warning(index, pmid, warning))?;
        }
        entry.fields.add_to(&mut self.outlet.fields);
        for (format, warning) in &mut warnings[entry.warnings.clone()] {
            let text = mem::take(&mut warning.text);
            let warning = Warning { code: warning.code, text };
            self.warning(Some((self.index, pmid)), *format, warning)?;
        }
        Ok(true)
    }

    fn write(
        &mut self,
        prints: &mut [Print],
        records: u64,
        kept: Option<&Vec<usize>>,
    ) -> Result<(), Failure> {
        let outlet = &mut *self.outlet;
        let kept = kept.map(Vec::as_slice);
        for (at, print) in prints.iter_mut().enumerate() {
            let hashing = outlet.digests.as_mut().map(|digests| (digests, at));
            outlet.outputs[at].add(&*self.writers[at], print, records, kept, hashing)?;
            let fingerprints = &mut outlet.fingerprints[at];
            match kept {
                None => fingerprints.extend_from_slice(&print.fingerprints),
                Some(kept) => {
                    fingerprints.extend(kept.iter().filter_map(|at| print.fingerprints.get(*at)));
                }
            }
        }
        let written: u64 = outlet.outputs.iter().map(Output::bytes).sum();
        let limit = outlet.request.limits.output_ratio;
        match limit.filter(|limit| written > OUTPUT_FLOOR.max(limit * self.meter.unpacked())) {
            Some(limit) => Err(Failure::Output { limit }),
            None => Ok(()),
        }
    }

    fn fault(&mut self, fault: Fault) -> Result<(), Failure> {
        match fault.code.severity() {
            Severity::Fatal => self.end(fault),
            Severity::Error => {
                self.index += 1;
                self.outlet.report.records_rejected += 1;
                let diagnostic = Diagnostic::fault(Some(self.index), fault, self.skipped);
                self.say(&diagnostic)?;
                match self.outlet.request.on_error {
                    OnError::Skip => Ok(()),
                    OnError::Fail => Err(Failure::Rejected(Box::new(diagnostic))),
                }
            }
            Severity::Note | Severity::Loss => {
                self.say(&Diagnostic::fault(None, fault, self.skipped))
            }
        }
    }

    /// Notes why reading has ended. Where the data were found broken while they were unpacked, that
    /// is why they seem to end early.
    pub(crate) fn end(&mut self, fault: Fault) -> Result<(), Failure> {
        let mut fault = match fault.code {
            Code::DocumentTruncated => self.meter.take_damage().unwrap_or(fault),
            _ => fault,
        };
        if let Some(look) = self.looks_like.take().filter(|_| self.index == 0) {
            fault.message = format!("{}; it looks like {look}", fault.message);
        }
        let diagnostic = Diagnostic::fault(None, fault, self.skipped);
        self.say(&diagnostic)?;
        self.ended.get_or_insert(diagnostic);
        Ok(())
    }

    /// Passes a warning on; an unknown element only where it is met first.
    fn warning(
        &mut self,
        record: Option<(u64, Option<Pmid>)>,
        format: Option<Format>,
        warning: Warning,
    ) -> Result<(), Failure> {
        if warning.code == Code::ElementUnknown {
            if self.names.contains(&warning.text) || self.names.len() >= NAMES_KEPT {
                return Ok(());
            }
            self.names.insert(warning.text.clone());
        }
        let (index, pmid) = record.unzip();
        self.say(&Diagnostic { format, ..Diagnostic::warning(index, pmid.flatten(), warning) })
    }

    fn say(&mut self, diagnostic: &Diagnostic) -> Result<(), Failure> {
        self.outlet.report.count(diagnostic);
        self.watch.diagnostic(diagnostic).map_err(Failure::Diagnostics)
    }
}
