//! The conversion of a job, on a thread that may wait.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::Ordering;
use std::thread;

use blobs::{BlobError, Blobs};
use convert::{Conversion, Diagnostic, Execution, Failure, Limits, Progress, Report, Watch};
use formats::Format;
use jobs::message::{Digest, Product};
use jobs::{Body, Outcome, Records, ResultFile, Warnings, place, problem_of_report};
use tokio::runtime::Handle;

use crate::diagnostics::Lines;
use crate::draft::{Bundle, Draft};
use crate::errand::Errand;
use crate::input::{Closed, Input};
use crate::outcome::{Trouble, in_words, stopped, troubled};
use crate::pool::Place;
use crate::settings::Settings;

/// The most bytes of results in an event, whatever the settings say: with a quarter of that for
/// diagnostics, in base64, it is below [`jobs::message::MAX_BYTES`].
const MOST_INLINE: u64 = 64 << 10;

/// What is needed to convert.
pub(crate) struct Press<'a> {
    pub(crate) errand: &'a Errand,
    pub(crate) settings: &'a Settings,
    pub(crate) blobs: &'a Blobs,
    pub(crate) handle: &'a Handle,
    pub(crate) place: &'a Place,
}

/// Counts by the names of formats.
pub(crate) type ByFormat = BTreeMap<String, u64>;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Pressed {
    pub(crate) outcome: Outcome,
    pub(crate) product: Product,
    /// Records written, by format.
    pub(crate) written: ByFormat,
    /// Whether there may be blobs of the run.
    pub(crate) has_blobs: bool,
}

impl Pressed {
    /// An end that has made nothing.
    pub(crate) fn without(outcome: Outcome) -> Self {
        Self { outcome, product: Product::default(), written: ByFormat::new(), has_blobs: false }
    }
}

impl Press<'_> {
    /// Converts the job. What is kept is written when this returns, the rest is given up.
    pub(crate) fn press(&self) -> Pressed {
        let Errand { message, run, .. } = self.errand;
        let (output, attempt) = (&message.output, message.attempt);
        let most = self.settings.inline_bytes.min(MOST_INLINE);
        let (results, said) = (Bundle::new(most), Bundle::new(most / 4));
        let draft = |key, bundle| Draft::new(key, bundle, self.blobs, self.handle);
        let formats = &message.asked.formats;
        let result = |format: &Format| {
            #[cfg_attr(not(feature = "hooks"), expect(unused_mut, reason = "nothing is to be set"))]
            let mut draft = draft(place::result(output, attempt, *run, *format), &results);
            #[cfg(feature = "hooks")]
            draft.hooks.clone_from(&self.settings.test_hooks);
            draft
        };
        let mut drafts: Vec<Draft> = formats.iter().map(result).collect();
        let diagnostics = draft(place::diagnostics(output, attempt, *run), &said);
        let mut lines = Lines::new(diagnostics, self.settings.diagnostics_lines);

        let (report, converted) = self.convert(&mut drafts, &mut lines);
        let converted = converted.and_then(|()| match problem_of_report(&report) {
            Some(problem) => Err(Trouble::Ending(Box::new(problem))),
            None => finish(drafts, results.is_large(), &report).map_err(Trouble::Store),
        });
        let mut product = Product {
            records: Records {
                read: report.records_read,
                written: 0,
                skipped: report.records_omitted + report.records_rejected,
            },
            bytes_read: self.errand.gauge.progress().bytes,
            warnings: warnings(&report),
            ..Product::default()
        };
        let outcome = match converted {
            Ok(results) => {
                product.records.written =
                    report.records_written.values().copied().max().unwrap_or(0);
                product.results = results;
                Outcome::Succeeded
            }
            Err(trouble) => self.ended(&trouble),
        };
        let has_blobs = results.is_large() || said.is_large();
        let by_format = report.records_written.iter();
        let written = by_format.map(|(format, count)| ((*format).to_owned(), *count)).collect();
        if !matches!(outcome, Outcome::Succeeded | Outcome::Failed { .. }) {
            return Pressed { outcome, product, written, has_blobs };
        }
        match lines.finish() {
            Ok(file) => {
                product.diagnostics = Some(file);
                Pressed { outcome, product, written, has_blobs }
            }
            Err(error) => {
                let outcome = self.ended(&Trouble::Store(error));
                product.results.clear();
                product.records.written = 0;
                Pressed { outcome, product, written, has_blobs }
            }
        }
    }

    /// Converts the input; the counts are right as far as it came.
    fn convert(&self, drafts: &mut [Draft], lines: &mut Lines) -> (Report, Result<(), Trouble>) {
        let message = &self.errand.message;
        let limits = Limits {
            decoded_bytes: Some(message.limits.decoded_bytes),
            ratio: Some(message.limits.ratio.max(1)),
            output_ratio: Some(message.limits.output_ratio),
            ..self.settings.limits
        };
        let none = Report::default;
        let request = match message.asked.request(message.input.kind.as_deref(), limits) {
            Ok(request) => request,
            Err(invalid) => return (none(), Err(Trouble::Option(invalid))),
        };
        let execution =
            Execution { threads: self.place.threads, digests: true, ..Execution::default() };
        let sinks = drafts.iter_mut().map(|draft| Box::new(draft) as Box<dyn Write + Send>);
        let mut conversion = match Conversion::new(&request, execution, sinks.collect()) {
            Ok(conversion) => conversion,
            Err(failure) => return (none(), Err(Trouble::Failure(failure))),
        };
        let mut onlooker = Onlooker { errand: self.errand, lines, is_survey: false };
        if let Err(trouble) = self.read(&mut conversion, &mut onlooker) {
            let mut report = conversion.report().clone();
            let index = match &trouble {
                Trouble::Failure(Failure::Rejected(diagnostic)) => diagnostic.index.unwrap_or(0),
                _ => 0,
            };
            report.records_read = self.errand.gauge.progress().records.max(index);
            return (report, Err(trouble));
        }
        let counted = conversion.report().clone();
        match conversion.finish() {
            Ok(finished) => (finished.report, Ok(())),
            Err(failure) => (counted, Err(Trouble::Failure(failure))),
        }
    }

    fn read(&self, conversion: &mut Conversion, onlooker: &mut Onlooker) -> Result<(), Trouble> {
        if conversion.needs_survey() {
            self.errand.gauge.surveys.store(1, Ordering::Relaxed);
            onlooker.is_survey = true;
            conversion.survey(self.input()?, onlooker).map_err(Trouble::Failure)?;
            onlooker.is_survey = false;
        }
        conversion.convert(self.input()?, onlooker).map(drop).map_err(Trouble::Failure)
    }

    fn input(&self) -> Result<Input, Trouble> {
        let Errand { message, stop, gauge, .. } = self.errand;
        let input = Input::open(&message.input, self.blobs, self.handle, stop, &gauge.taken);
        input.map_err(Trouble::Input)
    }

    /// How the run ends without results: as it was told to, or by what went wrong.
    fn ended(&self, trouble: &Trouble) -> Outcome {
        let message = &self.errand.message;
        let ends_early = matches!(
            trouble,
            Trouble::Input(Closed::Stopped | Closed::Store(_)) | Trouble::Failure(_)
        );
        if let Some(cause) = self.errand.stop.cause().filter(|_| ends_early) {
            return stopped(cause, message.limits);
        }
        let outcome = troubled(trouble, &message.input);
        if let Outcome::Retry { problem } = &outcome {
            let (code, trouble) = (problem.code.as_str(), in_words(trouble));
            tracing::warn!(code, trouble, "the job is to be tried again");
        }
        outcome
    }
}

/// Closes the results: where they are blobs, side by side, since each waits for the disk.
fn finish(
    drafts: Vec<Draft>,
    are_blobs: bool,
    report: &Report,
) -> Result<Vec<ResultFile<Format>>, BlobError> {
    let bodies: Vec<Result<Body, BlobError>> = if are_blobs {
        thread::scope(|scope| {
            let close = |draft: Draft| scope.spawn(|| draft.finish());
            let closing: Vec<_> = drafts.into_iter().map(close).collect();
            let closed = closing.into_iter().map(thread::ScopedJoinHandle::join);
            closed.map(|body| body.unwrap_or_else(|panic| resume_unwind(panic))).collect()
        })
    } else {
        drafts.into_iter().map(Draft::finish).collect()
    };
    let files = bodies.into_iter().zip(&report.outputs);
    files
        .map(|(body, written)| {
            let sha256 = written.sha256.as_deref().and_then(|digits| digits.parse().ok());
            Ok(ResultFile {
                of: written.format,
                body: body?,
                bytes: written.bytes,
                sha256: sha256.unwrap_or(Digest([0; 32])),
            })
        })
        .collect()
}

fn warnings(report: &Report) -> Warnings {
    let by_code = report.diagnostics.iter().map(|(code, count)| (code.as_str().to_owned(), *count));
    Warnings { total: report.diagnostics.values().sum(), by_code: by_code.collect() }
}

/// Writes down what is said, shows how far it is, and stops when it is told to.
struct Onlooker<'a> {
    errand: &'a Errand,
    lines: &'a mut Lines,
    is_survey: bool,
}

impl Watch for Onlooker<'_> {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        self.lines.say(diagnostic)
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if !self.is_survey {
            self.errand.gauge.records.store(progress.records, Ordering::Relaxed);
        }
        match self.errand.stop.cause() {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }
}
