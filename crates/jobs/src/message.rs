//! The messages that roles send each other (`service.md` section 5.2).
//!
//! Each is UTF-8 JSON with a `schema`; unknown fields are passed over, so that a release reads
//! what the one before and the one after it write. What cannot be read is [`Unreadable`], never a
//! panic: it is parked with the reason.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::asked::{Asked, Names, Options};
use crate::id::{JobId, RunId};
use crate::inline::Body;
use crate::job::{Coding, Lane};
use crate::trace::Trace;

pub use crate::digest::Digest;

mod finished;
#[cfg(test)]
mod golden;
mod kind;
mod reply;

pub use finished::{Finished, Product};
pub use kind::{EVENT_TYPE, JOB_TYPE, MessageKind};
pub use reply::{Reply, ReplyResult};

/// The schema that this release writes and reads.
pub const SCHEMA: u32 = 1;

/// What a message of ours begins with.
const OURS: &[u8] = br#"{"schema":1,"#;
const _: () = assert!(SCHEMA == 1, "OURS names the schema");

/// About what a message has beside the bytes that it carries.
const BESIDE: usize = 1 << 10;

/// The most bytes that a message may have: it fits into one frame.
pub const MAX_BYTES: usize = 120 << 10;

/// A message that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not the JSON that its type has.
    #[error("the message is not what its type says: {0}")]
    Malformed(String),
    /// It has a schema of another time.
    #[error("the message has the unknown schema {0}")]
    Schema(u32),
    /// It has a type that is not known here.
    #[error("the message has an unknown type")]
    Type,
    /// It is too large.
    #[error("the message has {0} bytes, and at most {MAX_BYTES} are read")]
    Size(usize),
}

/// A job that a worker is to do: `job.requested.v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobMessage {
    /// The job.
    pub job: JobId,
    /// The attempt, as a fence.
    pub attempt: u32,
    /// Which workers take it.
    pub lane: Lane,
    /// What is to be converted.
    pub input: MessageInput,
    /// What it is to be converted to, and how.
    pub asked: Asked,
    /// What it may cost.
    pub limits: JobLimits,
    /// What stands before the keys of its outputs.
    pub output: String,
    /// Whether the same attempt was published before.
    pub republished: bool,
    /// The trace that it belongs to. It travels beside the body, in headers.
    pub trace: Option<Trace>,
}

/// The input of a job, as its message has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageInput {
    /// Where its bytes are.
    #[serde(flatten)]
    pub body: Body,
    /// Bytes as received.
    pub bytes: u64,
    /// The SHA-256 of those bytes.
    pub sha256: Digest,
    /// Its kind, if one was named.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
    /// How it is packed.
    #[serde(default)]
    pub coding: Option<Coding>,
}

/// What a job may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLimits {
    /// Seconds.
    pub seconds: u64,
    /// Bytes of the unpacked input.
    pub decoded_bytes: u64,
    /// Unpacked bytes over packed ones, once 10 MiB are unpacked.
    #[serde(default = "default_ratio")]
    pub ratio: u64,
    /// Bytes of all outputs over those of the unpacked input, once 64 MiB are written.
    pub output_ratio: u64,
}

impl Default for JobLimits {
    /// Those of `service.md` section 7.
    fn default() -> Self {
        Self { seconds: 1200, decoded_bytes: 2 << 30, ratio: default_ratio(), output_ratio: 20 }
    }
}

fn default_ratio() -> u64 {
    200
}

/// A sign of life: `job.progress.v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// The job.
    #[serde(rename = "job_id")]
    pub job: JobId,
    /// The attempt.
    pub attempt: u32,
    /// The execution.
    pub run: RunId,
    /// Rises from 1 with each beat of a run.
    pub beat: u64,
    /// Records read so far.
    pub records: u64,
    /// Bytes of the input taken so far, as received.
    pub bytes: u64,
    /// Bytes of the input.
    pub total_bytes: u64,
}

/// What all workers are told: `job.cancel.v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "lowercase")]
pub enum Command {
    /// The job is cancelled.
    Cancel {
        /// The job.
        #[serde(rename = "job_id")]
        job: JobId,
        /// Its attempt.
        attempt: u32,
    },
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkerEvent {
    /// It lives.
    Beat(Beat),
    /// It has ended a run.
    Finished(Box<Finished>),
}

/// A message with its schema around what it says.
#[derive(Serialize)]
struct Envelope<T> {
    schema: u32,
    #[serde(flatten)]
    body: T,
}

/// The bytes of a message.
fn encode<T: Serialize>(body: T) -> Vec<u8> {
    encode_beside(0, body)
}

/// The bytes of a message that carries so many bytes with it: room for all is made at once.
fn encode_beside<T: Serialize>(carried: usize, body: T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BESIDE + carried.div_ceil(3) * 4);
    serde_json::to_writer(&mut bytes, &Envelope { schema: SCHEMA, body })
        .expect("maps with names for keys, and nothing that can fail");
    bytes
}

/// What stands in a message.
fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    #[derive(Deserialize)]
    struct Schema {
        schema: u32,
    }
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::Size(bytes.len()));
    }
    let malformed = |error: serde_json::Error| Unreadable::Malformed(error.to_string());
    // As our own messages begin, which need not be gone through twice.
    if !bytes.starts_with(OURS) {
        let Schema { schema } = serde_json::from_slice(bytes).map_err(malformed)?;
        if schema != SCHEMA {
            return Err(Unreadable::Schema(schema));
        }
    }
    // Not as an `Envelope`: its body would be copied on its way. The schema is one more field that
    // is passed over.
    serde_json::from_slice(bytes).map_err(malformed)
}

/// A job as its message has it: what is large is lent to be written, and owned when it was read.
#[derive(Serialize, Deserialize)]
struct WireJob<Input, Wishes, Text> {
    job_id: JobId,
    attempt: u32,
    lane: Lane,
    input: Input,
    formats: Names,
    #[serde(default)]
    options: Wishes,
    limits: JobLimits,
    output: Text,
    #[serde(default)]
    republished: bool,
}

impl JobMessage {
    /// The bytes of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let wire = WireJob {
            job_id: self.job,
            attempt: self.attempt,
            lane: self.lane,
            input: &self.input,
            formats: Names::of(&self.asked.formats),
            options: &self.asked.options,
            limits: self.limits,
            output: &self.output,
            republished: self.republished,
        };
        encode_beside(self.input.body.carried(), wire)
    }

    /// Reads the message.
    ///
    /// # Errors
    ///
    /// [`Unreadable`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let wire: WireJob<MessageInput, Options, String> = decode(bytes)?;
        let formats =
            wire.formats.formats().map_err(|error| Unreadable::Malformed(error.to_string()))?;
        Ok(Self {
            job: wire.job_id,
            attempt: wire.attempt,
            lane: wire.lane,
            input: wire.input,
            asked: Asked { formats, options: wire.options },
            limits: wire.limits,
            output: wire.output,
            republished: wire.republished,
            trace: None,
        })
    }
}

macro_rules! plain {
    ($($message:ty),*) => {$(
        impl $message {
            /// The bytes of the message.
            #[must_use]
            pub fn encode(&self) -> Vec<u8> {
                encode(self)
            }

            /// Reads the message.
            ///
            /// # Errors
            ///
            /// [`Unreadable`].
            pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
                decode(bytes)
            }
        }
    )*};
}

plain!(Beat, Command, Reply);

/// How many findings of each code there are.
pub type ByCode = BTreeMap<String, u64>;
