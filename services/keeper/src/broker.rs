//! What the keeper asks of a broker.

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::Stream;
use jobs::Lane;
use jobs::message::{Beat, Command, Finished, JobMessage, MessageKind};
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

    /// Messages that were put aside for people.
    fn parked(&self) -> impl Future<Output = Result<u64, QueueError>> + Send;

    /// Whether everything can be sent and received now; a sentence if not.
    fn check(&self) -> impl Future<Output = Result<(), String>> + Send;
}

/// Something that was received, readable or not.
#[derive(Debug)]
pub struct Received<T, S> {
    /// What it says.
    pub content: Result<T, Unread>,
    /// How it is let go.
    pub settle: S,
}

/// A message that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Unread {
    /// The message as it came.
    pub message: RawMessage,
    /// Why it cannot be read.
    pub reason: String,
}

/// A message of a producer.
#[derive(Debug)]
pub struct Submitted<S> {
    /// The message as it came.
    pub message: RawMessage,
    /// Whether it may have been in other hands before.
    pub redelivered: bool,
    /// How it is let go.
    pub settle: S,
}

/// A message as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawMessage {
    /// `content_type`
    pub content_type: Option<String>,
    /// `content_encoding`
    pub content_encoding: Option<String>,
    /// `type`
    pub kind: Option<String>,
    /// `message_id`
    pub message_id: Option<String>,
    /// `correlation_id`
    pub correlation_id: Option<String>,
    /// `reply_to`
    pub reply_to: Option<String>,
    /// `user_id`
    pub user_id: Option<String>,
    /// Its headers.
    pub headers: BTreeMap<String, Header>,
    /// Its body.
    pub body: Vec<u8>,
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq)]
pub enum Header {
    /// A string.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Something else: a table, a list, a time, bytes that are not UTF-8.
    Other,
}

/// An answer to a producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The queue.
    pub to: String,
    /// What the producer calls it.
    pub correlation_id: Option<String>,
    /// The name under which a repetition is known.
    pub message_id: String,
    /// What it is.
    pub kind: MessageKind,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether it goes to a producer that waits on its own channel (direct reply-to): best effort,
    /// without `mandatory`.
    pub is_direct: bool,
}
