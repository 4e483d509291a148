//! Deliveries that come twice, and ends that are not heard at first.

use jobs::message::JobMessage;
use jobs::{Lane, Outcome, RunId, Trace, place};
use worker::Settings;

use crate::support::{Bench, a_while, job, records};

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_while_its_job_runs_joins_the_run() {
    let bench = Bench::files(Settings { interactive_slots: 2, ..Settings::default() });
    let mut message = bench.blob(&a_while(), &[]).await;
    message.lane = Lane::Interactive;
    let job = message.job;
    bench.queue.deliver(message.clone());
    bench.queue.until(|heard| heard.beats.first().copied()).await;
    bench.queue.redeliver(message);
    bench.queue.until(|heard| (heard.settled.len() == 2).then_some(())).await;
    let heard = bench.queue.heard();
    assert_eq!(heard.finished.len(), 1);
    assert_eq!(heard.finished[0].outcome, Outcome::Succeeded);
    assert_eq!(heard.settled, [(job, 1), (job, 1)], "both after the end was safe");
}

#[tokio::test]
async fn an_attempt_that_is_done_is_not_done_again() {
    let bench = Bench::files(Settings::default());
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let trace = Trace::read(parent, Some("a=b"));
    let message = bench.blob(&records(300), &[]).await;
    let message = JobMessage { trace, ..message };
    let first = bench.does(message.clone()).await;
    assert_eq!(first.trace, message.trace);
    let before = bench.outputs().await;
    let mut republished = message.clone();
    republished.republished = true;
    bench.queue.redeliver(message);
    bench.queue.deliver(republished);
    bench.queue.until(|heard| (heard.settled.len() == 3).then_some(())).await;
    assert_eq!(bench.queue.heard().finished, [first.clone(), first.clone(), first]);
    assert_eq!(bench.outputs().await, before);
}

#[tokio::test]
async fn of_two_runs_the_first_mark_counts_and_the_other_run_is_removed() {
    let bench = Bench::memory(Settings::default());
    let message = bench.blob(&records(300), &[]).await;
    let first = bench.does(message.clone()).await;
    let before = bench.outputs().await;
    // Not redelivered: the worker does not look for a mark before it has done the work.
    bench.queue.deliver(message);
    bench.queue.until(|heard| (heard.settled.len() == 2).then_some(())).await;
    assert_eq!(bench.queue.heard().finished, [first.clone(), first]);
    assert_eq!(bench.outputs().await, before);
}

#[tokio::test]
async fn a_mark_of_nobody_does_not_hinder() {
    let bench = Bench::memory(Settings::default());
    let message = bench.blob(&records(300), &[]).await;
    let key = place::done(&message.output, message.attempt);
    bench.blobs.put(&key, "{}".into()).await.expect("room");
    let job = message.job;
    bench.queue.redeliver(message);
    let finished = bench.queue.end_of(job).await;
    assert_eq!(finished.outcome, Outcome::Succeeded);
    assert_ne!(finished.run, RunId::from_bits(0));
    assert!(bench.bytes(&finished.product.results[0].body).await.len() > 1000);
}

#[tokio::test]
async fn an_end_is_reported_until_it_is_heard_and_only_then_the_delivery_is_let_go() {
    let bench = Bench::memory(Settings::default());
    bench.queue.fail(3);
    let message = job(&records(1), &[]);
    let job = message.job;
    bench.queue.deliver(message);
    bench.queue.until(|heard| (heard.tries == 2).then_some(())).await;
    assert!(bench.queue.heard().settled.is_empty());
    bench.queue.end_of(job).await;
    let heard = bench.queue.heard();
    assert_eq!((heard.tries, heard.finished.len()), (4, 1));
    assert_eq!(heard.settled, [(job, 1)]);
}
