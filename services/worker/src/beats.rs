//! Signs of life while a job runs, and the end of its time.

use std::future::pending;
use std::time::Duration;

use jobs::message::{Beat, WorkerEvent};
use queue::Queue;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

use crate::errand::Errand;
use crate::stop::Cause;

/// A job that ends before this sends no beat.
const FIRST: Duration = Duration::from_millis(250);
const BETWEEN: Duration = Duration::from_secs(1);

/// Sends beats until this is dropped.
#[derive(Debug)]
pub(crate) struct Beats(JoinHandle<()>);

impl Drop for Beats {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends beats for a run, and ends it when its time is over.
pub(crate) fn accompany<Q: Queue>(queue: &Q, errand: &Errand) -> Beats {
    let (queue, errand) = (queue.clone(), errand.clone());
    Beats(tokio::spawn(async move {
        let begin = Instant::now();
        let over = begin.checked_add(Duration::from_secs(errand.message.limits.seconds));
        let over =
            async { if let Some(over) = over { sleep_until(over).await } else { pending().await } };
        tokio::join!(beat(&queue, &errand, begin), async {
            over.await;
            errand.stop.now(Cause::TimeLimit);
        });
    }))
}

async fn beat<Q: Queue>(queue: &Q, errand: &Errand, begin: Instant) {
    let mut ticks = interval_at(begin + FIRST, BETWEEN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1.. {
        ticks.tick().await;
        let (message, progress) = (&errand.message, errand.gauge.progress());
        let event = WorkerEvent::Beat(Beat {
            job: message.job,
            attempt: message.attempt,
            run: errand.run,
            beat: number,
            records: progress.records,
            bytes: progress.bytes,
            total_bytes: message.input.bytes,
        });
        match timeout(BETWEEN, queue.report(&event)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(job_id = %message.job, %error, "a beat was lost"),
            Err(_) => tracing::debug!(job_id = %message.job, "a beat took too long"),
        }
    }
}
