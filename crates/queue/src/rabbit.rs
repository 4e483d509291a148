//! A queue behind RabbitMQ, as a worker sees it.

use std::sync::Arc;

use futures_util::Stream;
use jobs::Lane;
use jobs::message::{Command, EVENT_TYPE, JOB_TYPE, JobMessage, MessageKind, WorkerEvent};
use tokio::sync::watch;

use crate::contract::{Delivery, Queue};
use crate::error::QueueError;
use crate::settings::{InvalidSettings, Settings};
use crate::topology::{CONTROL, CONTROL_QUEUES, FINISHED_KEY, PROGRESS, RESULTS, Topology};

mod backoff;
pub(crate) mod consumer;
mod gauges;
mod hearing;
mod ledger;
pub(crate) mod link;
pub(crate) mod properties;
pub(crate) mod publisher;
pub(crate) mod wire;

use consumer::{Order, Source};
pub use ledger::RabbitSettle;
use link::Ground;
use properties::Kept;
use publisher::{Letter, Publisher};
use wire::Wire;

/// RabbitMQ, as a worker sees it. Clones share its connections.
///
/// It needs the runtime in which it was opened, and is to be closed before that ends.
#[derive(Clone, Debug)]
pub struct Rabbit {
    wire: Arc<Wire>,
    confirmed: Publisher,
    orders: Arc<watch::Sender<Order>>,
    worker: String,
}

impl Rabbit {
    /// Begins to connect. `role` is the name of the process in metrics, and in the broker's lists.
    ///
    /// # Errors
    ///
    /// If the settings cannot be used.
    pub fn open(settings: &Settings, role: &str) -> Result<Self, InvalidSettings> {
        Ok(Self::over(Arc::new(Wire::open(settings, role, Ground::Check)?)))
    }

    /// A worker over the connections of its process.
    pub(crate) fn over(wire: Arc<Wire>) -> Self {
        Self {
            confirmed: wire.publisher(),
            wire,
            orders: Arc::new(watch::Sender::new(Order::Go)),
            worker: format!("{:016x}", rand::random::<u64>()),
        }
    }

    /// Waits until it is connected.
    ///
    /// # Errors
    ///
    /// [`QueueError::Topology`] if something that must be there is not declared.
    pub async fn ready(&self) -> Result<(), QueueError> {
        self.wire.ready().await
    }
}

impl Queue for Rabbit {
    type Settle = RabbitSettle;

    async fn publish(&self, job: &JobMessage, delay: u32) -> Result<(), QueueError> {
        self.confirmed.publish(job_letter(&self.wire.topology, job, delay)).await
    }

    fn jobs(
        &self,
        lane: Lane,
        slots: u16,
    ) -> impl Stream<Item = Delivery<RabbitSettle>> + Send + Unpin + 'static {
        let name = self.wire.topology.lane(lane);
        let source = Source::Queue { name, prefetch: slots.max(1) };
        self.wire.consume(source, self.orders.subscribe(), |delivery, settle| {
            match JobMessage::decode(&delivery.data) {
                Ok(message) => Some(Delivery {
                    message: JobMessage {
                        trace: properties::trace_of(&delivery.properties),
                        ..message
                    },
                    redeliveries: properties::redeliveries(&delivery),
                    settle,
                }),
                // A worker may not park; what it rejects goes to the keeper, who may.
                Err(error) => {
                    tracing::error!(%error, "a job cannot be read, and goes to the dead letters");
                    settle.reject();
                    None
                }
            }
        })
    }

    fn commands(&self) -> impl Stream<Item = Command> + Send + Unpin + 'static {
        let topology = &self.wire.topology;
        let name = topology.name(&format!("{CONTROL_QUEUES}{}", self.worker));
        let source = Source::Own { name, exchange: topology.name(CONTROL) };
        // Commands are heard until the end: what runs on while draining can be cancelled.
        let orders = watch::Sender::new(Order::Go).subscribe();
        self.wire.consume_fleeting(source, orders, |delivery| {
            Command::decode(&delivery.data)
                .inspect_err(|error| tracing::warn!(%error, "a command cannot be read"))
                .ok()
        })
    }

    async fn report(&self, event: &WorkerEvent) -> Result<(), QueueError> {
        let topology = &self.wire.topology;
        match event {
            WorkerEvent::Beat(beat) => {
                let properties = properties::of(MessageKind::JobProgress, EVENT_TYPE, Kept::Memory);
                let letter = Letter {
                    exchange: topology.name(PROGRESS),
                    key: format!("job.{}", beat.job),
                    properties: properties::of_attempt(properties, beat.job, beat.attempt),
                    body: beat.encode(),
                };
                self.wire.send(letter).await
            }
            WorkerEvent::Finished(finished) => {
                let (job, attempt) = (finished.job, finished.attempt);
                let id = format!("{job}:{attempt}:{}", finished.run);
                let properties = properties::of(MessageKind::JobFinished, EVENT_TYPE, Kept::Disk)
                    .with_message_id(id.into());
                let properties = properties::of_attempt(properties, job, attempt);
                let letter = Letter {
                    exchange: topology.name(RESULTS),
                    key: FINISHED_KEY.to_owned(),
                    properties: properties::traced(properties, finished.trace.as_ref()),
                    body: finished.encode(),
                };
                self.confirmed.publish(letter).await
            }
        }
    }

    async fn check(&self) -> Result<(), String> {
        self.wire.check()
    }

    async fn drain(&self) {
        self.orders.send_replace(Order::Rest);
        self.wire.rested().await;
    }

    async fn close(&self) {
        self.wire.close().await;
    }
}

/// A job on its way to the workers.
pub(crate) fn job_letter(topology: &Topology, job: &JobMessage, delay: u32) -> Letter {
    let properties = properties::of(MessageKind::JobRequested, JOB_TYPE, Kept::Disk)
        .with_message_id(format!("{}:{}", job.job, job.attempt).into());
    let properties = properties::of_attempt(properties, job.job, job.attempt);
    Letter {
        exchange: topology.delayed(delay),
        key: job.lane.as_str().to_owned(),
        properties: properties::traced(properties, job.trace.as_ref()),
        body: job.encode(),
    }
}
