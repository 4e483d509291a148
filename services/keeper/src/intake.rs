//! Jobs that producers publish straight to the broker (`service.md` section 5.3).

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use blobs::Blobs;
use futures_util::{StreamExt, future};
use store::JobStore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;
use crate::error::KeeperError;
use crate::replies::Replies;
use crate::settings::Settings;

mod owners;
mod refuse;
mod reply_to;
mod submission;
mod take;
mod words;

pub(crate) use reply_to::is_direct;

use owners::Owners;
use submission::Rules;

/// Messages at a time: as many as the broker hands out.
const AT_A_TIME: usize = 4;

/// Time between two looks at the limits.
const BETWEEN: Duration = Duration::from_secs(1);

/// Takes jobs that come as messages.
pub(crate) struct Intake<S, B> {
    store: S,
    broker: B,
    blobs: Blobs,
    replies: Replies,
    rules: Rules,
    owners: Owners,
    queued_total: u64,
    inline_bytes: u64,
    min_free_bytes: u64,
    reply_retry: Duration,
}

impl<S: JobStore, B: Broker> Intake<S, B> {
    pub(crate) fn new(
        store: S,
        broker: B,
        blobs: Blobs,
        replies: Replies,
        settings: &Settings,
    ) -> Result<Self, KeeperError> {
        let rules = Rules::new(&settings.prefix, &settings.intake);
        Ok(Self {
            store,
            broker,
            blobs,
            replies,
            rules: rules.map_err(|source| KeeperError::Setting {
                key: "intake.reply_allow",
                source: Box::new(source),
            })?,
            owners: Owners::new(settings.queued_per_owner),
            queued_total: settings.queued_total,
            inline_bytes: settings.inline_bytes,
            min_free_bytes: settings.min_free_bytes,
            reply_retry: Duration::from_secs(settings.keeper.reply_retry_seconds),
        })
    }

    /// Takes messages until it is told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let this = Arc::new(self);
        let mut is_paused = this.is_full().await;
        this.broker.pause_intake(is_paused).await;
        let guard = async {
            let mut tick = tokio::time::interval(BETWEEN);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                let is_full = this.is_full().await;
                if is_full != is_paused {
                    tracing::warn!(is_full, "the intake pauses, or goes on");
                    this.broker.pause_intake(is_full).await;
                    is_paused = is_full;
                }
            }
        };
        let messages = this.broker.intake().take_until(stop.cancelled());
        let work = messages.for_each_concurrent(AT_A_TIME, |submitted| {
            let (this, stop) = (this.clone(), stop.clone());
            async move { this.take(submitted, &stop).await }
        });
        futures_util::pin_mut!(guard, work);
        // The guard never ends.
        let _ended = future::select(guard, work).await;
    }

    /// Whether a limit is met that concerns everybody: then the backlog stays in the queue.
    async fn is_full(&self) -> bool {
        match self.store.backlog(None).await {
            Ok(backlog) if backlog.queued >= self.queued_total => return true,
            Ok(_) => {}
            Err(error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, "the intake waits for the store");
                return true;
            }
        }
        match self.blobs.free_bytes().await {
            Ok(free) => free.is_some_and(|free| free < self.min_free_bytes),
            Err(error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, "the intake waits for the blobs");
                true
            }
        }
    }
}
