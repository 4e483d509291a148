//! Lost messages and silent workers.

use std::sync::atomic::Ordering;

use jobs::message::Beat;
use jobs::{JobId, RunId};
use keeper::Settings;

use crate::house::{House, eventually, new_job, settings};

async fn published(house: &House, count: usize) -> Vec<JobId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(house.accept(new_job()).await.id);
    }
    eventually("an empty outbox", || async { house.outbox().await == 0 }).await;
    ids
}

/// Waits for some looks.
async fn look(house: &House, count: usize) {
    let before = house.broker.looks.load(Ordering::SeqCst);
    eventually("looks", || async { house.broker.looks.load(Ordering::SeqCst) >= before + count })
        .await;
}

fn beat(job: JobId, number: u64) -> Beat {
    let run = RunId::from_bits(1);
    Beat { job, attempt: 1, run, beat: number, records: 0, bytes: 0, total_bytes: 0 }
}

/// R6.
#[tokio::test]
async fn a_queue_that_was_emptied_is_filled_again_with_the_same_attempts() {
    let house = House::new(settings()).await;
    let mut ids = published(&house, 50).await;
    look(&house, 2).await;
    assert_eq!(house.broker.published().len(), 50);

    house.broker.ready.store(0, Ordering::SeqCst);
    eventually("them again", || async { house.broker.published().len() >= 100 }).await;
    house.broker.ready.store(50, Ordering::SeqCst);
    look(&house, 3).await;
    let published = house.broker.published();
    assert_eq!(published.len(), 100);
    let mut again: Vec<JobId> = published[50..].iter().map(|(message, _)| message.job).collect();
    again.sort();
    ids.sort();
    assert_eq!(again, ids);
    assert!(published[50..].iter().all(|(message, _)| message.attempt == 1 && message.republished));
}

/// R6.
#[tokio::test]
async fn an_idle_backlog_is_not_published_again() {
    let house = House::new(settings()).await;
    published(&house, 50).await;
    house.broker.ready.store(50, Ordering::SeqCst);
    look(&house, 4).await;
    assert_eq!(house.broker.published().len(), 50);
}

/// R2.
#[tokio::test]
async fn the_job_of_a_silent_worker_is_handed_out_anew() {
    let house = House::new(Settings { silent_seconds: 2, ..settings() }).await;
    let [silent, alive] = published(&house, 2).await[..] else { panic!("two jobs") };
    house.broker.beat(beat(silent, 1));
    let mut number = 0;
    while house.job(silent).await.life.attempt == 1 {
        number += 1;
        assert!(number < 300, "it is never noticed");
        house.broker.beat(beat(alive, number));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (silent, alive) = (house.job(silent).await, house.job(alive).await);
    assert_eq!((silent.life.attempt, silent.life.failures), (2, 1));
    assert_eq!((alive.life.state.name(), alive.life.attempt), ("running", 1));
}

/// R12: the clock of the host is not asked how long somebody is silent.
#[tokio::test]
async fn a_clock_that_jumps_hands_no_running_job_out_anew() {
    let house = House::new(settings()).await;
    let ids = published(&house, 2).await;
    house.broker.ready.store(1, Ordering::SeqCst);
    house.broker.beat(beat(ids[0], 1));
    house.wait_for(ids[0], "running").await;
    for hours in [1, 0, -1, 0] {
        house.store.shift_clock(jiff::SignedDuration::from_hours(hours));
        look(&house, 4).await;
        let life = house.job(ids[0]).await.life;
        assert_eq!((life.state.name(), life.attempt, life.failures), ("running", 1, 0), "{hours}");
        assert_eq!(house.broker.published().len(), 2, "{hours}");
    }
}

#[tokio::test]
async fn nothing_is_looked_for_while_the_broker_is_unwell() {
    let house = House::new(Settings { silent_seconds: 1, ..settings() }).await;
    let ids = published(&house, 3).await;
    house.broker.beat(beat(ids[0], 1));
    house.wait_for(ids[0], "running").await;
    house.broker.is_up.store(false, Ordering::SeqCst);
    house.broker.ready.store(0, Ordering::SeqCst);
    // Longer than two looks and the time of silence.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(house.job(ids[0]).await.life.attempt, 1);
    assert_eq!(house.broker.published().len(), 3);
    house.broker.is_up.store(true, Ordering::SeqCst);
    eventually("both", || async {
        house.job(ids[0]).await.life.attempt == 2 && house.broker.published().len() >= 5
    })
    .await;
}
