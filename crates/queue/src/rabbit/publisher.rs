//! Publishing on a channel of its own, with or without confirms (`service.md` section 5.5).
//!
//! One task owns the channel: it publishes, collects confirms in the order in which they come, and
//! makes the channel again. What it could not publish is an error for whoever has asked: the
//! outbox, or the worker with its result, still has the message and tries again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use lapin::message::BasicReturnMessage;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation};
use metrics::counter;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::backoff::Backoff;
use super::gauges::Gauges;
use super::link::{Link, Live, PATIENCE, WATCH};
use crate::error::QueueError;

/// A confirm that is late by so much does not come any more, unless the broker blocks.
const OVERDUE: Duration = Duration::from_secs(30);

/// Messages at a time of which nobody wants to know more than that they were sent.
const CASUAL: usize = 64;

/// A message on its way out.
#[derive(Debug)]
pub(crate) struct Letter {
    /// The exchange; empty for the default one.
    pub(crate) exchange: String,
    /// The routing key.
    pub(crate) key: String,
    /// Its properties.
    pub(crate) properties: BasicProperties,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

/// Publishes on a channel of its own. Clones share the channel.
#[derive(Clone, Debug)]
pub(crate) struct Publisher {
    link: Link,
    requests: mpsc::Sender<Request>,
    patience: Duration,
    confirms: bool,
}

#[derive(Debug)]
struct Request {
    letter: Letter,
    answer: oneshot::Sender<Result<(), QueueError>>,
}

impl Publisher {
    /// A publisher that waits for the confirm of each message, at most so many at a time, and for
    /// each no longer than this.
    pub(crate) fn confirmed(
        link: Link,
        window: usize,
        patience: Duration,
        gauges: Arc<Gauges>,
    ) -> (Self, impl Future<Output = ()>) {
        Self::begin(link, Some(window.max(1)), patience, gauges)
    }

    /// A publisher for what may be lost.
    pub(crate) fn casual(
        link: Link,
        patience: Duration,
        gauges: Arc<Gauges>,
    ) -> (Self, impl Future<Output = ()>) {
        Self::begin(link, None, patience, gauges)
    }

    fn begin(
        link: Link,
        window: Option<usize>,
        patience: Duration,
        gauges: Arc<Gauges>,
    ) -> (Self, impl Future<Output = ()>) {
        let (requests, receiver) = mpsc::channel(window.unwrap_or(CASUAL));
        let publisher = Self { link: link.clone(), requests, patience, confirms: window.is_some() };
        (publisher, run(link, receiver, window, gauges))
    }

    /// Publishes a message. `Ok` only when it is confirmed, or, without confirms, when it is on its
    /// way.
    pub(crate) async fn publish(&self, letter: Letter) -> Result<(), QueueError> {
        if self.link.is_closed() {
            return Err(QueueError::Closed);
        }
        let (answer, answered) = oneshot::channel();
        let publishing = async {
            let request = Request { letter, answer };
            self.requests.send(request).await.map_err(|_| QueueError::Closed)?;
            answered.await.unwrap_or(Err(QueueError::Closed))
        };
        let result = timeout(self.patience, publishing).await.unwrap_or(Err(QueueError::Timeout));
        if self.confirms {
            count(&result);
        }
        result
    }
}

fn count(result: &Result<(), QueueError>) {
    let result = match result {
        Ok(()) => "confirmed",
        Err(QueueError::Refused) => "nacked",
        Err(QueueError::Unroutable) => "returned",
        Err(QueueError::Timeout) => "timeout",
        Err(_) => "error",
    };
    counter!("refmill_amqp_publish_total", "result" => result).increment(1);
}

/// Publishes until nobody asks any more, or the connection is closed for good.
async fn run(
    link: Link,
    mut requests: mpsc::Receiver<Request>,
    window: Option<usize>,
    gauges: Arc<Gauges>,
) {
    let mut backoff = Backoff::new();
    loop {
        let Some(live) = link.live().await else { return };
        let reason = match open(&live, window.is_some()).await {
            Ok(channel) => {
                backoff.reset();
                let mut session = Session::new(channel, live.clone(), window);
                let Err(reason) = session.serve(&mut requests).await else { return };
                session.fail();
                reason
            }
            Err(error) => error.to_string(),
        };
        if link.is_closed() {
            return;
        }
        gauges.rebuilt();
        tracing::warn!(reason, "a channel for publishing is made again");
        tokio::time::sleep(backoff.next()).await;
    }
}

async fn open(live: &Live, confirms: bool) -> Result<Channel, QueueError> {
    let channel = live.channel().await?;
    if confirms {
        let select = channel.confirm_select(ConfirmSelectOptions::default());
        let selected = timeout(PATIENCE, select).await.map_err(|_| QueueError::Timeout)?;
        selected.map_err(QueueError::Unavailable)?;
    }
    Ok(channel)
}

/// A message that was sent and is not confirmed.
struct Sent {
    route: (String, String),
    at: Instant,
    answer: oneshot::Sender<Result<(), QueueError>>,
}

/// The number of a message, and what the broker said of it.
type Settled = (u64, lapin::Result<Confirmation>);

/// The life of one channel.
struct Session {
    /// Shared, since a clone of it copies all that it consists of, for each message.
    channel: Arc<Channel>,
    live: Live,
    window: usize,
    confirms_are_asked_for: bool,
    /// By number, so that those that are left can be told when the channel ends.
    sent: BTreeMap<u64, Sent>,
    next: u64,
    /// Routes of messages that have come back with the confirm of another message.
    strays: Vec<(String, String)>,
}

impl Session {
    fn new(channel: Channel, live: Live, window: Option<usize>) -> Self {
        Self {
            channel: Arc::new(channel),
            live,
            window: window.unwrap_or(CASUAL),
            confirms_are_asked_for: window.is_some(),
            sent: BTreeMap::new(),
            next: 0,
            strays: Vec::new(),
        }
    }

    /// Publishes and settles until nobody asks any more; an error is the end of the channel.
    async fn serve(&mut self, requests: &mut mpsc::Receiver<Request>) -> Result<(), String> {
        let mut watch = interval(WATCH);
        watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let live = self.live.clone();
        let mut ended = std::pin::pin!(live.ended());
        let mut confirms = FuturesUnordered::new();
        loop {
            tokio::select! {
                biased;
                () = &mut ended => return Err("its connection has ended".to_owned()),
                Some(first) = confirms.next() => self.settle(first, &mut confirms)?,
                _ = watch.tick() => self.watch()?,
                request = requests.recv(), if confirms.len() < self.window => match request {
                    Some(request) => {
                        confirms.extend(self.publish(request));
                        // What others are about to ask for goes out together with it.
                        tokio::task::yield_now().await;
                        while confirms.len() < self.window
                            && let Ok(request) = requests.try_recv()
                        {
                            confirms.extend(self.publish(request));
                        }
                    }
                    None => return Ok(()),
                },
            }
        }
    }

    /// Puts a message on its way: what comes of it, if anybody still wants to know. Nobody waits
    /// for it to be sent: while the broker blocks, messages fill the window, and whoever asks is
    /// told so by the clock.
    fn publish(&mut self, request: Request) -> Option<impl Future<Output = Settled> + use<>> {
        let Request { letter, answer } = request;
        // Whoever has asked has given up while the message waited for its turn.
        if answer.is_closed() {
            return None;
        }
        let number = self.next;
        self.next += 1;
        let Letter { exchange, key, properties, body } = letter;
        let (to, by) = (exchange.as_str().into(), key.as_str().into());
        self.sent.insert(number, Sent { route: (exchange, key), at: Instant::now(), answer });
        let (channel, mandatory) = (self.channel.clone(), self.confirms_are_asked_for);
        let sending = async move {
            let options = BasicPublishOptions { mandatory, immediate: false };
            channel.basic_publish(to, by, options, &body, properties).await?.await
        };
        Some(sending.map(move |confirmation| (number, confirmation)))
    }

    /// Settles a message, with all others that are confirmed by now.
    ///
    /// The client library gives a message that was returned to whichever message is confirmed
    /// next. That one is confirmed before the one that was returned, and both come here in that
    /// order at the latest when all that is known now is seen: so those that were returned are
    /// known before any is told that it was taken.
    fn settle(
        &mut self,
        first: Settled,
        confirms: &mut (impl Stream<Item = Settled> + Unpin),
    ) -> Result<(), String> {
        let mut batch = vec![first];
        while let Some(Some(next)) = confirms.next().now_or_never() {
            batch.push(next);
        }
        for (_, confirmation) in &batch {
            if let Ok(Confirmation::Ack(Some(back)) | Confirmation::Nack(Some(back))) = confirmation
            {
                self.strays.push(route(back));
            }
        }
        let mut broken = None;
        for (number, confirmation) in batch {
            let Some(sent) = self.sent.remove(&number) else { continue };
            let stray = self.strays.iter().position(|route| *route == sent.route);
            let result = match confirmation {
                Ok(Confirmation::Ack(None)) if stray.is_none() => Ok(()),
                Ok(Confirmation::Ack(_)) => {
                    stray.map(|at| self.strays.swap_remove(at));
                    Err(QueueError::Unroutable)
                }
                Ok(Confirmation::Nack(_)) => Err(QueueError::Refused),
                Ok(Confirmation::NotRequested) => {
                    if self.confirms_are_asked_for {
                        Err(lost())
                    } else {
                        Ok(())
                    }
                }
                Err(error) => {
                    broken = Some(error.to_string());
                    Err(QueueError::Unavailable(error))
                }
            };
            let _ = sent.answer.send(result);
        }
        broken.map_or(Ok(()), Err)
    }

    /// Looks whether the channel is still one.
    fn watch(&mut self) -> Result<(), String> {
        if !self.channel.status().connected() {
            return Err("it has ended".to_owned());
        }
        let oldest = self.sent.first_key_value();
        let is_overdue = oldest.is_some_and(|(_, sent)| sent.at.elapsed() > OVERDUE);
        if is_overdue && !self.live.is_blocked() {
            return Err("confirms do not come".to_owned());
        }
        Ok(())
    }

    /// Tells all that wait that nothing is known of their messages.
    fn fail(self) {
        for sent in self.sent.into_values() {
            let _ = sent.answer.send(Err(lost()));
        }
    }
}

fn route(back: &BasicReturnMessage) -> (String, String) {
    (back.exchange.as_str().to_owned(), back.routing_key.as_str().to_owned())
}

/// What became of a message is not known.
pub(crate) fn lost() -> QueueError {
    let error = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    QueueError::Unavailable(error.into())
}
