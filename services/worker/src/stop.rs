//! How a run is told to end before its time.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// The means to end one run, from anywhere. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    cause: OnceLock<Cause>,
    token: CancellationToken,
}

/// Why a run is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The owner of the job wants it.
    Cancelled,
    /// The worker stops, and the grace is over.
    Draining,
    /// The job took too long.
    TimeLimit,
}

impl Stop {
    /// Ends the run. The first cause stands.
    pub(crate) fn now(&self, cause: Cause) {
        // Whoever came first has set the token as well.
        if self.0.cause.set(cause).is_ok() {
            self.0.token.cancel();
        }
    }

    /// Why the run is to end, if it is.
    pub(crate) fn cause(&self) -> Option<Cause> {
        self.0.cause.get().copied()
    }

    /// Waits until the run is to end.
    pub(crate) async fn wait(&self) {
        self.0.token.cancelled().await;
    }
}
