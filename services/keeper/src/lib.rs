//! The role that keeps the state of jobs.
//!
//! Beside the gateway the keeper alone writes the store. It publishes what the outbox holds, records
//! how runs have ended, finds messages that were lost and workers that have gone silent, sweeps
//! away what has outlived its time, takes jobs that come as messages, and tells producers and
//! webhooks of the end (`service.md` sections 3.3, 5.3 and 8).
//!
//! [`run`] begins and ends all of it. Several keepers may run: every move is a compare-and-set, and
//! one of them leads where only one may look.

mod beats;
mod broker;
mod dead;
mod error;
mod intake;
mod keeper;
mod links;
mod measure;
mod patience;
mod reconcile;
mod recorder;
mod relay;
mod replies;
mod settings;
mod sweeper;
mod wake;
mod webhooks;

pub use broker::Broker;
pub use error::KeeperError;
pub use keeper::run;
pub use settings::{IntakeSettings, KeeperSettings, Settings, WebhookSettings};
