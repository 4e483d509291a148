//! A network to PostgreSQL that is half open (`service.md` target R10): nothing arrives, and nobody
//! is told.

use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use servers::{Relay, Traffic};
use sqlx::{Connection, Executor, PgConnection};
use store::{JobStore, Store, StoreError, StoreOptions};

use crate::bench::*;

/// A connection, a statement, and five seconds on the way.
const LIMIT: Duration = Duration::from_secs(2 + 4 + 5);

/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_open_network_to_the_database_is_noticed_by_all_who_wait() {
    let bench = Over::Postgres.relayed().await;
    let direct = bench.options.settings.url.clone().expect("an address");
    let (relay, mut options) = behind_relay(&bench);
    options.settings.connections = 4;
    options.settings.acquire_seconds = 2;
    options.settings.statement_seconds = 4;
    let store = Store::open(&options).await.expect("a store");
    assert!(store.lead().await.expect("an answer"));
    let known = new_job();
    let id = known.id;
    store.accept(known).await.expect("an answer");

    // As many as there are connections wait for a lock, in the middle of a transaction.
    // What the server does is seen anew by each transaction: whoever looks holds no lock.
    let mut locks = PgConnection::connect(direct.expose_secret()).await.expect("a connection");
    let mut other = PgConnection::connect(direct.expose_secret()).await.expect("a connection");
    let first = listeners(&mut other).await;
    locks.execute("BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    let begun = Instant::now();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..options.settings.connections {
        let store = store.clone();
        calls.spawn(async move { store.accept(new_job()).await.map(drop) });
    }
    eventually(async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity \
                       WHERE wait_event_type = 'Lock' AND datname = current_database()";
        let count: i64 = sqlx::query_scalar(waiting).fetch_one(&mut other).await.expect("a number");
        (count == i64::from(options.settings.connections)).then_some(())
    })
    .await;
    relay.set(Traffic::Drop);
    locks.execute("COMMIT").await.expect("the lock is let go");

    // The others wait for them, or make new ones.
    for _ in 0..12 {
        let (one, two) = (store.clone(), store.clone());
        calls.spawn(async move { one.accept(new_job()).await.map(drop) });
        calls.spawn(async move { two.get(id, None).await.map(drop) });
    }
    while let Some(ended) = calls.join_next().await {
        let ended = ended.expect("no panic");
        assert!(matches!(ended, Err(StoreError::Unavailable(_))), "{ended:?}");
    }
    let took = begun.elapsed();
    assert!(took < LIMIT + SLACK, "it took {took:?}");
    assert!(store.lead().await.is_err(), "nobody leads who cannot be heard");
    let led = begun.elapsed().saturating_sub(took);
    assert!(led < LIMIT, "it took {led:?}");

    // Nor does the server wait for ever for whoever it cannot hear, with locks in its hands.
    eventually(async || {
        let holding = "SELECT count(*) FROM pg_stat_activity \
                       WHERE state LIKE 'idle in transaction%' AND datname = current_database()";
        let count: i64 = sqlx::query_scalar(holding).fetch_one(&mut other).await.expect("a number");
        (count == 0).then_some(())
    })
    .await;
    relay.set(Traffic::Pass);
    let back = Instant::now();
    eventually(async || store.check().await.ok()).await;
    eventually(async || store.lead().await.ok().filter(|leads| *leads)).await;
    assert!(store.get(id, None).await.expect("an answer").is_some());
    // Nobody had told the one that listens; it has asked by itself.
    eventually(async || {
        let now = listeners(&mut other).await;
        now.iter().any(|pid| !first.contains(pid)).then_some(())
    })
    .await;
    hears_changes(&store).await;
    eprintln!("noticed after {took:.1?}, whole again after {:.1?}", back.elapsed());
    store.close().await;
}

/// A connection that lies ready is looked at before it is used, and that look has an end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_died_while_it_lay_ready_is_replaced_at_once() {
    let bench = Over::Postgres.relayed().await;
    let (relay, mut options) = behind_relay(&bench);
    options.settings.connections = 1;
    options.settings.acquire_seconds = 4;
    let store = Store::open(&options).await.expect("a store");
    store.check().await.expect("an answer");
    relay.set(Traffic::Drop);
    let asking = tokio::spawn({
        let store = store.clone();
        async move { store.check().await }
    });
    // What is asked now is lost. Whoever asks later has it easier.
    tokio::time::sleep(Duration::from_millis(300)).await;
    relay.set(Traffic::Pass);
    asking.await.expect("no panic").expect("an answer over another connection");
    store.close().await;
}

/// The server's processes that tell stores what has changed.
async fn listeners(other: &mut PgConnection) -> Vec<i32> {
    eventually(async || {
        let listening = "SELECT pid FROM pg_stat_activity \
                         WHERE query LIKE 'LISTEN %' AND datname = current_database()";
        let pids: Vec<i32> =
            sqlx::query_scalar(listening).fetch_all(&mut *other).await.expect("numbers");
        (!pids.is_empty()).then_some(pids)
    })
    .await
}

/// A relay before the server of the tests, and options to go through it.
fn behind_relay(bench: &Bench) -> (Relay, StoreOptions) {
    let url = bench.options.settings.url.as_ref().expect("an address").expose_secret();
    let (front, rest) = url.split_once("127.0.0.1:").expect("the loopback");
    let (port, name) = rest.split_once('/').expect("a database");
    let relay = Relay::to(port.parse().expect("a port"));
    let mut options = bench.options.clone();
    options.settings.url = Some(format!("{front}127.0.0.1:{}/{name}", relay.port()).into());
    (relay, options)
}
