//! Results and signs of life.

use std::sync::{Arc, Mutex};

use jobs::message::Beat;
use jobs::{Body, Event, Outcome, RunId};
use queue::{RawMessage, Unread};
use store::JobStore;

use crate::fake::Look;
use crate::house::{House, calm, eventually, finished, new_job, result_key};

/// R2.
#[tokio::test]
async fn every_event_twice_makes_one_result() {
    let house = House::new(calm()).await;
    let mut ids = Vec::new();
    for _ in 0..30 {
        ids.push(house.accept(new_job()).await.id);
    }
    for id in &ids {
        let event = finished(*id, 1, Outcome::Succeeded);
        house.broker.finish(&event);
        house.broker.finish(&event);
    }
    house.wait_for_acks(60).await;
    for id in ids {
        let job = house.job(id).await;
        assert_eq!((job.life.state.name(), job.version, job.results.len()), ("succeeded", 2, 1));
    }
    house.keeper.stop().await;
}

#[tokio::test]
async fn a_result_of_an_earlier_attempt_is_not_heard() {
    let house = House::new(calm()).await;
    let id = house.accept(new_job()).await.id;
    house.broker.finish(&finished(id, 1, Outcome::Returned));
    house.wait_for_acks(1).await;
    house.broker.finish(&finished(id, 1, Outcome::Succeeded));
    house.wait_for_acks(2).await;
    let job = house.job(id).await;
    assert_eq!((job.life.state.name(), job.life.attempt, job.results.len()), ("queued", 2, 0));
}

#[tokio::test]
async fn an_event_is_let_go_after_its_commit() {
    let house = House::new(calm()).await;
    let id = house.accept(new_job()).await.id;
    let seen = Arc::new(Mutex::new(None));
    let look: Look = {
        let (store, seen) = (house.store.clone(), seen.clone());
        Arc::new(move || {
            let (store, seen) = (store.clone(), seen.clone());
            Box::pin(async move {
                let job = store.get(id, None).await.expect("an answer").expect("a job");
                *seen.lock().expect("a lock") = Some(job.life.state.name());
            })
        })
    };
    house.broker.finish_and_look(&finished(id, 1, Outcome::Succeeded), look);
    house.wait_for_acks(1).await;
    assert_eq!(*seen.lock().expect("a lock"), Some("succeeded"));
}

/// S16.
#[tokio::test]
async fn an_event_that_cannot_be_read_is_parked_with_its_reason() {
    let house = House::new(calm()).await;
    let message = RawMessage { body: b"{}".to_vec(), ..RawMessage::default() };
    let unread = Unread { message: message.clone(), reason: "it has no schema".to_owned() };
    house.broker.finish_unreadable(unread);
    house.wait_for_acks(1).await;
    let parked = house.broker.parked.lock().expect("a lock").clone();
    assert_eq!(parked, [(message, "it has no schema".to_owned())]);
}

#[tokio::test]
async fn a_worker_cannot_pass_off_the_blobs_of_another_job() {
    let house = House::new(calm()).await;
    let (mine, other) = (house.accept(new_job()).await.id, house.accept(new_job()).await.id);
    let climbing = format!("{}/../../x", jobs::place::output(mine));
    for foreign in [result_key(other, 1), jobs::place::input(other), climbing] {
        let mut event = finished(mine, 1, Outcome::Succeeded);
        event.product.results[0].body = Body::Blob(foreign);
        house.broker.finish(&event);
    }
    house.wait_for_acks(3).await;
    assert_eq!(house.state(mine).await, "queued");
    assert_eq!(house.broker.parked.lock().expect("a lock").len(), 3);
    let mut event = finished(mine, 1, Outcome::Succeeded);
    event.product.results[0].body = Body::Blob(result_key(mine, 1));
    house.broker.finish(&event);
    house.wait_for(mine, "succeeded").await;
}

#[tokio::test]
async fn an_event_of_a_job_that_is_gone_is_let_go() {
    let house = House::new(calm()).await;
    house.broker.finish(&finished(jobs::JobId::new(), 1, Outcome::Succeeded));
    house.wait_for_acks(1).await;
    assert!(house.broker.parked.lock().expect("a lock").is_empty());
}

#[tokio::test]
async fn beats_make_jobs_run_and_show_their_progress() {
    let house = House::new(calm()).await;
    let id = house.accept(new_job()).await.id;
    for number in 1..=50 {
        house.broker.beat(Beat {
            job: id,
            attempt: 1,
            run: RunId::from_bits(1),
            beat: number,
            records: number * 10,
            bytes: number,
            total_bytes: 100,
        });
    }
    let job = house.wait_for(id, "running").await;
    eventually("the last beat", || async { house.job(id).await.progress.records == 500 }).await;
    // They were merged: fifty beats are at most a few changes.
    assert!(job.version <= 3, "{}", job.version);
    assert_eq!(house.store.running().await.expect("an answer"), [(id, 1, 50)]);
}

#[tokio::test]
async fn a_cancelled_run_ends_its_job() {
    let house = House::new(calm()).await;
    let id = house.accept(new_job()).await.id;
    let started = Event::Started { attempt: 1, run: RunId::from_bits(1) };
    house.store.apply(id, None, &started, None).await.expect("it runs");
    house.store.apply(id, None, &Event::CancelRequested, None).await.expect("it is asked to end");
    eventually("the command", || async {
        house.broker.commands.lock().expect("a lock").len() == 1
    })
    .await;
    house.broker.finish(&finished(id, 1, Outcome::Cancelled));
    house.wait_for(id, "cancelled").await;
}
