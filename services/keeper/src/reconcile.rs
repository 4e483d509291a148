//! Finding messages that were lost and workers that have gone silent (`service.md` section 3.3).

use std::error::Error;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use jobs::{Event, JobId, Lane};
use metrics::counter;
use store::{Applied, JobStore, StoreError};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;
use crate::recorder::heard;
use crate::settings::Settings;

mod memory;

use memory::{Memory, Shortage};

/// Time between two questions whether the broker is well. A look counts only if it was well all
/// the time since the one before.
const PULSE: Duration = Duration::from_secs(1);

/// A gap between two questions after which nothing is known: the process was stopped.
const GAP: Duration = Duration::from_secs(10);

/// Messages that are missed at a time.
const MOST: u64 = 10_000;

/// Moves at a time.
const AT_A_TIME: usize = 64;

/// Finds what was lost.
pub(crate) struct Reconciler<S, B> {
    store: S,
    broker: B,
    every: Duration,
    lost_after: Duration,
    memory: Memory,
}

impl<S: JobStore, B: Broker> Reconciler<S, B> {
    pub(crate) fn new(store: S, broker: B, settings: &Settings) -> Self {
        Self {
            store,
            broker,
            every: Duration::from_secs(settings.keeper.reconcile_seconds.max(1)),
            lost_after: Duration::from_secs(settings.keeper.lost_after_seconds),
            memory: Memory::new(Duration::from_secs(settings.silent_seconds)),
        }
    }

    /// Looks until it is told to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut pulse = tokio::time::interval(PULSE.min(self.every));
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Instant::now();
        let mut due = last;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = pulse.tick() => {}
            }
            let now = Instant::now();
            let is_whole = now.duration_since(last) < GAP;
            last = now;
            let health = self.broker.check().await;
            if !is_whole || health.is_err() {
                tracing::debug!(?health, is_whole, "no look for lost jobs");
                self.memory.forget();
                due = now + self.every;
                continue;
            }
            if now < due {
                continue;
            }
            due = now + self.every;
            if let Err(error) = self.look(now, &stop).await {
                let error: &dyn Error = &*error;
                tracing::warn!(error, "no look for lost jobs");
                self.memory.forget();
            }
        }
    }

    async fn look(
        &mut self,
        now: Instant,
        stop: &CancellationToken,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        if !self.store.lead().await? {
            self.memory.forget();
            return Ok(());
        }
        let running = self.store.running().await?;
        for (job, attempt) in self.memory.silent(now, &running) {
            tracing::warn!(job_id = %job, attempt, "its worker is silent");
            self.apply(job, Event::Silent { attempt }, "silent").await?;
        }
        for lane in Lane::ALL {
            // In this order, and twice: what moves between the two counts looks lost only once.
            let (waiting, _) = self.store.waiting(lane, self.lost_after, 0).await?;
            let ready = self.broker.depth(lane).await?;
            let missing = waiting.saturating_sub(ready).min(MOST);
            let oldest = if missing == 0 {
                Vec::new()
            } else {
                let most = usize::try_from(missing).unwrap_or(usize::MAX);
                self.store.waiting(lane, self.lost_after, most).await?.1
            };
            let lost = self.memory.lost(lane, &Shortage { oldest });
            if lost.is_empty() {
                continue;
            }
            tracing::warn!(%lane, waiting, ready, lost = lost.len(), "messages were lost");
            let this = &*self;
            stream::iter(lost)
                .take_until(stop.cancelled())
                .map(|(job, attempt)| this.apply(job, Event::Lost { attempt }, "lost"))
                .buffer_unordered(AT_A_TIME)
                .fold(Ok(()), |all, one| async move { all.and(one) })
                .await?;
        }
        Ok(())
    }

    async fn apply(
        &self,
        job: JobId,
        event: Event,
        reason: &'static str,
    ) -> Result<(), StoreError> {
        let applied = self.store.apply(job, None, &event, None).await?;
        if let Applied::Done(moved) = &applied
            && !moved.life.state.is_final()
        {
            counter!("refmill_jobs_republished_total", "reason" => reason).increment(1);
        }
        heard(reason, &applied);
        Ok(())
    }
}
