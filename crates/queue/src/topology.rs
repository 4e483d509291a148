//! Everything that is declared on a broker: the one table of `service.md` section 5.1.
//!
//! The names of queues end in a version, since the arguments of a queue can never be changed: to
//! change one, declare a `.v2` and drain the `.v1`. What correctness depends on is an argument
//! here; sizes are policies of the broker's operators.

use jobs::Lane;

mod declare;
mod rights;

pub use rights::Rights;

pub(crate) use declare::{SETTLED, Standing, check, close, declare, standing};

/// An exchange; all of them are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its name after the prefix.
    pub name: &'static str,
    /// How it routes.
    pub kind: Routing,
}

/// How an exchange routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// By the routing key.
    Direct,
    /// To every queue.
    Fanout,
    /// By patterns of routing keys.
    Topic,
}

/// A durable queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name after the prefix.
    pub name: &'static str,
    /// Whether it is replicated; else it is a classic queue, for what may be lost.
    pub is_quorum: bool,
    /// Redeliveries after which a message is a dead letter.
    pub delivery_limit: Option<u32>,
    /// Where dead letters go.
    pub dead_letter: Option<DeadLetter>,
    /// Milliseconds for which a message is kept, or waits for its dead-lettering.
    pub ttl: Option<u32>,
    /// The most messages; the oldest are dropped. Without it a full queue refuses what comes.
    pub max_length: Option<u32>,
    /// Whether the oldest are dropped when a policy limits the length.
    pub drops_head: bool,
    /// What it takes: exchange after the prefix, and routing key.
    pub bindings: &'static [(&'static str, &'static str)],
}

/// Where dead letters go. They are not lost on their way: dead-lettering is at-least-once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The exchange after the prefix.
    pub exchange: &'static str,
    /// The routing key; none if the message keeps its own.
    pub key: Option<&'static str>,
}

/// The value of an argument of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A word.
    Text(String),
    /// A number.
    Number(u32),
}

impl Queue {
    /// The arguments with which it is declared.
    #[must_use]
    pub fn arguments(&self, topology: &Topology) -> Vec<(&'static str, Argument)> {
        let text = |text: &str| Argument::Text(text.to_owned());
        let kind = if self.is_quorum { "quorum" } else { "classic" };
        let mut arguments = vec![("x-queue-type", text(kind))];
        if let Some(limit) = topology.delivery_limit(self) {
            arguments.push(("x-delivery-limit", Argument::Number(limit)));
        }
        if let Some(dead) = self.dead_letter {
            arguments.push(("x-dead-letter-exchange", text(&topology.name(dead.exchange))));
            if let Some(key) = dead.key {
                arguments.push(("x-dead-letter-routing-key", text(key)));
            }
            arguments.push(("x-dead-letter-strategy", text("at-least-once")));
            // Dead-lettering at least once asks for it.
            arguments.push(("x-overflow", text("reject-publish")));
        }
        if let Some(ttl) = self.ttl {
            arguments.push(("x-message-ttl", Argument::Number(ttl)));
        }
        if let Some(length) = self.max_length {
            arguments.push(("x-max-length", Argument::Number(length)));
        }
        if self.drops_head {
            arguments.push(("x-overflow", text("drop-head")));
        }
        arguments
    }
}

/// Where jobs go; the routing key is the lane.
pub const JOBS: &str = "jobs";
/// Where ends of runs go.
pub const RESULTS: &str = "results";
/// Where signs of life go.
pub const PROGRESS: &str = "progress";
/// Where what all workers are told goes.
pub const CONTROL: &str = "control";
/// Where producers publish.
pub const INTAKE: &str = "intake";
/// Where dead letters go, and what nobody can read.
pub const DEAD: &str = "dead";

/// The routing key of ends of runs.
pub const FINISHED_KEY: &str = "finished";
/// The routing key of producers.
pub const SUBMIT_KEY: &str = "submit";
/// The routing key of jobs that were delivered too often.
pub const DEAD_JOB_KEY: &str = "job";
/// The routing key of what people have to look at.
pub const PARKED_KEY: &str = "parked";

/// The queue of each lane.
pub const LANES: [(Lane, &str); 2] =
    [(Lane::Interactive, "jobs.interactive.v1"), (Lane::Bulk, "jobs.bulk.v1")];
/// The queue of ends of runs.
pub const RESULTS_QUEUE: &str = "results.v1";
/// The queue of what producers publish.
pub const INTAKE_QUEUE: &str = "intake.v1";
/// The queue of jobs that were delivered too often.
pub const DEAD_QUEUE: &str = "dead.v1";
/// The queue of what people have to look at.
pub const PARKED_QUEUE: &str = "parked.v1";
/// The queue of signs of life.
pub const PROGRESS_QUEUE: &str = "progress.v1";
/// What stands before the name of the queue that a worker declares for itself.
pub const CONTROL_QUEUES: &str = "control.w.";

/// Exchanges of jobs that wait for so many seconds.
pub const RETRIES: [(u32, &str); 4] =
    [(1, "retry.1s"), (10, "retry.10s"), (60, "retry.60s"), (300, "retry.300s")];

/// All exchanges.
pub const EXCHANGES: [Exchange; 10] = [
    Exchange { name: JOBS, kind: Routing::Direct },
    Exchange { name: RETRIES[0].1, kind: Routing::Fanout },
    Exchange { name: RETRIES[1].1, kind: Routing::Fanout },
    Exchange { name: RETRIES[2].1, kind: Routing::Fanout },
    Exchange { name: RETRIES[3].1, kind: Routing::Fanout },
    Exchange { name: RESULTS, kind: Routing::Direct },
    Exchange { name: PROGRESS, kind: Routing::Topic },
    Exchange { name: CONTROL, kind: Routing::Fanout },
    Exchange { name: INTAKE, kind: Routing::Direct },
    Exchange { name: DEAD, kind: Routing::Direct },
];

const TO_DEAD: Option<DeadLetter> = Some(DeadLetter { exchange: DEAD, key: Some(DEAD_JOB_KEY) });
const TO_PARKED: Option<DeadLetter> = Some(DeadLetter { exchange: DEAD, key: Some(PARKED_KEY) });
/// The routing key stays the lane.
const TO_JOBS: Option<DeadLetter> = Some(DeadLetter { exchange: JOBS, key: None });

const QUORUM: Queue = Queue {
    name: "",
    is_quorum: true,
    delivery_limit: None,
    dead_letter: None,
    ttl: None,
    max_length: None,
    drops_head: false,
    bindings: &[],
};

/// Redeliveries after which the message of a job is a dead letter, unless a service is set up
/// otherwise.
pub const DELIVERY_LIMIT: u32 = 5;

/// The days for which people can look at what was parked.
const PARKED_DAYS: u32 = 14;

/// The most bytes of queues, as the policies of `deploy/rabbitmq` have them: what a policy is called,
/// the queues by their names after the prefix, and bytes.
pub const LENGTHS: [(&str, &[&str], u64); 2] =
    [("jobs", &[LANES[0].1, LANES[1].1], 1 << 30), ("intake", &[INTAKE_QUEUE], 2 << 30)];

/// All queues, except those that workers declare for themselves.
pub const QUEUES: [Queue; 11] = [
    Queue {
        name: LANES[0].1,
        delivery_limit: Some(DELIVERY_LIMIT),
        dead_letter: TO_DEAD,
        bindings: &[(JOBS, "interactive")],
        ..QUORUM
    },
    Queue {
        name: LANES[1].1,
        delivery_limit: Some(DELIVERY_LIMIT),
        dead_letter: TO_DEAD,
        bindings: &[(JOBS, "bulk")],
        ..QUORUM
    },
    retry("retry.1s.v1", 1, &[(RETRIES[0].1, "")]),
    retry("retry.10s.v1", 10, &[(RETRIES[1].1, "")]),
    retry("retry.60s.v1", 60, &[(RETRIES[2].1, "")]),
    retry("retry.300s.v1", 300, &[(RETRIES[3].1, "")]),
    Queue {
        name: RESULTS_QUEUE,
        delivery_limit: Some(20),
        dead_letter: TO_PARKED,
        bindings: &[(RESULTS, FINISHED_KEY)],
        ..QUORUM
    },
    Queue {
        name: INTAKE_QUEUE,
        delivery_limit: Some(5),
        dead_letter: TO_PARKED,
        bindings: &[(INTAKE, SUBMIT_KEY)],
        ..QUORUM
    },
    Queue {
        name: DEAD_QUEUE,
        delivery_limit: Some(20),
        dead_letter: TO_PARKED,
        bindings: &[(DEAD, DEAD_JOB_KEY)],
        ..QUORUM
    },
    Queue {
        name: PARKED_QUEUE,
        ttl: Some(PARKED_DAYS * 24 * 60 * 60 * 1000),
        drops_head: true,
        bindings: &[(DEAD, PARKED_KEY)],
        ..QUORUM
    },
    Queue {
        name: PROGRESS_QUEUE,
        is_quorum: false,
        ttl: Some(60_000),
        max_length: Some(10_000),
        drops_head: true,
        bindings: &[(PROGRESS, "#")],
        ..QUORUM
    },
];

/// A queue in which a message waits for so many seconds. One for each delay, since a time to live
/// of a message's own would wait behind longer ones before it.
const fn retry(
    name: &'static str,
    seconds: u32,
    bindings: &'static [(&'static str, &'static str)],
) -> Queue {
    Queue { name, ttl: Some(seconds * 1000), dead_letter: TO_JOBS, bindings, ..QUORUM }
}

/// The names of one service on a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    prefix: String,
    /// Redeliveries after which the message of a job is a dead letter.
    delivery_limit: u32,
}

impl Topology {
    /// The names that begin with this prefix and a point.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), delivery_limit: DELIVERY_LIMIT }
    }

    /// The same where the messages of jobs are redelivered up to so many times.
    #[must_use]
    pub fn with_delivery_limit(self, limit: u32) -> Self {
        Self { delivery_limit: limit, ..self }
    }

    /// Redeliveries after which a message of this queue is a dead letter.
    fn delivery_limit(&self, queue: &Queue) -> Option<u32> {
        let is_lane = LANES.iter().any(|(_, name)| *name == queue.name);
        if is_lane { Some(self.delivery_limit) } else { queue.delivery_limit }
    }

    /// The whole name of an exchange or a queue.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    /// The queue of a lane.
    #[must_use]
    pub fn lane(&self, lane: Lane) -> String {
        match lane {
            Lane::Interactive => self.name(LANES[0].1),
            Lane::Bulk => self.name(LANES[1].1),
        }
    }

    /// The exchange of jobs that wait for so many seconds, or for the next shorter time that there
    /// is a queue for.
    #[must_use]
    pub fn delayed(&self, seconds: u32) -> String {
        let retry = RETRIES.iter().rev().find(|(delay, _)| *delay <= seconds);
        self.name(retry.map_or(JOBS, |(_, name)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_the_nearest_that_is_not_longer() {
        let topology = Topology::new("t");
        let delays = [(0, "t.jobs"), (1, "t.retry.1s"), (9, "t.retry.1s"), (10, "t.retry.10s")];
        let longer = [(60, "t.retry.60s"), (299, "t.retry.60s"), (u32::MAX, "t.retry.300s")];
        for (seconds, exchange) in delays.into_iter().chain(longer) {
            assert_eq!(topology.delayed(seconds), exchange, "{seconds}");
        }
    }

    #[test]
    fn what_queues_name_is_in_the_table() {
        let is_exchange = |name: &str| EXCHANGES.iter().any(|exchange| exchange.name == name);
        for queue in QUEUES {
            let version = queue.name.rsplit('.').next();
            assert_eq!(version, Some("v1"), "{}", queue.name);
            assert!(queue.bindings.iter().all(|(exchange, _)| is_exchange(exchange)));
            assert!(queue.dead_letter.is_none_or(|dead| is_exchange(dead.exchange)));
            // What consumers could return for ever must have a limit.
            let waits = queue.ttl.is_some();
            assert!(queue.delivery_limit.is_some() != waits, "{}", queue.name);
        }
    }

    #[test]
    fn the_limit_of_deliveries_is_that_of_jobs_alone() {
        let topology = Topology::new("t").with_delivery_limit(50);
        for queue in QUEUES {
            let is_lane = LANES.iter().any(|(_, name)| *name == queue.name);
            let expected = if is_lane { Some(50) } else { queue.delivery_limit };
            assert_eq!(topology.delivery_limit(&queue), expected, "{}", queue.name);
            assert_eq!(Topology::new("t").delivery_limit(&queue), queue.delivery_limit);
        }
    }

    #[test]
    fn lanes_have_the_names_of_their_routing_keys() {
        for (lane, name) in LANES {
            assert_eq!(Topology::new("t").lane(lane), format!("t.{name}"));
            let queue = QUEUES.iter().find(|queue| queue.name == name).expect("a queue");
            assert_eq!(queue.bindings, &[(JOBS, lane.as_str())]);
        }
    }
}
