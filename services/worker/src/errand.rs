//! One run of a job, as all who have to do with it share it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use jobs::message::{Finished, JobMessage, Product};
use jobs::{Outcome, Progress, RunId, Trace};

use crate::stop::Stop;

/// One run of a job. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    pub(crate) message: Arc<JobMessage>,
    pub(crate) run: RunId,
    pub(crate) started_at: Timestamp,
    pub(crate) stop: Stop,
    pub(crate) gauge: Arc<Gauge>,
}

/// How far a run is.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    /// Records read.
    pub(crate) records: AtomicU64,
    /// Bytes taken from the input, each time that it is read.
    pub(crate) taken: Arc<AtomicU64>,
    /// How often the input is read, less one.
    pub(crate) surveys: AtomicU64,
}

/// The span in which everything is logged that is said about a job.
pub(crate) fn span(message: &JobMessage) -> tracing::Span {
    tracing::info_span!(
        "job",
        job_id = %message.job,
        attempt = message.attempt,
        lane = %message.lane,
        traceparent = message.trace.as_ref().map(Trace::parent),
    )
}

impl Errand {
    pub(crate) fn new(message: Arc<JobMessage>, stop: Stop) -> Self {
        Self {
            message,
            run: RunId::from_bits(rand::random()),
            started_at: Timestamp::now(),
            stop,
            gauge: Arc::default(),
        }
    }

    /// What is said when it has ended.
    pub(crate) fn finished(&self, worker: &str, outcome: Outcome, product: Product) -> Finished {
        Finished {
            job: self.message.job,
            attempt: self.message.attempt,
            run: self.run,
            worker: worker.to_owned(),
            outcome,
            started_at: self.started_at,
            finished_at: Timestamp::now(),
            product,
            trace: self.message.trace.clone(),
        }
    }
}

impl Gauge {
    pub(crate) fn progress(&self) -> Progress {
        let passes = self.surveys.load(Ordering::Relaxed) + 1;
        Progress {
            records: self.records.load(Ordering::Relaxed),
            bytes: self.taken.load(Ordering::Relaxed) / passes,
        }
    }
}
