//! Many who write to SQLite at once share a commit.

use store::JobStore;

use crate::bench::*;

#[tokio::test]
async fn accepts_that_wait_share_a_commit() {
    let bench = Over::Sqlite.embedded().await;
    bench.queued().await;
    let before = bench.store.commits();
    let store = bench.store.clone();
    // On one thread none is written before all wait.
    let accepts = (0..200).map(|_| store.accept(new_job()));
    let accepted = futures_util::future::join_all(accepts).await;
    assert!(accepted.iter().all(Result::is_ok));
    let commits = bench.store.commits() - before;
    assert!(commits <= 20, "{commits} commits for 200 jobs");
    assert_eq!(bench.store.backlog(None).await.expect("counts").queued, 201);
}

#[tokio::test]
async fn one_that_fails_does_not_fail_the_others() {
    let bench = Over::Sqlite.embedded().await;
    let twice = bench.queued().await.id;
    let store = bench.store.clone();
    let accepts = (0..20).map(|number| {
        let mut new = keyed(&number.to_string());
        if number % 5 == 0 {
            // A name that is taken already.
            new.id = twice;
        }
        store.accept(new)
    });
    let accepted = futures_util::future::join_all(accepts).await;
    for (number, accepted) in accepted.iter().enumerate() {
        assert_eq!(accepted.is_err(), number % 5 == 0, "{number}: {accepted:?}");
    }
    // What the failed ones had begun to write is gone: their keys are free.
    assert_eq!(bench.store.backlog(None).await.expect("counts").queued, 17);
    bench.accept(keyed("5")).await;
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_written() {
    let bench = Over::Sqlite.embedded().await;
    let forgotten = new_job();
    let id = forgotten.id;
    {
        let accept = bench.store.accept(forgotten);
        let mut accept = std::pin::pin!(accept);
        // Sent, and given up before the writer had a turn.
        assert!(futures_util::poll!(&mut accept).is_pending());
    }
    bench.queued().await;
    assert_eq!(bench.store.get(id, None).await.expect("an answer"), None);
}
