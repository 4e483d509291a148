//! Jobs at rest: rows, results, the outbox, idempotency keys and webhook deliveries.
//!
//! [`JobStore`] is what the gateway and the keeper ask; SQLite and PostgreSQL answer. Every move of
//! a job goes through [`jobs::Life::after`] and is written by compare-and-set, with all that follows
//! from it, in one transaction (`service.md` sections 3.2 and 4).

mod base;
mod contract;
mod error;
mod kept;
mod moves;
mod options;
mod policy;
mod postgres;
mod session;
mod sqlite;
mod store;
mod value;
mod work;

pub use contract::{
    Accepted, Applied, Backlog, Begun, Delivery, DeliveryOutcome, Errand, JobStore, Keep, NewJob,
    Outgoing, Page, Swept, Upload,
};
pub use error::StoreError;
pub use options::{Retention, Settings, StoreOptions};
pub use store::Store;
