//! What producers are told (`service.md` section 5.3).

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::JobId;
use crate::job::Records;
use crate::problem::Problem;

/// An answer to a producer that has published a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Reply {
    /// The job was taken.
    #[serde(rename = "job.accepted.v1")]
    Accepted {
        /// The job.
        job_id: JobId,
        /// Whether the same message had made it before.
        duplicate: bool,
        /// Where its state can be read.
        href: String,
    },
    /// The message was refused for good.
    #[serde(rename = "job.rejected.v1")]
    Rejected {
        /// Never there: no job was made.
        job_id: Option<JobId>,
        /// Why.
        problem: Problem,
    },
    /// The job has ended.
    #[serde(rename = "job.finished.v1")]
    Finished {
        /// The job.
        job_id: JobId,
        /// `succeeded`, `failed` or `cancelled`.
        state: String,
        /// Where its state can be read.
        href: String,
        /// What became of its records.
        records: Option<Records>,
        /// How many findings there were.
        warnings: u64,
        /// Its results.
        results: Vec<ReplyResult>,
        /// Why it failed.
        problem: Option<Problem>,
    },
}

/// A result in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyResult {
    /// The format.
    pub format: String,
    /// Its media type.
    pub media_type: String,
    /// Bytes.
    pub bytes: u64,
    /// The SHA-256 of those bytes.
    pub sha256: Digest,
    /// Where it can be read.
    pub href: String,
    /// The result itself, if all results together are few bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}
