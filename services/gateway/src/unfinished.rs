//! An upload that goes on. However it breaks off, its job is not left behind as `receiving`.

use jobs::{Event, JobId, Owner};
use store::JobStore;

use crate::refusal::chain;

/// An upload that goes on.
pub(crate) struct Unfinished<S: JobStore> {
    store: Option<S>,
    id: JobId,
    owner: Owner,
}

impl<S: JobStore> Unfinished<S> {
    /// The upload of this job goes on.
    pub(crate) fn new(store: &S, id: JobId, owner: &Owner) -> Self {
        Self { store: Some(store.clone()), id, owner: owner.clone() }
    }

    /// The upload is complete.
    pub(crate) fn is_finished(mut self) {
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

async fn abandon<S: JobStore>(store: S, id: JobId, owner: Owner) {
    if let Err(error) = store.apply(id, Some(&owner), &Event::Abandoned, None).await {
        tracing::warn!(error = chain(&error), job_id = %id, "an upload is left for the sweeper");
    }
}
