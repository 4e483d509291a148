//! What every role needs to run: the shutdown signal, and later configuration and telemetry.

mod shutdown;

pub use shutdown::{ListenError, Shutdown};
