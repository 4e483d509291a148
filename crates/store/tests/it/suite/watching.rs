//! Hearing of changes, and counting.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt;
use jobs::{Event, Job, JobId, Lane, Owner, Trace};
use store::{JobStore, NewJob, Store, StoreError};

use crate::bench::*;

/// The next job that is heard of, within a time that no healthy store needs.
async fn next(changes: &mut (impl futures_util::Stream<Item = JobId> + Unpin)) -> JobId {
    tokio::time::timeout(Duration::from_secs(20), changes.next())
        .await
        .expect("a change is heard")
        .expect("the stream goes on")
}

pub(crate) async fn each_change_is_heard(over: Over) {
    let bench = over.relayed().await;
    let mut changes = bench.store.changes();
    // Who has just begun to listen may miss what happens before.
    let first = loop {
        let id = bench.queued().await.id;
        let heard = tokio::time::timeout(Duration::from_secs(1), changes.next()).await;
        if let Ok(Some(_)) = heard {
            break id;
        }
    };
    let steps: [(JobId, Event); 2] = [
        (first, Event::Started { attempt: 1, run: RUN }),
        (first, finished(1, jobs::Outcome::Succeeded)),
    ];
    for (id, event) in steps {
        bench.moved(id, event).await;
        while next(&mut changes).await != id {}
    }
    let mut expected = BTreeSet::new();
    for _ in 0..20 {
        expected.insert(bench.queued().await.id);
    }
    while !expected.is_empty() {
        expected.remove(&next(&mut changes).await);
    }
}

pub(crate) async fn what_waits_is_counted(over: Over) {
    let bench = over.relayed().await;
    let empty = bench.store.backlog(None).await.expect("counts");
    assert_eq!(empty, store::Backlog::default());
    let first = bench.queued().await;
    bench.accept(NewJob { owner: owner("b"), ..new_job() }).await;
    bench.accept(NewJob { lane: Lane::Bulk, ..new_job() }).await;
    let running = bench.queued().await.id;
    bench.moved(running, Event::Started { attempt: 1, run: RUN }).await;
    bench.store.begin(upload(None)).await.expect("an answer");
    bench.succeeded(new_job()).await;
    bench.at(60);

    let backlog = bench.store.backlog(Some(&Owner::local())).await.expect("counts");
    assert_eq!((backlog.queued, backlog.queued_by_owner), (3, 2));
    let mut jobs = backlog.jobs;
    jobs.sort_unstable();
    let expected = [
        ("queued", Lane::Interactive, 2),
        ("queued", Lane::Bulk, 1),
        ("receiving", Lane::Bulk, 1),
        ("running", Lane::Interactive, 1),
    ];
    assert_eq!(jobs, expected);
    assert_eq!(backlog.outbox, [("job".to_owned(), 5)]);
    assert_eq!(backlog.outbox_oldest, Some(first.created_at));
    for (_, age) in &backlog.oldest_queued {
        assert!(*age >= Duration::from_mins(1), "{age:?}");
    }
    assert_eq!(backlog.oldest_queued.len(), 2);
    // A lease does not make an errand look younger.
    bench.store.take_outbox(9).await.expect("errands");
    let backlog = bench.store.backlog(None).await.expect("counts");
    assert_eq!(backlog.outbox_oldest, Some(first.created_at));
}

pub(crate) async fn a_store_answers_until_it_is_closed(over: Over) {
    let bench = over.relayed().await;
    bench.store.check().await.expect("an answer");
    bench.store.check().await.expect("an answer");
    assert!(bench.store.lead().await.expect("an answer"));
    assert!(bench.store.lead().await.expect("an answer"), "it stays the one");
    bench.store.close().await;
    assert!(bench.store.check().await.is_err());
    assert!(bench.store.accept(new_job()).await.is_err());
    assert!(bench.store.get(JobId::new(), None).await.is_err());
}

pub(crate) async fn bringing_the_schema_up_to_date_again_changes_nothing(over: Over) {
    let mut bench = over.relayed().await;
    let job = bench.queued().await;
    bench.store.close().await;
    Store::migrate(&bench.options).await.expect("a schema");
    bench.again().await;
    assert_eq!(bench.get(job.id).await, job);
}

pub(crate) async fn a_schema_of_before_is_brought_up_to_date_with_its_rows(over: Over) {
    let mut bench = over.relayed().await;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut new = new_job();
    new.trace = Trace::read(parent, Some("rojo=1"));
    let job = bench.accept(new).await;
    bench.store.close().await;
    // As the first migration alone has left it.
    bench.execute("ALTER TABLE jobs DROP COLUMN tracestate").await;
    bench.execute("DELETE FROM _sqlx_migrations WHERE version > 1").await;
    if over == Over::Postgres {
        let opened = Store::open(&bench.options).await;
        assert!(matches!(opened, Err(StoreError::Outdated { needed: 2 })), "{opened:?}");
        Store::migrate(&bench.options).await.expect("a schema");
    }
    bench.again().await;
    assert_eq!(bench.get(job.id).await, Job { trace: Trace::read(parent, None), ..job });
    let mut new = new_job();
    new.trace = Trace::read(parent, Some("rojo=2"));
    let job = bench.accept(new.clone()).await;
    assert_eq!(bench.get(job.id).await.trace, new.trace);
}
