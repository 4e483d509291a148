//! What producers are told.

use bytes::Bytes;
use jobs::message::{MessageKind, Reply};
use jobs::{Body, Origin, Outcome, Problem, ProblemCode};
use keeper::Settings;
use store::NewJob;

use crate::fake::Mood;
use crate::house::{House, calm, eventually, finished, new_job, result_key};

fn asked_by_message() -> NewJob {
    NewJob {
        origin: Origin::Amqp,
        reply_to: Some("refmill.reply.lab-a.results".to_owned()),
        correlation_id: Some("search-42".to_owned()),
        notify_accepted: true,
        ..new_job()
    }
}

fn public() -> Settings {
    Settings { public_url: Some("https://refmill.example".to_owned()), ..calm() }
}

#[tokio::test]
async fn a_producer_hears_that_its_job_was_taken_and_how_it_ended() {
    let house = House::new(public()).await;
    let id = house.accept(asked_by_message()).await.id;
    eventually("the first", || async { house.broker.told().len() == 1 }).await;
    house.broker.finish(&finished(id, 1, Outcome::Succeeded));
    eventually("the second", || async { house.broker.told().len() == 2 }).await;
    let told = house.broker.told();
    let href = format!("https://refmill.example/v1/jobs/{id}");
    let accepted = Reply::Accepted { job_id: id, duplicate: false, href: href.clone() };
    assert_eq!(told[0].1, accepted);
    for (answer, kind) in told.iter().map(|(answer, _)| answer).zip(["accepted", "finished"]) {
        assert_eq!(answer.to, "refmill.reply.lab-a.results");
        assert_eq!(answer.correlation_id.as_deref(), Some("search-42"));
        assert_eq!(answer.message_id, format!("{id}:job.{kind}.v1"));
        assert!(!answer.is_direct);
    }
    assert_eq!(told[1].0.kind, MessageKind::JobFinished);
    let Reply::Finished { state, results, records, .. } = &told[1].1 else { panic!("{told:?}") };
    assert_eq!((state.as_str(), records.expect("counts").read), ("succeeded", 1));
    assert_eq!(results[0].content.as_deref(), Some("TY  - JOUR\r\nER  - \r\n"));
    assert_eq!(results[0].media_type, "application/x-research-info-systems");
    assert_eq!(results[0].href, format!("{href}/results/ris"));
    eventually("an empty outbox", || async { house.outbox().await == 0 }).await;
}

#[tokio::test]
async fn results_are_in_an_answer_if_they_are_small_wherever_they_are() {
    let house = House::new(calm()).await;
    for (bytes, is_in) in [(64 << 10, true), ((64 << 10) + 1, false)] {
        let before = house.broker.told().len();
        let id = house.accept(NewJob { notify_accepted: false, ..asked_by_message() }).await.id;
        let (key, text) = (result_key(id, 1), "x".repeat(bytes));
        house.blobs.put(&key, Bytes::from(text.clone())).await.expect("a blob");
        let mut event = finished(id, 1, Outcome::Succeeded);
        event.product.results[0].body = Body::Blob(key);
        event.product.results[0].bytes = bytes as u64;
        house.broker.finish(&event);
        eventually("the answer", || async { house.broker.told().len() == before + 1 }).await;
        let Some((_, Reply::Finished { results, .. })) = house.broker.told().pop() else {
            panic!("no answer")
        };
        assert_eq!(results[0].content, is_in.then_some(text));
    }
}

#[tokio::test]
async fn a_failure_is_told_with_its_problem() {
    let house = House::new(calm()).await;
    let id = house.accept(NewJob { notify_accepted: false, ..asked_by_message() }).await.id;
    let problem = Problem::new(ProblemCode::NoRecords, "there is no record in it");
    house.broker.finish(&finished(id, 1, Outcome::Failed { problem: problem.clone() }));
    eventually("the answer", || async { house.broker.told().len() == 1 }).await;
    let (_, Reply::Finished { state, problem: told, .. }) = house.broker.told().remove(0) else {
        panic!("another answer")
    };
    assert_eq!((state.as_str(), told), ("failed", Some(problem)));
}

#[tokio::test]
async fn an_answer_that_no_queue_takes_is_dropped_after_three_tries() {
    let house = House::new(calm()).await;
    *house.broker.reply_mood.lock().expect("a lock") = Mood::Loses;
    let id = house.accept(NewJob { notify_accepted: false, ..asked_by_message() }).await.id;
    house.broker.finish(&finished(id, 1, Outcome::Succeeded));
    house.wait_for(id, "succeeded").await;
    eventually("an empty outbox", || async { house.outbox().await == 0 }).await;
    assert_eq!(house.broker.told().len(), 3);
}

#[tokio::test]
async fn an_answer_that_timed_out_is_sent_until_it_is_confirmed() {
    let house = House::new(calm()).await;
    *house.broker.reply_mood.lock().expect("a lock") = Mood::TimesOut;
    let id = house.accept(NewJob { notify_accepted: false, ..asked_by_message() }).await.id;
    house.broker.finish(&finished(id, 1, Outcome::Succeeded));
    eventually("two tries", || async { house.broker.told().len() >= 2 }).await;
    *house.broker.reply_mood.lock().expect("a lock") = Mood::Takes;
    eventually("an empty outbox", || async { house.outbox().await == 0 }).await;
    let ids: Vec<String> =
        house.broker.told().into_iter().map(|(answer, _)| answer.message_id).collect();
    assert!(ids.iter().all(|other| *other == ids[0]));
}
