//! Declaring the topology, and asking whether it is there.

use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ExchangeKind};

use super::{Argument, EXCHANGES, QUEUES, Queue, Routing, Topology};
use crate::error::QueueError;

/// Before a queue that has vanished is declared again. A broker that looks after the consumers of a
/// queue that was deleted, and finds it there again, believes that they go on (RabbitMQ 3.10): it
/// hands them messages that they never hear of.
pub(crate) const SETTLED: Duration = Duration::from_secs(2);

/// Declares what is not there yet.
///
/// # Errors
///
/// [`QueueError::Topology`] if something is there with other arguments, or may not be declared by
/// this user; [`QueueError::Unavailable`] if the broker goes away.
pub(crate) async fn declare(
    connection: &Connection,
    topology: &Topology,
) -> Result<(), QueueError> {
    let channel = connection.create_channel().await.map_err(QueueError::Unavailable)?;
    for exchange in EXCHANGES {
        let name = topology.name(exchange.name);
        let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
        channel
            .exchange_declare(
                name.as_str().into(),
                exchange.kind.into(),
                options,
                FieldTable::default(),
            )
            .await
            .map_err(|error| unfit("exchange", &name, error))?;
    }
    for queue in QUEUES {
        let name = topology.name(queue.name);
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        channel
            .queue_declare(name.as_str().into(), options, arguments(&queue, topology))
            .await
            .map_err(|error| unfit("queue", &name, error))?;
        for (exchange, key) in queue.bindings {
            let exchange = topology.name(exchange);
            channel
                .queue_bind(
                    name.as_str().into(),
                    exchange.as_str().into(),
                    (*key).into(),
                    QueueBindOptions::default(),
                    FieldTable::default(),
                )
                .await
                .map_err(|error| unfit("binding of queue", &name, error))?;
        }
    }
    close(&channel).await;
    Ok(())
}

/// Asks whether everything is there, without any right to declare it. Arguments and bindings
/// cannot be asked for in this way.
///
/// # Errors
///
/// [`QueueError::Topology`] if something is missing; [`QueueError::Unavailable`] if the broker goes
/// away.
pub(crate) async fn check(connection: &Connection, topology: &Topology) -> Result<(), QueueError> {
    let channel = connection.create_channel().await.map_err(QueueError::Unavailable)?;
    for exchange in EXCHANGES {
        let name = topology.name(exchange.name);
        let options = ExchangeDeclareOptions { passive: true, ..Default::default() };
        channel
            .exchange_declare(
                name.as_str().into(),
                exchange.kind.into(),
                options,
                FieldTable::default(),
            )
            .await
            .map_err(|error| unfit("exchange", &name, error))?;
    }
    for queue in QUEUES {
        standing(&channel, &topology.name(queue.name)).await?;
    }
    close(&channel).await;
    Ok(())
}

/// How a queue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Messages that wait, without those that consumers hold.
    pub(crate) ready: u64,
    /// Its consumers, on all connections.
    pub(crate) consumers: u32,
}

/// Asks a queue how it stands; the channel ends if there is no such queue.
pub(crate) async fn standing(channel: &Channel, name: &str) -> Result<Standing, QueueError> {
    let options = QueueDeclareOptions { passive: true, ..Default::default() };
    let queue = channel
        .queue_declare(name.into(), options, FieldTable::default())
        .await
        .map_err(|error| unfit("queue", name, error))?;
    Ok(Standing { ready: queue.message_count().into(), consumers: queue.consumer_count() })
}

impl From<Routing> for ExchangeKind {
    fn from(routing: Routing) -> Self {
        match routing {
            Routing::Direct => Self::Direct,
            Routing::Fanout => Self::Fanout,
            Routing::Topic => Self::Topic,
        }
    }
}

fn arguments(queue: &Queue, topology: &Topology) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, argument) in queue.arguments(topology) {
        let value = match argument {
            Argument::Text(text) => AMQPValue::LongString(text.into()),
            Argument::Number(number) => AMQPValue::LongLongInt(number.into()),
        };
        table.insert(name.into(), value);
    }
    table
}

fn unfit(what: &str, name: &str, error: lapin::Error) -> QueueError {
    if error.is_amqp_soft_error() {
        QueueError::Topology(format!("{what} `{name}`: {error}"))
    } else {
        QueueError::Unavailable(error)
    }
}

/// A channel that is not closed goes with its connection.
pub(crate) async fn close(channel: &Channel) {
    if let Err(error) = channel.close(200, "done".into()).await {
        tracing::debug!(%error, "a channel was not closed cleanly");
    }
}
