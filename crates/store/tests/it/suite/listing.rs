//! Listing jobs.

use jobs::{Body, Bytes64, Digest, JobId, Outcome, Owner, ResultFile};
use store::{JobStore, Keep, NewJob, Page};

use crate::bench::*;

pub(crate) async fn pages_are_the_newest_first_and_meet(over: Over) {
    let bench = over.relayed().await;
    let mut ids = Vec::new();
    for number in 0..7 {
        let owner = owner(if number == 3 { "b" } else { "a" });
        let job = bench.accept(NewJob { owner, ..new_job() }).await;
        if number != 3 {
            ids.push(job.id);
        }
    }
    ids.sort();
    ids.reverse();
    let mut before = None;
    let mut listed: Vec<JobId> = Vec::new();
    loop {
        let page = Page { state: None, before, limit: 4 };
        let jobs = bench.store.list(&owner("a"), &page).await.expect("a page");
        let Some(last) = jobs.last() else { break };
        before = Some(last.id);
        listed.extend(jobs.iter().map(|job| job.id));
    }
    assert_eq!(listed, ids);
}

pub(crate) async fn a_page_shows_one_state_with_results_and_without_bytes(over: Over) {
    let bench = over.relayed().await;
    bench.queued().await;
    let mut ended = bench.succeeded(new_job()).await;
    let failed = bench.queued().await;
    let event = finished(1, Outcome::Failed { problem: problem() });
    bench.moved(failed.id, event).await;

    let page = |state: &str| Page { state: Some(state.to_owned()), before: None, limit: 50 };
    let local = Owner::local();
    let list = bench.store.list(&local, &page("succeeded")).await.expect("a page");
    // What travels inline is left out of lists.
    let nothing = Body::Inline(Bytes64::default());
    ended.input.body = nothing.clone();
    ended.diagnostics.as_mut().expect("diagnostics").body = nothing;
    assert_eq!(list, [ended]);
    for (state, count) in [("failed", 1), ("queued", 1), ("cancelled", 0)] {
        let list = bench.store.list(&local, &page(state)).await.expect("a page");
        assert_eq!(list.len(), count, "{state}");
    }
    let all = Page { state: None, before: None, limit: 2 };
    assert_eq!(bench.store.list(&local, &all).await.expect("a page").len(), 2);
}

pub(crate) async fn a_job_with_nothing_to_say_is_listed_before_and_after_its_input_has_gone(
    over: Over,
) {
    let bench = over.embedded().await;
    let job = bench.queued().await;
    let mut product = product(&job);
    // As a run without findings leaves them: bytes that travel inline, none of them.
    let nothing = Body::Inline(Bytes64::default());
    let diagnostics =
        ResultFile { of: (), body: nothing.clone(), bytes: 0, sha256: Digest::of(b"") };
    product.diagnostics = Some(diagnostics.clone());
    let event = finished(job.life.attempt, Outcome::Succeeded);
    let applied = bench.store.apply(job.id, None, &event, Some(&product)).await;
    let mut ended = done(applied.expect("an answer"));
    ended.input.body = nothing;

    let page = Page { state: None, before: None, limit: 50 };
    let list = || async { bench.store.list(&Owner::local(), &page).await.expect("a page") };
    assert_eq!(list().await, [ended.clone()]);
    bench.at(3660);
    assert_eq!(bench.store.sweep(&Keep::default(), 9).await.expect("a sweep").rows, 1);
    assert_eq!(list().await, [ended]);
    assert_eq!(bench.get(job.id).await.diagnostics, Some(diagnostics));
}
