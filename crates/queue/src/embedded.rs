//! The queue of one process: its job table, woken by what happens to it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use jobs::message::{Command, JobMessage, WorkerEvent};
use jobs::{JobId, Lane, RunId, State};
use store::JobStore;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::contract::{Delivery, Queue, Settle};
use crate::error::QueueError;

/// The longest time between two looks at the table: news may be missed.
const LOOK: Duration = Duration::from_secs(1);

/// A queue over the job table of this process. Clones share it.
#[derive(Clone)]
pub struct Embedded<S> {
    store: S,
    held: Held,
    draining: CancellationToken,
    closed: CancellationToken,
}

/// The jobs that workers of this process hold.
type Held = Arc<Mutex<HashSet<JobId>>>;

/// A slot that is taken until its job is let go.
#[derive(Debug)]
pub struct Slot {
    job: JobId,
    held: Held,
    _permit: OwnedSemaphorePermit,
}

impl<S: JobStore> Embedded<S> {
    /// A queue over that store.
    #[must_use]
    pub fn new(store: S) -> Self {
        let closed = CancellationToken::new();
        Self { store, held: Held::default(), draining: closed.child_token(), closed }
    }

    /// The next job, as soon as there is one; nothing when no more are handed out.
    async fn next(&self, lane: Lane, slots: &Arc<Semaphore>) -> Option<Delivery<Slot>> {
        let permit = tokio::select! {
            permit = slots.clone().acquire_owned() => permit.ok()?,
            () = self.draining.cancelled() => return None,
        };
        // Listening begins before the look, so that nothing comes in between.
        let mut changes = self.store.changes();
        loop {
            if self.draining.is_cancelled() {
                return None;
            }
            let wait = match self.store.claim(lane, RunId::from_bits(rand::random())).await {
                Ok(Some(message)) => return Some(self.delivery(message, permit)),
                Ok(None) => self.wait(lane).await,
                Err(error) => {
                    tracing::warn!(%error, %lane, "no job can be claimed");
                    LOOK
                }
            };
            tokio::select! {
                _ = changes.next() => {}
                () = tokio::time::sleep(wait) => {}
                () = self.draining.cancelled() => return None,
            }
        }
    }

    /// How long nothing happens unless there is news.
    async fn wait(&self, lane: Lane) -> Duration {
        match self.store.next_due(lane).await {
            Ok(due) => due.unwrap_or(LOOK).clamp(Duration::from_millis(5), LOOK),
            Err(_) => LOOK,
        }
    }

    fn delivery(&self, message: JobMessage, permit: OwnedSemaphorePermit) -> Delivery<Slot> {
        let job = message.job;
        lock(&self.held).insert(job);
        let settle = Slot { job, held: self.held.clone(), _permit: permit };
        Delivery { message, redelivered: false, settle }
    }

    /// What there is to say about a job that is held.
    async fn command(&self, job: JobId) -> Option<Command> {
        let found = self.store.get(job, None).await;
        let found = found
            .inspect_err(|error| tracing::warn!(%error, "a cancellation may be missed"))
            .ok()??;
        let is_over = match found.life.state {
            State::Running { .. } => found.life.cancel_requested,
            State::Cancelled => true,
            _ => false,
        };
        is_over.then_some(Command::Cancel { job, attempt: found.life.attempt })
    }
}

fn lock(held: &Held) -> std::sync::MutexGuard<'_, HashSet<JobId>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.held).remove(&self.job);
    }
}

impl Settle for Slot {
    async fn done(self) -> bool {
        true
    }
}

impl<S: JobStore> Queue for Embedded<S> {
    type Settle = Slot;

    /// The row is the message: it is claimed when it is due.
    async fn publish(&self, _job: &JobMessage, _delay: u32) -> Result<(), QueueError> {
        Ok(())
    }

    fn jobs(
        &self,
        lane: Lane,
        slots: u16,
    ) -> impl Stream<Item = Delivery<Slot>> + Send + Unpin + 'static {
        let slots = Arc::new(Semaphore::new(usize::from(slots)));
        Box::pin(stream::unfold((self.clone(), slots), move |(queue, slots)| async move {
            let delivery = queue.next(lane, &slots).await?;
            Some((delivery, (queue, slots)))
        }))
    }

    fn commands(&self) -> impl Stream<Item = Command> + Send + Unpin + 'static {
        let state = (self.clone(), self.store.changes(), Vec::new(), tokio::time::interval(LOOK));
        Box::pin(stream::unfold(state, async |(queue, mut changes, mut due, mut look)| {
            loop {
                while let Some(job) = due.pop() {
                    if let Some(command) = queue.command(job).await {
                        return Some((command, (queue, changes, due, look)));
                    }
                }
                tokio::select! {
                    changed = changes.next() => {
                        due.extend(changed.filter(|job| lock(&queue.held).contains(job)));
                    }
                    // News may be missed; what is held is looked at all the same.
                    _ = look.tick() => due.extend(lock(&queue.held).iter().copied()),
                    () = queue.closed.cancelled() => return None,
                }
            }
        }))
    }

    async fn report(&self, event: &WorkerEvent) -> Result<(), QueueError> {
        match event {
            WorkerEvent::Beat(beat) => {
                self.store.beats(&[*beat]).await?;
            }
            WorkerEvent::Finished(finished) => {
                let (event, product) = (finished.event(), Some(&finished.product));
                self.store.apply(finished.job, None, &event, product).await?;
            }
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), String> {
        self.store.check().await.map_err(|error| error.to_string())
    }

    async fn drain(&self) {
        self.draining.cancel();
    }

    async fn close(&self) {
        self.closed.cancel();
    }
}
