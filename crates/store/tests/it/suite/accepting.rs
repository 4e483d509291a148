//! Taking jobs.

use jobs::{Event, Lane, Origin, Outcome, State, Trace, fingerprint, place};
use store::{Accepted, Applied, Begun, Errand, JobStore, Keep, NewJob};

use crate::bench::*;

pub(crate) async fn a_job_is_read_as_it_was_accepted(over: Over) {
    let bench = over.relayed().await;
    let mut new = new_job();
    new.lane = Lane::Bulk;
    new.origin = Origin::Amqp;
    new.owner = owner("amqp:lab");
    new.input = blob(new.id);
    new.asked.set("formats", "csl-json,ris").expect("formats");
    new.asked.set("on_error", "fail").expect("a setting");
    new.webhook = Some("https://example.org/hook".to_owned());
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    new.trace = Trace::read(parent, Some("rojo=1,congo=2"));

    let job = bench.accept(new.clone()).await;
    assert_eq!(
        (job.id, &job.owner, job.lane, job.origin),
        (new.id, &new.owner, new.lane, new.origin)
    );
    assert_eq!((&job.input, &job.asked, job.version), (&new.input, &new.asked, 1));
    assert_eq!((job.life.state.name(), job.life.attempt, job.life.failures), ("queued", 1, 0));
    assert_eq!(bench.get(job.id).await, job);

    let message = bench.store.message(job.id).await.expect("an answer").expect("a message");
    assert_eq!((message.job, message.attempt, message.lane), (job.id, 1, Lane::Bulk));
    assert_eq!((message.input.body, message.input.kind), (new.input.body, new.input.kind));
    assert_eq!((message.output, message.republished), (place::output(job.id), false));
    assert_eq!((&job.trace, message.trace), (&new.trace, new.trace.clone()));
}

pub(crate) async fn the_same_key_makes_one_job(over: Over) {
    let bench = over.relayed().await;
    let first = bench.accept(keyed("k")).await;
    let again = bench.store.accept(keyed("k")).await.expect("an answer");
    assert_eq!(again, Accepted::Replayed(Box::new(first.clone())));
    let other = NewJob { input: inline(b"PMID- 2"), ..keyed("k") };
    assert_eq!(bench.store.accept(other).await.expect("an answer"), Accepted::Mismatch);
    // Another owner's key is another key.
    let foreign = NewJob { owner: owner("b"), ..keyed("k") };
    assert!(matches!(bench.store.accept(foreign).await, Ok(Accepted::New(_))));
    // A job that has ended is replayed with its results.
    let product = product(&first);
    let event = finished(1, Outcome::Succeeded);
    let ended =
        done(bench.store.apply(first.id, None, &event, Some(&product)).await.expect("done"));
    assert_eq!(ended.results, product.results);
    let again = bench.store.accept(keyed("k")).await.expect("an answer");
    assert_eq!(again, Accepted::Replayed(Box::new(ended)));
    // A job that was deleted does not come back.
    let owner = jobs::Owner::local();
    done(bench.store.delete(first.id, &owner).await.expect("an answer"));
    assert!(matches!(bench.store.accept(keyed("k")).await, Ok(Accepted::New(_))));
}

pub(crate) async fn a_key_is_free_after_its_time(over: Over) {
    let bench = over.relayed().await;
    bench.accept(keyed("k")).await;
    bench.at(24 * 3600 - 60);
    assert!(matches!(bench.store.accept(keyed("k")).await, Ok(Accepted::Replayed(_))));
    bench.at(24 * 3600 + 60);
    let other = NewJob { input: inline(b"PMID- 2"), ..keyed("k") };
    let second = bench.accept(other.clone()).await;
    let again = NewJob { id: jobs::JobId::new(), ..other };
    let again = bench.store.accept(again).await.expect("an answer");
    assert_eq!(again, Accepted::Replayed(Box::new(second)));
}

pub(crate) async fn ten_at_once_with_one_key_make_one_job(over: Over) {
    let bench = over.relayed().await;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let store = bench.store.clone();
            tokio::spawn(async move { store.accept(keyed("k")).await.expect("an answer") })
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    let mut new = 0;
    for task in tasks {
        match task.await.expect("a task") {
            Accepted::New(job) => {
                new += 1;
                ids.insert(job.id);
            }
            Accepted::Replayed(job) => _ = ids.insert(job.id),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((new, ids.len()), (1, 1));
    assert_eq!(bench.store.backlog(None).await.expect("counts").queued, 1);
}

pub(crate) async fn an_upload_becomes_a_job(over: Over) {
    let bench = over.relayed().await;
    let upload = upload(Some("k"));
    let id = upload.id;
    assert_eq!(bench.store.begin(upload.clone()).await.expect("an answer"), Begun::New);
    assert_eq!(bench.get(id).await.life.state, State::Receiving);
    let twin = crate::bench::upload(Some("k"));
    assert_eq!(bench.store.begin(twin.clone()).await.expect("an answer"), Begun::InProgress);
    assert_eq!(bench.store.accept(keyed("k")).await.expect("an answer"), Accepted::InProgress);
    assert!(bench.store.take_outbox(9).await.expect("errands").is_empty());

    let input = blob(id);
    let print = fingerprint(&upload.asked, input.kind.as_deref(), &input.sha256);
    let applied = bench.store.complete(id, input.clone(), Lane::Bulk, print).await;
    let job = done(applied.expect("an answer"));
    assert_eq!((job.life.state.name(), job.version, job.lane), ("queued", 2, Lane::Bulk));
    assert_eq!(job.input, input);
    assert_eq!(bench.get(id).await, job);
    let known = bench.store.begin(twin).await.expect("an answer");
    assert_eq!(known, Begun::Known { job: Box::new(job.clone()), fingerprint: print });
    // A second end of the same upload is stale.
    let applied = bench.store.complete(id, input, Lane::Bulk, print).await;
    assert_eq!(stale(applied.expect("an answer")), job);
    let errands = bench.store.take_outbox(9).await.expect("errands");
    assert!(matches!(errands[..], [store::Outgoing { errand: Errand::Publish { .. }, .. }]));
}

pub(crate) async fn an_upload_that_is_silent_expires_and_frees_its_key(over: Over) {
    let bench = over.relayed().await;
    let upload = upload(Some("k"));
    let id = upload.id;
    bench.store.begin(upload).await.expect("an answer");
    bench.at(500);
    assert!(bench.store.touch(id).await.expect("an answer"));
    bench.at(1000);
    assert_eq!(bench.store.sweep(&Keep::default(), 500).await.expect("a sweep").rows, 0);
    bench.at(1101);
    assert_eq!(bench.store.sweep(&Keep::default(), 500).await.expect("a sweep").rows, 1);
    assert_eq!(bench.get(id).await.life.state, State::Expired);
    assert!(!bench.store.touch(id).await.expect("an answer"));
    let input = blob(id);
    let print = jobs::Digest::of(b"print");
    let applied = bench.store.complete(id, input, Lane::Bulk, print).await.expect("an answer");
    assert!(matches!(applied, Applied::Stale(_)));
    let errands = bench.store.take_outbox(9).await.expect("errands");
    let expected = Errand::DeleteBlobs { prefix: place::input(id) };
    assert_eq!(errands.into_iter().map(|row| row.errand).collect::<Vec<_>>(), [expected]);
    assert!(matches!(bench.store.accept(keyed("k")).await, Ok(Accepted::New(_))));
    assert!(matches!(bench.apply(id, Event::Abandoned).await, Applied::Stale(_)));
}

pub(crate) async fn a_silent_upload_loses_its_key_to_whoever_asks_for_it(over: Over) {
    let bench = over.relayed().await;
    let first = upload(Some("k"));
    let id = first.id;
    bench.store.begin(first).await.expect("an answer");
    bench.at(25);
    assert!(bench.store.touch(id).await.expect("an answer"));
    bench.at(50);
    let second = upload(Some("k"));
    assert_eq!(bench.store.begin(second.clone()).await.expect("an answer"), Begun::InProgress);
    assert_eq!(bench.store.accept(keyed("k")).await.expect("an answer"), Accepted::InProgress);
    // Its gateway has died: nothing has come for half a minute.
    bench.at(56);
    assert_eq!(bench.store.begin(second.clone()).await.expect("an answer"), Begun::New);
    assert_eq!(bench.get(id).await.life.state, State::Expired);
    assert_eq!(bench.get(second.id).await.life.state, State::Receiving);
    // Its gateway was only slow, and hears that it is too late.
    assert!(!bench.store.touch(id).await.expect("an answer"));
    let complete = async |id| {
        let print = jobs::Digest::of(b"print");
        bench.store.complete(id, blob(id), Lane::Bulk, print).await.expect("an answer")
    };
    assert!(matches!(complete(id).await, Applied::Stale(_)));
    done(complete(second.id).await);
    let known = bench.store.begin(upload(Some("k"))).await.expect("an answer");
    let Begun::Known { job, .. } = known else { panic!("{known:?}") };
    assert_eq!(job.id, second.id);
    // An input that is short enough to come with its job takes such a key, too.
    bench.store.begin(upload(Some("short"))).await.expect("an answer");
    bench.at(90);
    assert!(matches!(bench.store.accept(keyed("short")).await, Ok(Accepted::New(_))));
}

pub(crate) async fn ten_that_ask_for_the_key_of_a_silent_upload_are_given_it_once(over: Over) {
    let bench = over.relayed().await;
    bench.store.begin(upload(Some("k"))).await.expect("an answer");
    bench.at(31);
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let store = bench.store.clone();
            tokio::spawn(async move { store.begin(upload(Some("k"))).await.expect("an answer") })
        })
        .collect();
    let mut new = 0;
    for task in tasks {
        match task.await.expect("a task") {
            Begun::New => new += 1,
            begun => assert_eq!(begun, Begun::InProgress),
        }
    }
    assert_eq!(new, 1);
}
