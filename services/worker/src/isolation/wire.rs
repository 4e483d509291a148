//! What a worker and the process of a job write to each other: JSON, a line for each word.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jobs::message::{Finished, JobMessage, Unreadable};
use jobs::{RunId, Trace};
use serde::{Deserialize, Serialize};

use crate::errand::{Errand, Gauge};
use crate::press::{ByFormat, Pressed};
use crate::stop::Stop;

/// The line that asks a process to stop.
pub(super) const STOP: &str = "stop\n";

/// What a process is to do.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    run: RunId,
    message: String,
    /// It travels beside the message there as well.
    trace: Option<Trace>,
}

/// What a process says.
#[derive(Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "lowercase")]
pub(super) enum Word {
    /// It has begun with the job.
    Begun,
    /// How far it is.
    Gauge(Reading),
    /// It is done.
    Ended(Ending),
}

/// A gauge that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reading {
    records: u64,
    taken: u64,
    surveys: u64,
}

/// How a conversion has ended.
#[derive(Serialize, Deserialize)]
pub(super) struct Ending {
    /// The event, of which outcome and product are used.
    finished: String,
    written: ByFormat,
    has_blobs: bool,
}

impl Order {
    pub(super) fn of(errand: &Errand) -> Self {
        let message = &errand.message;
        Self { run: errand.run, message: text(message.encode()), trace: message.trace.clone() }
    }

    /// The line that gives it.
    pub(super) fn line(&self) -> String {
        line(self)
    }

    /// The errand that a line gives.
    pub(super) fn errand(line: &str, stop: Stop) -> Result<Errand, Unreadable> {
        let malformed = |error: serde_json::Error| Unreadable::Malformed(error.to_string());
        let Self { run, message, trace } = serde_json::from_str(line).map_err(malformed)?;
        let message = JobMessage { trace, ..JobMessage::decode(message.as_bytes())? };
        Ok(Errand { run, ..Errand::new(Arc::new(message), stop) })
    }
}

impl Word {
    /// The line that says it.
    pub(super) fn line(&self) -> String {
        line(self)
    }
}

impl Reading {
    /// Reads a gauge.
    pub(super) fn of(gauge: &Gauge) -> Self {
        Self {
            records: gauge.records.load(Ordering::Relaxed),
            taken: gauge.taken.load(Ordering::Relaxed),
            surveys: gauge.surveys.load(Ordering::Relaxed),
        }
    }

    /// Sets another gauge to what was read.
    pub(super) fn show(self, gauge: &Gauge) {
        gauge.records.store(self.records, Ordering::Relaxed);
        gauge.taken.store(self.taken, Ordering::Relaxed);
        gauge.surveys.store(self.surveys, Ordering::Relaxed);
    }
}

impl Ending {
    pub(super) fn of(errand: &Errand, pressed: Pressed) -> Self {
        let Pressed { outcome, product, written, has_blobs } = pressed;
        let finished = text(errand.finished("", outcome, product).encode());
        Self { finished, written, has_blobs }
    }

    pub(super) fn pressed(self) -> Result<Pressed, Unreadable> {
        let Finished { outcome, product, .. } = Finished::decode(self.finished.as_bytes())?;
        Ok(Pressed { outcome, product, written: self.written, has_blobs: self.has_blobs })
    }
}

fn text(json: Vec<u8>) -> String {
    String::from_utf8(json).expect("JSON is UTF-8")
}

fn line(word: &impl Serialize) -> String {
    let mut line = serde_json::to_string(word).expect("names and text, and nothing that can fail");
    line.push('\n');
    line
}
