//! The end of a run: `job.finished.v1`.

use formats::Format;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Digest, Unreadable, decode, encode_beside};
use crate::id::{JobId, RunId};
use crate::inline::Body;
use crate::job::{Records, ResultFile, Warnings};
use crate::life::{Event, Outcome};
use crate::problem::{Problem, ProblemCode};
use crate::trace::Trace;

/// What a worker says about a run that has ended: `job.finished.v1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The job.
    pub job: JobId,
    /// The attempt.
    pub attempt: u32,
    /// The execution.
    pub run: RunId,
    /// Who worked.
    pub worker: String,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// What it has made.
    pub product: Product,
    /// The trace that its job belongs to. It travels beside the body, in headers.
    pub trace: Option<Trace>,
}

/// What a run has made, as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// What became of the records.
    pub records: Records,
    /// Bytes of the input taken, as received.
    pub bytes_read: u64,
    /// What was said about the records.
    pub warnings: Warnings,
    /// A file for each format; none if it did not succeed.
    pub results: Vec<ResultFile<Format>>,
    /// What was said, line by line.
    pub diagnostics: Option<ResultFile<()>>,
}

impl Finished {
    /// What it is in the life of its job.
    #[must_use]
    pub fn event(&self) -> Event {
        Event::Finished { attempt: self.attempt, outcome: self.outcome.clone() }
    }
}

/// The end of a run as its message has it, lent or owned like a job.
#[derive(Serialize, Deserialize)]
struct WireFinished<Bytes, Text> {
    job_id: JobId,
    attempt: u32,
    run: RunId,
    worker: Text,
    outcome: WireOutcome,
    started_at: Timestamp,
    finished_at: Timestamp,
    records: Records,
    bytes_read: u64,
    warnings: Warnings,
    results: Vec<WireResult<Bytes>>,
    diagnostics: Option<WireDiagnostics<Bytes>>,
    problem: Option<Problem>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireOutcome {
    Succeeded,
    Failed,
    Retry,
    Returned,
    Cancelled,
}

#[derive(Serialize, Deserialize)]
struct WireResult<Bytes> {
    format: String,
    #[serde(flatten)]
    body: Bytes,
    bytes: u64,
    sha256: Digest,
}

#[derive(Serialize, Deserialize)]
struct WireDiagnostics<Bytes> {
    #[serde(flatten)]
    body: Bytes,
    bytes: u64,
    sha256: Digest,
}

impl Finished {
    /// The bytes of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (outcome, problem) = match &self.outcome {
            Outcome::Succeeded => (WireOutcome::Succeeded, None),
            Outcome::Failed { problem } => (WireOutcome::Failed, Some(problem.clone())),
            Outcome::Retry { problem } => (WireOutcome::Retry, Some(problem.clone())),
            Outcome::Returned => (WireOutcome::Returned, None),
            Outcome::Cancelled => (WireOutcome::Cancelled, None),
        };
        let product = &self.product;
        let results = product.results.iter().map(|file| WireResult {
            format: file.of.as_str().to_owned(),
            body: &file.body,
            bytes: file.bytes,
            sha256: file.sha256,
        });
        let diagnostics = product.diagnostics.as_ref().map(|file| WireDiagnostics {
            body: &file.body,
            bytes: file.bytes,
            sha256: file.sha256,
        });
        let carried = product.results.iter().map(|file| file.body.carried());
        let said = product.diagnostics.iter().map(|file| file.body.carried());
        let wire = WireFinished {
            job_id: self.job,
            attempt: self.attempt,
            run: self.run,
            worker: &self.worker,
            outcome,
            started_at: self.started_at,
            finished_at: self.finished_at,
            records: product.records,
            bytes_read: product.bytes_read,
            warnings: product.warnings.clone(),
            results: results.collect(),
            diagnostics,
            problem,
        };
        encode_beside(carried.chain(said).sum(), wire)
    }

    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`Unreadable`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let wire: WireFinished<Body, String> = decode(bytes)?;
        let problem = || {
            let unnamed = || Problem::new(ProblemCode::Internal, "the worker did not say why");
            wire.problem.clone().unwrap_or_else(unnamed)
        };
        let outcome = match wire.outcome {
            WireOutcome::Succeeded => Outcome::Succeeded,
            WireOutcome::Failed => Outcome::Failed { problem: problem() },
            WireOutcome::Retry => Outcome::Retry { problem: problem() },
            WireOutcome::Returned => Outcome::Returned,
            WireOutcome::Cancelled => Outcome::Cancelled,
        };
        let result = |file: WireResult<Body>| -> Result<ResultFile<Format>, Unreadable> {
            let of = file.format.parse::<Format>();
            let of = of.map_err(|error| Unreadable::Malformed(error.to_string()))?;
            Ok(ResultFile { of, body: file.body, bytes: file.bytes, sha256: file.sha256 })
        };
        Ok(Self {
            job: wire.job_id,
            attempt: wire.attempt,
            run: wire.run,
            worker: wire.worker,
            outcome,
            started_at: wire.started_at,
            finished_at: wire.finished_at,
            product: Product {
                records: wire.records,
                bytes_read: wire.bytes_read,
                warnings: wire.warnings,
                results: wire.results.into_iter().map(result).collect::<Result<_, _>>()?,
                diagnostics: wire.diagnostics.map(|file| ResultFile {
                    of: (),
                    body: file.body,
                    bytes: file.bytes,
                    sha256: file.sha256,
                }),
            },
            trace: None,
        })
    }
}
