//! Jobs on the move: from whoever has accepted them to the workers, and what workers say back.
//!
//! [`Queue`] is what a worker sees. Behind it stands the job table of one process (embedded), or
//! RabbitMQ. What a job does is not known here.

mod consumer;
mod contract;
mod embedded;
mod error;
mod link;
mod message;
mod publisher;
mod rabbit;
mod settings;
pub mod topology;

pub use consumer::Handle;
pub use contract::{Delivery, Queue, Settle};
pub use embedded::{Embedded, Slot};
pub use error::QueueError;
pub use message::{Answer, Header, RawMessage, Received, Submitted, Unread};
pub use rabbit::{Broker, Incoming, Rabbit};
pub use settings::Settings;
