//! One connection that is always made again (`service.md` section 5.6).
//!
//! Recovery is not left to the client library: it covers plain loss of a connection alone, and
//! leaves streams hanging after everything else. Here every fault ends the connection, all that
//! stood on it ends with it, and everything is made anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, Event};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::gauges::Gauges;
use crate::error::QueueError;
use crate::topology::{SETTLED, Topology, check, declare};

/// For everything that a broker answers at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// For a broker to greet whoever connects. Over a network that drops everything it never does, and
/// another attempt may find another way.
const GREETING: Duration = Duration::from_secs(5);
/// For words of farewell.
const FAREWELL: Duration = Duration::from_secs(2);
/// Between two looks at what should be connected.
pub(crate) const WATCH: Duration = Duration::from_secs(1);
/// Between two looks at what should be declared.
const UPKEEP: Duration = Duration::from_secs(3);
/// A connection that has lived so long was no failure.
const GOOD_LIFE: Duration = Duration::from_secs(5);

/// What is done to the topology when a connection was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Declare what is not there.
    Declare,
    /// Ask whether it is there.
    Check,
    /// Nothing: another connection does it.
    Trust,
}

/// How a connection is made.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where to.
    pub(crate) uri: AMQPUri,
    /// What it is called in the broker's lists.
    pub(crate) name: String,
    /// What is done to the topology.
    pub(crate) ground: Ground,
    /// The names on the broker.
    pub(crate) topology: Topology,
    /// Whether messages are published on it: then the broker may block it.
    pub(crate) publishes: bool,
    /// What the metrics show.
    pub(crate) gauges: Arc<Gauges>,
}

/// A connection, whichever it is now. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    state: watch::Receiver<State>,
    closing: CancellationToken,
}

/// What is known of a connection.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// It is being made.
    Connecting,
    /// It could not be made.
    Broken(Arc<QueueError>),
    /// It stands.
    Live(Live),
}

/// A connection that stands, or has stood.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    connection: Arc<Connection>,
    ended: CancellationToken,
    doubt: Arc<Notify>,
    blocked: Arc<AtomicBool>,
}

impl Live {
    /// A new channel. If there is none in time, the connection is doubted.
    pub(crate) async fn channel(&self) -> Result<Channel, QueueError> {
        match timeout(PATIENCE, self.connection.create_channel()).await {
            Ok(Ok(channel)) => Ok(channel),
            Ok(Err(error)) => {
                self.doubt.notify_one();
                Err(QueueError::Unavailable(error))
            }
            Err(_) => {
                self.doubt.notify_one();
                Err(QueueError::Timeout)
            }
        }
    }

    /// Resolves when it stands no more.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Whether the broker lets nobody publish, being short of memory or disk.
    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::Relaxed)
    }

    /// Declares the topology again, after something of it has vanished.
    pub(crate) async fn declare(&self, topology: &Topology) -> Result<(), QueueError> {
        tokio::time::sleep(SETTLED).await;
        let declared = timeout(PATIENCE, declare(&self.connection, topology)).await;
        declared.unwrap_or(Err(QueueError::Timeout))
    }
}

impl Link {
    /// Begins to connect, and goes on until it is closed.
    pub(crate) fn begin(
        plan: Plan,
        closing: CancellationToken,
    ) -> (Self, impl Future<Output = ()>) {
        let (state, receiver) = watch::channel(State::Connecting);
        let link = Self { state: receiver, closing: closing.clone() };
        plan.gauges.wanted();
        (link, keep(plan, state, closing))
    }

    /// The connection as soon as it stands; `None` when it is closed for good.
    pub(crate) async fn live(&self) -> Option<Live> {
        let mut states = self.state.clone();
        loop {
            if self.closing.is_cancelled() {
                return None;
            }
            if let State::Live(live) = &*states.borrow_and_update() {
                return Some(live.clone());
            }
            tokio::select! {
                () = self.closing.cancelled() => return None,
                changed = states.changed() => changed.ok()?,
            }
        }
    }

    /// Whether it is closed for good.
    pub(crate) fn is_closed(&self) -> bool {
        self.closing.is_cancelled()
    }

    /// What is known of it now.
    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Waits for the first outcome of its making.
    pub(crate) async fn first(&self) -> State {
        let mut states = self.state.clone();
        let known = states.wait_for(|state| !matches!(state, State::Connecting)).await;
        known.map_or(State::Connecting, |state| state.clone())
    }
}

/// Connects, holds the connection, and begins again.
async fn keep(plan: Plan, state: watch::Sender<State>, closing: CancellationToken) {
    let mut backoff = Backoff::new();
    loop {
        let made = tokio::select! {
            () = closing.cancelled() => return,
            made = timeout(PATIENCE * 2, connect(&plan)) => made.unwrap_or(Err(QueueError::Timeout)),
        };
        match made {
            Ok(connection) => {
                let live = Live {
                    connection: Arc::new(connection),
                    ended: CancellationToken::new(),
                    doubt: Arc::new(Notify::new()),
                    blocked: Arc::new(AtomicBool::new(false)),
                };
                let begun = Instant::now();
                plan.gauges.connected(true);
                state.send_replace(State::Live(live.clone()));
                let reason = hold(&live, &plan, &closing).await;
                state.send_replace(State::Connecting);
                plan.gauges.connected(false);
                // Before anybody can wait for an answer that never comes.
                live.ended.cancel();
                farewell(&live.connection).await;
                if closing.is_cancelled() {
                    return;
                }
                plan.gauges.rebuilt();
                tracing::warn!(connection = plan.name, reason, "a connection is made again");
                if begun.elapsed() > GOOD_LIFE {
                    backoff.reset();
                }
            }
            Err(error) => {
                let cause: &dyn std::error::Error = &error;
                tracing::warn!(error = cause, connection = plan.name, "the broker is away");
                state.send_replace(State::Broken(Arc::new(error)));
            }
        }
        tokio::select! {
            () = closing.cancelled() => return,
            () = tokio::time::sleep(backoff.next()) => {}
        }
    }
}

async fn connect(plan: &Plan) -> Result<Connection, QueueError> {
    let properties =
        ConnectionProperties::default().with_connection_name(plan.name.as_str().into());
    let connecting = Connection::connect_uri(plan.uri.clone(), properties);
    let connection = timeout(GREETING, connecting)
        .await
        .map_err(|_| QueueError::Timeout)?
        .map_err(QueueError::Unavailable)?;
    let grounded = match plan.ground {
        Ground::Declare => declare(&connection, &plan.topology).await,
        Ground::Check => check(&connection, &plan.topology).await,
        Ground::Trust => Ok(()),
    };
    match grounded {
        Ok(()) => Ok(connection),
        Err(error) => {
            farewell(&connection).await;
            Err(error)
        }
    }
}

/// Holds a connection until it should be made again; says why.
async fn hold(live: &Live, plan: &Plan, closing: &CancellationToken) -> String {
    let mut events = std::pin::pin!(live.connection.events_listener());
    let mut watch = interval(WATCH);
    watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut keep_up = interval_at(tokio::time::Instant::now() + UPKEEP, UPKEEP);
    keep_up.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // It ends with the connection.
    let mut upkeeps = JoinSet::new();
    let blocked = |is_blocked| {
        live.blocked.store(is_blocked, Ordering::Relaxed);
        if plan.publishes {
            plan.gauges.blocked(is_blocked);
        }
    };
    let reason = loop {
        tokio::select! {
            () = closing.cancelled() => break "it is closed".to_owned(),
            () = live.doubt.notified() => break "it gives no channels".to_owned(),
            event = events.next() => match event {
                Some(Event::ConnectionBlocked(reason)) => {
                    tracing::warn!(reason, "the broker lets nobody publish");
                    blocked(true);
                }
                Some(Event::ConnectionUnblocked) => blocked(false),
                // The end of a channel is told here too, and is for those who use it.
                Some(Event::Error(error)) if !live.connection.status().connected() => {
                    break error.to_string();
                }
                Some(_) => {}
                None => break "it has ended".to_owned(),
            },
            _ = upkeeps.join_next(), if !upkeeps.is_empty() => {}
            _ = keep_up.tick(), if plan.ground == Ground::Declare && upkeeps.is_empty() => {
                upkeeps.spawn(upkeep(live.clone(), plan.topology.clone()));
            }
            _ = watch.tick() => {
                let status = live.connection.status();
                if !status.connected() {
                    break "it has ended unheard".to_owned();
                }
                if status.blocked() != live.is_blocked() {
                    blocked(status.blocked());
                }
            }
        }
    };
    blocked(false);
    reason
}

/// Declares what is missing, also while nobody publishes or consumes it.
async fn upkeep(live: Live, topology: Topology) {
    let checked = timeout(PATIENCE, check(&live.connection, &topology)).await;
    let Ok(Err(QueueError::Topology(missing))) = checked else { return };
    match live.declare(&topology).await {
        Ok(()) => tracing::warn!(missing, "something was missing; everything was declared again"),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, missing, "something is missing and cannot be declared");
        }
    }
}

/// Closes a connection, if the broker still listens.
async fn farewell(connection: &Connection) {
    match timeout(FAREWELL, connection.close(200, "done".into())).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection was not closed cleanly"),
        Err(_) => tracing::debug!("a connection was not closed in time"),
    }
}
