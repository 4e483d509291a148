//! Removing what has outlived its time: rows, blobs, and blobs that no row speaks of.

use std::collections::HashSet;
use std::error::Error;
use std::time::{Duration, Instant};

use blobs::{AskError, Blobs};
use futures_util::{StreamExt, stream};
use jobs::JobId;
use store::{JobStore, Keep, StoreError};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::patience::patiently;
use crate::settings::Settings;

/// Rows at a time, so that nobody waits long for a sweep.
const BATCH: usize = 500;

/// Blobs at a time.
const AT_A_TIME: usize = 8;

/// The age at which a blob that no row speaks of is an orphan.
const ORPHAN: Duration = Duration::from_hours(48);

/// Removes what has outlived its time.
pub(crate) struct Sweeper<S> {
    store: S,
    blobs: Blobs,
    keep: Keep,
    every: Duration,
    orphans_every: Duration,
}

impl<S: JobStore> Sweeper<S> {
    pub(crate) fn new(store: S, blobs: Blobs, settings: &Settings) -> Self {
        Self {
            store,
            blobs,
            keep: settings.keep,
            every: Duration::from_secs(settings.keeper.sweep_seconds.max(1)),
            orphans_every: Duration::from_secs(settings.keeper.orphan_seconds.max(1)),
        }
    }

    /// Sweeps now and then until it is told to stop, if this keeper leads.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(self.every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut orphans_at = Instant::now();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            match self.sweep(&stop).await {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    let error: &dyn Error = &error;
                    tracing::warn!(error, "the store cannot be swept now");
                    continue;
                }
            }
            if Instant::now() >= orphans_at && !stop.is_cancelled() {
                orphans_at = Instant::now() + self.orphans_every;
                self.sweep_orphans(&stop).await;
            }
        }
    }

    /// Removes everything that is due; says whether this keeper leads.
    async fn sweep(&self, stop: &CancellationToken) -> Result<bool, StoreError> {
        if !self.store.lead().await? {
            return Ok(false);
        }
        while !stop.is_cancelled() {
            let swept = self.store.sweep(&self.keep, BATCH).await?;
            stream::iter(swept.blobs)
                .for_each_concurrent(AT_A_TIME, |key| async move {
                    let delete = || self.blobs.delete(&key);
                    // If it is told to stop, the blobs are orphans, and are found as such.
                    let _deleted = patiently(stop, "delete old blobs", |_| false, delete).await;
                })
                .await;
            if swept.rows < BATCH as u64 {
                break;
            }
        }
        Ok(true)
    }

    async fn sweep_orphans(&self, stop: &CancellationToken) {
        let store = &self.store;
        let sweep = self.blobs.sweep(ORPHAN, |keys| async move { named(store, keys).await });
        tokio::select! {
            () = stop.cancelled() => {}
            swept = sweep => match swept {
                Ok(swept) if swept.blobs + swept.leftovers > 0 => {
                    let (blobs, bytes) = (swept.blobs, swept.bytes);
                    tracing::info!(blobs, bytes, "blobs that no job speaks of were removed");
                }
                Ok(_) => {}
                Err(error) => {
                    let error: &dyn Error = &error;
                    tracing::warn!(error, "blobs that no job speaks of cannot be removed now");
                }
            },
        }
    }
}

/// Those of the keys that stay.
async fn named<S: JobStore>(store: &S, keys: Vec<String>) -> Result<HashSet<String>, AskError> {
    let mut stay = HashSet::new();
    for key in keys {
        // What is not ours is not ours to remove.
        let is_wanted = match job_of(&key) {
            Some(job) => store.names_blob(job, &key).await?,
            None => true,
        };
        if is_wanted {
            stay.insert(key);
        }
    }
    Ok(stay)
}

/// The job in the key of a blob: `in/{day}/{job}`, `out/{day}/{job}/…`.
fn job_of(key: &str) -> Option<JobId> {
    let mut words = key.split('/');
    match words.next() {
        Some("in" | "out") => words.nth(1)?.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jobs::place;

    use super::*;

    #[test]
    fn keys_name_their_job() {
        let job = JobId::new();
        assert_eq!(job_of(&place::input(job)), Some(job));
        assert_eq!(job_of(&place::done(&place::output(job), 2)), Some(job));
        for other in ["", "in", "in/2026-11-23", "in/2026-11-23/x", "other/2026-11-23/x/y"] {
            assert_eq!(job_of(other), None, "{other}");
        }
    }
}
