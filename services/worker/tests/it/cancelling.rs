//! Cancelled jobs.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jobs::Outcome;
use worker::Settings;

use crate::support::{Bench, job, long, records, slow};

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_ends_a_long_job_in_time_and_removes_its_blobs() {
    for bench in [Bench::files(slow()), Bench::memory(slow())] {
        let message = bench.blob(&long(), &[("formats", "ris,jsonl")]).await;
        let (job, total) = (message.job, message.input.bytes);
        bench.queue.deliver(message);
        let beat =
            bench.queue.until(|heard| heard.beats.iter().find(|beat| beat.records > 0).copied());
        let beat = beat.await;
        assert_eq!((beat.job, beat.attempt, beat.total_bytes), (job, 1, total));
        assert!((1..total).contains(&beat.bytes), "{beat:?}");
        assert_eq!(bench.queue.heard().beats[0].beat, 1);

        let asked = Instant::now();
        bench.queue.cancel(job);
        let finished = bench.queue.end_of(job).await;
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        assert_eq!((&finished.outcome, finished.run), (&Outcome::Cancelled, beat.run));
        assert!(finished.product.results.is_empty() && finished.product.diagnostics.is_none());
        assert!(finished.product.records.read > 0);
        assert!(bench.outputs().await.is_empty());
    }
}

#[tokio::test]
async fn a_job_that_was_cancelled_before_does_not_begin() {
    let bench = Bench::memory(Settings::default());
    let (first, second) = (job(&records(1), &[]), job(&records(1), &[]));
    let (cancelled, other) = (first.job, second.job);
    bench.queue.cancel(cancelled);
    // Who listens for the second command has heeded the first.
    bench.queue.until(|heard| (heard.listened == 2).then_some(())).await;
    let finished = bench.does(first).await;
    assert_eq!(finished.outcome, Outcome::Cancelled);
    assert_eq!(finished.product.bytes_read, 0);
    let finished = bench.does(second).await;
    assert_eq!((finished.job, finished.outcome), (other, Outcome::Succeeded));
}

#[tokio::test]
async fn a_short_job_sends_no_beat() {
    let bench = Bench::memory(Settings::default());
    // The first may take longer, as everything is new.
    for _ in 0..20 {
        let finished = bench.does(job(&records(1), &[])).await;
        if finished.finished_at.duration_since(finished.started_at)
            < SignedDuration::from_millis(200)
        {
            let heard = bench.queue.heard();
            assert!(!heard.beats.iter().any(|beat| beat.job == finished.job));
            return;
        }
    }
    panic!("no job was short");
}
