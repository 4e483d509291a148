//! Retention.

use bytes::Bytes;
use jiff::SignedDuration;
use jobs::{Body, Outcome, place};
use store::{JobStore, NewJob};

use crate::house::{House, calm, eventually, finished, new_job, result_key};

#[tokio::test]
async fn inputs_results_and_rows_go_when_their_time_has_come() {
    let house = House::new(calm()).await;
    let mut new = new_job();
    let input = place::input(new.id);
    new.input.body = Body::Blob(input.clone());
    let id = house.accept(NewJob { idempotency_key: Some("k".to_owned()), ..new }).await.id;
    let result = result_key(id, 1);
    for key in [&input, &result] {
        house.blobs.put(key, Bytes::from_static(b"bytes")).await.expect("a blob");
    }
    let mut event = finished(id, 1, Outcome::Succeeded);
    event.product.results[0].body = Body::Blob(result.clone());
    house.broker.finish(&event);
    house.wait_for(id, "succeeded").await;
    let is_there = |key: String| {
        let blobs = house.blobs.clone();
        async move { blobs.stat(&key).await.expect("an answer").is_some() }
    };

    house.store.shift_clock(SignedDuration::from_hours(2));
    eventually("no input", || async { !is_there(input.clone()).await }).await;
    assert!(is_there(result.clone()).await);

    house.store.shift_clock(SignedDuration::from_hours(8 * 24));
    eventually("no result", || async { !is_there(result.clone()).await }).await;
    assert_eq!(house.state(id).await, "succeeded");

    house.store.shift_clock(SignedDuration::from_hours(31 * 24));
    eventually("no row", || async {
        house.store.get(id, None).await.expect("an answer").is_none()
    })
    .await;
    house.keeper.stop().await;
}

#[tokio::test]
async fn many_rows_go_in_batches() {
    let house = House::new(calm()).await;
    let mut accepting = Vec::new();
    for _ in 0..1_100 {
        let (store, job) = (house.store.clone(), new_job());
        accepting.push(tokio::spawn(async move {
            let id = job.id;
            store.accept(job).await.expect("it is accepted");
            id
        }));
    }
    let mut ids = Vec::new();
    for accepted in accepting {
        ids.push(accepted.await.expect("an id"));
    }
    for id in &ids {
        house.broker.finish(&finished(*id, 1, Outcome::Succeeded));
    }
    house.wait_for_acks(ids.len()).await;
    house.store.shift_clock(SignedDuration::from_hours(31 * 24));
    eventually("no rows", || async {
        for id in [ids[0], ids[500], ids[1_099]] {
            if house.store.get(id, None).await.expect("an answer").is_some() {
                return false;
            }
        }
        true
    })
    .await;
}
