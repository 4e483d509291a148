//! A queue over the job table of one process.
//!
//! A job is handed out by claiming its row for this start of the process. Claims of an earlier start
//! are taken back when the queue is opened, so that a crash costs an attempt and no job. There is
//! nothing between accepting a job and seeing its row: a lane is woken by changes of the table, and
//! by the clock when a job waits for its next try.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt, Stream, StreamExt, stream};
use jobs::message::{Command, JobMessage, WorkerEvent};
use jobs::{Event, JobId, Lane, Outcome, Problem, ProblemCode, RunId, State};
use store::{Applied, JobStore};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::contract::{Delivery, Queue, Settle};
use crate::error::QueueError;

/// The longest time between two looks at the table, since a change may have been missed.
const LOOK: Duration = Duration::from_secs(1);

/// The job table as a queue. Clones share it.
#[derive(Debug)]
pub struct Embedded<S> {
    store: S,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// No more jobs are handed out.
    draining: CancellationToken,
    closing: CancellationToken,
    /// What was handed out and not let go: the attempt, and whether its cancelling was told.
    out: Mutex<BTreeMap<JobId, Out>>,
}

#[derive(Clone, Copy, Debug)]
struct Out {
    attempt: u32,
    is_cancelled: bool,
}

/// How a claimed job is let go. One that is dropped has failed, unless its end was reported.
#[derive(Debug)]
pub struct EmbeddedSettle<S: JobStore> {
    queue: Embedded<S>,
    job: JobId,
    attempt: u32,
    is_done: bool,
    /// Its slot.
    _slot: OwnedSemaphorePermit,
}

impl<S: Clone> Clone for Embedded<S> {
    fn clone(&self) -> Self {
        Self { store: self.store.clone(), shared: self.shared.clone() }
    }
}

impl<S: JobStore> Embedded<S> {
    /// Takes back what an earlier start of this process has left, and begins.
    ///
    /// # Errors
    ///
    /// If the store does not answer.
    pub async fn open(store: S) -> Result<Self, QueueError> {
        let left = store.recover().await?;
        if left > 0 {
            tracing::warn!(jobs = left, "jobs ran or came in when this process ended before");
        }
        Ok(Self { store, shared: Arc::default() })
    }

    /// The next job of a lane, as soon as there is one; `None` when no more are handed out.
    async fn next(
        &self,
        lane: Lane,
        slots: Arc<Semaphore>,
        changes: &mut (impl Stream<Item = JobId> + Unpin),
    ) -> Option<Delivery<EmbeddedSettle<S>>> {
        let slot = tokio::select! {
            biased;
            () = self.shared.draining.cancelled() => return None,
            slot = slots.acquire_owned() => slot.ok()?,
        };
        loop {
            if self.shared.draining.is_cancelled() {
                return None;
            }
            // What has changed so far is seen by the claim.
            while let Some(Some(_)) = changes.next().now_or_never() {}
            let wait = match self.store.claim(lane, RunId::from_bits(rand::random())).await {
                Ok(Some(message)) => return Some(self.deliver(message, slot)),
                Ok(None) => match self.store.next_due(lane).await {
                    Ok(due) => due.unwrap_or(LOOK).min(LOOK),
                    Err(error) => warn(&error),
                },
                Err(error) => warn(&error),
            };
            let word = async {
                if changes.next().await.is_none() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = self.shared.draining.cancelled() => return None,
                () = word => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn deliver(
        &self,
        message: JobMessage,
        slot: OwnedSemaphorePermit,
    ) -> Delivery<EmbeddedSettle<S>> {
        let (job, attempt) = (message.job, message.attempt);
        self.out().insert(job, Out { attempt, is_cancelled: false });
        let queue = self.clone();
        let settle = EmbeddedSettle { queue, job, attempt, is_done: false, _slot: slot };
        Delivery { message, redeliveries: attempt.saturating_sub(1), settle }
    }

    fn out(&self) -> std::sync::MutexGuard<'_, BTreeMap<JobId, Out>> {
        self.shared.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A command for a job that was handed out, if there is one.
    async fn command(&self, job: JobId) -> Option<Command> {
        let out = self.out().get(&job).copied().filter(|out| !out.is_cancelled)?;
        let found = match self.store.get(job, None).await {
            Ok(found) => found?,
            Err(error) => {
                warn(&error);
                return None;
            }
        };
        let life = &found.life;
        if !life.cancel_requested && life.state != State::Cancelled {
            return None;
        }
        self.out().get_mut(&job)?.is_cancelled = true;
        Some(Command::Cancel { job, attempt: out.attempt })
    }

    /// The next command, or `None` when everything is closed.
    async fn next_command(
        &self,
        changes: &mut (impl Stream<Item = JobId> + Unpin),
    ) -> Option<Command> {
        loop {
            let word = async {
                match changes.next().await {
                    Some(job) => job,
                    None => std::future::pending().await,
                }
            };
            let look = tokio::select! {
                biased;
                () = self.shared.closing.cancelled() => return None,
                job = word => vec![job],
                () = tokio::time::sleep(LOOK) => self.out().keys().copied().collect(),
            };
            for job in look {
                if let Some(command) = self.command(job).await {
                    return Some(command);
                }
            }
        }
    }
}

impl<S: JobStore> Queue for Embedded<S> {
    type Settle = EmbeddedSettle<S>;

    /// The row is the message, and whoever has written it has woken the lanes.
    async fn publish(&self, job: &JobMessage, _delay: u32) -> Result<(), QueueError> {
        if self.shared.closing.is_cancelled() {
            return Err(QueueError::Closed);
        }
        match self.store.message(job.job).await? {
            Some(_) => Ok(()),
            None => Err(QueueError::Unroutable),
        }
    }

    fn jobs(
        &self,
        lane: Lane,
        slots: u16,
    ) -> impl Stream<Item = Delivery<EmbeddedSettle<S>>> + Send + Unpin + 'static {
        let slots = Arc::new(Semaphore::new(slots.max(1).into()));
        let begin = (self.clone(), slots, self.store.changes());
        let next = move |(queue, slots, mut changes): (Self, Arc<Semaphore>, _)| async move {
            let delivery = queue.next(lane, slots.clone(), &mut changes).await?;
            Some((delivery, (queue, slots, changes)))
        };
        stream::unfold(begin, next).boxed()
    }

    fn commands(&self) -> impl Stream<Item = Command> + Send + Unpin + 'static {
        let next = |(queue, mut changes): (Self, _)| async move {
            let command = queue.next_command(&mut changes).await?;
            Some((command, (queue, changes)))
        };
        stream::unfold((self.clone(), self.store.changes()), next).boxed()
    }

    async fn report(&self, event: &WorkerEvent) -> Result<(), QueueError> {
        if self.shared.closing.is_cancelled() {
            return Err(QueueError::Closed);
        }
        match event {
            WorkerEvent::Beat(beat) => {
                let stale = self.store.beats(std::slice::from_ref(beat)).await?;
                stale_events("beat", stale);
            }
            WorkerEvent::Finished(finished) => {
                let (event, product) = (finished.event(), Some(&finished.product));
                match self.store.apply(finished.job, None, &event, product).await? {
                    Applied::Done(_) => {}
                    Applied::Stale(_) | Applied::Unknown => stale_events("finished", 1),
                }
            }
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), String> {
        self.store.check().await.map_err(|error| error.to_string())
    }

    async fn drain(&self) {
        self.shared.draining.cancel();
    }

    async fn close(&self) {
        self.shared.draining.cancel();
        self.shared.closing.cancel();
    }
}

impl<S: JobStore> Settle for EmbeddedSettle<S> {
    async fn done(mut self) -> bool {
        self.is_done = true;
        true
    }
}

impl<S: JobStore> Drop for EmbeddedSettle<S> {
    fn drop(&mut self) {
        self.queue.out().remove(&self.job);
        // What is left when the process ends is taken back when it starts again.
        if self.is_done || self.queue.shared.closing.is_cancelled() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let problem = Problem::new(ProblemCode::Internal, "its worker has let it fall");
        let event = Event::Finished { attempt: self.attempt, outcome: Outcome::Retry { problem } };
        let (store, job) = (self.queue.store.clone(), self.job);
        runtime.spawn(async move {
            // Stale if its end was reported: then it did not fall.
            if let Err(error) = store.apply(job, None, &event, None).await {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, job_id = %job, "a job fell and was not put back");
            }
        });
    }
}

fn stale_events(reason: &'static str, count: usize) {
    if count > 0 {
        metrics::counter!("refmill_events_stale_total", "reason" => reason)
            .increment(count.try_into().unwrap_or(u64::MAX));
    }
}

/// Says that the store does not answer, and how long to wait.
fn warn(error: &store::StoreError) -> Duration {
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "the job table does not answer");
    LOOK
}
