//! The two connections of a process, and what stands on them.
//!
//! What is published goes over one, what is consumed comes over the other: a broker that is short
//! of memory blocks the first and lets the second go on. What strangers publish comes over a third
//! one, where it is taken: the client library gives a connection up when it meets a property that
//! is no UTF-8, and everything that was delivered on it comes again.

use std::fmt::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use lapin::message::Delivery;
use lapin::uri::AMQPUri;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::consumer::{Consuming, Doing, Order, Source, Watched};
use super::gauges::Gauges;
use super::ledger::RabbitSettle;
use super::link::{Ground, Link, Plan, State};
use super::publisher::{Letter, Publisher};
use crate::error::QueueError;
use crate::settings::{InvalidSettings, Settings};
use crate::topology::Topology;

/// For everything to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// The two connections of a process.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) topology: Topology,
    pub(crate) publishing: Link,
    consuming: Link,
    /// For what strangers publish, once it is asked for.
    apart: OnceLock<Link>,
    uri: AMQPUri,
    role: String,
    ground: Ground,
    window: usize,
    patience: Duration,
    casual: Publisher,
    consumers: Mutex<Vec<Watched>>,
    /// Everything that runs.
    tasks: Mutex<JoinSet<()>>,
    closing: CancellationToken,
    gauges: Arc<Gauges>,
}

impl Wire {
    /// Begins to connect; it goes on until it is closed.
    pub(crate) fn open(
        settings: &Settings,
        role: &str,
        ground: Ground,
    ) -> Result<Self, InvalidSettings> {
        let uri = settings.uri()?;
        let topology = Topology::new(&settings.prefix).with_delivery_limit(settings.delivery_limit);
        let gauges = Arc::new(Gauges::new(role));
        let closing = CancellationToken::new();
        let plan = |purpose: &str, ground, publishes| Plan {
            uri: uri.clone(),
            name: name(role, purpose),
            ground,
            topology: topology.clone(),
            publishes,
            gauges: gauges.clone(),
        };
        let (publishing, keeps) = Link::begin(plan("publish", ground, true), closing.clone());
        let (consuming, keeps_too) =
            Link::begin(plan("consume", Ground::Trust, false), closing.clone());
        let patience = settings.patience();
        let (casual, publishes) = Publisher::casual(publishing.clone(), patience, gauges.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(keeps);
        tasks.spawn(keeps_too);
        tasks.spawn(publishes);
        Ok(Self {
            topology,
            publishing,
            consuming,
            apart: OnceLock::new(),
            uri,
            role: role.to_owned(),
            ground,
            window: settings.window,
            patience,
            casual,
            consumers: Mutex::default(),
            tasks: Mutex::new(tasks),
            closing,
            gauges,
        })
    }

    /// Waits until it is connected, as long as the broker is away.
    pub(crate) async fn ready(&self) -> Result<(), QueueError> {
        let both = async { (self.publishing.live().await, self.consuming.live().await) };
        tokio::select! {
            live = both => match live {
                (Some(_), Some(_)) => Ok(()),
                _ => Err(QueueError::Closed),
            },
            reason = unfit(&self.publishing) => Err(QueueError::Topology(reason)),
        }
    }

    /// A channel of its own for what must not be lost. Each role has one: neither waits for room
    /// among the messages of the other, nor loses its channel to the other's faults.
    pub(crate) fn publisher(&self) -> Publisher {
        let (link, gauges) = (self.publishing.clone(), self.gauges.clone());
        let (publisher, runs) = Publisher::confirmed(link, self.window, self.patience, gauges);
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(runs);
        publisher
    }

    /// Publishes what may be lost.
    pub(crate) async fn send(&self, letter: Letter) -> Result<(), QueueError> {
        self.casual.publish(letter).await
    }

    /// What comes out of a queue, as `read` has it, and for as long as the stream is wanted.
    pub(crate) fn consume<T: Send + 'static>(
        &self,
        source: Source,
        orders: watch::Receiver<Order>,
        mut read: impl FnMut(Delivery, RabbitSettle) -> Option<T> + Send + 'static,
    ) -> impl Stream<Item = T> + Send + Unpin + 'static {
        // The prefetch is the bound.
        let (sender, mut receiver) = mpsc::unbounded_channel();
        self.begin(source, orders, move |delivery, settle| match read(delivery, settle) {
            Some(item) => sender.send(item).is_ok(),
            None => !sender.is_closed(),
        });
        futures_util::stream::poll_fn(move |context| receiver.poll_recv(context))
    }

    /// The same for messages that need not be settled: those for which there is no room are
    /// dropped.
    pub(crate) fn consume_fleeting<T: Send + 'static>(
        &self,
        source: Source,
        orders: watch::Receiver<Order>,
        read: impl Fn(Delivery) -> Option<T> + Send + 'static,
    ) -> impl Stream<Item = T> + Send + Unpin + 'static {
        let (sender, mut receiver) = mpsc::channel(1024);
        self.begin(source, orders, move |delivery, _| {
            let Some(item) = read(delivery) else { return !sender.is_closed() };
            !matches!(sender.try_send(item), Err(mpsc::error::TrySendError::Closed(_)))
        });
        futures_util::stream::poll_fn(move |context| receiver.poll_recv(context))
    }

    /// The connection for what strangers publish.
    fn apart(&self) -> Link {
        let begin = || {
            let plan = Plan {
                uri: self.uri.clone(),
                name: name(&self.role, "intake"),
                ground: Ground::Trust,
                topology: self.topology.clone(),
                publishes: false,
                gauges: self.gauges.clone(),
            };
            let (link, keeps) = Link::begin(plan, self.closing.clone());
            self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(keeps);
            link
        };
        self.apart.get_or_init(begin).clone()
    }

    fn begin(
        &self,
        source: Source,
        orders: watch::Receiver<Order>,
        handle: impl FnMut(Delivery, RabbitSettle) -> bool + Send + 'static,
    ) {
        let (doing, watched) = watch::channel(Doing::Trying);
        let name = source.name().to_owned();
        let watched = Watched { name, doing: watched, orders: orders.clone() };
        let mut consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody wants any more.
        consumers.retain(|consumer| consumer.doing.has_changed().is_ok());
        consumers.push(watched);
        let is_strange = matches!(source, Source::Strange { .. });
        let consuming = Consuming {
            link: if is_strange { self.apart() } else { self.consuming.clone() },
            source,
            declares: (self.ground == Ground::Declare).then(|| self.topology.clone()),
            orders,
            closing: self.closing.clone(),
            gauges: self.gauges.clone(),
            handle,
            doing,
        };
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(consuming.run());
    }

    /// Waits until no consumer consumes that was told to rest.
    pub(crate) async fn rested(&self) {
        let consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for mut consumer in consumers {
            if *consumer.orders.borrow() == Order::Go {
                continue;
            }
            let is_at_rest = |doing: &Doing| matches!(doing, Doing::Resting | Doing::Unwanted);
            // An error: it has ended.
            let _ = consumer.doing.wait_for(is_at_rest).await;
        }
    }

    /// Whether everything can be sent and received now.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut faults = String::new();
        let links = [("publish", Some(&self.publishing)), ("consume", Some(&self.consuming))];
        let links = links.into_iter().chain([("take intake", self.apart.get())]);
        for (purpose, link) in links.filter_map(|(purpose, link)| Some((purpose, link?))) {
            let fault = match link.state() {
                State::Live(live) if live.is_blocked() => "is blocked by the broker".to_owned(),
                State::Live(_) => continue,
                State::Connecting => "is not there yet".to_owned(),
                State::Broken(error) => format!("is not there: {error}"),
            };
            let _ = write!(faults, "the connection to {purpose} {fault}; ");
        }
        let consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        for consumer in &*consumers {
            if *consumer.doing.borrow() == Doing::Trying && consumer.doing.has_changed().is_ok() {
                let _ = write!(faults, "`{}` is not consumed; ", consumer.name);
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.trim_end_matches("; ").to_owned()) }
    }

    /// Ends everything. What was delivered and not settled comes again.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        let mut tasks =
            std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let ended = async { while tasks.join_next().await.is_some() {} };
        if timeout(FAREWELL, ended).await.is_err() {
            tracing::warn!("not everything that stood on the broker's connections has ended");
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

/// Resolves when a connection could be made, and what must be there is not.
async fn unfit(link: &Link) -> String {
    loop {
        if let State::Broken(error) = link.first().await
            && let QueueError::Topology(reason) = &*error
        {
            return reason.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What a connection is called in the broker's lists.
fn name(role: &str, purpose: &str) -> String {
    let system = rustix::system::uname();
    let host = system.nodename().to_string_lossy();
    format!("refmill-{role}-{host}-{} {purpose}", std::process::id())
}
