//! What the keeper asks of a broker.

use std::future::Future;

use futures_util::Stream;
use jobs::Lane;
use jobs::message::{Beat, Command, Finished, JobMessage};
pub use queue::{Answer, Header, RawMessage, Received, Submitted, Unread};
use queue::{QueueError, Settle};

/// The broker, as the keeper sees it. Clones share one broker.
///
/// Streams heal themselves and end only when the broker is closed. What is received is delivered
/// again unless it is settled.
pub trait Broker: Clone + Send + Sync + 'static {
    /// How something that was received is let go.
    type Settle: Settle;

    /// Hands a job to the workers, now or after so many seconds. `Ok` only when it is confirmed.
    fn publish(
        &self,
        message: &JobMessage,
        delay: u32,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Tells all workers something; nobody may be listening.
    fn cancel(&self, command: &Command) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Sends an answer to a producer. `Ok` only when it is confirmed, or if it is direct: then
    /// nobody can know.
    fn reply(&self, reply: &Answer) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Puts a message aside for people, with the reason. `Ok` only when it is confirmed.
    fn park(
        &self,
        message: &RawMessage,
        reason: &str,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// How runs have ended.
    fn finished(
        &self,
    ) -> impl Stream<Item = Received<Finished, Self::Settle>> + Send + Unpin + 'static;

    /// Signs of life.
    fn beats(&self) -> impl Stream<Item = Beat> + Send + Unpin + 'static;

    /// Jobs whose messages were delivered too often.
    fn dead(
        &self,
    ) -> impl Stream<Item = Received<JobMessage, Self::Settle>> + Send + Unpin + 'static;

    /// Messages of producers.
    fn intake(&self) -> impl Stream<Item = Submitted<Self::Settle>> + Send + Unpin + 'static;

    /// Stops or goes on receiving messages of producers; those that have come can be settled.
    fn pause_intake(&self, is_paused: bool) -> impl Future<Output = ()> + Send;

    /// Messages of a lane that wait for a worker, without those that a worker holds.
    fn depth(&self, lane: Lane) -> impl Future<Output = Result<u64, QueueError>> + Send;

    /// Whether everything can be sent and received now; a sentence if not.
    fn check(&self) -> impl Future<Output = Result<(), String>> + Send;
}

impl Broker for queue::Broker {
    type Settle = queue::Handle;

    async fn publish(&self, message: &JobMessage, delay: u32) -> Result<(), QueueError> {
        self.publish(message, delay).await
    }

    async fn cancel(&self, command: &Command) -> Result<(), QueueError> {
        self.cancel(command).await
    }

    async fn reply(&self, reply: &Answer) -> Result<(), QueueError> {
        self.reply(reply).await
    }

    async fn park(&self, message: &RawMessage, reason: &str) -> Result<(), QueueError> {
        self.park(message, reason).await
    }

    fn finished(
        &self,
    ) -> impl Stream<Item = Received<Finished, Self::Settle>> + Send + Unpin + 'static {
        self.finished()
    }

    fn beats(&self) -> impl Stream<Item = Beat> + Send + Unpin + 'static {
        self.beats()
    }

    fn dead(
        &self,
    ) -> impl Stream<Item = Received<JobMessage, Self::Settle>> + Send + Unpin + 'static {
        self.dead()
    }

    fn intake(&self) -> impl Stream<Item = Submitted<Self::Settle>> + Send + Unpin + 'static {
        self.intake()
    }

    async fn pause_intake(&self, is_paused: bool) {
        self.pause_intake(is_paused);
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        self.depth(lane).await
    }

    async fn check(&self) -> Result<(), String> {
        self.check()
    }
}
