//! Waiting until there may be something to do.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use jobs::JobId;
use store::JobStore;

/// The longest time for which nobody looks.
const LONGEST: Duration = Duration::from_secs(1);

/// Wakes up when the store changes, and each second.
pub(crate) struct Wake {
    changes: Pin<Box<dyn Stream<Item = JobId> + Send>>,
    is_over: bool,
}

impl Wake {
    pub(crate) fn new<S: JobStore>(store: &S) -> Self {
        Self { changes: Box::pin(store.changes()), is_over: false }
    }

    /// Waits for a change or a second, whatever comes first.
    pub(crate) async fn next(&mut self) {
        let change = async {
            if self.is_over || self.changes.next().await.is_none() {
                self.is_over = true;
                std::future::pending::<()>().await;
            }
        };
        // A second without a change is a reason to look as well.
        let _elapsed = tokio::time::timeout(LONGEST, change).await;
        // Changes that have come meanwhile are all seen by the same look.
        while !self.is_over
            && let Some(change) = futures_util::FutureExt::now_or_never(self.changes.next())
        {
            self.is_over = change.is_none();
        }
    }
}
