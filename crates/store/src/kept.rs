//! A job as its row keeps it.

use std::collections::BTreeMap;
use std::fmt;

use formats::Format;
use jiff::Timestamp;
use jobs::message::{JobMessage, MessageInput};
use jobs::{
    Asked, Body, Bytes64, Coding, Digest, Input, Job, JobId, Life, Options, Origin, Owner, Problem,
    Progress, Records, State, Trace, Warnings, place,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::contract::Result;
use crate::error::StoreError;
use crate::policy::Policy;
use crate::session::Row;
use crate::value::{Number, Time};

/// A job with what else its row knows. Its results stand in another table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    /// The job.
    pub(crate) job: Job,
    /// The queue for answers to its producer.
    pub(crate) reply_to: Option<String>,
    /// What the producer's answers carry.
    pub(crate) correlation_id: Option<String>,
    /// Whether the producer hears also that the job was taken.
    pub(crate) notify_accepted: bool,
    /// The start of the process that runs it, if it was claimed from the table.
    pub(crate) boot: Option<String>,
    /// The last beat of the present run.
    pub(crate) beat: u64,
    /// Whether the message of this attempt was published before.
    pub(crate) republished: bool,
    /// Until when its input is kept.
    pub(crate) input_expires_at: Option<Timestamp>,
    /// Until when the row is kept.
    pub(crate) row_expires_at: Option<Timestamp>,
}

/// The columns of a job; the argument says how the input that travels inline is read.
macro_rules! job_columns {
    ($input_inline:literal) => {
        concat!(
            "id, owner, state, lane, source, version, attempt, failures, run, boot, beat, \
             cancel_requested, republished, created_at, updated_at, run_at, started_at, \
             finished_at, input_name, input_type, input_coding, input_bytes, input_sha256, \
             input_blob, formats, options, records_read, records_written, records_skipped, \
             bytes_done, warnings, warnings_by_code, error, webhook_url, reply_to, \
             correlation_id, notify, traceparent, tracestate, input_expires_at, results_expire_at, \
             row_expires_at, ",
            $input_inline
        )
    };
    () => {
        job_columns!("input_inline")
    };
}
pub(crate) use job_columns;

impl Kept {
    /// Reads a row with the columns of `job_columns!`.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let id = JobId::from_uuid(row.get("id")?);
        Self::columns(id, row).map_err(|error| match error {
            StoreError::Unavailable(
                error @ (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)),
            ) => corrupt(id, error.to_string()),
            other => other,
        })
    }

    fn columns(id: JobId, row: &Row) -> Result<Self> {
        let time = |column| Ok::<_, StoreError>(row.get::<Option<Time>>(column)?.map(|at| at.0));
        let moment = |column| Ok::<_, StoreError>(row.get::<Time>(column)?.0);
        let count = |column| Ok::<_, StoreError>(row.get::<Option<Number>>(column)?.map(|n| n.0));
        let word = |column: &str| row.get::<String>(column);

        let records = match (count("records_read")?, count("records_written")?) {
            (Some(read), Some(written)) => {
                Some(Records { read, written, skipped: count("records_skipped")?.unwrap_or(0) })
            }
            _ => None,
        };
        let by_code = row.get::<Option<Json<BTreeMap<String, u64>>>>("warnings_by_code")?;
        let warnings = count("warnings")?.map(|total| Warnings {
            total,
            by_code: by_code.map(|json| json.0).unwrap_or_default(),
        });
        let job = Job {
            id,
            owner: Owner(word("owner")?),
            life: life(id, row)?,
            version: row.get::<Number>("version")?.0,
            lane: word("lane")?.parse().map_err(|error| corrupt(id, error))?,
            origin: origin(&word("source")?).ok_or_else(|| corrupt(id, "unknown source"))?,
            created_at: moment("created_at")?,
            updated_at: moment("updated_at")?,
            run_at: moment("run_at")?,
            started_at: time("started_at")?,
            finished_at: time("finished_at")?,
            input: input(id, row)?,
            asked: Asked {
                formats: formats(id, &row.get::<Json<Vec<String>>>("formats")?.0)?,
                options: row.get::<Json<Options>>("options")?.0,
            },
            progress: Progress {
                records: count("records_read")?.unwrap_or(0),
                bytes: count("bytes_done")?.unwrap_or(0),
            },
            records,
            warnings,
            results: Vec::new(),
            diagnostics: None,
            webhook: row.get("webhook_url")?,
            results_expire_at: time("results_expire_at")?,
            trace: trace(row)?,
        };
        Ok(Self {
            job,
            reply_to: row.get("reply_to")?,
            correlation_id: row.get("correlation_id")?,
            notify_accepted: row.get::<Option<String>>("notify")?.as_deref() == Some("all"),
            boot: row.get("boot")?,
            beat: row.get::<Number>("beat")?.0,
            republished: row.get("republished")?,
            input_expires_at: time("input_expires_at")?,
            row_expires_at: time("row_expires_at")?,
        })
    }

    /// The message that asks a worker to do it.
    pub(crate) fn message(&self, policy: &Policy) -> JobMessage {
        let input = &self.job.input;
        JobMessage {
            job: self.job.id,
            attempt: self.job.life.attempt,
            lane: self.job.lane,
            input: MessageInput {
                body: input.body.clone(),
                bytes: input.bytes,
                sha256: input.sha256,
                kind: input.kind.clone(),
                coding: input.coding,
            },
            asked: self.job.asked.clone(),
            limits: policy.limits,
            output: place::output(self.job.id),
            republished: self.republished,
            trace: self.job.trace.clone(),
        }
    }

    /// The run, if it runs.
    pub(crate) fn run(&self) -> Option<String> {
        match &self.job.life.state {
            State::Running { run } => Some(run.to_string()),
            _ => None,
        }
    }

    /// Why it failed, if it did.
    pub(crate) fn problem(&self) -> Option<&Problem> {
        match &self.job.life.state {
            State::Failed { problem } => Some(problem),
            _ => None,
        }
    }
}

/// The trace that a job belongs to.
fn trace(row: &Row) -> Result<Option<Trace>> {
    let parent = row.get::<Option<String>>("traceparent")?;
    let state = row.get::<Option<String>>("tracestate")?;
    Ok(parent.and_then(|parent| Trace::read(&parent, state.as_deref())))
}

fn life(id: JobId, row: &Row) -> Result<Life> {
    let small = |column| {
        let number = row.get::<Number>(column)?.0;
        u32::try_from(number).map_err(|error| corrupt(id, error))
    };
    let missing = |what: &str| corrupt(id, format!("its state needs a {what}"));
    let state = match row.get::<String>("state")?.as_str() {
        "receiving" => State::Receiving,
        "queued" => State::Queued,
        "running" => {
            let run = row.get::<Option<String>>("run")?.ok_or_else(|| missing("run"))?;
            State::Running { run: run.parse().map_err(|error| corrupt(id, error))? }
        }
        "succeeded" => State::Succeeded,
        "failed" => {
            let problem = row.get::<Option<Json<Problem>>>("error")?;
            State::Failed { problem: problem.ok_or_else(|| missing("problem"))?.0 }
        }
        "cancelled" => State::Cancelled,
        "expired" => State::Expired,
        other => return Err(corrupt(id, format!("unknown state {other}"))),
    };
    Ok(Life {
        state,
        attempt: small("attempt")?,
        failures: small("failures")?,
        cancel_requested: row.get("cancel_requested")?,
    })
}

fn input(id: JobId, row: &Row) -> Result<Input> {
    let coding = match row.get::<Option<String>>("input_coding")?.as_deref() {
        None => None,
        Some("gzip") => Some(Coding::Gzip),
        Some(other) => return Err(corrupt(id, format!("unknown coding {other}"))),
    };
    Ok(Input {
        filename: row.get("input_name")?,
        kind: row.get("input_type")?,
        coding,
        bytes: row.get::<Number>("input_bytes")?.0,
        sha256: digest("jobs", id.as_uuid(), row.get("input_sha256")?)?,
        body: body("jobs", id.as_uuid(), row.get("input_blob")?, row.get("input_inline")?)?,
    })
}

/// Where bytes are: exactly one of two columns says it.
pub(crate) fn body(
    table: &'static str,
    id: Uuid,
    blob: Option<String>,
    inline: Option<Vec<u8>>,
) -> Result<Body> {
    match (blob, inline) {
        (Some(key), None) => Ok(Body::Blob(key)),
        (None, Some(bytes)) => Ok(Body::Inline(Bytes64(bytes))),
        _ => Err(StoreError::Corrupt {
            table,
            id: id.to_string(),
            reason: "it needs either a blob or bytes".to_owned(),
        }),
    }
}

/// The two columns of where bytes are.
pub(crate) fn columns(body: &Body) -> (Option<&str>, Option<&[u8]>) {
    match body {
        Body::Blob(key) => (Some(key), None),
        Body::Inline(bytes) => (None, Some(&bytes.0)),
    }
}

/// A digest of 32 bytes.
pub(crate) fn digest(table: &'static str, id: Uuid, bytes: Vec<u8>) -> Result<Digest> {
    let bytes = bytes.try_into().map_err(|bytes: Vec<u8>| StoreError::Corrupt {
        table,
        id: id.to_string(),
        reason: format!("a digest of {} bytes", bytes.len()),
    })?;
    Ok(Digest(bytes))
}

fn formats(id: JobId, names: &[String]) -> Result<Vec<Format>> {
    names.iter().map(|name| name.parse().map_err(|error| corrupt(id, error))).collect()
}

fn origin(name: &str) -> Option<Origin> {
    [Origin::Http, Origin::Amqp].into_iter().find(|origin| origin.as_str() == name)
}

/// Passes over a row that cannot be read, written by a later release perhaps: one such row does not
/// hold up the others.
pub(crate) fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(%error, "a row is passed over");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn corrupt(id: JobId, reason: impl fmt::Display) -> StoreError {
    StoreError::Corrupt { table: "jobs", id: id.to_string(), reason: format!("{reason}") }
}
