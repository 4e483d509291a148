//! RabbitMQ, as the keeper sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::Stream;
use jobs::Lane;
use jobs::message::{
    Beat, Command, EVENT_TYPE, Finished, JobMessage, MessageKind, Unreadable as DecodeError,
};
use lapin::message::Delivery;
use tokio::sync::{Mutex, watch};

use crate::error::QueueError;
use crate::rabbit::consumer::{Order, Source};
use crate::rabbit::job_letter;
use crate::rabbit::link::{Ground, State};
use crate::rabbit::properties::{self, Kept, of_attempt, short};
use crate::rabbit::publisher::{Letter, Publisher};
use crate::rabbit::wire::Wire;
use crate::rabbit::{Rabbit, RabbitSettle};
use crate::settings::{InvalidSettings, Settings};
use crate::topology::{
    CONTROL, DEAD, DEAD_QUEUE, INTAKE_QUEUE, PARKED_KEY, PROGRESS_QUEUE, RESULTS_QUEUE, close,
    standing,
};

mod raw;

pub use raw::{Answer, Header, RawMessage, Received, Submitted, Unread};

/// Unsettled deliveries at a time.
const RESULTS_AT_A_TIME: u16 = 128;
const DEAD_AT_A_TIME: u16 = 16;
const INTAKE_AT_A_TIME: u16 = 4;

/// Between two attempts to declare again what seems to be missing.
const BETWEEN: Duration = Duration::from_secs(5);

/// RabbitMQ, as the keeper sees it. Clones share its connections.
///
/// It declares the topology whenever it connects, and when something of it is missing. Streams heal
/// themselves and end only when it is closed; what is received comes again unless it is settled. It
/// needs the runtime in which it was opened, and is to be closed before that ends.
#[derive(Clone, Debug)]
pub struct Broker {
    wire: Arc<Wire>,
    confirmed: Publisher,
    orders: Arc<watch::Sender<Order>>,
    intake: Arc<watch::Sender<Order>>,
    declared: Arc<Mutex<Option<Instant>>>,
}

impl Broker {
    /// Begins to connect. `role` is the name of the process in metrics, and in the broker's lists.
    ///
    /// # Errors
    ///
    /// If the settings cannot be used.
    pub fn open(settings: &Settings, role: &str) -> Result<Self, InvalidSettings> {
        let wire = Arc::new(Wire::open(settings, role, Ground::Declare)?);
        Ok(Self {
            confirmed: wire.publisher(),
            wire,
            orders: Arc::new(watch::Sender::new(Order::Go)),
            intake: Arc::new(watch::Sender::new(Order::Go)),
            declared: Arc::default(),
        })
    }

    /// Waits until it is connected, and everything is declared.
    ///
    /// # Errors
    ///
    /// [`QueueError::Topology`] if something is there with other arguments.
    pub async fn ready(&self) -> Result<(), QueueError> {
        self.wire.ready().await
    }

    /// A worker in the same process, over the same two connections: closing either closes both.
    #[must_use]
    pub fn worker(&self) -> Rabbit {
        Rabbit::over(self.wire.clone())
    }

    /// Hands a job to the workers, now or after so many seconds: after the nearest time that is not
    /// longer and has a queue.
    ///
    /// # Errors
    ///
    /// If it is not confirmed; it may be with the broker all the same.
    pub async fn publish(&self, job: &JobMessage, delay: u32) -> Result<(), QueueError> {
        let result = self.confirmed.publish(job_letter(&self.wire.topology, job, delay)).await;
        self.heal(&result).await;
        result
    }

    /// Tells all workers something; nobody may be listening.
    ///
    /// # Errors
    ///
    /// If it is not even on its way.
    pub async fn cancel(&self, command: &Command) -> Result<(), QueueError> {
        let Command::Cancel { job, attempt } = *command;
        let properties = properties::of(MessageKind::JobCancel, EVENT_TYPE, Kept::Memory);
        let letter = Letter {
            exchange: self.wire.topology.name(CONTROL),
            key: String::new(),
            properties: of_attempt(properties, job, attempt),
            body: command.encode(),
        };
        self.wire.send(letter).await
    }

    /// Sends an answer to a producer.
    ///
    /// # Errors
    ///
    /// [`QueueError::Unroutable`] if there is no such queue, which cannot be known of direct
    /// replies; others if it is not confirmed.
    pub async fn reply(&self, answer: &Answer) -> Result<(), QueueError> {
        // No queue can have a longer name.
        if answer.to.len() > 255 {
            return Err(QueueError::Unroutable);
        }
        let mut properties = properties::of(answer.kind, EVENT_TYPE, Kept::Disk)
            .with_message_id(short(&answer.message_id));
        if let Some(id) = &answer.correlation_id {
            properties = properties.with_correlation_id(short(id));
        }
        let letter = Letter {
            exchange: String::new(),
            key: answer.to.clone(),
            properties,
            body: answer.body.clone(),
        };
        if answer.is_direct {
            self.wire.send(letter).await
        } else {
            self.confirmed.publish(letter).await
        }
    }

    /// Puts a message aside for people, with the reason.
    ///
    /// # Errors
    ///
    /// If it is not confirmed.
    pub async fn park(&self, message: &RawMessage, reason: &str) -> Result<(), QueueError> {
        let letter = Letter {
            exchange: self.wire.topology.name(DEAD),
            key: PARKED_KEY.to_owned(),
            properties: message.parked(reason),
            body: message.body.clone(),
        };
        let result = self.confirmed.publish(letter).await;
        self.heal(&result).await;
        result
    }

    /// How runs have ended.
    pub fn finished(
        &self,
    ) -> impl Stream<Item = Received<Finished, RabbitSettle>> + Send + Unpin + 'static {
        self.receive(RESULTS_QUEUE, RESULTS_AT_A_TIME, |delivery| {
            let trace = properties::trace_of(&delivery.properties);
            Finished::decode(&delivery.data).map(|finished| Finished { trace, ..finished })
        })
    }

    /// Jobs whose messages were delivered too often, or could not be read by a worker.
    pub fn dead(
        &self,
    ) -> impl Stream<Item = Received<JobMessage, RabbitSettle>> + Send + Unpin + 'static {
        self.receive(DEAD_QUEUE, DEAD_AT_A_TIME, |delivery| JobMessage::decode(&delivery.data))
    }

    fn receive<T: Send + 'static>(
        &self,
        queue: &str,
        prefetch: u16,
        decode: impl Fn(&Delivery) -> Result<T, DecodeError> + Send + 'static,
    ) -> impl Stream<Item = Received<T, RabbitSettle>> + Send + Unpin + 'static {
        let source = Source::Queue { name: self.wire.topology.name(queue), prefetch };
        self.wire.consume(source, self.orders.subscribe(), move |delivery, settle| {
            let content = decode(&delivery);
            let content = content.map_err(|error| Unread {
                reason: error.to_string(),
                message: RawMessage::of(delivery),
            });
            Some(Received { content, settle })
        })
    }

    /// Signs of life. Those that nobody takes in time are dropped.
    pub fn beats(&self) -> impl Stream<Item = Beat> + Send + Unpin + 'static {
        let source = Source::Fleeting { name: self.wire.topology.name(PROGRESS_QUEUE) };
        self.wire.consume_fleeting(source, self.orders.subscribe(), |delivery| {
            Beat::decode(&delivery.data)
                .inspect_err(|error| tracing::warn!(%error, "a sign of life cannot be read"))
                .ok()
        })
    }

    /// Messages of producers, as they came.
    pub fn intake(&self) -> impl Stream<Item = Submitted<RabbitSettle>> + Send + Unpin + 'static {
        let name = self.wire.topology.name(INTAKE_QUEUE);
        let source = Source::Strange { name, prefetch: INTAKE_AT_A_TIME };
        self.wire.consume(source, self.intake.subscribe(), |delivery: Delivery, settle| {
            let redelivered = delivery.redelivered;
            Some(Submitted { message: RawMessage::of(delivery), redelivered, settle })
        })
    }

    /// Stops or goes on receiving messages of producers; those that have come can be settled.
    pub fn pause_intake(&self, is_paused: bool) {
        self.intake.send_replace(if is_paused { Order::Rest } else { Order::Go });
    }

    /// Messages of a lane that wait for a worker, without those that a worker holds.
    ///
    /// # Errors
    ///
    /// If the broker does not answer.
    pub async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        self.waiting(&self.wire.topology.lane(lane)).await
    }

    /// Messages that people have to look at.
    ///
    /// # Errors
    ///
    /// If the broker does not answer.
    pub async fn parked(&self) -> Result<u64, QueueError> {
        self.waiting(&self.wire.topology.name(crate::topology::PARKED_QUEUE)).await
    }

    async fn waiting(&self, queue: &str) -> Result<u64, QueueError> {
        let State::Live(live) = self.wire.publishing.state() else {
            return Err(crate::rabbit::publisher::lost());
        };
        let asking = async {
            let channel = live.channel().await?;
            let standing = standing(&channel, queue).await?;
            close(&channel).await;
            Ok(standing.ready)
        };
        let patience = crate::rabbit::link::PATIENCE;
        tokio::time::timeout(patience, asking).await.unwrap_or(Err(QueueError::Timeout))
    }

    /// Whether everything can be sent and received now; a sentence if not.
    ///
    /// # Errors
    ///
    /// The sentence.
    pub fn check(&self) -> Result<(), String> {
        self.wire.check()
    }

    /// Stops receiving; what was received can still be settled, and everything can be sent.
    pub async fn drain(&self) {
        self.orders.send_replace(Order::Rest);
        self.intake.send_replace(Order::Rest);
        self.wire.rested().await;
    }

    /// Ends everything: streams end, connections close.
    pub async fn close(&self) {
        self.wire.close().await;
    }

    /// Declares everything again when a message of ours finds no queue, or no exchange.
    async fn heal(&self, result: &Result<(), QueueError>) {
        let is_missing = match result {
            Err(QueueError::Unroutable) => true,
            Err(QueueError::Unavailable(error)) => error.is_amqp_soft_error(),
            _ => false,
        };
        if !is_missing {
            return;
        }
        let mut declared = self.declared.lock().await;
        if declared.is_some_and(|at| at.elapsed() < BETWEEN) {
            return;
        }
        *declared = Some(Instant::now());
        if let State::Live(live) = self.wire.publishing.state() {
            match live.declare(&self.wire.topology).await {
                Ok(()) => tracing::warn!("a queue was missing; everything was declared again"),
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "a queue is missing and cannot be declared");
                }
            }
        }
    }
}

/// Declares the topology and goes.
///
/// # Errors
///
/// [`QueueError::Topology`] if something is there with other arguments; others if the broker does
/// not answer.
pub async fn migrate(settings: &Settings) -> Result<(), MigrateError> {
    let broker = Broker::open(settings, "migrate")?;
    let outcome = broker.wire.publishing.first().await;
    broker.close().await;
    match outcome {
        State::Live(_) => Ok(()),
        State::Broken(error) => Err(MigrateError::Queue(error)),
        State::Connecting => Err(MigrateError::Queue(Arc::new(QueueError::Closed))),
    }
}

/// Why the topology was not declared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] InvalidSettings),
    /// The broker is away, or holds something else.
    #[error("the topology was not declared")]
    Queue(#[source] Arc<QueueError>),
}
