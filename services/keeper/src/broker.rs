//! What the keeper asks of a broker.

use std::future::Future;

use futures_util::Stream;
use jobs::Lane;
use jobs::message::{Beat, Command, Finished, JobMessage};
use queue::{Answer, QueueError, RabbitSettle, RawMessage, Received, Settle, Submitted};

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

    /// Messages that were put aside for people.
    fn parked(&self) -> impl Future<Output = Result<u64, QueueError>> + Send;

    /// Whether everything can be sent and received now; a sentence if not.
    fn check(&self) -> impl Future<Output = Result<(), String>> + Send;
}

impl Broker for queue::Broker {
    type Settle = RabbitSettle;

    async fn publish(&self, message: &JobMessage, delay: u32) -> Result<(), QueueError> {
        queue::Broker::publish(self, message, delay).await
    }

    async fn cancel(&self, command: &Command) -> Result<(), QueueError> {
        queue::Broker::cancel(self, command).await
    }

    async fn reply(&self, reply: &Answer) -> Result<(), QueueError> {
        queue::Broker::reply(self, reply).await
    }

    async fn park(&self, message: &RawMessage, reason: &str) -> Result<(), QueueError> {
        queue::Broker::park(self, message, reason).await
    }

    fn finished(
        &self,
    ) -> impl Stream<Item = Received<Finished, RabbitSettle>> + Send + Unpin + 'static {
        queue::Broker::finished(self)
    }

    fn beats(&self) -> impl Stream<Item = Beat> + Send + Unpin + 'static {
        queue::Broker::beats(self)
    }

    fn dead(
        &self,
    ) -> impl Stream<Item = Received<JobMessage, RabbitSettle>> + Send + Unpin + 'static {
        queue::Broker::dead(self)
    }

    fn intake(&self) -> impl Stream<Item = Submitted<RabbitSettle>> + Send + Unpin + 'static {
        queue::Broker::intake(self)
    }

    async fn pause_intake(&self, is_paused: bool) {
        queue::Broker::pause_intake(self, is_paused);
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        queue::Broker::depth(self, lane).await
    }

    async fn parked(&self) -> Result<u64, QueueError> {
        queue::Broker::parked(self).await
    }

    async fn check(&self) -> Result<(), String> {
        queue::Broker::check(self)
    }
}
