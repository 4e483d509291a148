//! Declaring the topology, and asking whether it is there.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ExchangeKind};

use super::{EXCHANGES, QUEUES, Queue, Routing, Topology};
use crate::error::QueueError;

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
        ready(&channel, &topology.name(queue.name)).await?;
    }
    close(&channel).await;
    Ok(())
}

/// How many messages of a queue wait, without those that consumers hold.
pub(crate) async fn ready(channel: &Channel, name: &str) -> Result<u64, QueueError> {
    let options = QueueDeclareOptions { passive: true, ..Default::default() };
    let queue = channel
        .queue_declare(name.into(), options, FieldTable::default())
        .await
        .map_err(|error| unfit("queue", name, error))?;
    Ok(queue.message_count().into())
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
    let mut arguments = FieldTable::default();
    let mut put = |name: &str, value: AMQPValue| {
        arguments.insert(name.into(), value);
    };
    let text = |text: &str| AMQPValue::LongString(text.into());
    let number = |number: u32| AMQPValue::LongLongInt(number.into());
    put("x-queue-type", text(if queue.is_quorum { "quorum" } else { "classic" }));
    if let Some(limit) = topology.delivery_limit(queue) {
        put("x-delivery-limit", number(limit));
    }
    if let Some(dead) = queue.dead_letter {
        put("x-dead-letter-exchange", text(&topology.name(dead.exchange)));
        if let Some(key) = dead.key {
            put("x-dead-letter-routing-key", text(key));
        }
        put("x-dead-letter-strategy", text("at-least-once"));
        // Dead-lettering at least once asks for it.
        put("x-overflow", text("reject-publish"));
    }
    if let Some(ttl) = queue.ttl {
        put("x-message-ttl", number(ttl));
    }
    if let Some(length) = queue.max_length {
        put("x-max-length", number(length));
    }
    if queue.drops_head {
        put("x-overflow", text("drop-head"));
    }
    arguments
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
