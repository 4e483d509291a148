//! Taking one message: checked, stored, committed, and only then let go.

use blobs::BlobError;
use bytes::Bytes;
use jobs::{Body, Digest, Input, Job, JobId, Origin, Problem, ProblemCode, place};
use metrics::counter;
use queue::{Settle, Submitted};
use store::{Accepted, JobStore, NewJob, StoreError};
use tokio_util::sync::CancellationToken;

use super::Intake;
use super::submission::{Refusal, ReturnAddress, Submission};
use crate::broker::Broker;
use crate::patience::patiently;
use crate::recorder::is_corrupt;

/// It was told to stop before the message was safe: the message comes again.
pub(super) struct Stopped;

impl<S: JobStore, B: Broker> Intake<S, B> {
    /// Takes one message.
    pub(super) async fn take(&self, mut submitted: Submitted<B::Settle>, stop: &CancellationToken) {
        let submission = match self.rules.read(&submitted.message) {
            Ok(submission) => submission,
            Err(refusal) => return self.refuse(submitted, *refusal, stop).await,
        };
        let return_address = submission.return_address.clone();
        match self.accept(&submission, &mut submitted, stop).await {
            Err(Stopped) => {}
            Ok(Err(problem)) => {
                self.refuse(submitted, Refusal { problem, return_address }, stop).await;
            }
            Ok(Ok(replayed)) => {
                let is_told = submission.notify_accepted;
                if let (Some(job), Some(address)) = (replayed, return_address)
                    && self.replay(&job, &address, is_told, stop).await.is_err()
                {
                    return;
                }
                if !submitted.settle.done().await {
                    tracing::debug!("a message was taken and will come again");
                }
            }
        }
    }

    /// Makes a job of it; answers the job that an earlier message has made, if it is the same.
    async fn accept(
        &self,
        submission: &Submission,
        submitted: &mut Submitted<B::Settle>,
        stop: &CancellationToken,
    ) -> Result<Result<Option<Box<Job>>, Problem>, Stopped> {
        let met = || self.owners.met(&self.store, &submission.owner);
        // A message that comes again is no further job, and its job may be among those that wait.
        let may_be_known = submitted.redelivered && submission.idempotency_key.is_some();
        if !may_be_known
            && let Ok(Some(limit)) = patiently(stop, "count the jobs of an owner", is_corrupt, met)
                .await
                .ok_or(Stopped)?
        {
            let detail = format!("{limit} jobs of this owner wait already");
            let problem = Problem::new(ProblemCode::TooManyJobs, detail);
            return Ok(Err(problem.with_limit(limit, "limits.queued_per_owner")));
        }
        let id = JobId::new();
        let bytes = std::mem::take(&mut submitted.message.body);
        let (size, sha256) = (bytes.len() as u64, Digest::of(&bytes));
        let body = Bytes::from(bytes);
        let is_inline = size <= self.inline_bytes;
        if !is_inline {
            let key = place::input(id);
            let put = || self.blobs.put(&key, body.clone());
            let is_for_good = |error: &BlobError| matches!(error, BlobError::InvalidKey);
            let stored = patiently(stop, "store an input", is_for_good, put).await;
            if stored.ok_or(Stopped)?.is_err() {
                return Err(Stopped);
            }
        }
        let input = Input {
            filename: submission.filename.clone(),
            kind: submission.kind.map(str::to_owned),
            coding: submission.coding,
            bytes: size,
            sha256,
            body: if is_inline {
                Body::Inline(body.to_vec().into())
            } else {
                Body::Blob(place::input(id))
            },
        };
        let accepted = self.commit(id, submission, input, stop).await?;
        let is_ours = match &accepted {
            Accepted::New(_) => true,
            // The first try was committed, and was not heard of.
            Accepted::Replayed(job) => job.id == id,
            Accepted::Mismatch | Accepted::InProgress => false,
        };
        if !is_ours && !is_inline {
            let key = place::input(id);
            let delete = || self.blobs.delete(&key);
            // If it is told to stop, the blob is an orphan, and is found as such.
            let _deleted = patiently(stop, "delete an input", |_| false, delete).await;
        }
        let result = match accepted {
            Accepted::New(_) => Ok(None),
            Accepted::Replayed(job) => Ok((job.id != id).then_some(job)),
            Accepted::Mismatch => Err(Problem::new(
                ProblemCode::IdempotencyMismatch,
                "the message id belongs to another message",
            )),
            Accepted::InProgress => Err(Problem::new(
                ProblemCode::IdempotencyInProgress,
                "the message id belongs to an upload that goes on",
            )),
        };
        let name = match &result {
            Ok(None) => "accepted",
            Ok(Some(_)) => "replayed",
            Err(_) => {
                // What is refused is put aside as it came.
                submitted.message.body = body.to_vec();
                return Ok(result);
            }
        };
        counter!("refmill_intake_total", "result" => name).increment(1);
        Ok(result)
    }

    /// One transaction: the job, its key and its errands.
    async fn commit(
        &self,
        id: JobId,
        submission: &Submission,
        input: Input,
        stop: &CancellationToken,
    ) -> Result<Accepted, Stopped> {
        let address = submission.return_address.as_ref();
        let new = NewJob {
            id,
            owner: submission.owner.clone(),
            lane: submission.lane,
            origin: Origin::Amqp,
            input,
            asked: submission.asked.clone(),
            idempotency_key: submission.idempotency_key.clone(),
            webhook: None,
            reply_to: address.map(|address| address.to.clone()),
            correlation_id: address.and_then(|address| address.correlation_id.clone()),
            notify_accepted: submission.notify_accepted,
            trace: submission.trace.clone(),
        };
        let tries = std::sync::atomic::AtomicU32::new(0);
        let accept = || async {
            // A commit whose answer was lost is not made twice.
            if tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 0
                && let Some(job) = self.store.get(id, None).await?
            {
                return Ok(Accepted::New(Box::new(job)));
            }
            self.store.accept(new.clone()).await
        };
        let is_for_good = |_: &StoreError| false;
        jobs::step("intake:stored");
        match patiently(stop, "accept a message", is_for_good, accept).await {
            Some(Ok(accepted)) => {
                jobs::step("intake:committed");
                Ok(accepted)
            }
            Some(Err(_)) | None => Err(Stopped),
        }
    }

    /// Says again what was said of a job that an earlier message has made.
    async fn replay(
        &self,
        job: &Job,
        address: &ReturnAddress,
        is_told: bool,
        stop: &CancellationToken,
    ) -> Result<(), Stopped> {
        if is_told {
            self.tell(address, &self.replies.accepted(job.id, true), "", stop).await;
        }
        if job.life.state.is_final() {
            let read = || self.replies.finished(job);
            let reply = patiently(stop, "read a result", |_| false, read).await;
            let Some(Ok(reply)) = reply else { return Err(Stopped) };
            self.tell(address, &reply, "", stop).await;
        }
        Ok(())
    }
}
