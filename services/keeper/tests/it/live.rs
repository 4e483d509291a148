//! The same over a real RabbitMQ.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use blobs::Blobs;
use futures_util::{StreamExt, stream};
use jobs::message::WorkerEvent;
use jobs::{JobId, Lane, Outcome};
use queue::topology::Topology;
use queue::{Queue, Rabbit, Settle};
use servers::RabbitMq;
use store::{Accepted, JobStore, Store, StoreOptions};

use crate::house::{Keeper, eventually, finished, new_job, settings};

/// Jobs that wait for somebody to take them.
const BACKLOG: u64 = 10_000;

/// Jobs that wait when their messages are lost.
const JOBS: u64 = 1_000;

/// A keeper over a real broker.
struct Live {
    node: &'static RabbitMq,
    amqp: queue::Settings,
    store: Store,
    broker: queue::Broker,
    keeper: Keeper,
    folder: tempfile::TempDir,
}

impl Live {
    /// Starts one under a name of its own.
    async fn start(name: &str, settings: keeper::Settings) -> Self {
        let node = tokio::task::spawn_blocking(RabbitMq::shared).await.expect("a node");
        let prefix = format!("keeper{}{name}", std::process::id());
        let amqp = queue::Settings {
            url: Some(node.url().into()),
            prefix: prefix.clone(),
            ..queue::Settings::default()
        };
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions { relays: true, ..StoreOptions::embedded(folder.path()) };
        let store = Store::open(&options).await.expect("a store");
        let broker = queue::Broker::open(&amqp, "keeper").expect("settings");
        broker.ready().await.expect("a broker");
        let settings = keeper::Settings { prefix, ..settings };
        let keeper = Keeper::start(&store, Some(broker.clone()), &Blobs::memory(), settings);
        Self { node, amqp, store, broker, keeper, folder }
    }
}

/// R6: whatever is looked at ten times and more, nothing comes to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_backlog_of_ten_thousand_is_not_published_again() {
    let Live { store, broker, keeper, folder: _kept, .. } = Live::start("idle", settings()).await;
    let accepting = stream::iter(0..BACKLOG).map(|_| store.accept(new_job()));
    accepting
        .buffer_unordered(500)
        .for_each(async |accepted| assert!(matches!(accepted, Ok(Accepted::New(_)))))
        .await;
    let depth = || async { broker.depth(Lane::Bulk).await.expect("an answer") };
    let begun = Instant::now();
    while depth().await < BACKLOG {
        assert!(begun.elapsed() < Duration::from_mins(1), "{} of {BACKLOG}", depth().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // One look in each second, and time for it.
    let idle = Instant::now();
    while idle.elapsed() < Duration::from_secs(13) {
        assert_eq!(depth().await, BACKLOG, "an idle backlog was published again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let backlog = store.backlog(None).await.expect("an answer");
    assert!(backlog.outbox.iter().all(|(_, count)| *count == 0), "{backlog:?}");
    assert_eq!(backlog.queued, BACKLOG);
    let took = idle.duration_since(begun);
    eprintln!("{BACKLOG} were on the broker {took:.1?} after they were accepted");
    keeper.stop().await;
    broker.close().await;
}

/// R6, and the whole way of a job: outbox, broker, worker, broker, store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_whose_messages_were_lost_are_done_all_the_same() {
    let Live { node, amqp, store, broker, keeper, folder: _kept } =
        Live::start("lost", settings()).await;
    let mut ids: Vec<JobId> = Vec::new();
    for _ in 0..JOBS {
        let Accepted::New(job) = store.accept(new_job()).await.expect("an answer") else {
            panic!("it is new")
        };
        ids.push(job.id);
    }
    let is_full = || async { broker.depth(Lane::Bulk).await.is_ok_and(|depth| depth == JOBS) };
    eventually("all messages", is_full).await;
    let queue = Topology::new(&amqp.prefix).lane(Lane::Bulk);
    tokio::task::spawn_blocking(move || node.ctl(&["purge_queue", &queue])).await.expect("a purge");
    let purged = Instant::now();
    eventually("all messages again", is_full).await;
    // Five seconds, and twice that on a busy machine.
    assert!(purged.elapsed() < Duration::from_secs(10), "{:?}", purged.elapsed());

    let worker = Rabbit::open(&amqp, "worker").expect("settings");
    worker.ready().await.expect("a broker");
    let mut jobs = worker.jobs(Lane::Bulk, 8);
    let mut deliveries: HashMap<JobId, u32> = HashMap::new();
    while deliveries.len() < ids.len() {
        let next = tokio::time::timeout(Duration::from_secs(30), jobs.next()).await;
        let delivery = next.expect("it comes in time").expect("a delivery");
        let message = &delivery.message;
        *deliveries.entry(message.job).or_default() += 1;
        let event = finished(message.job, message.attempt, Outcome::Succeeded);
        let event = WorkerEvent::Finished(Box::new(event));
        worker.report(&event).await.expect("it is confirmed");
        assert!(delivery.settle.done().await);
    }
    assert!(deliveries.values().all(|count| *count == 1), "{deliveries:?}");
    for id in ids {
        eventually("its end", || async {
            let job = store.get(id, None).await.expect("an answer").expect("a job");
            job.life.state.name() == "succeeded"
        })
        .await;
    }
    keeper.stop().await;
    worker.close().await;
    broker.close().await;
}
