//! Either queue, for whoever chooses when the program runs.

use futures_util::{Stream, StreamExt};
use jobs::Lane;
use jobs::message::{Command, JobMessage, WorkerEvent};
use store::JobStore;

use crate::contract::{Delivery, Queue, Settle};
use crate::embedded::{Embedded, EmbeddedSettle};
use crate::error::QueueError;
use crate::rabbit::{Rabbit, RabbitSettle};

/// Either queue.
#[derive(Clone, Debug)]
pub enum AnyQueue<S: JobStore> {
    /// The job table of this process.
    Embedded(Embedded<S>),
    /// RabbitMQ.
    Rabbit(Rabbit),
}

/// How a delivery of either queue is let go.
#[derive(Debug)]
pub enum AnySettle<S: JobStore> {
    /// Of the job table.
    Embedded(EmbeddedSettle<S>),
    /// Of RabbitMQ.
    Rabbit(RabbitSettle),
}

fn any<T, U>(delivery: Delivery<T>, settle: fn(T) -> U) -> Delivery<U> {
    let Delivery { message, redeliveries, settle: inner } = delivery;
    Delivery { message, redeliveries, settle: settle(inner) }
}

impl<S: JobStore> Queue for AnyQueue<S> {
    type Settle = AnySettle<S>;

    async fn publish(&self, job: &JobMessage, delay: u32) -> Result<(), QueueError> {
        match self {
            Self::Embedded(queue) => queue.publish(job, delay).await,
            Self::Rabbit(queue) => queue.publish(job, delay).await,
        }
    }

    fn jobs(
        &self,
        lane: Lane,
        slots: u16,
    ) -> impl Stream<Item = Delivery<AnySettle<S>>> + Send + Unpin + 'static {
        match self {
            Self::Embedded(queue) => {
                queue.jobs(lane, slots).map(|found| any(found, AnySettle::Embedded)).boxed()
            }
            Self::Rabbit(queue) => {
                queue.jobs(lane, slots).map(|found| any(found, AnySettle::Rabbit)).boxed()
            }
        }
    }

    fn commands(&self) -> impl Stream<Item = Command> + Send + Unpin + 'static {
        match self {
            Self::Embedded(queue) => queue.commands().boxed(),
            Self::Rabbit(queue) => queue.commands().boxed(),
        }
    }

    async fn report(&self, event: &WorkerEvent) -> Result<(), QueueError> {
        match self {
            Self::Embedded(queue) => queue.report(event).await,
            Self::Rabbit(queue) => queue.report(event).await,
        }
    }

    async fn check(&self) -> Result<(), String> {
        match self {
            Self::Embedded(queue) => queue.check().await,
            Self::Rabbit(queue) => queue.check().await,
        }
    }

    async fn drain(&self) {
        match self {
            Self::Embedded(queue) => queue.drain().await,
            Self::Rabbit(queue) => queue.drain().await,
        }
    }

    async fn close(&self) {
        match self {
            Self::Embedded(queue) => queue.close().await,
            Self::Rabbit(queue) => queue.close().await,
        }
    }
}

impl<S: JobStore> Settle for AnySettle<S> {
    async fn done(self) -> bool {
        match self {
            Self::Embedded(settle) => settle.done().await,
            Self::Rabbit(settle) => settle.done().await,
        }
    }
}
