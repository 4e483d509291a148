//! Telling those who asked for it that a job has ended (`service.md` section 8).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jobs::{Job, Records, State};
use metrics::counter;
use serde::Serialize;
use store::{Delivery, DeliveryOutcome, JobStore};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::KeeperError;
use crate::links::Links;
use crate::settings::WebhookSettings;
use crate::wake::Wake;

mod address;
mod client;
mod resolver;
mod schedule;
mod secrets;
mod signature;
mod target;

use client::Caller;
use schedule::{Verdict, verdict};
use secrets::SecretsFile;
use target::Target;

/// Deliveries at a time, to all hosts.
const AT_A_TIME: usize = 128;

/// How long a delivery waits whose host is called often enough already, at least.
const BUSY: Duration = Duration::from_secs(1);

/// Sends what is due until it is told to stop.
pub(crate) async fn send<S: JobStore>(
    store: S,
    settings: WebhookSettings,
    links: Links,
    stop: CancellationToken,
) -> Result<(), KeeperError> {
    let Some(path) = &settings.secrets_file else {
        tracing::info!("webhooks are not sent: webhooks.secrets_file is not set");
        stop.cancelled().await;
        return Ok(());
    };
    let secrets = SecretsFile::open(path).await.map_err(KeeperError::secrets)?;
    let caller = Caller::new(&settings, resolver::system()).map_err(KeeperError::Client)?;
    let sender = Arc::new(Sender {
        store: store.clone(),
        settings,
        links,
        secrets,
        caller,
        hosts: Mutex::default(),
    });
    let mut wake = Wake::new(&store);
    let mut calls = JoinSet::new();
    while !stop.is_cancelled() {
        let free = AT_A_TIME - calls.len();
        let taken = if free == 0 { Ok(Vec::new()) } else { store.take_webhooks(free).await };
        let is_full = match taken {
            Ok(taken) => {
                let is_full = taken.len() == free;
                for delivery in taken {
                    let sender = sender.clone();
                    calls.spawn(async move { sender.deliver(delivery).await });
                }
                is_full
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "due webhooks cannot be taken");
                false
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = calls.join_next(), if !calls.is_empty() => report(ended),
            () = wake.next(), if !is_full => {}
        }
        while let Some(ended) = calls.try_join_next() {
            report(ended);
        }
    }
    // A delivery that is cut off here is taken again after its lease, under the same id.
    let timeout = Duration::from_secs(sender.settings.timeout_seconds);
    let all = async { while calls.join_next().await.is_some() {} };
    if tokio::time::timeout(timeout, all).await.is_err() {
        tracing::warn!("some webhooks were cut off; they are sent again");
    }
    Ok(())
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a webhook was not sent");
    }
}

struct Sender<S> {
    store: S,
    settings: WebhookSettings,
    links: Links,
    secrets: SecretsFile,
    caller: Caller,
    /// Slots of the hosts that are called now.
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl<S: JobStore> Sender<S> {
    async fn deliver(&self, delivery: Delivery) {
        jobs::step("webhook:taken");
        let (outcome, result) = self.try_once(&delivery).await;
        jobs::step("webhook:sent");
        if !matches!(outcome, DeliveryOutcome::Later { .. }) {
            counter!("refmill_webhooks_total", "result" => result).increment(1);
        }
        if let DeliveryOutcome::Done { error: Some(error), .. } = &outcome {
            tracing::warn!(job_id = %delivery.job.id, error, "a webhook was given up");
        }
        if let Err(error) = self.store.settle_webhook(delivery.id, outcome).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, job_id = %delivery.job.id, "a webhook will be sent again");
        }
    }

    async fn try_once(&self, delivery: &Delivery) -> (DeliveryOutcome, &'static str) {
        let done = |status, error: Option<String>| DeliveryOutcome::Done { status, error };
        let target = match Target::parse(&delivery.url, &self.settings) {
            Ok(target) => target,
            Err(refused) => return (done(None, Some(refused.to_string())), "refused"),
        };
        let Some(body) = Announcement::of(&delivery.job, &self.links) else {
            return (done(None, Some("the job has not ended".to_owned())), "refused");
        };
        let secrets = self.secrets.now().await;
        let secrets = secrets.of(&delivery.job.owner);
        let answer = if secrets.is_empty() {
            Err("the owner has no secret".to_owned())
        } else {
            let Ok(_slot) = self.slots(&target.host).await.try_acquire_owned() else {
                let after = BUSY.mul_f64(1.0 + rand::random::<f64>());
                return (DeliveryOutcome::Later { after }, "busy");
            };
            self.caller.call(&target, secrets, &delivery.id.to_string(), body).await
        };
        self.tidy().await;
        let (status, retry_after, error) = match answer {
            Ok(answer) => (Some(answer.status), answer.retry_after, None),
            Err(error) => (None, None, Some(error)),
        };
        match verdict(status, retry_after, delivery.tries, rand::random()) {
            Verdict::Delivered => (done(status, None), "delivered"),
            Verdict::Gone => (done(status, Some("the receiver is gone".to_owned())), "gone"),
            Verdict::GivenUp => {
                let error = error.unwrap_or_else(|| "every try has failed".to_owned());
                (done(status, Some(error)), "given_up")
            }
            Verdict::Again(after) => (DeliveryOutcome::Again { after, status, error }, "failed"),
        }
    }

    async fn slots(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().await;
        let new = || Arc::new(Semaphore::new(self.settings.per_host.max(1)));
        hosts.entry(host.to_owned()).or_insert_with(new).clone()
    }

    /// Forgets hosts that nobody calls or waits for.
    async fn tidy(&self) {
        self.hosts.lock().await.retain(|_, slots| Arc::strong_count(slots) > 1);
    }
}

/// What a receiver is told: a link, never the result.
#[derive(Serialize)]
struct Announcement<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: String,
    state: &'a str,
    href: String,
    records: Option<Records>,
    warnings: u64,
}

impl Announcement<'_> {
    /// The body for a job that has ended.
    fn of(job: &Job, links: &Links) -> Option<Vec<u8>> {
        let kind = match job.life.state {
            State::Succeeded => "job.succeeded",
            State::Failed { .. } => "job.failed",
            State::Cancelled => "job.cancelled",
            State::Receiving | State::Queued | State::Running { .. } | State::Expired => {
                return None;
            }
        };
        let announcement = Announcement {
            kind,
            timestamp: job.finished_at.unwrap_or(job.updated_at),
            data: Data {
                id: job.id.to_string(),
                state: job.life.state.name(),
                href: links.job(job.id),
                records: job.records,
                warnings: job.warnings.as_ref().map_or(0, |warnings| warnings.total),
            },
        };
        Some(serde_json::to_vec(&announcement).expect("a struct with names for keys"))
    }
}
