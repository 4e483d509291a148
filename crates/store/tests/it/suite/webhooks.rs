//! Deliveries of webhooks.

use std::time::Duration;

use jobs::{Event, Outcome};
use store::{DeliveryOutcome, JobStore, NewJob};

use crate::bench::*;

fn hooked() -> NewJob {
    NewJob { webhook: Some("https://example.org/hook".to_owned()), ..new_job() }
}

pub(crate) async fn each_end_is_delivered_until_it_is_taken(over: Over) {
    let bench = over.relayed().await;
    let job = bench.succeeded(hooked()).await;
    let cancelled = bench.accept(hooked()).await.id;
    bench.moved(cancelled, Event::CancelRequested).await;
    bench.moved(bench.queued().await.id, finished(1, Outcome::Succeeded)).await;

    let taken = bench.store.take_webhooks(9).await.expect("deliveries");
    assert_eq!(taken.len(), 2, "a job without webhook tells nobody");
    assert_eq!((&*taken[0].job, taken[0].tries), (&job, 0));
    assert_eq!(taken[0].url, "https://example.org/hook");
    assert_eq!(taken[1].job.life.state.name(), "cancelled");
    assert!(bench.store.take_webhooks(9).await.expect("deliveries").is_empty(), "leased");

    let settle = async |id, outcome| {
        bench.store.settle_webhook(id, outcome).await.expect("an answer");
    };
    settle(taken[1].id, DeliveryOutcome::Done { status: Some(204), error: None }).await;
    let after = Duration::from_mins(5);
    let error = Some("the receiver is away".to_owned());
    settle(taken[0].id, DeliveryOutcome::Again { after, status: None, error }).await;
    bench.at(290);
    assert!(bench.store.take_webhooks(9).await.expect("deliveries").is_empty());
    bench.at(310);
    let again = bench.store.take_webhooks(9).await.expect("deliveries");
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].id, again[0].tries), (taken[0].id, 1), "the same id for every try");
    // Whoever took it has died.
    bench.at(310 + 61);
    let taken = bench.store.take_webhooks(9).await.expect("deliveries");
    assert_eq!((taken.len(), taken[0].tries), (1, 2));
    // Too much goes to its receiver: no try is lost.
    settle(taken[0].id, DeliveryOutcome::Later { after: Duration::from_secs(2) }).await;
    bench.at(310 + 61 + 3);
    let taken = bench.store.take_webhooks(9).await.expect("deliveries");
    assert_eq!((taken.len(), taken[0].tries), (1, 2));
}
