//! Private RabbitMQ and PostgreSQL servers for tests.

mod postgres;

pub use postgres::{Postgres, PostgresError};
