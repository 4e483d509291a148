//! Jobs on the move: from whoever has accepted them to the workers, and what workers say back.
//!
//! [`Queue`] is what a worker sees. Behind it stands the job table of one process ([`Embedded`]),
//! or RabbitMQ ([`Rabbit`]). [`Broker`] is RabbitMQ as the keeper sees it, who hands jobs out, hears
//! how they end, and takes what producers publish. [`topology`] is the one table of what is declared
//! there. What a job does is not known here.

mod any;
mod broker;
mod contract;
mod embedded;
mod error;
mod rabbit;
mod settings;
pub mod topology;

pub use any::{AnyQueue, AnySettle};
pub use broker::{
    Answer, Broker, Header, MigrateError, RawMessage, Received, Submitted, Unread, migrate,
};
pub use contract::{Delivery, Queue, Settle};
pub use embedded::{Embedded, EmbeddedSettle};
pub use error::QueueError;
pub use rabbit::{Rabbit, RabbitSettle};
pub use settings::{InvalidSettings, Settings};
