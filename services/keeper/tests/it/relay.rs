//! The outbox.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::SignedDuration;
use jobs::message::Command;
use jobs::{Event, Outcome, Problem, ProblemCode};
use store::JobStore;

use crate::fake::Mood;
use crate::house::{House, Keeper, calm, eventually, finished, new_job, result_key};

#[tokio::test]
async fn jobs_are_published_once_and_leave_the_outbox() {
    let house = House::new(calm()).await;
    let mut ids = Vec::new();
    for _ in 0..200 {
        ids.push(house.accept(new_job()).await.id);
    }
    eventually("an empty outbox", || async { house.outbox().await == 0 }).await;
    let mut published: Vec<_> =
        house.broker.published().iter().map(|(message, _)| message.job).collect();
    published.sort();
    ids.sort();
    assert_eq!(published, ids);
    house.keeper.stop().await;
}

/// R13.
#[tokio::test]
async fn a_relay_that_ends_before_the_confirm_publishes_twice_and_makes_one_job() {
    let house = House::new(calm()).await;
    house.broker.set(Mood::Hangs);
    let id = house.accept(new_job()).await.id;
    eventually("a message", || async { house.broker.published().len() == 1 }).await;
    let House { store, blobs, keeper, _folder, .. } = house;
    keeper.kill().await;

    let broker = crate::fake::Fake::new();
    let keeper = Keeper::start(&store, Some(broker.clone()), &blobs, calm());
    // Its lease is over.
    store.shift_clock(SignedDuration::from_secs(31));
    eventually("the message again", || async { broker.published().len() == 1 }).await;
    broker.finish(&finished(id, 1, Outcome::Succeeded));
    broker.finish(&finished(id, 1, Outcome::Succeeded));
    eventually("both acks", || async { broker.acked() == 2 }).await;
    let job = store.get(id, None).await.expect("an answer").expect("a job");
    assert_eq!((job.life.state.name(), job.results.len()), ("succeeded", 1));
    keeper.stop().await;
}

/// R5.
#[tokio::test]
async fn while_the_broker_is_away_the_outbox_grows_and_then_drains() {
    let house = House::new(calm()).await;
    house.broker.is_up.store(false, Ordering::SeqCst);
    for _ in 0..100 {
        house.accept(new_job()).await;
    }
    assert_eq!(house.outbox().await, 100);
    house.broker.is_up.store(true, Ordering::SeqCst);
    let since = Instant::now();
    eventually("an empty outbox", || async { house.outbox().await == 0 }).await;
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    assert_eq!(house.broker.published().len(), 100);
}

#[tokio::test]
async fn what_is_not_confirmed_is_published_again() {
    for mood in [Mood::Refuses, Mood::TimesOut] {
        let house = House::new(calm()).await;
        house.broker.set(mood);
        house.accept(new_job()).await;
        eventually("a try", || async { house.broker.tries.load(Ordering::SeqCst) >= 1 }).await;
        assert_eq!(house.outbox().await, 1);
        house.broker.set(Mood::Takes);
        eventually("an empty outbox", || async { house.outbox().await == 0 }).await;
        assert!(!house.broker.published().is_empty());
    }
}

#[tokio::test]
async fn a_retry_is_the_next_attempt_with_its_delay() {
    let house = House::new(calm()).await;
    let id = house.accept(new_job()).await.id;
    eventually("the message", || async { house.broker.published().len() == 1 }).await;
    let problem = Problem::new(ProblemCode::StorageFull, "the disk is full");
    house.broker.finish(&finished(id, 1, Outcome::Retry { problem }));
    eventually("the next one", || async { house.broker.published().len() == 2 }).await;
    let attempts: HashMap<u32, u32> =
        house.broker.published().iter().map(|(message, delay)| (message.attempt, *delay)).collect();
    assert_eq!(attempts, HashMap::from([(1, 0), (2, 1)]));
}

#[tokio::test]
async fn workers_are_told_of_a_cancelled_job() {
    let house = House::new(calm()).await;
    let id = house.accept(new_job()).await.id;
    house.store.apply(id, None, &Event::CancelRequested, None).await.expect("it is cancelled");
    let told = [Command::Cancel { job: id, attempt: 1 }];
    eventually("the command", || async { *house.broker.commands.lock().expect("a lock") == told })
        .await;
}

#[tokio::test]
async fn the_blobs_of_a_deleted_job_are_deleted_without_a_broker() {
    let house = House::without_broker(calm()).await;
    let job = house.accept(new_job()).await;
    let key = result_key(job.id, 1);
    house.blobs.put(&key, Bytes::from_static(b"TY  - JOUR")).await.expect("a blob");
    let mut event = finished(job.id, 1, Outcome::Succeeded);
    event.product.results[0].body = jobs::Body::Blob(key.clone());
    let product = Some(&event.product);
    house.store.apply(job.id, None, &event.event(), product).await.expect("it has ended");
    house.store.delete(job.id, &job.owner).await.expect("it is deleted");
    eventually("no blob", || async { house.blobs.stat(&key).await.expect("an answer").is_none() })
        .await;
    house.keeper.stop().await;
}
