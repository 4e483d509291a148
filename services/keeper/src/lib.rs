//! The role that keeps the state of jobs.

mod broker;
mod error;
mod intake;
mod links;
mod patience;
mod replies;
mod settings;
mod wake;
mod webhooks;

pub use broker::{Answer, Broker, Header, RawMessage, Received, Submitted, Unread};
pub use error::KeeperError;
pub use settings::{IntakeSettings, KeeperSettings, Settings, WebhookSettings};
