//! Answers to producers (`service.md` section 5.3).

use blobs::{BlobError, Blobs};
use jobs::message::{MessageKind, Reply, ReplyResult};
use jobs::{Body, Digest, Job, JobId, Problem, State};
use queue::Answer;

use crate::intake::is_direct;
use crate::links::Links;

/// The most bytes of the name of a message.
const NAME_BYTES: usize = 255;

/// Writes answers.
#[derive(Clone, Debug)]
pub(crate) struct Replies {
    pub(crate) blobs: Blobs,
    pub(crate) links: Links,
    /// Bytes of all results together up to which an answer holds them.
    pub(crate) inline_bytes: u64,
}

impl Replies {
    /// The job was taken.
    pub(crate) fn accepted(&self, job: JobId, duplicate: bool) -> Reply {
        Reply::Accepted { job_id: job, duplicate, href: self.links.job(job) }
    }

    /// The job has ended.
    ///
    /// # Errors
    ///
    /// If a result that belongs into the answer cannot be read now.
    pub(crate) async fn finished(&self, job: &Job) -> Result<Reply, BlobError> {
        let bytes: u64 = job.results.iter().map(|file| file.bytes).sum();
        let mut results = Vec::with_capacity(job.results.len());
        for file in &job.results {
            let content = if bytes <= self.inline_bytes {
                // What was removed meanwhile, or is no text, is left out.
                self.read(&file.body).await?.and_then(|bytes| String::from_utf8(bytes).ok())
            } else {
                None
            };
            let media_type = file.of.media_type().split(';').next().unwrap_or_default();
            results.push(ReplyResult {
                format: file.of.as_str().to_owned(),
                media_type: media_type.to_owned(),
                bytes: file.bytes,
                sha256: file.sha256,
                href: self.links.result(job.id, file.of.as_str()),
                content,
            });
        }
        let problem = match &job.life.state {
            State::Failed { problem } => Some(problem.clone()),
            State::Receiving
            | State::Queued
            | State::Running { .. }
            | State::Succeeded
            | State::Cancelled
            | State::Expired => None,
        };
        Ok(Reply::Finished {
            job_id: job.id,
            state: job.life.state.name().to_owned(),
            href: self.links.job(job.id),
            records: job.records,
            warnings: job.warnings.as_ref().map_or(0, |warnings| warnings.total),
            results,
            problem,
        })
    }

    async fn read(&self, body: &Body) -> Result<Option<Vec<u8>>, BlobError> {
        let key = match body {
            Body::Inline(bytes) => return Ok(Some(bytes.0.clone())),
            Body::Blob(key) => key,
        };
        match self.blobs.read(key, None).await {
            Ok(reader) => Ok(Some(reader.all().await?.to_vec())),
            Err(BlobError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A refusal as an answer.
pub(crate) fn rejected(problem: Problem) -> Reply {
    Reply::Rejected { job_id: None, problem }
}

/// An answer in its envelope. `name` stands for the job where there is none.
pub(crate) fn answer(
    to: String,
    correlation_id: Option<String>,
    reply: &Reply,
    name: &str,
) -> Answer {
    let (kind, name) = match reply {
        Reply::Accepted { job_id, .. } => (MessageKind::JobAccepted, job_id.to_string()),
        Reply::Finished { job_id, .. } => (MessageKind::JobFinished, job_id.to_string()),
        Reply::Rejected { .. } => (MessageKind::JobRejected, name.to_owned()),
    };
    let mut message_id = format!("{name}:{}", kind.as_str());
    if message_id.len() > NAME_BYTES {
        message_id = format!("{}:{}", Digest::of(name.as_bytes()), kind.as_str());
    }
    let is_direct = is_direct(&to);
    Answer { to, correlation_id, message_id, kind, body: reply.encode(), is_direct }
}
