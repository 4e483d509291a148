//! Who may convert, and on how many threads.

use std::num::NonZeroUsize;
use std::sync::Arc;

use jobs::Lane;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::settings::Settings;

/// The threads that convert, all of them blocking ones and none of the asynchronous runtime's.
///
/// Bulk jobs share `worker.threads`. Interactive jobs are small: each gets one thread, and at most
/// `worker.threads` of them convert at a time. The two lanes do not wait for each other, or one
/// long file would hold up everybody who waits: between them the machine's scheduler is fair.
#[derive(Debug)]
pub(crate) struct Pool {
    interactive: Arc<Semaphore>,
    bulk_threads: NonZeroUsize,
}

/// The right to convert.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) threads: NonZeroUsize,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Pool {
    pub(crate) fn new(settings: &Settings) -> Self {
        let threads = settings.threads();
        let bulk_slots = settings.slots(Lane::Bulk).max(1);
        Self {
            interactive: Arc::new(Semaphore::new(threads.get())),
            bulk_threads: NonZeroUsize::new(threads.get() / usize::from(bulk_slots))
                .unwrap_or(NonZeroUsize::MIN),
        }
    }

    /// Waits for a place.
    pub(crate) async fn place(&self, lane: Lane) -> Place {
        match lane {
            Lane::Interactive => {
                let permit = Arc::clone(&self.interactive).acquire_owned().await;
                let permit = permit.expect("the semaphore is never closed");
                Place { threads: NonZeroUsize::MIN, _permit: Some(permit) }
            }
            Lane::Bulk => Place { threads: self.bulk_threads, _permit: None },
        }
    }
}
