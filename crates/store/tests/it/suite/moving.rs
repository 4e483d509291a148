//! Moving jobs.

use jobs::{Event, Outcome, Owner, Problem, ProblemCode, Progress, State};
use store::{Applied, JobStore};

use crate::bench::*;

pub(crate) async fn a_result_is_kept_with_all_that_was_said(over: Over) {
    let bench = over.relayed().await;
    let mut new = new_job();
    new.asked.set("formats", "jsonl,ris,bibtex").expect("formats");
    let job = bench.accept(new).await;
    let product = product(&job);
    let event = finished(1, Outcome::Succeeded);
    let applied = bench.store.apply(job.id, None, &event, Some(&product)).await;
    let ended = done(applied.expect("an answer"));

    assert_eq!((&ended.results, &ended.diagnostics), (&product.results, &product.diagnostics));
    assert_eq!(ended.records, Some(product.records));
    assert_eq!(ended.warnings.as_ref(), Some(&product.warnings));
    assert_eq!(ended.progress, Progress { records: 3, bytes: 7 });
    let finished_at = ended.finished_at.expect("an end");
    assert!(ended.started_at.is_some(), "a result implies the start");
    let kept = ended.results_expire_at.expect("a time").duration_since(finished_at);
    assert_eq!(kept.as_secs(), 7 * 24 * 3600);
    assert_eq!(bench.get(job.id).await, ended);
}

pub(crate) async fn a_failed_job_has_its_problem_and_its_diagnostics(over: Over) {
    let bench = over.relayed().await;
    let job = bench.queued().await;
    let mut problem = Problem::new(ProblemCode::TruncatedInput, "the input ends in a record");
    problem.line = Some(17);
    let event = finished(1, Outcome::Failed { problem: problem.clone() });
    let applied = bench.store.apply(job.id, None, &event, Some(&product(&job))).await;
    let failed = done(applied.expect("an answer"));
    assert_eq!(failed.life.state, State::Failed { problem });
    assert!(failed.results.is_empty(), "a failed job has no results");
    assert!(failed.diagnostics.is_some());
    assert_eq!(bench.get(job.id).await, failed);
}

pub(crate) async fn an_event_is_heard_once_and_by_its_attempt_alone(over: Over) {
    let bench = over.relayed().await;
    let id = bench.queued().await.id;
    bench.moved(id, Event::Started { attempt: 1, run: RUN }).await;
    let again = bench.moved(id, finished(1, Outcome::Returned)).await;
    assert_eq!((again.life.attempt, again.life.failures, again.version), (2, 0, 3));
    // The first worker comes late, or again.
    for late in [
        finished(1, Outcome::Succeeded),
        finished(1, Outcome::Returned),
        Event::Started { attempt: 1, run: RUN },
        Event::Silent { attempt: 1 },
        Event::DeadLettered { attempt: 1 },
        finished(3, Outcome::Succeeded),
    ] {
        assert_eq!(stale(bench.apply(id, late).await), again);
    }
    let product = product(&again);
    let win = finished(2, Outcome::Succeeded);
    let ended = done(bench.store.apply(id, None, &win, Some(&product)).await.expect("an answer"));
    // The second to finish the same attempt has lost, and is shown the winner's results.
    let lost = bench.store.apply(id, None, &win, Some(&product)).await.expect("an answer");
    assert_eq!(stale(lost), ended);
    assert_eq!(bench.get(id).await.results, product.results);
    let nobody = bench.apply(jobs::JobId::new(), win).await;
    assert_eq!(nobody, Applied::Unknown);
}

pub(crate) async fn tries_wait_longer_each_time_and_end(over: Over) {
    let bench = over.relayed().await;
    let id = bench.queued().await.id;
    for (attempt, delay) in [(1, 1), (2, 10), (3, 60), (4, 300)] {
        let job = bench.moved(id, retry(attempt)).await;
        assert_eq!((job.life.state.name(), job.life.attempt), ("queued", attempt + 1));
        assert_eq!(job.run_at.duration_since(job.updated_at).as_secs(), delay);
    }
    let job = bench.moved(id, retry(5)).await;
    let State::Failed { problem } = &job.life.state else { panic!("{:?}", job.life) };
    assert_eq!((problem.code, job.life.failures), (ProblemCode::AttemptsExhausted, 5));
}

pub(crate) async fn the_number_of_tries_is_an_option(over: Over) {
    let bench = over.open(|options| options.tries.max_failures = 1).await;
    let id = bench.queued().await.id;
    assert_eq!(bench.moved(id, retry(1)).await.life.state.name(), "failed");
}

pub(crate) async fn beats_start_a_job_and_show_its_progress(over: Over) {
    let bench = over.relayed().await;
    let (one, two) = (bench.queued().await.id, bench.queued().await.id);
    let beats =
        async |beats: Vec<jobs::message::Beat>| bench.store.beats(&beats).await.expect("an answer");
    assert_eq!(beats(vec![beat(two, 1, RUN, 1), beat(one, 1, RUN, 1)]).await, 0);
    let job = bench.get(one).await;
    assert_eq!(job.life.state, State::Running { run: RUN });
    assert_eq!(job.progress, Progress { records: 100, bytes: 1000 });
    assert!(job.started_at.is_some());

    let version = job.version;
    assert_eq!(beats(vec![beat(one, 1, RUN, 3)]).await, 0);
    // Doubled, late, of another attempt, of no job.
    assert_eq!(beats(vec![beat(one, 1, RUN, 3), beat(one, 1, RUN, 2)]).await, 2);
    assert_eq!(beats(vec![beat(one, 2, RUN, 4), beat(jobs::JobId::new(), 1, RUN, 1)]).await, 2);
    let job = bench.get(one).await;
    assert_eq!((job.progress.records, job.version), (300, version + 1));
    let mut running = bench.store.running().await.expect("jobs");
    running.sort();
    let mut expected = [(one, 1, 3), (two, 1, 1)];
    expected.sort();
    assert_eq!(running, expected);

    // The same attempt in other hands, after its first worker has died.
    assert_eq!(beats(vec![beat(one, 1, OTHER_RUN, 1)]).await, 0);
    assert_eq!(bench.get(one).await.life.state, State::Running { run: OTHER_RUN });

    let again = bench.moved(one, Event::Silent { attempt: 1 }).await;
    assert_eq!(again.progress, Progress::default());
    assert_eq!(bench.get(one).await.progress, Progress::default());
    assert_eq!(beats(vec![beat(one, 1, OTHER_RUN, 9)]).await, 1);
}

pub(crate) async fn a_waiting_job_is_cancelled_and_a_running_one_asked(over: Over) {
    let bench = over.relayed().await;
    let local = Owner::local();
    let waiting = bench.queued().await.id;
    let event = Event::CancelRequested;
    let cancel = |id| bench.store.apply(id, Some(&local), &event, None);
    assert_eq!(done(cancel(waiting).await.expect("done")).life.state, State::Cancelled);

    let id = bench.queued().await.id;
    bench.store.beats(&[beat(id, 1, RUN, 5)]).await.expect("an answer");
    let asked = done(cancel(id).await.expect("done"));
    assert!(asked.life.cancel_requested);
    assert_eq!(asked.life.state, State::Running { run: RUN });
    assert_eq!(asked.progress.records, 500, "the run goes on");
    assert_eq!(bench.store.beats(&[beat(id, 1, RUN, 5)]).await.expect("an answer"), 1);
    stale(cancel(id).await.expect("an answer"));
    // It failed before it heard: it is not tried again.
    assert_eq!(bench.moved(id, retry(1)).await.life.state, State::Cancelled);
}

pub(crate) async fn a_job_is_nobody_elses(over: Over) {
    let bench = over.relayed().await;
    let other = owner("b");
    let id = bench.succeeded(new_job()).await.id;
    let open = bench.queued().await.id;
    assert_eq!(bench.store.get(id, Some(&other)).await.expect("an answer"), None);
    assert!(bench.store.get(id, Some(&Owner::local())).await.expect("an answer").is_some());
    let event = Event::CancelRequested;
    let applied = bench.store.apply(open, Some(&other), &event, None).await;
    assert_eq!(applied.expect("an answer"), Applied::Unknown);
    assert_eq!(bench.store.delete(id, &other).await.expect("an answer"), Applied::Unknown);
    let page = store::Page { state: None, before: None, limit: 50 };
    assert!(bench.store.list(&other, &page).await.expect("a list").is_empty());
    assert_eq!(bench.get(open).await.life.state, State::Queued);
}
