//! What the metrics show of jobs, the outbox, the broker and the disk.

use std::error::Error;
use std::time::Duration;

use blobs::Blobs;
use jiff::Timestamp;
use jobs::{Job, Lane, ProblemCode, State};
use metrics::{counter, gauge, histogram};
use store::{Backlog, JobStore};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;

/// States of jobs that are open.
const OPEN: [&str; 3] = ["receiving", "queued", "running"];

/// Kinds of errands.
const KINDS: [&str; 4] = ["job", "cancel", "reply", "blob_delete"];

/// Counts a job that has reached a final state by this move.
pub(crate) fn moved(job: &Job) {
    if !job.life.state.is_final() {
        return;
    }
    let labels = [
        ("state", job.life.state.name()),
        ("lane", job.lane.as_str()),
        ("source", job.origin.as_str()),
    ];
    counter!("refmill_jobs_total", &labels).increment(1);
    if let State::Failed { problem } = &job.life.state {
        if problem.code == ProblemCode::Poison {
            counter!("refmill_jobs_poisoned_total").increment(1);
        }
        tracing::info!(job_id = %job.id, attempt = job.life.attempt, %problem, "a job has failed");
    }
    if let Some(finished_at) = job.finished_at {
        let took = finished_at.duration_since(job.created_at).as_secs_f64().max(0.0);
        histogram!("refmill_job_seconds", &labels).record(took);
    }
}

/// Reads what is measured until it is told to stop.
pub(crate) async fn measure<S: JobStore, B: Broker>(
    store: S,
    broker: Option<B>,
    blobs: Blobs,
    every: Duration,
    stop: CancellationToken,
) {
    let mut tick = tokio::time::interval(every.max(Duration::from_millis(100)));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        match store.backlog(None).await {
            Ok(backlog) => show(&backlog),
            Err(error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, "the backlog cannot be measured");
            }
        }
        match blobs.free_bytes().await {
            Ok(Some(bytes)) => gauge!("refmill_blob_free_bytes").set(number(bytes)),
            Ok(None) => {}
            Err(error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, "the free space cannot be measured");
            }
        }
        if let Some(broker) = &broker {
            depths(broker).await;
        }
    }
}

/// Shows how many messages wait. Without a broker the last count stays; another gauge says that it
/// is away.
async fn depths<B: Broker>(broker: &B) {
    let set = |queue: String, depth| {
        gauge!("refmill_amqp_queue_messages", "queue" => queue).set(number(depth));
    };
    for lane in Lane::ALL {
        if let Ok(depth) = broker.depth(lane).await {
            set(format!("jobs.{lane}"), depth);
        }
    }
    if let Ok(depth) = broker.parked().await {
        set("parked".to_owned(), depth);
    }
}

fn show(backlog: &Backlog) {
    for state in OPEN {
        for lane in Lane::ALL {
            let is_this = |row: &&(&str, Lane, u64)| row.0 == state && row.1 == lane;
            let jobs = backlog.jobs.iter().find(is_this).map_or(0, |row| row.2);
            let labels = [("state", state), ("lane", lane.as_str())];
            gauge!("refmill_jobs_in_state", &labels).set(number(jobs));
        }
    }
    for lane in Lane::ALL {
        let oldest = backlog.oldest_queued.iter().find(|row| row.0 == lane);
        let age = oldest.map_or(0.0, |row| row.1.as_secs_f64());
        gauge!("refmill_job_queue_age_seconds", "lane" => lane.as_str()).set(age);
    }
    for kind in KINDS {
        let rows = backlog.outbox.iter().find(|row| row.0 == kind).map_or(0, |row| row.1);
        gauge!("refmill_outbox_rows", "kind" => kind).set(number(rows));
    }
    let oldest = backlog
        .outbox_oldest
        .map_or(0.0, |oldest| Timestamp::now().duration_since(oldest).as_secs_f64().max(0.0));
    gauge!("refmill_outbox_oldest_seconds").set(oldest);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge of 2^53 bytes may be off by one")]
fn number(count: u64) -> f64 {
    count as f64
}
