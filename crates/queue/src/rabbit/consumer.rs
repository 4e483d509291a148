//! Consuming a queue, again and again (`service.md` sections 5.5 and 5.6).
//!
//! The end of a stream is a fault, and after one error a stream is never asked again: the channel
//! is given up with everything that was delivered on it, and a new one is made. What was not
//! settled comes again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::OptionFuture;
use lapin::message::Delivery;
use lapin::options::{
    BasicCancelOptions, BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{Channel, Consumer};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::gauges::Gauges;
use super::hearing::{Hearing, ask};
use super::ledger::{Ledger, RabbitSettle};
use super::link::{Link, Live, PATIENCE, WATCH};
use crate::error::QueueError;
use crate::topology::{Topology, close};

/// Between two looks at a queue.
const LOOK: Duration = Duration::from_secs(2);

/// What is consumed.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A queue that is there, at most so many unsettled deliveries at a time.
    Queue {
        /// Its name.
        name: String,
        /// How many.
        prefetch: u16,
    },
    /// The same, with messages of strangers.
    Strange {
        /// Its name.
        name: String,
        /// How many.
        prefetch: u16,
    },
    /// A queue that is there, whose messages need not be settled.
    Fleeting {
        /// Its name.
        name: String,
    },
    /// A queue of our own behind an exchange, whose messages need not be settled.
    Own {
        /// What its name begins with. Each has a name of its own, since the one before may still be
        /// held by a connection that the broker believes in.
        name: String,
        /// The exchange.
        exchange: String,
    },
}

/// What is asked of a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// To consume.
    Go,
    /// To let the broker keep what comes.
    Rest,
}

/// What a consumer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It consumes.
    Consuming,
    /// It rests, as it was told.
    Resting,
    /// It tries to consume.
    Trying,
    /// It rests, since nobody wants more.
    Unwanted,
}

/// A consumer as it is seen from outside.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) name: String,
    pub(crate) doing: watch::Receiver<Doing>,
    /// What it is told.
    pub(crate) orders: watch::Receiver<Order>,
}

/// Everything that a consumer works with.
pub(crate) struct Consuming<H> {
    pub(crate) link: Link,
    pub(crate) source: Source,
    /// What is declared again when something is missing.
    pub(crate) declares: Option<Topology>,
    pub(crate) orders: watch::Receiver<Order>,
    pub(crate) closing: CancellationToken,
    pub(crate) gauges: Arc<Gauges>,
    /// Takes a delivery, and how it is let go; `false` if nobody wants more.
    pub(crate) handle: H,
    pub(crate) doing: watch::Sender<Doing>,
}

/// Why a channel is given up.
enum End {
    /// Something is wrong.
    Broken(String),
    /// What it consumes is not there.
    Missing(String),
    /// It rested, and its connection has ended.
    Rested,
    /// Nobody wants more, and what was delivered can be settled no more.
    Unwanted,
    /// Everything is closed.
    Closed,
}

static OWN: AtomicU64 = AtomicU64::new(0);

impl Source {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Queue { name, .. }
            | Self::Strange { name, .. }
            | Self::Fleeting { name }
            | Self::Own { name, .. } => name,
        }
    }
}

impl<H: FnMut(Delivery, RabbitSettle) -> bool> Consuming<H> {
    /// Consumes until everything is closed.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            if *self.orders.borrow() == Order::Rest {
                self.doing.send_replace(Doing::Resting);
                tokio::select! {
                    () = self.closing.cancelled() => return,
                    () = ordered(&mut self.orders, Order::Go) => {}
                }
            }
            self.doing.send_replace(Doing::Trying);
            let live = tokio::select! {
                // Told to rest while there is nothing to consume from.
                () = ordered(&mut self.orders, Order::Rest) => continue,
                live = self.link.live() => live,
            };
            let Some(live) = live else { return };
            let end = self.session(&live, &mut backoff).await;
            self.doing.send_replace(Doing::Trying);
            match end {
                End::Closed | End::Unwanted => return,
                End::Rested => continue,
                End::Broken(reason) => {
                    self.gauges.rebuilt();
                    let queue = self.source.name();
                    tracing::warn!(queue, reason, "a channel for consuming is made again");
                }
                End::Missing(reason) => {
                    self.gauges.rebuilt();
                    let queue = self.source.name();
                    tracing::warn!(queue, reason, "a queue cannot be consumed");
                    declare(self.declares.as_ref(), &live).await;
                }
            }
            tokio::select! {
                () = self.closing.cancelled() => return,
                () = tokio::time::sleep(backoff.next()) => {}
            }
        }
    }

    /// The life of one channel.
    async fn session(&mut self, live: &Live, backoff: &mut Backoff) -> End {
        let channel = match live.channel().await {
            Ok(channel) => channel,
            Err(error) => return End::Broken(error.to_string()),
        };
        let end = tokio::select! {
            biased;
            () = self.closing.clone().cancelled_owned() => End::Closed,
            () = live.ended() => match *self.doing.borrow() {
                Doing::Unwanted => End::Unwanted,
                Doing::Resting => End::Rested,
                Doing::Consuming | Doing::Trying => {
                    End::Broken("its connection has ended".to_owned())
                }
            },
            end = Self::consume(
                &self.source, &mut self.orders, &mut self.handle, &self.doing, &channel, backoff,
            ) => end,
        };
        if matches!(end, End::Broken(_)) && channel.status().connected() {
            // What was delivered on it is free for others at once.
            let _ = timeout(WATCH, close(&channel)).await;
        }
        end
    }

    async fn consume(
        source: &Source,
        orders: &mut watch::Receiver<Order>,
        handle: &mut H,
        doing: &watch::Sender<Doing>,
        channel: &Channel,
        backoff: &mut Backoff,
    ) -> End {
        let (mut hearing, ledger) = (Hearing::of(source), Ledger::open(channel.clone()));
        loop {
            let mut consumer = match begin(source, channel).await {
                Ok(consumer) => consumer,
                Err(QueueError::Unavailable(error)) if error.is_amqp_soft_error() => {
                    return End::Missing(error.to_string());
                }
                Err(error) => return End::Broken(chain(&error)),
            };
            backoff.reset();
            doing.send_replace(Doing::Consuming);
            let received = receive(&mut consumer, orders, handle, channel, &ledger, &mut hearing);
            let is_wanted = match received.await {
                Ok(is_wanted) => is_wanted,
                Err(reason) => return End::Broken(reason),
            };
            let cancel = channel.basic_cancel(consumer.tag(), BasicCancelOptions::default());
            match timeout(PATIENCE, cancel).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return End::Broken(error.to_string()),
                Err(_) => return End::Broken("it cannot be cancelled".to_owned()),
            }
            // What was on its way.
            while let Ok(Some(next)) = timeout(PATIENCE, consumer.next()).await {
                match next {
                    Ok(delivery) => {
                        hearing.hear();
                        let settle = ledger.entry(delivery.delivery_tag);
                        handle(delivery, settle);
                    }
                    Err(error) => return End::Broken(error.to_string()),
                }
            }
            // The channel stays: what was delivered on it can still be settled.
            doing.send_replace(if is_wanted { Doing::Resting } else { Doing::Unwanted });
            if is_wanted {
                ordered(orders, Order::Go).await;
            } else {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Declares what is missing, if that is ours to do.
async fn declare(topology: Option<&Topology>, live: &Live) {
    let Some(topology) = topology else { return };
    if let Err(error) = live.declare(topology).await {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "a queue is missing and cannot be declared");
    }
}

/// Receives until it is told to rest, or nobody wants more; says whether more is wanted.
async fn receive<H: FnMut(Delivery, RabbitSettle) -> bool>(
    consumer: &mut Consumer,
    orders: &mut watch::Receiver<Order>,
    handle: &mut H,
    channel: &Channel,
    ledger: &Ledger,
    hearing: &mut Hearing,
) -> Result<bool, String> {
    let mut watch = interval(WATCH);
    watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut look = interval_at(Instant::now() + LOOK, LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut asking = std::pin::pin!(OptionFuture::default());
    let mut is_asking = false;
    let mut told_to_rest = std::pin::pin!(ordered(orders, Order::Rest));
    loop {
        tokio::select! {
            biased;
            () = &mut told_to_rest => return Ok(true),
            next = consumer.next() => match next {
                Some(Ok(delivery)) => {
                    hearing.hear();
                    let settle = ledger.entry(delivery.delivery_tag);
                    if !handle(delivery, settle) {
                        return Ok(false);
                    }
                }
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("it was cancelled by the broker".to_owned()),
            },
            _ = watch.tick() => {
                if !channel.status().connected() {
                    return Err("it has ended unheard".to_owned());
                }
            }
            Some(standing) = &mut asking, if is_asking => {
                is_asking = false;
                let standing: Result<_, QueueError> = standing;
                hearing.judge(standing.map_err(|error| chain(&error))?, ledger.settled())?;
            }
            _ = look.tick(), if !is_asking => {
                let queue = hearing.queue();
                is_asking = queue.is_some();
                asking.set(queue.map(|queue| ask(channel.clone(), queue)).into());
            }
        }
    }
}

/// Resolves when this is ordered; never, if nobody orders anything any more.
async fn ordered(orders: &mut watch::Receiver<Order>, order: Order) {
    if orders.wait_for(|now| *now == order).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn begin(source: &Source, channel: &Channel) -> Result<Consumer, QueueError> {
    let beginning = async {
        let (name, no_ack) = match source {
            Source::Queue { name, prefetch } | Source::Strange { name, prefetch } => {
                channel.basic_qos(*prefetch, BasicQosOptions::default()).await?;
                (name.clone(), false)
            }
            Source::Fleeting { name } => (name.clone(), true),
            Source::Own { name, exchange } => {
                let name = format!("{name}.{}", OWN.fetch_add(1, Ordering::Relaxed));
                let options = QueueDeclareOptions {
                    exclusive: true,
                    auto_delete: true,
                    ..Default::default()
                };
                let arguments = FieldTable::default();
                channel.queue_declare(name.as_str().into(), options, arguments).await?;
                channel
                    .queue_bind(
                        name.as_str().into(),
                        exchange.as_str().into(),
                        "".into(),
                        QueueBindOptions::default(),
                        FieldTable::default(),
                    )
                    .await?;
                (name, true)
            }
        };
        let options = BasicConsumeOptions { no_ack, ..Default::default() };
        // The broker names the consumer.
        channel.basic_consume(name.as_str().into(), "".into(), options, FieldTable::default()).await
    };
    match timeout(PATIENCE, beginning).await {
        Ok(begun) => begun.map_err(QueueError::Unavailable),
        Err(_) => Err(QueueError::Timeout),
    }
}

fn chain(error: &QueueError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
