//! Jobs on the move: from whoever has accepted them to the workers, and what workers say back.
//!
//! [`Queue`] is what a worker sees. Behind it stands the job table of one process (embedded), or
//! RabbitMQ. What a job does is not known here.

mod contract;
mod error;

pub use contract::{Delivery, Queue, Settle};
pub use error::QueueError;
