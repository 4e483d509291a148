//! A connection that is made anew whenever it is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, Event};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::error::QueueError;
use crate::settings::Settings;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A connection for one purpose. Clones share it.
#[derive(Clone)]
pub(crate) struct Link(Arc<Shared>);

struct Shared {
    uri: AMQPUri,
    name: String,
    role: &'static str,
    live: Mutex<Option<Connection>>,
    is_connected: AtomicBool,
    is_blocked: AtomicBool,
    closed: CancellationToken,
}

impl Link {
    /// A link that connects when it is needed first. `purpose` is part of the connection's name.
    ///
    /// # Errors
    ///
    /// [`QueueError::Topology`] if the address cannot be understood, or if it would send the
    /// well-known guest over a network.
    pub(crate) fn new(
        settings: &Settings,
        role: &'static str,
        purpose: &str,
        closed: &CancellationToken,
    ) -> Result<Self, QueueError> {
        let wrong = |reason: &str| QueueError::Topology(format!("amqp.url: {reason}"));
        let address = settings.address().ok_or_else(|| wrong("there is none"))?;
        // What the parser says may quote the password.
        let mut uri: AMQPUri = address.parse().map_err(|_| wrong("this is no AMQP address"))?;
        let is_loopback = matches!(uri.authority.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if uri.authority.userinfo.username == "guest" && !is_loopback {
            return Err(wrong("`guest` may connect from this machine only"));
        }
        uri.query.heartbeat = Some(settings.heartbeat_seconds);
        let name = format!("refmill-{role}-{}-{purpose}", std::process::id());
        Ok(Self(Arc::new(Shared {
            uri,
            name,
            role,
            live: Mutex::new(None),
            is_connected: AtomicBool::new(false),
            is_blocked: AtomicBool::new(false),
            closed: closed.clone(),
        })))
    }

    /// A new channel, over a new connection if the old one is lost.
    pub(crate) async fn channel(&self) -> Result<Channel, QueueError> {
        let mut live = self.0.live.lock().await;
        if self.0.closed.is_cancelled() {
            return Err(QueueError::Closed);
        }
        if let Some(connection) = live.as_ref().filter(|live| live.status().connected()) {
            let opened = tokio::time::timeout(CONNECT, connection.create_channel()).await;
            if let Ok(Ok(channel)) = opened {
                return Ok(channel);
            }
        }
        if live.take().is_some() {
            metrics::counter!("refmill_amqp_rebuilds_total", "role" => self.0.role).increment(1);
        }
        self.note(false);
        let name = self.0.name.as_str().into();
        let properties = ConnectionProperties::default().with_connection_name(name);
        let connected = Connection::connect_uri(self.0.uri.clone(), properties);
        let connection = tokio::time::timeout(CONNECT, connected)
            .await
            .map_err(|_| QueueError::Timeout)?
            .map_err(QueueError::Unavailable)?;
        let channel = tokio::time::timeout(CONNECT, connection.create_channel())
            .await
            .map_err(|_| QueueError::Timeout)?
            .map_err(QueueError::Unavailable)?;
        self.listen(&connection);
        self.note(true);
        *live = Some(connection);
        Ok(channel)
    }

    /// Whether the connection stands and takes messages; a sentence if not.
    pub(crate) fn check(&self) -> Result<(), String> {
        match () {
            () if !self.0.is_connected.load(Ordering::Relaxed) => {
                Err("the broker is not connected".to_owned())
            }
            () if self.0.is_blocked.load(Ordering::Relaxed) => {
                Err("the broker takes no messages for now".to_owned())
            }
            () => Ok(()),
        }
    }

    /// Ends the connection.
    pub(crate) async fn close(&self) {
        if let Some(connection) = self.0.live.lock().await.take() {
            let closed = connection.close(200, "stopping".into());
            // It may be gone already, and nothing is lost with it.
            if let Ok(Err(error)) = tokio::time::timeout(Duration::from_secs(2), closed).await {
                tracing::debug!(%error, "a connection was gone before it was closed");
            }
        }
        self.note(false);
    }

    /// Hears what happens to a connection until it is gone.
    fn listen(&self, connection: &Connection) {
        let mut events = connection.events_listener();
        let link = self.clone();
        let closed = self.0.closed.clone();
        tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    event = events.next() => event,
                    () = closed.cancelled() => None,
                };
                match event {
                    Some(Event::ConnectionBlocked(reason)) => {
                        tracing::warn!(reason, "the broker takes no messages");
                        link.block(true);
                    }
                    Some(Event::ConnectionUnblocked) => link.block(false),
                    Some(Event::Error(error)) => {
                        tracing::warn!(%error, "a connection to the broker is lost");
                        link.note(false);
                        return;
                    }
                    Some(_) => {}
                    None => return,
                }
            }
        });
    }

    fn note(&self, is_connected: bool) {
        self.0.is_connected.store(is_connected, Ordering::Relaxed);
        let gauge = metrics::gauge!("refmill_amqp_connected", "role" => self.0.role);
        gauge.set(if is_connected { 1.0 } else { 0.0 });
        self.block(false);
    }

    fn block(&self, is_blocked: bool) {
        self.0.is_blocked.store(is_blocked, Ordering::Relaxed);
        let gauge = metrics::gauge!("refmill_amqp_blocked", "role" => self.0.role);
        gauge.set(if is_blocked { 1.0 } else { 0.0 });
    }
}
