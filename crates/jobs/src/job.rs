//! A job as it is kept and shown.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use formats::Format;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::asked::Asked;
use crate::digest::Digest;
use crate::id::JobId;
use crate::inline::Body;
use crate::life::Life;
use crate::trace::Trace;

/// A job with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// Whose it is.
    pub owner: Owner,
    /// Where it is in its life.
    pub life: Life,
    /// Rises with each change that can be seen.
    pub version: u64,
    /// Which workers take it.
    pub lane: Lane,
    /// How it came in.
    pub origin: Origin,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// When it may run next.
    pub run_at: Timestamp,
    /// When a worker began with it first.
    pub started_at: Option<Timestamp>,
    /// When it reached a final state.
    pub finished_at: Option<Timestamp>,
    /// What came in.
    pub input: Input,
    /// What is to be done with it.
    pub asked: Asked,
    /// How far the present run is.
    pub progress: Progress,
    /// What became of its records, once it has ended.
    pub records: Option<Records>,
    /// What was said about them, once it has ended.
    pub warnings: Option<Warnings>,
    /// Its results, without their diagnostics; empty while it is open.
    pub results: Vec<ResultFile<Format>>,
    /// What was said about its records, line by line.
    pub diagnostics: Option<ResultFile<()>>,
    /// Where its end is announced.
    pub webhook: Option<String>,
    /// Until when its results can be read.
    pub results_expire_at: Option<Timestamp>,
    /// The trace that it belongs to.
    pub trace: Option<Trace>,
}

/// Whose a job is: `local`, the owner of a key, or `amqp:user`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(pub String);

/// Which workers take a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Somebody waits for it.
    Interactive,
    /// It can take its time.
    Bulk,
}

/// How a job came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Over HTTP.
    Http,
    /// As a message of a producer.
    Amqp,
}

/// The input of a job, as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// What its sender calls it: a label, never a path.
    pub filename: Option<String>,
    /// The kind of input that was named: `pubmed-xml`; none if its bytes are to be looked at.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// How it is packed.
    pub coding: Option<Coding>,
    /// Bytes as received.
    pub bytes: u64,
    /// The SHA-256 of those bytes.
    pub sha256: Digest,
    /// Where they are.
    pub body: Body,
}

impl Input {
    /// An input that travels with its job, without a name, and whose kind its bytes tell.
    #[must_use]
    pub fn inline(bytes: Vec<u8>) -> Self {
        Self {
            filename: None,
            kind: None,
            coding: None,
            bytes: bytes.len() as u64,
            sha256: Digest::of(&bytes),
            body: Body::Inline(bytes.into()),
        }
    }
}

/// How an input is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Coding {
    /// With gzip.
    Gzip,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Records read, also rejected ones.
    pub records: u64,
    /// Bytes of the input taken, as received.
    pub bytes: u64,
}

/// What became of the records of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Records found in the input.
    pub read: u64,
    /// Records that stand in each result.
    pub written: u64,
    /// Records that stand in none: rejected, or left out as asked.
    pub skipped: u64,
}

/// What was said about the records of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warnings {
    /// How many lines there are.
    pub total: u64,
    /// How many of each code.
    pub by_code: BTreeMap<String, u64>,
}

/// A file that a run has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultFile<Of> {
    /// The format; nothing for diagnostics.
    pub of: Of,
    /// Where its bytes are.
    pub body: Body,
    /// Bytes.
    pub bytes: u64,
    /// The SHA-256 of those bytes.
    pub sha256: Digest,
}

/// A word that is no lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lane is interactive or bulk")]
pub struct InvalidLane;

impl Owner {
    /// Whoever calls a service without keys.
    #[must_use]
    pub fn local() -> Self {
        Self("local".to_owned())
    }
}

impl Lane {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Interactive, Self::Bulk];

    /// The name: `interactive`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Bulk => "bulk",
        }
    }
}

impl FromStr for Lane {
    type Err = InvalidLane;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|lane| lane.as_str() == name).ok_or(InvalidLane)
    }
}

impl Origin {
    /// The name: `http`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Amqp => "amqp",
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
