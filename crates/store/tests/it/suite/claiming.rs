//! The table of jobs as a queue.

use std::collections::BTreeSet;
use std::time::Duration;

use jobs::{Event, Lane, Outcome, ProblemCode, RunId, State};
use store::{Begun, JobStore, NewJob};

use crate::bench::*;

pub(crate) async fn the_oldest_due_job_of_a_lane_is_next(over: Over) {
    let bench = over.embedded().await;
    assert_eq!(bench.store.claim(Lane::Bulk, RUN).await.expect("an answer"), None);
    let bulk = bench.accept(NewJob { lane: Lane::Bulk, ..new_job() }).await;
    let first = bench.queued().await;
    let second = bench.queued().await;
    bench.moved(first.id, retry(1)).await;

    let message = bench.store.claim(Lane::Interactive, RUN).await.expect("an answer");
    let message = message.expect("a job");
    assert_eq!((message.job, message.attempt), (second.id, 1));
    assert_eq!(bench.get(second.id).await.life.state, State::Running { run: RUN });
    // The first one waits for its next try.
    assert_eq!(bench.store.claim(Lane::Interactive, RUN).await.expect("an answer"), None);
    let wait = bench.store.next_due(Lane::Interactive).await.expect("an answer");
    assert!(wait.expect("a time") <= Duration::from_millis(1200), "{wait:?}");
    bench.at(2);
    assert_eq!(
        bench.store.next_due(Lane::Interactive).await.expect("an answer"),
        Some(Duration::ZERO)
    );
    let message = bench.store.claim(Lane::Interactive, OTHER_RUN).await.expect("an answer");
    assert_eq!(message.map(|message| (message.job, message.attempt)), Some((first.id, 2)));
    assert_eq!(bench.store.next_due(Lane::Interactive).await.expect("an answer"), None);
    let message = bench.store.claim(Lane::Bulk, RUN).await.expect("an answer");
    assert_eq!(message.map(|message| message.job), Some(bulk.id));
}

pub(crate) async fn no_job_is_claimed_twice(over: Over) {
    let bench = over.embedded().await;
    let mut ids = BTreeSet::new();
    for _ in 0..40 {
        ids.insert(bench.queued().await.id);
    }
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let store = bench.store.clone();
            tokio::spawn(async move {
                let mut claimed = Vec::new();
                let run = RunId::from_bits(task);
                while let Some(message) =
                    store.claim(Lane::Interactive, run).await.expect("an answer")
                {
                    claimed.push(message.job);
                }
                claimed
            })
        })
        .collect();
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.extend(task.await.expect("a task"));
    }
    assert_eq!(claimed.len(), 40);
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), ids);
}

pub(crate) async fn jobs_of_a_dead_process_are_handed_out_anew(over: Over) {
    let mut bench = over.embedded().await;
    let id = bench.queued().await.id;
    let untouched = bench.queued().await.id;
    for start in 1..=5 {
        assert_eq!(bench.store.recover().await.expect("an answer"), 0, "its own jobs go on");
        bench.at(3600 * start);
        let message = bench.store.claim(Lane::Interactive, RUN).await.expect("an answer");
        let message = message.expect("a job");
        if message.job != id {
            // The other one was first in line.
            assert_eq!((message.job, start), (untouched, 2));
            bench.moved(untouched, finished(1, Outcome::Succeeded)).await;
            bench.store.claim(Lane::Interactive, RUN).await.expect("an answer").expect("a job");
        }
        bench.again().await;
        assert_eq!(bench.store.recover().await.expect("an answer"), 1);
        let failures = u32::try_from(start).expect("a small number");
        assert_eq!(bench.get(id).await.life.failures, failures);
    }
    let job = bench.get(id).await;
    let State::Failed { problem } = &job.life.state else { panic!("{:?}", job.life) };
    assert_eq!(problem.code, ProblemCode::Poison);
    assert_eq!(bench.get(untouched).await.life.state, State::Succeeded);
}

pub(crate) async fn uploads_to_a_dead_process_are_given_up(over: Over) {
    let mut bench = over.embedded().await;
    let lost = upload(Some("k"));
    bench.store.begin(lost.clone()).await.expect("an answer");
    assert!(bench.store.touch(lost.id).await.expect("an answer"));
    assert_eq!(bench.store.recover().await.expect("an answer"), 0, "its own uploads go on");
    bench.again().await;
    assert_eq!(bench.store.recover().await.expect("an answer"), 1);
    assert_eq!(bench.get(lost.id).await.life.state, State::Expired);
    // The key is free at once.
    let again = upload(Some("k"));
    assert_eq!(bench.store.begin(again.clone()).await.expect("an answer"), Begun::New);
    assert_eq!(bench.store.recover().await.expect("an answer"), 0);
    let print = jobs::Digest::of(b"print");
    let complete = bench.store.complete(again.id, blob(again.id), Lane::Bulk, print).await;
    done(complete.expect("an answer"));
    bench.again().await;
    assert_eq!(bench.store.recover().await.expect("an answer"), 0, "it was accepted");
    assert_eq!(bench.get(again.id).await.life.state, State::Queued);
}

pub(crate) async fn a_clock_set_back_holds_no_job_up(over: Over) {
    let bench = over.embedded().await;
    bench.at(3600);
    let id = bench.queued().await.id;
    bench.at(0);
    assert_eq!(
        bench.store.next_due(Lane::Interactive).await.expect("an answer"),
        Some(Duration::ZERO)
    );
    let message = bench.store.claim(Lane::Interactive, RUN).await.expect("an answer");
    assert_eq!(message.map(|message| message.job), Some(id));
}

pub(crate) async fn no_errands_are_written_where_nobody_runs_them(over: Over) {
    let bench = over.embedded().await;
    let id = bench.queued().await.id;
    bench.moved(id, retry(1)).await;
    bench.moved(id, Event::CancelRequested).await;
    assert!(bench.store.take_outbox(9).await.expect("errands").is_empty());
    // Answers are written all the same.
    let mut new = new_job();
    new.reply_to = Some("refmill.reply.lab".to_owned());
    bench.succeeded(new).await;
    assert_eq!(bench.store.take_outbox(9).await.expect("errands").len(), 1);
}
