//! The conversion itself, from inputs to finished outputs.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::thread;
use std::time::Instant;

use formats::{Format, Template, Writer};
use pubmed::{Run, Runs};

use crate::diagnostic::Diagnostic;
use crate::digests::Digests;
use crate::error::Failure;
use crate::input::{self, Closed, Input, Meter};
use crate::outlet::{Joining, Outlet};
use crate::output::Output;
use crate::pipeline::{self, Portion};
use crate::report::Report;
use crate::request::{Duplicates, Request, Source, Versions};
use crate::seen::Latest;
use crate::sheet::{Item, Press, Sheet};
use crate::watch::{Progress, Watch};

/// A conversion of one or more inputs into one set of outputs.
///
/// Several inputs make one output of each format, as if they were one: a single frame, one memory
/// of what is a duplicate. Indices and offsets in diagnostics count anew for each input.
pub struct Conversion<'a> {
    request: &'a Request,
    execution: Execution,
    writers: Vec<Box<dyn Writer>>,
    keys: Option<Template>,
    outlet: Outlet<'a>,
    latest: Latest,
    source: Option<Source>,
    started: Instant,
}

/// How a conversion is run. None of it changes what is written.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    /// Threads that read and write records.
    pub threads: NonZeroUsize,
    /// Whether the report gets the SHA-256 of each output.
    pub digests: bool,
    /// Whether the fingerprints for [`formats::verify::check`] are collected: 8 bytes for each
    /// record and format.
    pub fingerprints: bool,
}

/// What a conversion leaves.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// What was done.
    pub report: Report,
    /// The fingerprints of the records of each output, in the order of the formats.
    pub fingerprints: Vec<Vec<u64>>,
}

impl Default for Execution {
    /// All cores, and nothing extra.
    fn default() -> Self {
        let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { threads, digests: false, fingerprints: false }
    }
}

impl<'a> Conversion<'a> {
    /// Sets up a conversion that writes each format to a sink of its own, in the order of the
    /// request. Nothing is written yet.
    ///
    /// # Errors
    ///
    /// If a writer cannot be set up as the request says, or if there are not as many sinks as
    /// formats.
    pub fn new(
        request: &'a Request,
        execution: Execution,
        sinks: Vec<Box<dyn Write + Send + 'a>>,
    ) -> Result<Self, Failure> {
        if sinks.len() != request.formats.len() {
            return Err(Failure::Sinks { formats: request.formats.len(), sinks: sinks.len() });
        }
        let writers = request.formats.iter().map(|format| format.writer(&request.write));
        let writers = writers.collect::<Result<_, _>>().map_err(Failure::Options)?;
        let template = Template::parse(&request.write.citekey).map_err(Failure::Options)?;
        let has_keys = request.formats.iter().any(|format| has_keys(*format, request));
        let outputs = request.formats.iter().zip(sinks);
        let outputs = outputs.map(|(format, sink)| Output::new(*format, sink)).collect();
        let digests =
            execution.digests.then(|| Digests::new(request.formats.len(), execution.threads));
        Ok(Self {
            request,
            execution,
            writers,
            keys: has_keys.then_some(template),
            outlet: Outlet::new(request, outputs, digests),
            latest: Latest::default(),
            source: None,
            started: Instant::now(),
        })
    }

    /// Whether each input must be gone through by [`Conversion::survey`] before the first is
    /// converted: to write the latest versions only, they must be known.
    #[must_use]
    pub fn needs_survey(&self) -> bool {
        self.request.versions == Versions::Latest
    }

    /// Goes through an input that will be converted later, and keeps in mind what must be known.
    ///
    /// # Errors
    ///
    /// If the input cannot be read, or if `watch` stops it. What is wrong inside of the input is
    /// left for the conversion to say.
    pub fn survey(
        &mut self,
        input: impl Read + Send,
        watch: &mut dyn Watch,
    ) -> Result<(), Failure> {
        let meter = Meter::default();
        let input = input::open(input, self.request.source, self.request.limits, &meter);
        let mut runs = match input.map(|input| readers(input, self.request)) {
            Ok(runs) => runs,
            Err(Closed::Refused(_)) => return Ok(()),
            Err(Closed::Failed(error)) => return Err(Failure::reading(error)),
        };
        let press = Press {
            request: self.request,
            writers: &[],
            keys: None,
            latest: None,
            is_separable: false,
            is_verified: false,
        };
        let latest = &mut self.latest;
        let mut records = 0;
        pipeline::ordered(
            self.execution.threads,
            || runs.next_run().map_err(Failure::reading),
            |run, sheet| press.print(&run, sheet),
            |sheet: &mut Sheet| {
                for item in sheet.items.drain(..) {
                    if let Item::Record(entry) = item {
                        records += 1;
                        let noted = entry.pmid.map(|pmid| latest.note(pmid, entry.version));
                        noted.unwrap_or(Ok(())).map_err(|_| Failure::Identifiers)?;
                    }
                }
                let progress = Progress { records, bytes_in: meter.packed() };
                match watch.progress(progress) {
                    ControlFlow::Continue(()) => Ok(ControlFlow::Continue(())),
                    ControlFlow::Break(()) => Err(Failure::Stopped),
                }
            },
        )
    }

    /// Converts an input. `Some` says why reading ended before the end of the input; the records
    /// before that are written all the same.
    ///
    /// # Errors
    ///
    /// Each [`Failure`] but those of [`Conversion::new`].
    pub fn convert(
        &mut self,
        input: impl Read + Send,
        watch: &mut dyn Watch,
    ) -> Result<Option<Diagnostic>, Failure> {
        let meter = Meter::default();
        let opened = input::open(input, self.request.source, self.request.limits, &meter);
        let skipped = opened.as_ref().map_or(0, |input| input.skipped);
        let looks_like = opened.as_ref().ok().and_then(|input| input.looks_like.clone());
        self.source = opened.as_ref().ok().map(|input| input.source);
        let mut joining = Joining {
            outlet: &mut self.outlet,
            writers: &self.writers,
            watch,
            meter: &meter,
            skipped,
            index: 0,
            names: HashSet::new(),
            looks_like,
            ended: None,
        };
        match opened.map(|input| readers(input, self.request)) {
            Err(Closed::Failed(error)) => return Err(Failure::reading(error)),
            Err(Closed::Refused(fault)) => joining.end(fault)?,
            Ok(mut runs) => {
                let press = Press {
                    request: self.request,
                    writers: &self.writers,
                    keys: self.keys.as_ref(),
                    latest: (self.request.versions == Versions::Latest).then_some(&self.latest),
                    is_separable: self.request.duplicates == Duplicates::First,
                    is_verified: self.execution.fingerprints,
                };
                pipeline::ordered(
                    self.execution.threads,
                    || runs.next_run().map_err(Failure::reading),
                    |run, sheet| press.print(&run, sheet),
                    |sheet: &mut Sheet| joining.join(sheet),
                )?;
                if let Some(damage) = meter.take_damage() {
                    joining.end(damage)?;
                }
            }
        }
        let (records, ended) = (joining.index, joining.ended);
        let report = &mut self.outlet.report;
        report.records_read += records;
        if let Some(source) = self.source {
            *report.kinds.entry(source.as_str()).or_default() += 1;
        }
        report.bytes_in += meter.packed();
        report.bytes_unpacked += meter.unpacked();
        report.ended = report.ended.take().or_else(|| ended.clone());
        Ok(ended)
    }

    /// Closes the outputs.
    ///
    /// # Errors
    ///
    /// If one cannot be written.
    pub fn finish(self) -> Result<Finished, Failure> {
        let (mut report, mut digests) = (self.outlet.report, self.outlet.digests);
        for (at, output) in self.outlet.outputs.into_iter().enumerate() {
            let hashing = digests.as_mut().map(|digests| (digests, at));
            let written = output.finish(&*self.writers[at], hashing)?;
            report.records_written.insert(written.format.as_str(), written.records);
            report.bytes_out += written.bytes;
            report.outputs.push(written);
        }
        for (written, digest) in
            report.outputs.iter_mut().zip(digests.map(Digests::finish).unwrap_or_default())
        {
            written.sha256 = Some(digest);
        }
        report.fields = self.outlet.fields.by_name();
        report.seconds = self.started.elapsed().as_secs_f64();
        Ok(Finished { report, fingerprints: self.outlet.fingerprints })
    }

    /// What the input that was converted last was read as; nothing, if it was refused unread.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        self.source
    }

    /// What was done so far; the outputs are not in it.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.outlet.report
    }
}

/// Whether citation keys stand in a format.
fn has_keys(format: Format, request: &Request) -> bool {
    match format {
        Format::Bibtex | Format::Biblatex | Format::CslJson | Format::EndnoteXml => true,
        Format::Ris => request.write.ris_id == formats::RisId::Key,
        Format::Jsonl => false,
    }
}

/// The reader for an input.
fn readers<'a>(input: Input<'a>, request: &Request) -> Runs<Box<dyn Read + Send + 'a>> {
    let limits = request.limits.record;
    match input.source {
        Source::PubmedXml => Runs::xml(input.text, limits),
        Source::PubmedHtml => Runs::html(input.text),
        Source::Nbib => Runs::medline(input.text, limits),
        Source::Text => Runs::text(input.text),
    }
}

impl Portion for Run {
    fn bytes(&self) -> usize {
        Run::bytes(self)
    }

    fn offset(&self) -> u64 {
        Run::offset(self)
    }
}
