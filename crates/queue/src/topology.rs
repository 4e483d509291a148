//! Exchanges, queues and bindings, as one table (`service.md` section 5.1).
//!
//! Arguments of a queue never change: a queue with others gets another version in its name. What
//! correctness depends on is an argument; sizes are policies of operators.

use jobs::Lane;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{Channel, ExchangeKind};

use crate::error::QueueError;

/// Names of everything on the broker, behind one prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    prefix: String,
}

/// An exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The name behind the prefix.
    pub name: &'static str,
    /// `direct`, `fanout` or `topic`.
    pub kind: &'static str,
}

/// A queue that lives as long as the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The name behind the prefix.
    pub name: &'static str,
    /// Whether it is replicated: `quorum`; else `classic`.
    pub is_quorum: bool,
    /// Where its messages come from: exchange and routing key.
    pub bound: (&'static str, &'static str),
    /// Arguments besides the type.
    pub arguments: &'static [(&'static str, Argument)],
}

/// The value of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number.
    Number(i64),
    /// A word.
    Word(&'static str),
    /// The name of an exchange, behind the prefix.
    Exchange(&'static str),
}

use Argument::{Exchange as Into, Number, Word};

/// Every exchange.
pub const EXCHANGES: &[Exchange] = &[
    Exchange { name: "jobs", kind: "direct" },
    Exchange { name: "retry.1s", kind: "fanout" },
    Exchange { name: "retry.10s", kind: "fanout" },
    Exchange { name: "retry.60s", kind: "fanout" },
    Exchange { name: "retry.300s", kind: "fanout" },
    Exchange { name: "results", kind: "direct" },
    Exchange { name: "progress", kind: "topic" },
    Exchange { name: "control", kind: "fanout" },
    Exchange { name: "intake", kind: "direct" },
    Exchange { name: "dead", kind: "direct" },
];

const DEAD_LETTERS: (&str, Argument) = ("x-dead-letter-exchange", Into("dead"));
const AS_JOB: (&str, Argument) = ("x-dead-letter-routing-key", Word("job"));
const PARKED: (&str, Argument) = ("x-dead-letter-routing-key", Word("parked"));
/// Dead letters are handed over before they are let go; this needs queues that refuse when full.
const LOSSLESS: (&str, Argument) = ("x-dead-letter-strategy", Word("at-least-once"));
const REFUSE: (&str, Argument) = ("x-overflow", Word("reject-publish"));
const LIMIT: &str = "x-delivery-limit";

const JOBS: &[(&str, Argument)] = &[(LIMIT, Number(5)), DEAD_LETTERS, AS_JOB, LOSSLESS, REFUSE];
const EVENTS: &[(&str, Argument)] = &[(LIMIT, Number(20)), DEAD_LETTERS, PARKED, LOSSLESS, REFUSE];
const INTAKE: &[(&str, Argument)] = &[(LIMIT, Number(5)), DEAD_LETTERS, PARKED, LOSSLESS, REFUSE];

/// Back to the jobs after so many milliseconds, under the routing key that the message came with.
macro_rules! retry {
    ($name:literal, $exchange:literal, $milliseconds:literal) => {
        Queue {
            name: $name,
            is_quorum: true,
            bound: ($exchange, ""),
            arguments: &[
                ("x-message-ttl", Number($milliseconds)),
                ("x-dead-letter-exchange", Into("jobs")),
                LOSSLESS,
                REFUSE,
            ],
        }
    };
}

/// Every queue but those of single workers.
pub const QUEUES: &[Queue] = &[
    Queue {
        name: "jobs.interactive.v1",
        is_quorum: true,
        bound: ("jobs", "interactive"),
        arguments: JOBS,
    },
    Queue { name: "jobs.bulk.v1", is_quorum: true, bound: ("jobs", "bulk"), arguments: JOBS },
    retry!("retry.1s.v1", "retry.1s", 1_000),
    retry!("retry.10s.v1", "retry.10s", 10_000),
    retry!("retry.60s.v1", "retry.60s", 60_000),
    retry!("retry.300s.v1", "retry.300s", 300_000),
    Queue {
        name: "results.v1",
        is_quorum: true,
        bound: ("results", "finished"),
        arguments: EVENTS,
    },
    Queue { name: "intake.v1", is_quorum: true, bound: ("intake", "submit"), arguments: INTAKE },
    Queue { name: "dead.v1", is_quorum: true, bound: ("dead", "job"), arguments: EVENTS },
    Queue {
        name: "parked.v1",
        is_quorum: true,
        bound: ("dead", "parked"),
        arguments: &[("x-message-ttl", Number(14 * 86_400_000)), ("x-overflow", Word("drop-head"))],
    },
    Queue {
        name: "progress.v1",
        is_quorum: false,
        bound: ("progress", "#"),
        arguments: &[
            ("x-max-length", Number(10_000)),
            ("x-overflow", Word("drop-head")),
            ("x-message-ttl", Number(60_000)),
        ],
    },
];

/// Delays of the retry queues in seconds, with their exchanges.
const DELAYS: [(u32, &str); 5] =
    [(300, "retry.300s"), (60, "retry.60s"), (10, "retry.10s"), (1, "retry.1s"), (0, "jobs")];

impl Names {
    /// Names behind that prefix: `refmill`.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// The name behind the prefix.
    #[must_use]
    pub fn of(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    /// The queue of a lane.
    #[must_use]
    pub fn lane(&self, lane: Lane) -> String {
        self.of(&format!("jobs.{lane}.v1"))
    }

    /// The exchange from which a job comes to its lane after so many seconds, or sooner.
    #[must_use]
    pub fn delayed(&self, seconds: u32) -> String {
        let row = DELAYS.iter().find(|(delay, _)| *delay <= seconds);
        self.of(row.map_or("jobs", |(_, exchange)| exchange))
    }

    fn arguments(&self, queue: &Queue) -> FieldTable {
        let mut table = FieldTable::default();
        let kind = if queue.is_quorum { "quorum" } else { "classic" };
        table.insert("x-queue-type".into(), word(kind));
        for (name, value) in queue.arguments {
            let value = match value {
                Number(number) => AMQPValue::LongLongInt(*number),
                Word(text) => word(text),
                Into(exchange) => word(&self.of(exchange)),
            };
            table.insert((*name).into(), value);
        }
        table
    }
}

fn word(text: &str) -> AMQPValue {
    AMQPValue::LongString(LongString::from(text))
}

/// Declares everything, and leaves alone what is there already.
///
/// # Errors
///
/// If something is there with other arguments, or the broker is away.
pub(crate) async fn declare(channel: &Channel, names: &Names) -> Result<(), QueueError> {
    for exchange in EXCHANGES {
        let kind = match exchange.kind {
            "fanout" => ExchangeKind::Fanout,
            "topic" => ExchangeKind::Topic,
            _ => ExchangeKind::Direct,
        };
        let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
        let name = names.of(exchange.name);
        let declared =
            channel.exchange_declare(name.as_str().into(), kind, options, FieldTable::default());
        declared.await.map_err(|error| differs(&name, error))?;
    }
    for queue in QUEUES {
        let name = names.of(queue.name);
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        channel
            .queue_declare(name.as_str().into(), options, names.arguments(queue))
            .await
            .map_err(|error| differs(&name, error))?;
        let (exchange, key) = queue.bound;
        let exchange = names.of(exchange);
        channel
            .queue_bind(
                name.as_str().into(),
                exchange.as_str().into(),
                key.into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .map_err(|error| differs(&name, error))?;
    }
    Ok(())
}

/// Looks whether everything is there. The channel is useless if not.
///
/// # Errors
///
/// [`QueueError::Topology`] with what is missing.
pub(crate) async fn check(channel: &Channel, names: &Names) -> Result<(), QueueError> {
    for queue in QUEUES {
        let name = names.of(queue.name);
        let options = QueueDeclareOptions { passive: true, ..Default::default() };
        channel
            .queue_declare(name.as_str().into(), options, FieldTable::default())
            .await
            .map_err(|error| differs(&name, error))?;
    }
    Ok(())
}

fn differs(name: &str, error: lapin::Error) -> QueueError {
    match error.kind() {
        lapin::ErrorKind::ProtocolError(told) => QueueError::Topology(format!("`{name}`: {told}")),
        _ => QueueError::Unavailable(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_that_of_the_longest_queue_that_is_not_longer() {
        let names = Names::new("t");
        for (seconds, exchange) in [
            (0, "t.jobs"),
            (1, "t.retry.1s"),
            (9, "t.retry.1s"),
            (10, "t.retry.10s"),
            (60, "t.retry.60s"),
            (4000, "t.retry.300s"),
        ] {
            assert_eq!(names.delayed(seconds), exchange);
        }
    }

    #[test]
    fn every_queue_hangs_on_an_exchange_that_is_declared() {
        for queue in QUEUES {
            assert!(EXCHANGES.iter().any(|exchange| exchange.name == queue.bound.0), "{queue:?}");
        }
        for lane in Lane::ALL {
            let name = Names::new("t").lane(lane);
            assert!(QUEUES.iter().any(|queue| format!("t.{}", queue.name) == name));
        }
    }
}
