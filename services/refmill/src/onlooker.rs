//! Who looks on for the person at the terminal and for the file of diagnostics.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;

use convert::{Diagnostic, Progress, Watch};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{Code, Severity};
use runtime::Shutdown;
use serde::Serialize;

use crate::sentences;

/// Lines about rejected records that are shown; a file of diagnostics holds all of them.
const SHOWN: usize = 10;

/// How far everything is, on a terminal; nothing where there is none.
pub(crate) struct Bar(ProgressBar);

/// Looks on while one input is converted.
pub(crate) struct Onlooker<'a> {
    pub(crate) input: &'a str,
    pub(crate) said: &'a mut Said,
    pub(crate) bar: &'a Bar,
    pub(crate) shutdown: &'a Shutdown,
    /// What the inputs before came to.
    pub(crate) before: Progress,
    /// How far this one is.
    pub(crate) here: Progress,
}

/// Where diagnostics go.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) file: Option<BufWriter<File>>,
    /// Whether each line in the file names its input.
    pub(crate) names_inputs: bool,
    /// Whether the first rejected record ends everything; it is said with that end.
    pub(crate) is_over_at_first: bool,
    /// Lines shown on standard error.
    pub(crate) shown: usize,
}

/// A line of the file where several inputs are converted.
#[derive(Serialize)]
struct Named<'a> {
    input: &'a str,
    #[serde(flatten)]
    diagnostic: &'a Diagnostic,
}

impl Bar {
    /// A bar for so many bytes of input, if they are known; `is_shown` is no for a quiet run.
    pub(crate) fn new(bytes: Option<u64>, is_shown: bool) -> Self {
        let target =
            if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let template = match bytes {
            Some(_) => {
                "{msg:>18} [{wide_bar}] {decimal_bytes}/{decimal_total_bytes} \
                 {decimal_bytes_per_sec} {eta} left"
            }
            None => "{spinner} {msg} {decimal_bytes} {decimal_bytes_per_sec}",
        };
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ");
        Self(ProgressBar::with_draw_target(bytes, target).with_style(style))
    }

    /// Says something without the bar in its way.
    pub(crate) fn say(&self, sentence: impl std::fmt::Display) {
        self.0.suspend(|| sentences::say(sentence));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }

    fn show(&self, progress: Progress) {
        if !self.0.is_hidden() {
            self.0.set_message(format!("{} records", sentences::number(progress.records)));
            self.0.set_position(progress.bytes_in);
        }
    }
}

impl Watch for Onlooker<'_> {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        if let Some(file) = &mut self.said.file {
            if self.said.names_inputs {
                serde_json::to_writer(&mut *file, &Named { input: self.input, diagnostic })?;
            } else {
                serde_json::to_writer(&mut *file, diagnostic)?;
            }
            file.write_all(b"\n")?;
        }
        // That a record was cut is said with the end of the input that cut it.
        if diagnostic.severity == Severity::Error
            && diagnostic.code != Code::RecordTruncated
            && !self.said.is_over_at_first
        {
            if self.said.shown < SHOWN {
                self.bar.say(sentences::rejected(self.input, diagnostic));
            }
            self.said.shown += 1;
        }
        Ok(())
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.here = progress;
        self.bar.show(Progress {
            records: self.before.records + progress.records,
            bytes_in: self.before.bytes_in + progress.bytes_in,
        });
        if self.shutdown.is_requested() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Said {
    /// Lines that were not shown.
    pub(crate) fn unshown(&self) -> usize {
        self.shown.saturating_sub(SHOWN)
    }
}
