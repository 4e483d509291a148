//! What the service can still take: queued jobs, messages for the broker, space, bytes on the way.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use blobs::Blobs;
use jobs::{Owner, ProblemCode};
use store::JobStore;
use tokio::sync::Mutex;

use crate::auth::Caller;
use crate::refusal::Refusal;
use crate::settings::Settings;

/// For how long what was counted is believed.
const FRESH: Duration = Duration::from_secs(1);
/// Owners whose numbers are kept in mind.
const OWNERS: usize = 1000;

/// What was counted lately, and what is on the way.
#[derive(Debug, Default)]
pub(crate) struct Capacity {
    counted: Mutex<HashMap<Option<Owner>, Counted>>,
    free: Mutex<Option<(Instant, Option<u64>)>>,
    inflight: Arc<AtomicU64>,
}

/// What waits, as it was counted, with what was taken since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    at: Instant,
    /// Queued jobs of the owner.
    of_owner: u64,
    /// Queued jobs in all.
    queued: u64,
    /// Messages that wait for the broker.
    pub(crate) outbox: u64,
}

/// Bytes of an upload, as long as it goes on.
#[derive(Debug)]
pub(crate) struct Inflight {
    all: Arc<AtomicU64>,
    mine: u64,
    most: u64,
}

impl Capacity {
    /// Refuses a new job if there is no room for it.
    pub(crate) async fn check<S: JobStore>(
        &self,
        store: &S,
        blobs: &Blobs,
        settings: &Settings,
        caller: &Caller,
    ) -> Result<(), Refusal> {
        let limits = &settings.limits;
        let counted = self.count(store, caller.key.is_some().then_some(&caller.owner)).await?;
        if let Some(key) = &caller.key {
            let most = key.queued.unwrap_or(limits.queued_per_owner);
            if counted.of_owner > most {
                let detail = "too many jobs of this owner wait";
                let config_key = "limits.queued_per_owner";
                return Err(Refusal::limit(ProblemCode::TooManyJobs, detail, most, config_key));
            }
        }
        if counted.queued > limits.queued_total {
            let (detail, most) = ("too many jobs wait", limits.queued_total);
            return Err(Refusal::limit(
                ProblemCode::Overloaded,
                detail,
                most,
                "limits.queued_total",
            ));
        }
        if counted.outbox > settings.outbox.max_rows {
            let (detail, most) =
                ("too many messages wait for the broker", settings.outbox.max_rows);
            return Err(Refusal::limit(ProblemCode::OutboxFull, detail, most, "outbox.max_rows"));
        }
        let least = settings.blobs.min_free_bytes;
        if self.free(blobs).await?.is_some_and(|free| free < least) {
            let detail = "there is too little space left";
            let config_key = "blobs.min_free_bytes";
            return Err(Refusal::limit(ProblemCode::StorageFull, detail, least, config_key));
        }
        Ok(())
    }

    /// What waits, counting the job that asks.
    pub(crate) async fn count<S: JobStore>(
        &self,
        store: &S,
        owner: Option<&Owner>,
    ) -> Result<Counted, Refusal> {
        let mut all = self.counted.lock().await;
        let key = owner.cloned();
        if let Some(counted) = all.get_mut(&key).filter(|counted| counted.at.elapsed() < FRESH) {
            counted.of_owner += 1;
            counted.queued += 1;
            return Ok(*counted);
        }
        let backlog = store.backlog(owner).await?;
        let counted = Counted {
            at: Instant::now(),
            of_owner: backlog.queued_by_owner + 1,
            queued: backlog.queued + 1,
            outbox: backlog.outbox.iter().map(|(_, rows)| rows).sum(),
        };
        if all.len() >= OWNERS {
            all.clear();
        }
        all.insert(key, counted);
        Ok(counted)
    }

    async fn free(&self, blobs: &Blobs) -> Result<Option<u64>, Refusal> {
        let mut known = self.free.lock().await;
        match *known {
            Some((at, free)) if at.elapsed() < FRESH => Ok(free),
            _ => {
                let free = blobs.free_bytes().await?;
                *known = Some((Instant::now(), free));
                Ok(free)
            }
        }
    }

    /// Room for an upload, so far of no bytes.
    pub(crate) fn inflight(&self, most: u64) -> Inflight {
        Inflight { all: Arc::clone(&self.inflight), mine: 0, most }
    }
}

impl Inflight {
    /// Makes room for an upload of so many bytes in all.
    pub(crate) fn grow_to(&mut self, bytes: u64) -> Result<(), Refusal> {
        let Some(more) = bytes.checked_sub(self.mine).filter(|more| *more > 0) else {
            return Ok(());
        };
        let before = self.all.fetch_add(more, Ordering::Relaxed);
        if before.saturating_add(more) > self.most {
            self.all.fetch_sub(more, Ordering::Relaxed);
            let detail = "too many bytes are being uploaded";
            let config_key = "limits.inflight_bytes";
            return Err(Refusal::limit(ProblemCode::Overloaded, detail, self.most, config_key));
        }
        self.mine = bytes;
        Ok(())
    }
}

impl Drop for Inflight {
    fn drop(&mut self) {
        self.all.fetch_sub(self.mine, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_on_the_way_are_bounded_and_given_back() {
        let capacity = Capacity::default();
        let mut one = capacity.inflight(100);
        one.grow_to(60).expect("room");
        let mut two = capacity.inflight(100);
        assert_eq!(two.grow_to(41).map_err(|refusal| refusal.code()), Err(ProblemCode::Overloaded));
        two.grow_to(40).expect("room");
        two.grow_to(10).expect("what is there stays");
        drop(one);
        two.grow_to(100).expect("room again");
        drop(two);
        assert_eq!(capacity.inflight.load(Ordering::Relaxed), 0);
    }
}
