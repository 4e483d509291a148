//! What a worker sees of a queue.

use std::future::Future;

use futures_util::Stream;
use jobs::Lane;
use jobs::message::{Command, JobMessage, WorkerEvent};

use crate::error::QueueError;

/// Where jobs come from and where it is said how they went. Clones share one queue.
pub trait Queue: Clone + Send + Sync + 'static {
    /// How a delivery is let go.
    type Settle: Settle;

    /// Hands a job to the workers, now or after so many seconds. `Ok` only when it is safe with
    /// the queue.
    fn publish(
        &self,
        job: &JobMessage,
        delay: u32,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// The jobs of a lane, at most so many unsettled at a time. The stream heals itself and ends
    /// only when the queue is closed.
    fn jobs(
        &self,
        lane: Lane,
        slots: u16,
    ) -> impl Stream<Item = Delivery<Self::Settle>> + Send + Unpin + 'static;

    /// What all workers are told. It heals itself and ends when the queue is closed.
    fn commands(&self) -> impl Stream<Item = Command> + Send + Unpin + 'static;

    /// Says how a job goes: beats as well as can be, ends only when they are safe.
    fn report(&self, event: &WorkerEvent) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Whether jobs can be received and reported now; a sentence if not.
    fn check(&self) -> impl Future<Output = Result<(), String>> + Send;

    /// Stops handing out jobs; what was handed out can still be reported and settled.
    fn drain(&self) -> impl Future<Output = ()> + Send;

    /// Ends everything: streams end, connections close.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// A job in the hands of a worker.
#[derive(Debug)]
pub struct Delivery<S> {
    /// What is to be done.
    pub message: JobMessage,
    /// How often it may have been in other hands before. Whoever had it may have died, of this job
    /// or of another one.
    pub redeliveries: u32,
    /// How it is let go.
    pub settle: S,
}

/// How a delivery is let go.
pub trait Settle: Send + 'static {
    /// The job's end is safe: it need not be delivered again. Says whether that was heard; if not,
    /// it will come again.
    fn done(self) -> impl Future<Output = bool> + Send;
}
