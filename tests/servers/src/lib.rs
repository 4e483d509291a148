//! Private RabbitMQ and PostgreSQL servers for tests, faults of the network before them, and a
//! client of HTTP that shows every byte.
//!
//! Servers are ended by their values, and also when the process of the tests ends, in whatever way.

pub mod http;
mod port;
mod postgres;
mod rabbitmq;
mod relay;

pub use port::free_port;
pub use postgres::{Postgres, PostgresError};
pub use rabbitmq::{RabbitMq, RabbitMqError};
pub use relay::{Relay, Traffic};

/// The Python that the packages of the system are for; another one may stand before it in `PATH`.
#[must_use]
pub fn python() -> std::process::Command {
    let systems = std::path::Path::new("/usr/bin/python3");
    std::process::Command::new(if systems.is_file() { systems } else { "python3".as_ref() })
}
