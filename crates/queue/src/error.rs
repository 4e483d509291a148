//! Why a queue does not take something.

/// Why a queue does not take something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// The broker is away, and may come back.
    #[error("the broker does not answer")]
    Unavailable(#[source] lapin::Error),
    /// The broker has not confirmed a message in time.
    #[error("the broker has not confirmed a message in time")]
    Timeout,
    /// The broker has refused a message, since a queue is full.
    #[error("the broker has refused a message")]
    Refused,
    /// No queue takes the message.
    #[error("no queue takes the message")]
    Unroutable,
    /// Something that must be there is not declared, or declared otherwise.
    #[error("the topology of the broker is not the one that is needed: {0}")]
    Topology(String),
    /// The job table does not answer (embedded queue).
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The queue was closed.
    #[error("the queue is closed")]
    Closed,
}

impl From<lapin::Error> for QueueError {
    fn from(source: lapin::Error) -> Self {
        Self::Unavailable(source)
    }
}
