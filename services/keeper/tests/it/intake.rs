//! Jobs that come as messages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::TryStreamExt;
use jobs::message::Reply;
use jobs::{Body, Job, Lane, Origin, Outcome, Owner, ProblemCode, place};
use keeper::{IntakeSettings, Settings};
use queue::{Header, RawMessage};
use store::{JobStore, Page};

use crate::fake::{Look, Mood};
use crate::house::{House, calm, eventually, finished};

fn open() -> Settings {
    let intake = IntakeSettings { enabled: true, ..IntakeSettings::default() };
    Settings { intake, ..calm() }
}

fn message(id: &str) -> RawMessage {
    RawMessage {
        content_type: Some("application/xml".to_owned()),
        message_id: Some(id.to_owned()),
        user_id: Some("lab-a".to_owned()),
        reply_to: Some("refmill.reply.lab-a.results".to_owned()),
        body: b"<PubmedArticleSet/>".to_vec(),
        ..RawMessage::default()
    }
}

fn with(message: RawMessage, headers: &[(&str, &str)]) -> RawMessage {
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), Header::Text((*value).into()));
    RawMessage { headers: headers.iter().map(text).collect::<BTreeMap<_, _>>(), ..message }
}

async fn jobs_of(house: &House, owner: &str) -> Vec<Job> {
    let page = Page { state: None, before: None, limit: 100 };
    house.store.list(&Owner(owner.to_owned()), &page).await.expect("a list")
}

fn rejection(house: &House) -> Option<ProblemCode> {
    house.broker.told().iter().find_map(|(_, reply)| match reply {
        Reply::Rejected { job_id: None, problem } => Some(problem.code),
        _ => None,
    })
}

/// R14.
#[tokio::test]
async fn the_same_message_ten_times_makes_one_job_and_is_let_go_after_the_commit() {
    let house = House::new(open()).await;
    let least = Arc::new(AtomicUsize::new(usize::MAX));
    let look: Look = {
        let (store, least) = (house.store.clone(), least.clone());
        Arc::new(move || {
            let (store, least) = (store.clone(), least.clone());
            Box::pin(async move {
                let page = Page { state: None, before: None, limit: 9 };
                let jobs = store.list(&Owner("amqp:lab-a".to_owned()), &page).await;
                least.fetch_min(jobs.expect("a list").len(), Ordering::SeqCst);
            })
        })
    };
    for _ in 0..10 {
        house.broker.submit(message("m-1"), Some(look.clone()));
    }
    house.wait_for_acks(10).await;
    assert_eq!(least.load(Ordering::SeqCst), 1, "let go before its job was there");
    let jobs = jobs_of(&house, "amqp:lab-a").await;
    assert_eq!(jobs.len(), 1);
    let job = house.job(jobs[0].id).await;
    assert_eq!((job.origin, job.lane), (Origin::Amqp, Lane::Bulk));
    assert_eq!(job.input.kind.as_deref(), Some("pubmed-xml"));
    eventually("one message", || async { house.outbox().await == 0 }).await;
    assert_eq!(house.broker.published().len(), 1);
    house.keeper.stop().await;
}

#[tokio::test]
async fn a_message_that_comes_again_after_the_end_is_answered_again() {
    let house = House::new(open()).await;
    house.broker.submit(message("m-1"), None);
    house.wait_for_acks(1).await;
    let id = jobs_of(&house, "amqp:lab-a").await[0].id;
    // While it is open there is nothing to say, unless that was asked for.
    house.broker.submit(with(message("m-1"), &[("notify", "all")]), None);
    house.wait_for_acks(2).await;
    let duplicate = house.broker.told();
    assert!(matches!(duplicate[..], [(_, Reply::Accepted { duplicate: true, .. })]));

    house.broker.finish(&finished(id, 1, Outcome::Succeeded));
    eventually("the answer", || async { house.broker.told().len() == 2 }).await;
    house.broker.submit(message("m-1"), None);
    eventually("the answer again", || async { house.broker.told().len() == 3 }).await;
    let told = house.broker.told();
    assert_eq!(told[1].1, told[2].1);
    assert_eq!(told[1].0.message_id, told[2].0.message_id);
    assert_eq!(jobs_of(&house, "amqp:lab-a").await.len(), 1);
}

#[tokio::test]
async fn what_is_large_goes_to_the_blobs() {
    let house = House::new(open()).await;
    let body = vec![b'x'; (64 << 10) + 1];
    house.broker.submit(RawMessage { body: body.clone(), ..message("m-1") }, None);
    house.wait_for_acks(1).await;
    let job = house.job(jobs_of(&house, "amqp:lab-a").await[0].id).await;
    assert_eq!(job.input.body, Body::Blob(place::input(job.id)));
    let reader = house.blobs.read(&place::input(job.id), None).await.expect("a blob");
    assert_eq!(reader.all().await.expect("bytes"), body);
}

#[tokio::test]
async fn another_message_under_the_same_id_is_refused_and_leaves_no_blob() {
    let house = House::new(open()).await;
    house.broker.submit(message("m-1"), None);
    house.wait_for_acks(1).await;
    let other = RawMessage { body: vec![b'x'; 100_000], ..message("m-1") };
    house.broker.submit(other.clone(), None);
    house.wait_for_acks(2).await;
    assert_eq!(rejection(&house), Some(ProblemCode::IdempotencyMismatch));
    let parked = house.broker.parked.lock().expect("a lock").clone();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].0, other, "the copy is whole");
    assert!(parked[0].1.starts_with("idempotency-mismatch: "), "{}", parked[0].1);
    let left: Vec<_> = house.blobs.list("").try_collect().await.expect("a list");
    assert_eq!(left, []);
    assert_eq!(jobs_of(&house, "amqp:lab-a").await.len(), 1);
}

#[tokio::test]
async fn what_can_never_be_a_job_is_answered_parked_and_let_go() {
    let house = House::new(open()).await;
    house.broker.submit(with(message("m-1"), &[("opt.colour", "red")]), None);
    house.wait_for_acks(1).await;
    assert_eq!(rejection(&house), Some(ProblemCode::InvalidOption));
    let told = house.broker.told();
    assert_eq!(told[0].0.message_id, "m-1:job.rejected.v1");
    assert_eq!(told[0].0.correlation_id.as_deref(), Some("m-1"));
    assert_eq!(house.broker.parked.lock().expect("a lock").len(), 1);
    assert_eq!(jobs_of(&house, "amqp:lab-a").await.len(), 0);
}

/// S18.
#[tokio::test]
async fn nothing_is_said_where_replies_may_not_go() {
    let house = House::new(open()).await;
    for name in ["refmill.jobs.bulk.v1", "refmill.reply.lab-b.results", ""] {
        let reply_to = Some(name.to_owned());
        house.broker.submit(RawMessage { reply_to, ..message("m-1") }, None);
    }
    house.wait_for_acks(3).await;
    assert!(house.broker.told().is_empty());
    let parked = house.broker.parked.lock().expect("a lock").clone();
    assert!(parked.iter().all(|(_, reason)| reason.starts_with("reply-to-not-allowed")));
    assert_eq!(parked.len(), 3);
}

#[tokio::test]
async fn a_refusal_that_no_queue_takes_holds_nothing_up() {
    let house = House::new(open()).await;
    *house.broker.reply_mood.lock().expect("a lock") = Mood::Loses;
    house.broker.submit(RawMessage { body: Vec::new(), ..message("m-1") }, None);
    house.wait_for_acks(1).await;
    eventually("three tries", || async { house.broker.told().len() == 3 }).await;
}

#[tokio::test]
async fn an_owner_with_too_many_jobs_is_refused_and_others_are_not() {
    let house = House::new(Settings { queued_per_owner: 2, ..open() }).await;
    for id in ["m-1", "m-2", "m-3"] {
        house.broker.submit(message(id), None);
    }
    house.wait_for_acks(3).await;
    assert_eq!(rejection(&house), Some(ProblemCode::TooManyJobs));
    assert_eq!(jobs_of(&house, "amqp:lab-a").await.len(), 2);
    let other = RawMessage { user_id: Some("lab-b".to_owned()), reply_to: None, ..message("m") };
    house.broker.submit(other, None);
    house.wait_for_acks(4).await;
    assert_eq!(jobs_of(&house, "amqp:lab-b").await.len(), 1);
}

#[tokio::test]
async fn the_intake_pauses_at_a_limit_for_all_and_goes_on_below_it() {
    let house = House::new(Settings { queued_total: 2, ..open() }).await;
    for id in ["m-1", "m-2"] {
        house.broker.submit(message(id), None);
    }
    let is_paused = || async { house.broker.is_paused.load(Ordering::SeqCst) };
    eventually("the pause", is_paused).await;
    for job in jobs_of(&house, "amqp:lab-a").await {
        house.broker.finish(&finished(job.id, 1, Outcome::Succeeded));
    }
    eventually("the end of it", || async { !is_paused().await }).await;
    assert!(house.broker.parked.lock().expect("a lock").is_empty(), "nothing is refused for that");
}

#[tokio::test]
async fn messages_without_an_id_are_jobs_of_their_own() {
    let house = House::new(open()).await;
    for _ in 0..2 {
        let anonymous =
            RawMessage { message_id: None, user_id: None, reply_to: None, ..message("") };
        house.broker.submit(anonymous, None);
    }
    house.wait_for_acks(2).await;
    assert_eq!(jobs_of(&house, "amqp").await.len(), 2);
}
