//! The same over a real RabbitMQ.

use std::collections::HashMap;
use std::time::Duration;

use blobs::Blobs;
use futures_util::StreamExt;
use jobs::message::WorkerEvent;
use jobs::{JobId, Lane, Outcome};
use queue::topology::Topology;
use queue::{Queue, Rabbit, Settle};
use servers::RabbitMq;
use store::{Accepted, JobStore, Store, StoreOptions};

use crate::house::{Keeper, eventually, finished, new_job, settings};

/// Jobs that wait when their messages are lost.
const JOBS: u64 = 1_000;

/// R6, and the whole way of a job: outbox, broker, worker, broker, store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_whose_messages_were_lost_are_done_all_the_same() {
    let node = tokio::task::spawn_blocking(RabbitMq::shared).await.expect("a node");
    let prefix = format!("keeper{}", std::process::id());
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
    let settings = keeper::Settings { prefix: prefix.clone(), ..settings() };
    let keeper = Keeper::start(&store, Some(broker.clone()), &Blobs::memory(), settings);

    let mut ids: Vec<JobId> = Vec::new();
    for _ in 0..JOBS {
        let Accepted::New(job) = store.accept(new_job()).await.expect("an answer") else {
            panic!("it is new")
        };
        ids.push(job.id);
    }
    let is_full = || async { broker.depth(Lane::Bulk).await.is_ok_and(|depth| depth == JOBS) };
    eventually("all messages", is_full).await;
    // A backlog that nobody takes is looked at three times and more, and nothing comes to it.
    let idle = std::time::Instant::now();
    while idle.elapsed() < Duration::from_secs(4) {
        let depth = broker.depth(Lane::Bulk).await.expect("an answer");
        assert_eq!(depth, JOBS, "an idle backlog was published again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let queue = Topology::new(&prefix).lane(Lane::Bulk);
    tokio::task::spawn_blocking(move || node.ctl(&["purge_queue", &queue])).await.expect("a purge");
    let purged = std::time::Instant::now();
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
