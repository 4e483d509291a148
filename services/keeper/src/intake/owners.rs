//! How many jobs of an owner wait.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jobs::Owner;
use store::{JobStore, StoreError};
use tokio::sync::Mutex;

/// How long a count is believed.
const FRESH: Duration = Duration::from_secs(1);

/// Owners whose counts are kept.
const MOST: usize = 1_000;

/// How many jobs of an owner wait, and how many may.
#[derive(Debug)]
pub(crate) struct Owners {
    /// 0 for no limit.
    limit: u64,
    counts: Mutex<HashMap<Owner, (Instant, u64)>>,
}

impl Owners {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, counts: Mutex::default() }
    }

    /// The limit, if the owner has met it. If not, one more is counted.
    pub(crate) async fn met<S: JobStore>(
        &self,
        store: &S,
        owner: &Owner,
    ) -> Result<Option<u64>, StoreError> {
        if self.limit == 0 {
            return Ok(None);
        }
        let mut counts = self.counts.lock().await;
        if counts.len() >= MOST {
            counts.retain(|_, (counted, _)| counted.elapsed() < FRESH);
        }
        let known = counts.get(owner).filter(|(counted, _)| counted.elapsed() < FRESH);
        let (counted, queued) = match known {
            Some(known) => *known,
            None => (Instant::now(), store.backlog(Some(owner)).await?.queued_by_owner),
        };
        if queued >= self.limit {
            counts.insert(owner.clone(), (counted, queued));
            return Ok(Some(self.limit));
        }
        counts.insert(owner.clone(), (counted, queued + 1));
        Ok(None)
    }
}
