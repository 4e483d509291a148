//! Removing what was deleted or has outlived its time.

use jobs::{JobId, Lane, Outcome, Owner, place};
use store::{Applied, Errand, JobStore, Keep, NewJob, Swept};

use crate::bench::*;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn large() -> NewJob {
    let id = JobId::new();
    NewJob { id, input: blob(id), ..keyed("k") }
}

async fn sweep(bench: &Bench) -> Swept {
    bench.store.sweep(&Keep::default(), 500).await.expect("a sweep")
}

pub(crate) async fn a_deleted_job_takes_its_blobs_along(over: Over) {
    let bench = over.embedded().await;
    let local = Owner::local();
    let open = bench.queued().await.id;
    let refused = bench.store.delete(open, &local).await.expect("an answer");
    assert!(matches!(refused, Applied::Stale(_)));

    let webhook = Some("https://example.org/hook".to_owned());
    let job = bench.succeeded(NewJob { webhook, ..large() }).await;
    assert_eq!(done(bench.store.delete(job.id, &local).await.expect("an answer")), job);
    assert_eq!(bench.store.get(job.id, None).await.expect("an answer"), None);
    assert_eq!(bench.store.message(job.id).await.expect("an answer"), None);
    assert_eq!(bench.store.delete(job.id, &local).await.expect("an answer"), Applied::Unknown);
    assert!(bench.store.take_webhooks(9).await.expect("deliveries").is_empty());
    let errands = bench.store.take_outbox(9).await.expect("errands");
    let errands: Vec<_> = errands.into_iter().map(|outgoing| outgoing.errand).collect();
    let delete = |prefix| Errand::DeleteBlobs { prefix };
    let outputs = format!("{}/", place::output(job.id));
    assert_eq!(errands, [delete(place::input(job.id)), delete(outputs)]);
}

pub(crate) async fn what_has_outlived_its_time_goes_step_by_step(over: Over) {
    let bench = over.embedded().await;
    let job = bench.succeeded(large()).await;
    let small = bench.succeeded(new_job()).await;
    let (input, outputs) = (place::input(job.id), format!("{}/", place::output(job.id)));
    assert_eq!(sweep(&bench).await, Swept::default());

    bench.at(HOUR + 60);
    assert_eq!(sweep(&bench).await, Swept { rows: 2, blobs: vec![input.clone()] });
    assert_eq!(sweep(&bench).await, Swept::default());
    assert_eq!(bench.get(job.id).await, job, "its results stay");
    bench.at(DAY + 60);
    assert_eq!(sweep(&bench).await, Swept { rows: 1, blobs: vec![] }, "its key");

    bench.at(7 * DAY + 60);
    let swept = sweep(&bench).await;
    assert_eq!(swept.rows, 2);
    assert!(swept.blobs.contains(&outputs));
    let without = bench.get(job.id).await;
    assert!(without.results.is_empty() && without.diagnostics.is_none());
    assert_eq!(without.results_expire_at, job.results_expire_at);
    assert_eq!((without.version, without.records), (job.version + 1, job.records));
    assert_eq!(sweep(&bench).await, Swept::default());

    bench.at(30 * DAY + 60);
    let swept = sweep(&bench).await;
    assert_eq!(swept.rows, 2);
    assert!(swept.blobs.contains(&input) && swept.blobs.contains(&outputs));
    for id in [job.id, small.id] {
        assert_eq!(bench.store.get(id, None).await.expect("an answer"), None);
    }
    assert_eq!(sweep(&bench).await, Swept::default());
}

pub(crate) async fn a_sweep_does_no_more_than_it_may(over: Over) {
    let bench = over.embedded().await;
    for _ in 0..5 {
        bench.succeeded(new_job()).await;
    }
    bench.at(HOUR + 60);
    let mut parts = Vec::new();
    for _ in 0..4 {
        parts.push(bench.store.sweep(&Keep::default(), 2).await.expect("a sweep").rows);
    }
    assert_eq!(parts, [2, 2, 1, 0]);
}

pub(crate) async fn a_clock_that_jumps_ends_nothing_early_by_more_than_it_jumped(over: Over) {
    let bench = over.embedded().await;
    let running = bench.queued().await.id;
    bench.store.claim(Lane::Interactive, RUN).await.expect("an answer").expect("a job");
    let ended = bench.succeeded(new_job()).await;
    for jump in [HOUR, -HOUR, 0] {
        bench.at(jump);
        sweep(&bench).await;
        assert_eq!(bench.store.recover().await.expect("an answer"), 0);
        assert_eq!(bench.get(running).await.life.attempt, 1);
        assert_eq!(bench.get(ended.id).await.results, ended.results);
    }
    bench.at(7 * DAY - HOUR);
    sweep(&bench).await;
    assert_eq!(bench.get(ended.id).await.results, ended.results);
    assert_eq!(bench.get(running).await.life.attempt, 1);
}

pub(crate) async fn a_blob_is_needed_while_a_row_names_it_or_its_job_is_open(over: Over) {
    let bench = over.embedded().await;
    let names = async |id, key: &str| bench.store.names_blob(id, key).await.expect("an answer");
    let job = bench.accept(large()).await;
    let output = place::output(job.id);
    let result = |attempt, run| place::result(&output, attempt, run, formats::Format::Ris);
    assert!(names(job.id, &place::input(job.id)).await);
    assert!(names(job.id, &result(1, OTHER_RUN)).await, "its run may be open");
    let event = finished(1, Outcome::Succeeded);
    let product = product(&job);
    done(bench.store.apply(job.id, None, &event, Some(&product)).await.expect("done"));
    assert!(names(job.id, &place::input(job.id)).await);
    assert!(names(job.id, &result(1, RUN)).await);
    assert!(!names(job.id, &result(1, OTHER_RUN)).await, "it has lost");
    assert!(!names(job.id, &place::done(&output, 1)).await);
    bench.at(HOUR + 60);
    sweep(&bench).await;
    assert!(!names(job.id, &place::input(job.id)).await);
    assert!(!names(JobId::new(), &place::input(job.id)).await);
}
