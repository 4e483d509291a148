//! The outbox.

use std::time::Duration;

use jobs::{Event, JobId, Lane, Origin, Outcome};
use store::{Errand, JobStore, NewJob, Outgoing};

use crate::bench::*;

async fn take(bench: &Bench) -> Vec<Outgoing> {
    bench.store.take_outbox(100).await.expect("errands")
}

/// What is to be done, without what it is done with.
fn told(taken: &[Outgoing]) -> Vec<String> {
    taken
        .iter()
        .map(|outgoing| match &outgoing.errand {
            Errand::Publish { message, delay } => {
                format!(
                    "publish {} {} {delay} {}",
                    message.job, message.attempt, message.republished
                )
            }
            Errand::Cancel { job, attempt } => format!("cancel {job} {attempt}"),
            Errand::Reply { to, accepted, job, .. } => format!("reply {to} {accepted} {}", job.id),
            Errand::DeleteBlobs { prefix } => format!("delete {prefix}"),
            Errand::Nothing => "nothing".to_owned(),
        })
        .collect()
}

pub(crate) async fn an_errand_that_is_not_confirmed_comes_back(over: Over) {
    let bench = over.relayed().await;
    let id = bench.queued().await.id;
    let taken = take(&bench).await;
    assert_eq!(told(&taken), [format!("publish {id} 1 0 false")]);
    assert_eq!(taken[0].tries, 0);
    // Leased: whoever took it may have died, and is given half a minute.
    assert!(take(&bench).await.is_empty());
    bench.at(29);
    assert!(take(&bench).await.is_empty());
    bench.at(31);
    let again = take(&bench).await;
    assert_eq!(told(&again), told(&taken));
    assert_eq!((again[0].row, again[0].tries), (taken[0].row, 1));
    bench.store.confirm_outbox(&[again[0].row]).await.expect("an answer");
    bench.at(3600);
    assert!(take(&bench).await.is_empty());
    assert_eq!(bench.store.backlog(None).await.expect("counts").outbox, []);
}

pub(crate) async fn an_errand_can_be_put_off(over: Over) {
    let bench = over.relayed().await;
    bench.queued().await;
    let row = take(&bench).await[0].row;
    bench.store.postpone_outbox(row, Duration::from_secs(90)).await.expect("an answer");
    bench.at(80);
    assert!(take(&bench).await.is_empty());
    bench.at(100);
    assert_eq!(take(&bench).await.len(), 1);
}

pub(crate) async fn a_clock_set_back_holds_no_errand_up(over: Over) {
    let bench = over.relayed().await;
    bench.at(3600);
    bench.queued().await;
    bench.at(0);
    assert_eq!(take(&bench).await.len(), 1);
    assert!(take(&bench).await.is_empty(), "leased by the clock as it is now");
}

pub(crate) async fn takers_share_errands_and_lose_none(over: Over) {
    let bench = over.relayed().await;
    for _ in 0..30 {
        bench.queued().await;
    }
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let store = bench.store.clone();
            tokio::spawn(async move {
                let mut rows = Vec::new();
                loop {
                    let taken = store.take_outbox(4).await.expect("errands");
                    if taken.is_empty() {
                        return rows;
                    }
                    rows.extend(taken.iter().map(|outgoing| outgoing.row));
                }
            })
        })
        .collect();
    let mut rows = Vec::new();
    for task in tasks {
        rows.extend(task.await.expect("a task"));
    }
    rows.sort_unstable();
    let all = rows.len();
    rows.dedup();
    assert!(all == rows.len(), "an errand was taken twice");
    // Who looks while another takes may see nothing and go; what it left is still there.
    rows.extend(take(&bench).await.iter().map(|outgoing| outgoing.row));
    assert_eq!(rows.len(), 30);
}

pub(crate) async fn each_move_has_its_errands(over: Over) {
    let bench = over.relayed().await;
    let id = bench.queued().await.id;
    let mut done: Vec<i64> = take(&bench).await.iter().map(|outgoing| outgoing.row).collect();
    let mut expect = async |event: Event, expected: &[String]| {
        bench.moved(id, event).await;
        let taken = take(&bench).await;
        assert_eq!(told(&taken), expected);
        done.extend(taken.iter().map(|outgoing| outgoing.row));
    };
    expect(Event::Lost { attempt: 1 }, &[format!("publish {id} 1 0 true")]).await;
    expect(Event::Started { attempt: 1, run: RUN }, &[]).await;
    expect(retry(1), &[format!("publish {id} 2 1 false")]).await;
    expect(retry(2), &[format!("publish {id} 3 10 false")]).await;
    expect(finished(3, Outcome::Returned), &[format!("publish {id} 4 0 false")]).await;
    expect(Event::Started { attempt: 4, run: RUN }, &[]).await;
    expect(Event::CancelRequested, &[format!("cancel {id} 4")]).await;
    expect(finished(4, Outcome::Cancelled), &[]).await;
    bench.store.confirm_outbox(&done).await.expect("an answer");
    assert_eq!(bench.store.backlog(None).await.expect("counts").outbox, []);
}

pub(crate) async fn what_has_moved_on_needs_no_message(over: Over) {
    let bench = over.relayed().await;
    let (ended, deleted) = (bench.queued().await.id, bench.queued().await.id);
    bench.moved(ended, finished(1, Outcome::Succeeded)).await;
    bench.moved(deleted, finished(1, Outcome::Succeeded)).await;
    bench.store.delete(deleted, &jobs::Owner::local()).await.expect("an answer");
    let taken = take(&bench).await;
    // The errand of the deleted job has gone with it; its outputs are deleted.
    let prefix = format!("delete {}/", jobs::place::output(deleted));
    assert_eq!(told(&taken), ["nothing".to_owned(), prefix]);
}

pub(crate) async fn a_producer_is_told_as_it_has_asked(over: Over) {
    let bench = over.relayed().await;
    let produced = |notify_accepted| NewJob {
        id: JobId::new(),
        origin: Origin::Amqp,
        reply_to: Some("refmill.reply.lab".to_owned()),
        correlation_id: Some("search-42".to_owned()),
        notify_accepted,
        ..new_job()
    };
    let one = bench.succeeded(produced(true)).await;
    let two = bench.succeeded(produced(false)).await;
    let replies: Vec<Errand> = take(&bench)
        .await
        .into_iter()
        .map(|outgoing| outgoing.errand)
        .filter(|errand| matches!(errand, Errand::Reply { .. }))
        .collect();
    let reply = |accepted, job: &jobs::Job| Errand::Reply {
        to: "refmill.reply.lab".to_owned(),
        correlation_id: Some("search-42".to_owned()),
        accepted,
        job: Box::new(job.clone()),
    };
    assert_eq!(replies, [reply(true, &one), reply(false, &one), reply(false, &two)]);
}

pub(crate) async fn a_lost_message_shows_as_a_job_that_waits_without_errand(over: Over) {
    let bench = over.relayed().await;
    let (first, second) = (bench.queued().await.id, bench.queued().await.id);
    let half = Duration::from_secs(30);
    let waiting =
        async |max| bench.store.waiting(Lane::Interactive, half, max).await.expect("jobs");
    bench.at(40);
    assert_eq!(waiting(9).await, (0, vec![]), "their messages are not sent yet");
    let rows: Vec<i64> = take(&bench).await.iter().map(|outgoing| outgoing.row).collect();
    bench.store.confirm_outbox(&rows).await.expect("an answer");
    assert_eq!(waiting(9).await, (2, vec![(first, 1), (second, 1)]));
    assert_eq!(waiting(1).await, (2, vec![(first, 1)]));
    bench.at(20);
    assert_eq!(waiting(9).await, (0, vec![]), "they have not been due for long");
    bench.at(40);
    bench.moved(first, Event::Lost { attempt: 1 }).await;
    assert_eq!(waiting(9).await, (1, vec![(second, 1)]));
    let bulk = bench.store.waiting(Lane::Bulk, half, 9).await.expect("jobs");
    assert_eq!(bulk, (0, vec![]));
}
