//! An upload that goes on. However it breaks off, its job is not left behind as `receiving`.

use std::time::{Duration, Instant};

use jobs::{Event, JobId, Owner, ProblemCode};
use store::JobStore;

use crate::refusal::{Refusal, chain};

/// How often the store hears that an upload goes on. One that is silent for half a minute loses its
/// key to whoever asks for it.
const TOUCH: Duration = Duration::from_secs(10);

/// An upload that goes on.
pub(crate) struct Unfinished<S: JobStore> {
    store: Option<S>,
    id: JobId,
    owner: Owner,
    touched: Instant,
}

impl<S: JobStore> Unfinished<S> {
    /// The upload of this job goes on.
    pub(crate) fn new(store: &S, id: JobId, owner: &Owner) -> Self {
        Self { store: Some(store.clone()), id, owner: owner.clone(), touched: Instant::now() }
    }

    /// The upload goes on, which the store hears now and then.
    ///
    /// It is refused if it was given up meanwhile.
    pub(crate) async fn goes_on(&mut self) -> Result<(), Refusal> {
        let Some(store) = self.store.as_ref().filter(|_| self.touched.elapsed() >= TOUCH) else {
            return Ok(());
        };
        self.touched = Instant::now();
        if store.touch(self.id).await? { Ok(()) } else { Err(given_up()) }
    }

    /// The upload is complete.
    pub(crate) fn finish(mut self) {
        self.store = None;
    }

    /// The upload is given up, and that is written before the caller hears of it.
    pub(crate) async fn abandon(mut self) {
        if let Some(store) = self.store.take() {
            abandon(store, self.id, self.owner.clone()).await;
        }
    }
}

impl<S: JobStore> Drop for Unfinished<S> {
    /// The client has gone in the middle of it.
    fn drop(&mut self) {
        let Some(store) = self.store.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(abandon(store, self.id, self.owner.clone()));
        }
    }
}

/// The upload was silent for so long that it was given up.
pub(crate) fn given_up() -> Refusal {
    let detail = "the upload took so long that it was given up";
    Refusal::new(ProblemCode::UploadTimeout, detail)
}

async fn abandon<S: JobStore>(store: S, id: JobId, owner: Owner) {
    if let Err(error) = store.apply(id, Some(&owner), &Event::Abandoned, None).await {
        tracing::warn!(error = chain(&error), job_id = %id, "an upload is left for the sweeper");
    }
}
