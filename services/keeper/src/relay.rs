//! Doing what the outbox asks for.
//!
//! An errand leaves the outbox only when it is done: a job when the broker has confirmed it. What
//! is done twice, since the keeper ended in between, does no harm.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blobs::Blobs;
use jobs::Job;
use jobs::message::Command;
use metrics::counter;
use queue::QueueError;
use store::{Errand, JobStore, Outgoing};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;
use crate::patience::backoff;
use crate::replies::{Replies, answer};
use crate::settings::KeeperSettings;
use crate::wake::Wake;

/// Errands are leased for half a minute; what takes longer is left to whoever takes it next.
const ERRAND: Duration = Duration::from_secs(25);

/// Replies that find no queue are tried so often.
pub(crate) const REPLY_TRIES: u32 = 3;

/// Replies that a full queue refuses are tried so often: for some hours.
const REFUSED_TRIES: u32 = 30;

/// Does what the outbox asks for.
pub(crate) struct Relay<S, B> {
    store: S,
    broker: Option<B>,
    blobs: Blobs,
    replies: Replies,
    settings: KeeperSettings,
    /// How often replies found no queue, by their rows.
    unroutable: Mutex<HashMap<i64, u32>>,
}

/// What becomes of an errand.
enum Fate {
    Done,
    Later(Duration),
}

impl<S: JobStore, B: Broker> Relay<S, B> {
    pub(crate) fn new(
        store: S,
        broker: Option<B>,
        blobs: Blobs,
        replies: Replies,
        settings: KeeperSettings,
    ) -> Self {
        Self { store, broker, blobs, replies, settings, unroutable: Mutex::default() }
    }

    /// Works until it is told to stop; what was begun is ended.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let relay = Arc::new(self);
        let mut wake = Wake::new(&relay.store);
        let mut errands = JoinSet::new();
        while !stop.is_cancelled() {
            let has_more = relay.take(&mut errands).await;
            tokio::select! {
                () = stop.cancelled() => break,
                Some(ended) = errands.join_next(), if !errands.is_empty() => {
                    relay.settle(ended, &mut errands).await;
                }
                () = wake.next(), if !has_more => {}
            }
        }
        let all = async {
            while let Some(ended) = errands.join_next().await {
                relay.settle(ended, &mut errands).await;
            }
        };
        let grace = Duration::from_secs(relay.settings.grace_seconds);
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::warn!("some errands were cut off; they are done again");
        }
    }

    /// Begins with what is due, as far as the window allows. Says whether there may be more.
    async fn take(self: &Arc<Self>, errands: &mut JoinSet<(i64, Fate)>) -> bool {
        let window = self.settings.window.max(1);
        let free = window.saturating_sub(errands.len());
        if free < window.div_ceil(4) {
            return true;
        }
        if let Some(broker) = &self.broker
            && let Err(reason) = broker.check().await
        {
            // What is not taken loses no try.
            tracing::debug!(reason, "the outbox waits for the broker");
            return false;
        }
        match self.store.take_outbox(free).await {
            Ok(taken) => {
                let has_more = taken.len() >= free;
                for outgoing in taken {
                    let relay = self.clone();
                    errands.spawn(async move {
                        let row = outgoing.row;
                        let work = tokio::time::timeout(ERRAND, relay.work(outgoing));
                        (row, work.await.unwrap_or(Fate::Later(Duration::from_secs(1))))
                    });
                }
                has_more
            }
            Err(error) => {
                warn(&error, "the outbox cannot be read");
                // The store may be away: it is asked again when a second has passed.
                tokio::time::sleep(Duration::from_millis(500)).await;
                false
            }
        }
    }

    /// Notes how errands went, all that have ended by now at once.
    async fn settle(
        &self,
        first: Result<(i64, Fate), JoinError>,
        errands: &mut JoinSet<(i64, Fate)>,
    ) {
        let mut done = Vec::new();
        let mut next = Some(first);
        while let Some(ended) = next {
            match ended {
                Ok((row, Fate::Done)) => done.push(row),
                Ok((row, Fate::Later(by))) => self.postpone(row, by).await,
                // Its lease ends, and it is taken again.
                Err(error) => tracing::error!(%error, "an errand was not done"),
            }
            next = errands.try_join_next();
        }
        if done.is_empty() {
            return;
        }
        if let Err(error) = self.store.confirm_outbox(&done).await {
            let error: &dyn Error = &error;
            tracing::warn!(error, "some errands will be done again");
        }
        let mut unroutable = self.unroutable.lock().unwrap_or_else(PoisonError::into_inner);
        unroutable.retain(|row, _| !done.contains(row));
    }

    async fn postpone(&self, row: i64, by: Duration) {
        if let Err(error) = self.store.postpone_outbox(row, by).await {
            let error: &dyn Error = &error;
            tracing::warn!(error, "an errand is not put off, but taken again after its lease");
        }
    }

    async fn work(&self, outgoing: Outgoing) -> Fate {
        let Outgoing { row, tries, errand } = outgoing;
        match (errand, &self.broker) {
            (Errand::Nothing, _) => Fate::Done,
            (Errand::DeleteBlobs { prefix }, _) => match self.blobs.delete(&prefix).await {
                Ok(_) => Fate::Done,
                Err(error) => {
                    let error: &dyn Error = &error;
                    tracing::warn!(error, "blobs cannot be deleted now");
                    Fate::Later(backoff(tries, Duration::from_secs(5), Duration::from_mins(10)))
                }
            },
            // Nobody is there who could do it; the job is read over HTTP meanwhile.
            (Errand::Publish { .. } | Errand::Cancel { .. } | Errand::Reply { .. }, None) => {
                Fate::Later(Duration::from_mins(10))
            }
            (Errand::Publish { message, delay }, Some(broker)) => {
                jobs::step("relay:taken");
                match broker.publish(&message, delay).await {
                    Ok(()) => {
                        jobs::step("relay:published");
                        Fate::Done
                    }
                    Err(error) => unpublished(&error, tries),
                }
            }
            (Errand::Cancel { job, attempt }, Some(broker)) => {
                match broker.cancel(&Command::Cancel { job, attempt }).await {
                    Ok(()) => Fate::Done,
                    Err(error) => unpublished(&error, tries),
                }
            }
            (Errand::Reply { to, correlation_id, accepted, job }, Some(broker)) => {
                self.reply(broker, (row, tries), to, correlation_id, accepted, &job).await
            }
        }
    }

    async fn reply(
        &self,
        broker: &B,
        (row, tries): (i64, u32),
        to: String,
        correlation_id: Option<String>,
        accepted: bool,
        job: &Job,
    ) -> Fate {
        let reply = if accepted {
            Ok(self.replies.accepted(job.id, false))
        } else {
            self.replies.finished(job).await
        };
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, job_id = %job.id, "a result for a reply cannot be read now");
                return Fate::Later(backoff(tries, Duration::from_secs(1), Duration::from_mins(1)));
            }
        };
        jobs::step("reply:taken");
        let sent = broker.reply(&answer(to, correlation_id, &reply, "")).await;
        match sent {
            Ok(()) => {
                jobs::step("reply:sent");
                Fate::Done
            }
            Err(QueueError::Unroutable) => {
                let losses = self.lose(row);
                if losses >= REPLY_TRIES {
                    lost("unroutable");
                    return Fate::Done;
                }
                Fate::Later(Duration::from_secs(self.settings.reply_retry_seconds))
            }
            Err(QueueError::Refused) if tries >= REFUSED_TRIES => {
                lost("refused");
                Fate::Done
            }
            Err(QueueError::Refused) => {
                Fate::Later(backoff(tries, Duration::from_secs(1), Duration::from_mins(10)))
            }
            Err(error) => unpublished(&error, tries),
        }
    }

    /// How often this reply has found no queue by now.
    fn lose(&self, row: i64) -> u32 {
        let mut unroutable = self.unroutable.lock().unwrap_or_else(PoisonError::into_inner);
        let losses = unroutable.entry(row).or_default();
        *losses += 1;
        *losses
    }
}

fn warn(error: &(dyn Error + 'static), message: &'static str) {
    tracing::warn!(error, "{message}");
}

/// A reply was given up.
pub(crate) fn lost(result: &'static str) {
    counter!("refmill_replies_lost_total", "result" => result).increment(1);
}

fn unpublished(error: &QueueError, tries: u32) -> Fate {
    let cause: &(dyn Error + 'static) = error;
    tracing::warn!(error = cause, tries, "a message was not published");
    let wait = match error {
        QueueError::Refused | QueueError::Unroutable => {
            backoff(tries, Duration::from_secs(1), Duration::from_secs(30))
        }
        // The broker may be back at once, and the outbox waits for it anyway.
        _ => backoff(tries, Duration::from_millis(500), Duration::from_secs(2)),
    };
    Fate::Later(wait)
}
