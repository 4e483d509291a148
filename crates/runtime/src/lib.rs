//! What every role needs to run: configuration, logs and metrics, and the signals to stop.

pub mod config;
pub mod metrics_server;
pub mod notify;
mod readiness;
mod shutdown;
mod stop;
pub mod telemetry;

pub use readiness::{Readiness, Remembered};
pub use shutdown::{ListenError, Shutdown};
pub use stop::Stop;
pub use telemetry::{LogFormat, LogSettings, Metrics};
