//! Jobs as callers see them. These types are the wire's; the model may change without them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jobs::{Coding, Lane, Origin, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accept::essence;

/// A job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Its name, a UUID of version 7.
    id: String,
    /// `receiving`, `queued`, `running`, `succeeded`, `failed`, `cancelled` or `expired`.
    state: &'static str,
    /// `interactive` or `bulk`.
    lane: &'static str,
    /// Rises with each change.
    version: u64,
    /// How often it was handed out, counting from 1.
    attempt: u32,
    /// How many attempts failed.
    failures: u32,
    /// `http` or `amqp`.
    source: &'static str,
    /// When it was accepted.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When a worker began with it first.
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// When it is tried again.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_run_at: Option<Timestamp>,
    input: Input,
    /// The formats asked for.
    formats: Vec<&'static str>,
    /// The options that were chosen.
    options: BTreeMap<String, String>,
    progress: Progress,
    /// What became of the records, once it has ended.
    records: Option<Records>,
    /// What was said about them, once it has ended.
    warnings: Option<Warnings>,
    /// Whether its owner wants it to end.
    cancel_requested: bool,
    /// Why it failed: a problem object.
    #[schema(value_type = Option<Problem>)]
    error: Option<jobs::Problem>,
    /// Its results, once it has succeeded.
    results: Vec<ResultFile>,
    /// Until when its results can be read.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    links: Links,
}

/// What came in.
#[derive(Debug, Serialize, ToSchema)]
struct Input {
    /// What its sender calls it.
    filename: Option<String>,
    /// The kind of input that was named; null if its bytes are looked at.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// `gzip`, or null.
    coding: Option<&'static str>,
    /// Bytes as received.
    bytes: u64,
    /// The SHA-256 of those bytes.
    sha256: String,
}

/// How far the present run is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    /// Records read.
    records: u64,
    /// Bytes of the input taken, as received.
    bytes: u64,
    /// Bytes of the input.
    total_bytes: u64,
}

/// What became of the records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Records {
    /// Records found in the input.
    pub(crate) read: u64,
    /// Records that stand in each result.
    pub(crate) written: u64,
    /// Records that stand in none.
    pub(crate) skipped: u64,
}

/// What was said about the records.
#[derive(Debug, Serialize, ToSchema)]
struct Warnings {
    /// How many findings there are.
    total: u64,
    /// How many of each code.
    by_code: BTreeMap<String, u64>,
}

/// A result.
#[derive(Debug, Serialize, ToSchema)]
struct ResultFile {
    format: &'static str,
    media_type: &'static str,
    bytes: u64,
    /// The SHA-256 of those bytes.
    sha256: String,
    /// Where it can be read.
    href: String,
}

/// Where the job can be read and cancelled.
#[derive(Debug, Serialize, ToSchema)]
struct Links {
    #[serde(rename = "self")]
    itself: String,
    events: String,
    cancel: String,
    diagnostics: String,
}

/// A page of the list of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jobs {
    /// The newest first.
    pub(crate) jobs: Vec<Job>,
    /// The cursor of the next page; null if there is none.
    pub(crate) next: Option<String>,
}

/// Progress, as an event has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressEvent {
    state: &'static str,
    #[serde(flatten)]
    progress: Progress,
}

/// The end, as an event has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndEvent {
    state: &'static str,
    records: Option<Records>,
    warnings: u64,
}

/// All formats of a synchronous conversion.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Envelope {
    pub(crate) records: Records,
    /// What was said about the records, in their order.
    #[schema(value_type = Vec<Object>)]
    pub(crate) diagnostics: Vec<convert::Diagnostic>,
    /// The text of each format.
    pub(crate) results: BTreeMap<&'static str, String>,
}

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:refmill:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    code: String,
    detail: String,
    /// The id of the request, as in `X-Request-Id` and in the log.
    request_id: Option<String>,
    /// The line of the input, counting from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// Bytes of the unpacked input before the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<u64>,
    /// The PMID of the record concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pmid: Option<String>,
    /// The limit that was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    /// The key of the configuration that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    config_key: Option<String>,
}

/// What the service was found to be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or what is wrong.
    pub(crate) status: &'static str,
    /// Each check by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) checks: BTreeMap<&'static str, &'static str>,
}

/// The address of a job.
pub(crate) fn href(id: jobs::JobId) -> String {
    format!("/v1/jobs/{id}")
}

/// The address of a result.
pub(crate) fn result_href(id: jobs::JobId, format: formats::Format) -> String {
    format!("/v1/jobs/{id}/results/{format}")
}

impl From<&jobs::Job> for Job {
    fn from(job: &jobs::Job) -> Self {
        let href = href(job.id);
        let is_put_off = job.life.state == State::Queued && job.run_at > job.updated_at;
        let error = match &job.life.state {
            State::Failed { problem } => Some(problem.clone()),
            _ => None,
        };
        let result = |file: &jobs::ResultFile<formats::Format>| ResultFile {
            format: file.of.as_str(),
            media_type: essence(file.of.media_type()),
            bytes: file.bytes,
            sha256: file.sha256.to_string(),
            href: result_href(job.id, file.of),
        };
        Self {
            id: job.id.to_string(),
            state: job.life.state.name(),
            lane: job.lane.as_str(),
            version: job.version,
            attempt: job.life.attempt,
            failures: job.life.failures,
            source: match job.origin {
                Origin::Http => "http",
                Origin::Amqp => "amqp",
            },
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            next_run_at: is_put_off.then_some(job.run_at),
            input: Input {
                filename: job.input.filename.clone(),
                kind: job.input.kind.clone(),
                coding: job.input.coding.map(|Coding::Gzip| "gzip"),
                bytes: job.input.bytes,
                sha256: job.input.sha256.to_string(),
            },
            formats: job.asked.formats.iter().map(|format| format.as_str()).collect(),
            options: job.asked.options.clone(),
            progress: Progress::from(job),
            records: job.records.map(Records::from),
            warnings: job.warnings.as_ref().map(|warnings| Warnings {
                total: warnings.total,
                by_code: warnings.by_code.clone(),
            }),
            cancel_requested: job.life.cancel_requested,
            error,
            results: job.results.iter().map(result).collect(),
            expires_at: job.results_expire_at,
            links: Links {
                events: format!("{href}/events"),
                cancel: format!("{href}/cancel"),
                diagnostics: format!("{href}/diagnostics"),
                itself: href,
            },
        }
    }
}

impl From<&jobs::Job> for Progress {
    fn from(job: &jobs::Job) -> Self {
        Self {
            records: job.progress.records,
            bytes: job.progress.bytes,
            total_bytes: job.input.bytes,
        }
    }
}

impl From<jobs::Records> for Records {
    fn from(records: jobs::Records) -> Self {
        Self { read: records.read, written: records.written, skipped: records.skipped }
    }
}

impl From<&jobs::Job> for ProgressEvent {
    fn from(job: &jobs::Job) -> Self {
        Self { state: job.life.state.name(), progress: Progress::from(job) }
    }
}

impl From<&jobs::Job> for EndEvent {
    fn from(job: &jobs::Job) -> Self {
        Self {
            state: job.life.state.name(),
            records: job.records.map(Records::from),
            warnings: job.warnings.as_ref().map_or(0, |warnings| warnings.total),
        }
    }
}

/// Seconds after which it makes sense to ask again for an open job.
pub(crate) fn retry_after(lane: Lane) -> u64 {
    match lane {
        Lane::Interactive => 1,
        Lane::Bulk => 5,
    }
}
