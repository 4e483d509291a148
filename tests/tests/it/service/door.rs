//! One suite of HTTP calls for both ways in which the service runs: `refmill serve` alone, and
//! gateway, keeper and two workers over RabbitMQ and PostgreSQL.
//!
//! A case is an async function that gets a door and two keys that nobody else has. Whatever it
//! asks, the status and the media type of the answer must be those of `/openapi.json`.

mod conversion;
mod ending;
mod modes;
mod reading;
mod refusals;
mod submission;
pub(crate) mod visitor;
