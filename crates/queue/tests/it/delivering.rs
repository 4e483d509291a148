//! How RabbitMQ carries jobs: routes, delays and limits.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use jobs::message::{Beat, Finished, JobMessage, WorkerEvent};
use jobs::{JobId, Lane, RunId, Trace};
use queue::{Queue, QueueError, Received, Settle};

use crate::support::{
    DEADLINE, HEALED, broker, delete_queue, end, finished, job, next, nothing, rabbit, settings,
    until, within,
};

/// The `traceparent` of a trace.
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_finds_no_queue_is_an_error() {
    let settings = settings();
    // A keeper would declare it again.
    broker(&settings).await.close().await;
    let worker = rabbit(&settings).await;
    delete_queue(&settings, "results.v1").await;
    let message = job(Lane::Bulk);
    let lost = worker.report(&end(message.job, 1)).await;
    assert!(matches!(lost, Err(QueueError::Unroutable)), "{lost:?}");
    // What went out beside it is not taken for it.
    delete_queue(&settings, "jobs.interactive.v1").await;
    let messages: Vec<_> = (0..64).map(|n| job(Lane::ALL[n % 2])).collect();
    let results =
        futures_util::future::join_all(messages.iter().map(|job| worker.publish(job, 0))).await;
    for (message, result) in messages.iter().zip(results) {
        if message.lane == Lane::Interactive {
            assert!(matches!(result, Err(QueueError::Unroutable)), "{result:?}");
        }
    }
    // The keeper declares what it misses.
    let broker = broker(&settings).await;
    worker.report(&end(message.job, 1)).await.expect("it was declared");
    delete_queue(&settings, "jobs.interactive.v1").await;
    broker.publish(&job(Lane::Interactive), 0).await.expect_err("it is not there yet");
    broker.publish(&job(Lane::Interactive), 0).await.expect("it was declared");
    worker.report(&end(message.job, 1)).await.expect("it was declared");
    worker.close().await;
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delayed_job_comes_back_into_its_lane() {
    let settings = settings();
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let mut bulk = worker.jobs(Lane::Bulk, 1);
    let mut interactive = worker.jobs(Lane::Interactive, 1);
    let message = JobMessage { trace: Trace::read(PARENT, Some("a=b")), ..job(Lane::Bulk) };
    let begun = Instant::now();
    broker.publish(&message, 1).await.expect("it is published");
    let delivery = next(&mut bulk).await;
    assert!(begun.elapsed() >= Duration::from_millis(950), "it waits");
    assert_eq!(delivery.message, message);
    assert!(delivery.settle.done().await);
    nothing(&mut interactive).await;
    worker.close().await;
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_belongs_to_the_trace_of_its_job() {
    let settings = settings();
    let broker = broker(&settings).await;
    let (worker, mut ends) = (broker.worker(), broker.finished());
    for trace in [Trace::read(PARENT, Some("a=b")), Trace::read(PARENT, None), None] {
        let said = Finished { trace, ..finished(JobId::new(), 1) };
        worker.report(&WorkerEvent::Finished(Box::new(said.clone()))).await.expect("it is heard");
        let Received { content, settle } = next(&mut ends).await;
        assert_eq!(content.expect("it can be read"), said);
        assert!(settle.done().await);
    }
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_nobody_survives_is_a_dead_letter_after_six_deliveries() {
    let settings = settings();
    let broker = broker(&settings).await;
    let mut dead = broker.dead();
    let message = job(Lane::Bulk);
    broker.publish(&message, 0).await.expect("it is published");
    for redeliveries in 0..6 {
        let worker = rabbit(&settings).await;
        let mut jobs = worker.jobs(Lane::Bulk, 1);
        let delivery = next(&mut jobs).await;
        assert_eq!(delivery.redeliveries, redeliveries);
        worker.close().await;
    }
    let Received { content, settle } = next(&mut dead).await;
    assert_eq!(content.expect("a job"), message);
    assert!(settle.done().await);
    let worker = rabbit(&settings).await;
    nothing(&mut worker.jobs(Lane::Bulk, 1)).await;
    worker.close().await;
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_jobs_are_counted_without_those_in_hands() {
    let settings = settings();
    let broker = broker(&settings).await;
    for _ in 0..3 {
        broker.publish(&job(Lane::Bulk), 0).await.expect("it is published");
    }
    until(DEADLINE, || async { broker.depth(Lane::Bulk).await.is_ok_and(|depth| depth == 3) })
        .await;
    let worker = rabbit(&settings).await;
    let mut jobs = worker.jobs(Lane::Bulk, 1);
    let delivery = next(&mut jobs).await;
    until(DEADLINE, || async { broker.depth(Lane::Bulk).await.is_ok_and(|depth| depth == 2) })
        .await;
    assert_eq!(broker.depth(Lane::Interactive).await.expect("a depth"), 0);
    drop(delivery);
    worker.close().await;
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signs_of_life_pass_by() {
    let settings = settings();
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let mut beats = broker.beats();
    let beat = Beat {
        job: job(Lane::Bulk).job,
        attempt: 1,
        run: RunId::from_bits(3),
        beat: 1,
        records: 10,
        bytes: 100,
        total_bytes: 1000,
    };
    worker.report(&WorkerEvent::Beat(beat)).await.expect("it is on its way");
    assert_eq!(next(&mut beats).await, beat);
    // Nobody listens: no error.
    broker.drain().await;
    worker.report(&WorkerEvent::Beat(beat)).await.expect("it is on its way");
    worker.close().await;
    broker.close().await;
    assert!(within(DEADLINE, beats.next()).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_do_not_start_without_a_topology() {
    let settings = settings();
    let worker = queue::Rabbit::open(&settings, "worker").expect("settings");
    let refused = within(DEADLINE, worker.ready()).await;
    assert!(matches!(refused, Err(QueueError::Topology(_))), "{refused:?}");
    queue::migrate(&settings).await.expect("it is declared");
    until(HEALED, || async { worker.ready().await.is_ok() }).await;
    queue::migrate(&settings).await.expect("it was declared before");
    worker.close().await;
}
