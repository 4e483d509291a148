//! RabbitMQ, as workers see it ([`Rabbit`]) and as keepers see it ([`Broker`]).

use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use jobs::Lane;
use jobs::message::{
    Beat, Command, EVENT_TYPE, Finished, JOB_TYPE, JobMessage, MessageKind, Unreadable, WorkerEvent,
};
use lapin::options::QueueDeclareOptions;
use lapin::types::{AMQPValue, FieldTable};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::consumer::{self, Consumption, From, Handle};
use crate::contract::{Delivery, Queue};
use crate::error::QueueError;
use crate::link::Link;
use crate::message::{Answer, RawMessage, Received, Submitted, Unread, properties, short};
use crate::publisher::{Parcel, Publisher};
use crate::settings::Settings;
use crate::topology::{self, Names};

/// A worker's view of RabbitMQ. Clones share its two connections.
#[derive(Clone)]
pub struct Rabbit(Core);

/// A keeper's view of RabbitMQ. Clones share its two connections.
#[derive(Clone)]
pub struct Broker(Core);

/// What comes, heals itself and ends when the broker is closed.
pub type Incoming<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

#[derive(Clone)]
struct Core {
    names: Names,
    sending: Link,
    receiving: Link,
    publisher: Publisher,
    closed: CancellationToken,
    draining: CancellationToken,
    paused: watch::Sender<bool>,
    never: watch::Sender<bool>,
    worker: String,
}

/// Messages of each kind that a keeper holds at a time (`service.md` section 5.1).
const RESULTS: u16 = 128;
const DEAD: u16 = 16;
const INTAKE: u16 = 4;
const BEATS: u16 = 256;

impl Core {
    fn new(settings: &Settings, role: &'static str, worker: &str) -> Result<Self, QueueError> {
        let closed = CancellationToken::new();
        let sending = Link::new(settings, role, "send", &closed)?;
        let receiving = Link::new(settings, role, "receive", &closed)?;
        Ok(Self {
            names: Names::new(&settings.prefix),
            publisher: Publisher::new(sending.clone(), settings),
            sending,
            receiving,
            draining: closed.child_token(),
            closed,
            paused: watch::Sender::new(false),
            never: watch::Sender::new(false),
            worker: worker.to_owned(),
        })
    }

    fn consume(
        &self,
        from: From,
        prefetch: u16,
    ) -> impl Stream<Item = (lapin::message::Delivery, Handle)> + Send + Unpin + 'static + use<>
    {
        self.consume_unless(from, prefetch, self.never.subscribe())
    }

    fn consume_unless(
        &self,
        from: From,
        prefetch: u16,
        paused: watch::Receiver<bool>,
    ) -> impl Stream<Item = (lapin::message::Delivery, Handle)> + Send + Unpin + 'static + use<>
    {
        let what = Consumption {
            no_ack: prefetch == BEATS || matches!(from, From::Own { .. }),
            from,
            prefetch,
            closed: self.closed.clone(),
            draining: self.draining.clone(),
            paused,
        };
        consumer::consume(self.receiving.clone(), what)
    }

    fn queue(&self, name: &str) -> From {
        From::Queue(self.names.of(name))
    }

    async fn publish(&self, job: &JobMessage, delay: u32) -> Result<(), QueueError> {
        let mut headers = FieldTable::default();
        headers.insert("x-attempt".into(), AMQPValue::LongLongInt(i64::from(job.attempt)));
        let properties = properties(MessageKind::JobRequested, JOB_TYPE)
            .with_delivery_mode(2)
            .with_headers(headers)
            .with_message_id(format!("{}:{}", job.job, job.attempt).into())
            .with_correlation_id(job.job.to_string().into());
        self.publisher
            .send(Parcel {
                exchange: &self.names.delayed(delay),
                key: job.lane.as_str(),
                properties,
                body: &job.encode(),
            })
            .await
    }

    fn check(&self) -> Result<(), String> {
        self.sending.check()?;
        self.receiving.check()
    }

    async fn close(&self) {
        self.closed.cancel();
        self.sending.close().await;
        self.receiving.close().await;
    }
}

impl Rabbit {
    /// Connects a worker of that name, and looks whether everything that it needs is declared.
    ///
    /// # Errors
    ///
    /// If the broker is away, refuses, or lacks something.
    pub async fn connect(settings: &Settings, worker: &str) -> Result<Self, QueueError> {
        let core = Core::new(settings, "worker", worker)?;
        let channel = core.receiving.channel().await?;
        topology::check(&channel, &core.names).await?;
        core.sending.channel().await?;
        Ok(Self(core))
    }
}

impl Queue for Rabbit {
    type Settle = Handle;

    async fn publish(&self, job: &JobMessage, delay: u32) -> Result<(), QueueError> {
        self.0.publish(job, delay).await
    }

    fn jobs(
        &self,
        lane: Lane,
        slots: u16,
    ) -> impl Stream<Item = Delivery<Handle>> + Send + Unpin + 'static {
        let jobs = self.0.consume(From::Queue(self.0.names.lane(lane)), slots);
        Box::pin(jobs.filter_map(async |(delivery, settle)| {
            match JobMessage::decode(&delivery.data) {
                Ok(message) => {
                    Some(Delivery { message, redelivered: delivery.redelivered, settle })
                }
                Err(error) => {
                    // A worker cannot park; the dead letters are the keeper's, who can.
                    tracing::warn!(%error, "a job cannot be read");
                    settle.reject().await;
                    None
                }
            }
        }))
    }

    fn commands(&self) -> impl Stream<Item = Command> + Send + Unpin + 'static {
        let from = From::Own {
            exchange: self.0.names.of("control"),
            name: self.0.names.of(&format!("control.w.{}", self.0.worker)),
        };
        Box::pin(self.0.consume(from, INTAKE).filter_map(async |(delivery, _)| {
            Command::decode(&delivery.data)
                .inspect_err(|error| tracing::warn!(%error, "a command cannot be read"))
                .ok()
        }))
    }

    async fn report(&self, event: &WorkerEvent) -> Result<(), QueueError> {
        let core = &self.0;
        match event {
            WorkerEvent::Beat(beat) => {
                let key = format!("job.{}", beat.job);
                let properties = properties(MessageKind::JobProgress, EVENT_TYPE)
                    .with_delivery_mode(1)
                    .with_correlation_id(beat.job.to_string().into());
                let exchange = core.names.of("progress");
                let body = beat.encode();
                let parcel = Parcel { exchange: &exchange, key: &key, properties, body: &body };
                core.publisher.tell(parcel).await
            }
            WorkerEvent::Finished(finished) => {
                let Finished { job, attempt, run, .. } = **finished;
                let properties = properties(MessageKind::JobFinished, EVENT_TYPE)
                    .with_delivery_mode(2)
                    .with_message_id(format!("{job}:{attempt}:{run}").into())
                    .with_correlation_id(job.to_string().into());
                let exchange = core.names.of("results");
                let body = finished.encode();
                let parcel =
                    Parcel { exchange: &exchange, key: "finished", properties, body: &body };
                core.publisher.send(parcel).await
            }
        }
    }

    async fn check(&self) -> Result<(), String> {
        self.0.check()
    }

    async fn drain(&self) {
        self.0.draining.cancel();
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

impl Broker {
    /// Connects a keeper, and declares everything.
    ///
    /// # Errors
    ///
    /// If the broker is away, refuses, or has something declared otherwise.
    pub async fn connect(settings: &Settings) -> Result<Self, QueueError> {
        let core = Core::new(settings, "keeper", "")?;
        let channel = core.receiving.channel().await?;
        topology::declare(&channel, &core.names).await?;
        core.sending.channel().await?;
        Ok(Self(core))
    }

    /// Hands a job to the workers, now or after so many seconds. `Ok` only when it is confirmed.
    ///
    /// # Errors
    ///
    /// If it is not confirmed: it may have arrived all the same.
    pub async fn publish(&self, message: &JobMessage, delay: u32) -> Result<(), QueueError> {
        self.0.publish(message, delay).await
    }

    /// Tells all workers something; nobody may be listening.
    ///
    /// # Errors
    ///
    /// If the broker is away.
    pub async fn cancel(&self, command: &Command) -> Result<(), QueueError> {
        let properties = properties(MessageKind::JobCancel, EVENT_TYPE).with_delivery_mode(1);
        let (exchange, body) = (self.0.names.of("control"), command.encode());
        self.0
            .publisher
            .tell(Parcel { exchange: &exchange, key: "", properties, body: &body })
            .await
    }

    /// Sends an answer to a producer. `Ok` only when it is confirmed, or if it is direct: then
    /// nobody can know.
    ///
    /// # Errors
    ///
    /// [`QueueError::Unroutable`] if there is no such queue, and as for [`Broker::publish`].
    pub async fn reply(&self, answer: &Answer) -> Result<(), QueueError> {
        let mut properties = properties(answer.kind, EVENT_TYPE).with_delivery_mode(2);
        if let Some(id) = short(Some(&answer.message_id)) {
            properties = properties.with_message_id(id);
        }
        if let Some(id) = short(answer.correlation_id.as_deref()) {
            properties = properties.with_correlation_id(id);
        }
        let parcel = Parcel { exchange: "", key: &answer.to, properties, body: &answer.body };
        if answer.is_direct {
            self.0.publisher.tell(parcel).await
        } else {
            self.0.publisher.send(parcel).await
        }
    }

    /// Puts a message aside for people, with the reason. `Ok` only when it is confirmed.
    ///
    /// # Errors
    ///
    /// As for [`Broker::publish`].
    pub async fn park(&self, message: &RawMessage, reason: &str) -> Result<(), QueueError> {
        let exchange = self.0.names.of("dead");
        let properties = message.parked(reason);
        let parcel = Parcel { exchange: &exchange, key: "parked", properties, body: &message.body };
        self.0.publisher.send(parcel).await
    }

    /// How runs have ended.
    #[must_use]
    pub fn finished(&self) -> Incoming<Received<Finished, Handle>> {
        self.received("results.v1", RESULTS, MessageKind::JobFinished, Finished::decode)
    }

    /// Jobs whose messages were delivered too often, or could not be read by a worker.
    #[must_use]
    pub fn dead(&self) -> Incoming<Received<JobMessage, Handle>> {
        self.received("dead.v1", DEAD, MessageKind::JobRequested, JobMessage::decode)
    }

    /// Signs of life.
    #[must_use]
    pub fn beats(&self) -> Incoming<Beat> {
        let beats = self.0.consume(self.0.queue("progress.v1"), BEATS);
        Box::pin(beats.filter_map(async |(delivery, _)| {
            Beat::decode(&delivery.data)
                .inspect_err(|error| tracing::debug!(%error, "a beat cannot be read"))
                .ok()
        }))
    }

    /// Messages of producers.
    #[must_use]
    pub fn intake(&self) -> Incoming<Submitted<Handle>> {
        let from = self.0.queue("intake.v1");
        let intake = self.0.consume_unless(from, INTAKE, self.0.paused.subscribe());
        Box::pin(intake.map(|(delivery, settle)| {
            let redelivered = delivery.redelivered;
            let message = RawMessage::of(&delivery.properties, delivery.data);
            Submitted { message, redelivered, settle }
        }))
    }

    /// Stops or goes on receiving messages of producers; those that have come can be settled.
    pub fn pause_intake(&self, is_paused: bool) {
        self.0.paused.send_if_modified(|paused| std::mem::replace(paused, is_paused) != is_paused);
    }

    /// Messages of a lane that wait for a worker, without those that a worker holds.
    ///
    /// # Errors
    ///
    /// If the broker is away.
    pub async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        let channel = self.0.receiving.channel().await?;
        let options = QueueDeclareOptions { passive: true, ..Default::default() };
        let name = self.0.names.lane(lane);
        let found = channel.queue_declare(name.as_str().into(), options, FieldTable::default());
        Ok(u64::from(found.await?.message_count()))
    }

    /// Whether everything can be sent and received now; a sentence if not.
    ///
    /// # Errors
    ///
    /// The sentence.
    pub fn check(&self) -> Result<(), String> {
        self.0.check()
    }

    /// Ends everything: streams end, connections close.
    pub async fn close(&self) {
        self.0.close().await;
    }

    fn received<T: Send + 'static>(
        &self,
        queue: &str,
        prefetch: u16,
        kind: MessageKind,
        decode: fn(&[u8]) -> Result<T, Unreadable>,
    ) -> Incoming<Received<T, Handle>> {
        let deliveries = self.0.consume(self.0.queue(queue), prefetch);
        Box::pin(deliveries.map(move |(delivery, settle)| {
            let told = delivery.properties.kind().as_ref().map(|kind| kind.as_str().to_owned());
            let content = match told.as_deref() {
                Some(told) if told != kind.as_str() => Err(Unreadable::Type),
                _ => decode(&delivery.data),
            };
            let content = content.map_err(|error| Unread {
                message: RawMessage::of(&delivery.properties, delivery.data),
                reason: error.to_string(),
            });
            Received { content, settle }
        }))
    }
}
