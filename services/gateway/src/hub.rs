//! Who waits for a change of a job: one look at the store serves all who wait for it.
//!
//! The store tells changes as soon as it can. What it could not tell is found by a look at every
//! watched job once a second, so that nobody waits for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use jobs::{Job, JobId};
use store::JobStore;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::refusal::chain;

/// How often every watched job is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How many looks go on at a time.
const LOOKS: usize = 8;

/// All jobs that somebody watches. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hub(Arc<Mutex<HashMap<JobId, watch::Sender<Seen>>>>);

/// What was seen of a job.
#[derive(Clone, Debug, Default)]
pub(crate) enum Seen {
    /// Nothing yet.
    #[default]
    Nothing,
    /// The job as it was.
    Job(Arc<Job>),
    /// That it is gone.
    Gone,
}

impl Hub {
    /// Begins to watch a job. Whoever wants to miss nothing begins before the first look at it.
    pub(crate) fn watch(&self, job: JobId) -> watch::Receiver<Seen> {
        let mut watched = self.lock();
        watched.entry(job).or_insert_with(|| watch::channel(Seen::Nothing).0).subscribe()
    }

    /// Looks at what the store tells until the service stops.
    pub(crate) async fn run<S: JobStore>(self, store: S, stop: CancellationToken) {
        let mut changes = store.changes();
        let mut is_told = true;
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                change = changes.next(), if is_told => match change {
                    Some(job) if self.is_watched(job) => self.look(&store, job).await,
                    Some(_) => {}
                    None => is_told = false,
                },
                _ = looks.tick() => {
                    let open = self.open();
                    let look = |job| self.look(&store, job);
                    futures_util::stream::iter(open).for_each_concurrent(LOOKS, look).await;
                    if !is_told {
                        changes = store.changes();
                        is_told = true;
                    }
                }
            }
        }
    }

    fn is_watched(&self, job: JobId) -> bool {
        self.lock().contains_key(&job)
    }

    /// Jobs that somebody still watches; the others are forgotten.
    fn open(&self) -> Vec<JobId> {
        let mut watched = self.lock();
        watched.retain(|_, sender| sender.receiver_count() > 0);
        let is_open = |sender: &watch::Sender<Seen>| match &*sender.borrow() {
            Seen::Nothing => true,
            Seen::Job(job) => !job.life.state.is_final(),
            Seen::Gone => false,
        };
        let mut open: Vec<JobId> =
            watched.iter().filter(|(_, sender)| is_open(sender)).map(|(job, _)| *job).collect();
        open.sort_unstable();
        open
    }

    async fn look<S: JobStore>(&self, store: &S, job: JobId) {
        let seen = match store.get(job, None).await {
            Ok(Some(job)) => Seen::Job(Arc::new(job)),
            Ok(None) => Seen::Gone,
            Err(error) => {
                tracing::warn!(error = chain(&error), %job, "a watched job cannot be looked at");
                return;
            }
        };
        if let Some(sender) = self.lock().get(&job) {
            sender.send_if_modified(|last| {
                let is_new = match (&*last, &seen) {
                    (Seen::Job(last), Seen::Job(seen)) => last != seen,
                    (Seen::Gone, Seen::Gone) => false,
                    _ => true,
                };
                if is_new {
                    *last = seen;
                }
                is_new
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, watch::Sender<Seen>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
