//! Private RabbitMQ and PostgreSQL servers for tests, and faults of the network before them.
//!
//! Servers are ended by their values, and also when the process of the tests ends, in whatever way.

mod port;
mod postgres;
mod rabbitmq;
mod relay;

pub use postgres::{Postgres, PostgresError};
pub use rabbitmq::{RabbitMq, RabbitMqError};
pub use relay::{Relay, Traffic};
