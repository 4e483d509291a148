//! Receiving messages, from whichever connection stands (`service.md` section 5.6).

use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions,
    QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{Acker, Channel};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::contract::Settle;
use crate::error::QueueError;
use crate::link::Link;

/// Pauses between two attempts to receive.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How often it is looked whether a channel that says nothing still stands.
const WATCH: Duration = Duration::from_secs(5);

/// What is received.
#[derive(Clone)]
pub(crate) struct Consumption {
    /// The queue, or the exchange that a queue of its own is bound to.
    pub(crate) from: From,
    /// Messages that may be unsettled at a time.
    pub(crate) prefetch: u16,
    /// Whether messages count as settled when they are sent.
    pub(crate) no_ack: bool,
    /// Ends the stream.
    pub(crate) closed: CancellationToken,
    /// No more is received from then on, but what was can still be settled.
    pub(crate) draining: CancellationToken,
    /// Whether receiving is interrupted.
    pub(crate) paused: watch::Receiver<bool>,
}

/// Where messages come from.
#[derive(Clone)]
pub(crate) enum From {
    /// A queue.
    Queue(String),
    /// A queue of one's own that is bound to this exchange, named with this beginning.
    Own { exchange: String, name: String },
}

/// How a message is let go.
#[derive(Debug)]
pub struct Handle(Option<Acker>);

impl Handle {
    /// Lets it go as unreadable: the broker puts it among the dead letters.
    pub(crate) async fn reject(self) -> bool {
        let Some(acker) = self.0 else { return true };
        acker.reject(BasicRejectOptions { requeue: false }).await.unwrap_or(false)
    }
}

impl Settle for Handle {
    async fn done(self) -> bool {
        let Some(acker) = self.0 else { return true };
        // An error, like `false`, means that it was not heard: it will come again.
        acker.ack(BasicAckOptions::default()).await.unwrap_or(false)
    }
}

/// Receives until it is closed; whatever breaks is built anew.
pub(crate) fn consume(
    link: Link,
    what: Consumption,
) -> impl Stream<Item = (Delivery, Handle)> + Send + Unpin + 'static {
    let (sender, receiver) = mpsc::channel(usize::from(what.prefetch).max(1));
    tokio::spawn(supervise(link, what, sender));
    Box::pin(stream::unfold(receiver, async |mut receiver| {
        Some((receiver.recv().await?, receiver))
    }))
}

async fn supervise(link: Link, what: Consumption, sender: mpsc::Sender<(Delivery, Handle)>) {
    let mut pause = FIRST_PAUSE;
    let mut channels = Vec::new();
    while !what.draining.is_cancelled() && !what.closed.is_cancelled() {
        let mut paused = what.paused.clone();
        tokio::select! {
            () = until(&mut paused, false) => {}
            () = what.draining.cancelled() => break,
            () = what.closed.cancelled() => break,
        }
        let received = match open(&link, &what).await {
            Ok((channel, consumer)) => {
                pause = FIRST_PAUSE;
                let why = receive(&channel, consumer, &what, &sender).await;
                // What was received over it can be settled over it alone.
                channels.retain(|channel: &Channel| channel.status().connected());
                channels.push(channel);
                why
            }
            Err(error) => Err(error),
        };
        if sender.is_closed() {
            return;
        }
        if let Err(error) = received {
            tracing::warn!(%error, ?pause, "receiving is begun anew");
            tokio::select! {
                () = tokio::time::sleep(jittered(pause)) => {}
                () = what.closed.cancelled() => return,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
    drop(sender);
    what.closed.cancelled().await;
}

/// Waits until receiving is interrupted, or goes on. Whoever could say so is gone with the end.
async fn until(paused: &mut watch::Receiver<bool>, wanted: bool) {
    if paused.wait_for(|paused| *paused == wanted).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// A time between half and all of it, so that not everybody comes back at once.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.5..=1.0))
}

async fn open(link: &Link, what: &Consumption) -> Result<(Channel, lapin::Consumer), QueueError> {
    let channel = link.channel().await?;
    channel.basic_qos(what.prefetch, BasicQosOptions::default()).await?;
    let queue = match &what.from {
        From::Queue(name) => name.clone(),
        From::Own { exchange, name } => own(&channel, exchange, name).await?,
    };
    let options = BasicConsumeOptions { no_ack: what.no_ack, ..Default::default() };
    let consumer =
        channel.basic_consume(queue.as_str().into(), "".into(), options, FieldTable::default());
    Ok((channel.clone(), consumer.await?))
}

/// A queue that lives as long as its connection, bound to an exchange.
async fn own(channel: &Channel, exchange: &str, name: &str) -> Result<String, QueueError> {
    // Another name each time: a lost connection may hold the old one for a while.
    let name = format!("{name}-{:08x}", rand::random::<u32>());
    let options = QueueDeclareOptions { exclusive: true, auto_delete: true, ..Default::default() };
    channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await?;
    let bound = channel.queue_bind(
        name.as_str().into(),
        exchange.into(),
        "".into(),
        QueueBindOptions::default(),
        FieldTable::default(),
    );
    bound.await?;
    Ok(name)
}

/// Receives from one consumer until it breaks (an error), or is to pause or end.
async fn receive(
    channel: &Channel,
    mut consumer: lapin::Consumer,
    what: &Consumption,
    sender: &mpsc::Sender<(Delivery, Handle)>,
) -> Result<(), QueueError> {
    let mut watch = tokio::time::interval(WATCH);
    let mut paused = what.paused.clone();
    loop {
        let next = tokio::select! {
            next = consumer.next() => next,
            _ = watch.tick() => {
                // A channel may die without a word to those who wait for its messages.
                if channel.status().connected() { continue }
                return Err(QueueError::Closed);
            }
            () = until(&mut paused, true) => return cancel(channel, &consumer).await,
            () = what.draining.cancelled() => return cancel(channel, &consumer).await,
            () = what.closed.cancelled() => return Ok(()),
            () = sender.closed() => return Ok(()),
        };
        // After an error the consumer would hang for ever, and its end is an error as well.
        let delivery = next.ok_or(QueueError::Closed)??;
        let handle = Handle((!what.no_ack).then(|| delivery.acker.clone()));
        if sender.send((delivery, handle)).await.is_err() {
            return Ok(());
        }
    }
}

async fn cancel(channel: &Channel, consumer: &lapin::Consumer) -> Result<(), QueueError> {
    channel.basic_cancel(consumer.tag(), BasicCancelOptions::default()).await?;
    Ok(())
}
