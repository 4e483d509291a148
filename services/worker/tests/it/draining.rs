//! The end of a worker.

use std::time::{Duration, Instant};

use jobs::{Lane, Outcome};
use queue::Queue;
use worker::{Settings, WorkerError};

use crate::support::{Bench, job, long, records, slow};

fn grace(seconds: u64) -> Settings {
    Settings { grace_seconds: seconds, ..slow() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_into_the_grace_goes_back() {
    let bench = Bench::files(grace(1));
    let long = bench.blob(&long(), &[("formats", "ris,jsonl")]).await;
    let waiting = job(&records(1), &[]);
    let jobs = [long.job, waiting.job];
    bench.queue.deliver(long);
    bench.queue.until(|heard| heard.beats.first().copied()).await;
    // It is in the hands of this worker, whose only slot is busy.
    bench.queue.deliver(waiting);
    let asked = Instant::now();
    bench.stop.cancel();
    for job in jobs {
        assert_eq!(bench.queue.end_of(job).await.outcome, Outcome::Returned);
    }
    assert!(matches!(bench.worker.await, Ok(Ok(()))));
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    let heard = bench.queue.heard();
    assert!(heard.is_draining);
    assert_eq!((heard.finished.len(), heard.settled.len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fits_into_the_grace_is_done() {
    let bench = Bench::files(grace(60));
    let message = bench.blob(&records(2_000), &[]).await;
    let job = message.job;
    bench.queue.deliver(message);
    bench
        .queue
        .until(|heard| (!heard.beats.is_empty() || !heard.finished.is_empty()).then_some(()))
        .await;
    bench.stop.cancel();
    assert!(matches!(bench.worker.await, Ok(Ok(()))));
    assert_eq!(bench.queue.end_of(job).await.outcome, Outcome::Succeeded);
}

#[tokio::test]
async fn an_end_that_cannot_be_reported_does_not_hold_the_worker_for_ever() {
    let bench = Bench::memory(grace(0));
    bench.queue.fail(usize::MAX);
    bench.queue.deliver(job(&records(1), &[]));
    bench.queue.until(|heard| (heard.tries > 0).then_some(())).await;
    bench.stop.cancel();
    assert!(matches!(bench.worker.await, Ok(Ok(()))));
    assert!(bench.queue.heard().settled.is_empty(), "it comes again");
}

#[tokio::test]
async fn a_queue_that_closes_under_the_worker_is_an_error() {
    let bench = Bench::memory(Settings::default());
    bench.does(job(&records(1), &[])).await;
    bench.queue.close().await;
    assert!(matches!(bench.worker.await, Ok(Err(WorkerError::QueueClosed))));
}

#[tokio::test]
async fn a_worker_without_slots_says_so() {
    let settings = Settings { lanes: vec![Lane::Bulk], bulk_slots: 0, ..Settings::default() };
    let bench = Bench::memory(settings);
    assert!(matches!(bench.worker.await, Ok(Err(WorkerError::NoLanes))));
}
