//! Jobs at rest: rows, results, the outbox, idempotency keys and webhook deliveries.
//!
//! [`JobStore`] is what the gateway and the keeper ask; [`Store`] answers, from SQLite or from
//! PostgreSQL. Every move of a job goes through [`jobs::Life::after_with`] and is written by
//! compare-and-set, with all that follows from it, in one transaction (`service.md` sections 3.2
//! and 4).
//!
//! `work` has what is done, in statements that serve both databases; `moves` what an event makes of
//! a job, without a database; `kept` how a row is read. `sqlite` and `postgres` know where a
//! transaction runs: in a group with all others that wait, or beside them.
//!
//! ```
//! use jobs::{Input, Owner};
//! use store::{Accepted, JobStore, NewJob, Store, StoreOptions};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let store = Store::open(&StoreOptions::embedded(folder.path())).await?;
//! let input = Input::inline(b"PMID- 31452104".to_vec());
//! let accepted = store.accept(NewJob::new(Owner::local(), input)).await?;
//! let Accepted::New(job) = accepted else { panic!("without a key every job is new") };
//! assert_eq!(store.get(job.id, Some(&Owner::local())).await?, Some(*job));
//! # Ok(())
//! # }
//! ```

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
