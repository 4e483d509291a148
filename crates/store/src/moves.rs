//! What an event makes of a job, and what follows from it: pure, the same for both databases.

use jiff::Timestamp;
use jobs::message::Product;
use jobs::{Effect, Event, Progress, State, place};

use crate::kept::Kept;
use crate::policy::{Policy, later};
use crate::value::Time;

/// A job that has moved, and what is written beside it.
#[derive(Debug, PartialEq)]
pub(crate) struct Moved {
    /// The job as it is now.
    pub(crate) kept: Kept,
    /// What is written beside it.
    pub(crate) follows: Vec<Follow>,
}

/// Something that is written in the transaction of a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// An errand: publish the job after so many seconds.
    Publish(u32),
    /// An errand: tell workers to stop.
    StopWorkers,
    /// An errand: answer the producer; that the job was taken, or how it has ended.
    Reply {
        /// Whether it was taken only.
        accepted: bool,
    },
    /// An errand: delete blobs.
    DeleteBlobs(String),
    /// A delivery of a webhook.
    Webhook,
    /// Its idempotency key is free again.
    FreeKey,
    /// Results and diagnostics of the run that has won.
    Results,
}

impl Kept {
    /// What follows from an event; `None` if it is stale.
    pub(crate) fn after(
        &self,
        event: &Event,
        product: Option<&Product>,
        now: Timestamp,
        policy: &Policy,
    ) -> Option<Moved> {
        let step = self.job.life.after_with(event, policy.tries)?;
        let mut kept = self.clone();
        let job = &mut kept.job;
        job.life = step.life;
        job.version += 1;
        job.updated_at = now;
        kept.boot = None;

        let is_final = job.life.state.is_final();
        let has_run = matches!(event, Event::Started { .. })
            || (matches!(event, Event::Finished { .. }) && is_final);
        if has_run {
            job.started_at.get_or_insert(now);
        }
        let mut follows = Vec::new();
        if is_final {
            kept.end(product, now, policy, &mut follows);
        } else if matches!(job.life.state, State::Queued) {
            kept.beat = 0;
            kept.job.progress = Progress::default();
        } else if matches!(self.job.life.state, State::Running { .. }) {
            // A wish to cancel: the same run goes on.
            kept.boot.clone_from(&self.boot);
        }
        for effect in step.effects {
            kept.effect(effect, now, policy, &mut follows);
        }
        Some(Moved { kept, follows })
    }

    fn end(
        &mut self,
        product: Option<&Product>,
        now: Timestamp,
        policy: &Policy,
        follows: &mut Vec<Follow>,
    ) {
        let keep = &policy.keep;
        let job = &mut self.job;
        job.finished_at = Some(now);
        self.row_expires_at = Some(later(now, keep.rows));
        let shows_product = matches!(job.life.state, State::Succeeded | State::Failed { .. });
        if let (true, Some(product)) = (shows_product, product) {
            job.records = Some(product.records);
            job.warnings = Some(product.warnings.clone());
            job.progress = Progress { records: product.records.read, bytes: product.bytes_read };
            if matches!(job.life.state, State::Succeeded) {
                job.results.clone_from(&product.results);
            }
            job.diagnostics.clone_from(&product.diagnostics);
            follows.push(Follow::Results);
        }
        if !matches!(job.life.state, State::Expired) {
            job.results_expire_at = Some(later(now, keep.results));
            self.input_expires_at = Some(later(now, keep.input));
        }
    }

    fn effect(
        &mut self,
        effect: Effect,
        now: Timestamp,
        policy: &Policy,
        follows: &mut Vec<Follow>,
    ) {
        match effect {
            Effect::Publish { delay, republished } => {
                self.republished = republished;
                self.job.run_at = Time::after(now, policy.delay(self.job.id, delay));
                if policy.relays {
                    follows.push(Follow::Publish(delay));
                }
            }
            Effect::StopWorkers => {
                if policy.relays {
                    follows.push(Follow::StopWorkers);
                }
            }
            Effect::Tell => {
                if self.job.webhook.is_some() {
                    follows.push(Follow::Webhook);
                }
                if self.reply_to.is_some() {
                    follows.push(Follow::Reply { accepted: false });
                }
            }
            Effect::DropInput => {
                follows.push(Follow::DeleteBlobs(place::input(self.job.id)));
                follows.push(Follow::FreeKey);
            }
        }
    }
}
