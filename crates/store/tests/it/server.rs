//! What PostgreSQL has for itself: other processes, and a server that goes away.

use std::time::Duration;

use futures_util::StreamExt;
use store::{JobStore, Store, StoreError, StoreOptions};

use crate::bench::*;

#[tokio::test]
async fn one_of_many_leads_and_another_follows_it() {
    let bench = Over::Postgres.relayed().await;
    let second = Store::open(&bench.options).await.expect("a store");
    assert!(bench.store.lead().await.expect("an answer"));
    assert!(!second.lead().await.expect("an answer"));
    bench.store.close().await;
    eventually(async || second.lead().await.expect("an answer").then_some(())).await;
}

#[tokio::test]
async fn a_schema_that_is_missing_is_named() {
    let opened = Store::open(&without_schema().await).await;
    assert!(matches!(opened, Err(StoreError::Outdated { needed: 2 })), "{opened:?}");
}

#[tokio::test]
async fn two_may_bring_a_schema_up_to_date_at_once() {
    let options = without_schema().await;
    let (one, two) = tokio::join!(Store::migrate(&options), Store::migrate(&options));
    one.expect("a schema");
    two.expect("the same schema");
    Store::open(&options).await.expect("a store").check().await.expect("an answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_in_another_process_are_heard() {
    let bench = Over::Postgres.relayed().await;
    let second = Store::open(&bench.options).await.expect("a store");
    let mut changes = second.changes();
    eventually(async || {
        let id = bench.queued().await.id;
        let heard = tokio::time::timeout(Duration::from_millis(500), changes.next()).await;
        heard.is_ok_and(|heard| heard == Some(id)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_and_is_found_again() {
    let server = tokio::task::spawn_blocking(servers::Postgres::start_with_fsync);
    let server = server.await.expect("a server");
    let name = server.create_database(None);
    let mut options = StoreOptions::postgres(server.url(&name));
    options.settings.acquire_seconds = 2;
    Store::migrate(&options).await.expect("a schema");
    let store = Store::open(&options).await.expect("a store");
    let mut accepted = Vec::new();
    for _ in 0..20 {
        let new = new_job();
        accepted.push(new.id);
        store.accept(new).await.expect("an answer");
    }
    assert!(store.lead().await.expect("an answer"));

    let server = tokio::task::spawn_blocking(move || {
        server.kill();
        server
    });
    let server = server.await.expect("a server");
    assert!(matches!(store.accept(new_job()).await, Err(StoreError::Unavailable(_))));
    let server = tokio::task::spawn_blocking(move || {
        server.restart();
        server
    });
    let _server = server.await.expect("a server");

    eventually(async || store.check().await.ok()).await;
    for id in accepted {
        assert!(store.get(id, None).await.expect("an answer").is_some());
    }
    // The lock went with its connection, and is taken anew; changes are heard again.
    eventually(async || store.lead().await.ok().filter(|leads| *leads)).await;
    hears_changes(&store).await;
}
