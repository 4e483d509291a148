//! What heals while the broker stands (`service.md` target R4).

use std::time::Duration;

use jobs::message::{Beat, WorkerEvent};
use jobs::{Lane, RunId};
use lapin::options::ExchangeDeleteOptions;
use queue::{Queue, QueueError, Settle};
use secrecy::ExposeSecret;
use servers::{RabbitMq, Relay, Traffic};

use crate::support::{
    DEADLINE, HEALED, behind, broker, delete_queue, end, job, next, rabbit, settings, settings_at,
    until, within,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_queue_is_declared_and_consumed_again() {
    let settings = settings();
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let mut jobs = worker.jobs(Lane::Bulk, 1);
    let mut results = broker.finished();
    let mut beats = broker.beats();
    until(DEADLINE, || async { worker.check().await.is_ok() && broker.check().is_ok() }).await;
    for queue in ["jobs.bulk.v1", "results.v1", "progress.v1"] {
        delete_queue(&settings, queue).await;
    }
    until(HEALED, || async { broker.publish(&job(Lane::Bulk), 0).await.is_ok() }).await;
    let delivery = within(HEALED, next(&mut jobs)).await;
    let finished = end(delivery.message.job, 1);
    until(HEALED, || async { worker.report(&finished).await.is_ok() }).await;
    assert!(delivery.settle.done().await);
    let received = within(HEALED, next(&mut results)).await;
    assert_eq!(received.content.expect("an end").job, delivery.message.job);
    assert!(received.settle.done().await);
    until(HEALED, || async { broker.check().is_ok() }).await;
    let beat = Beat {
        job: delivery.message.job,
        attempt: 1,
        run: RunId::from_bits(1),
        beat: 1,
        records: 0,
        bytes: 0,
        total_bytes: 0,
    };
    // A beat may be lost while nobody listens; another follows.
    let telling = async {
        loop {
            drop(worker.report(&WorkerEvent::Beat(beat)).await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let heard = tokio::select! {
        heard = within(HEALED, next(&mut beats)) => heard,
        () = telling => unreachable!("there is always another beat"),
    };
    assert_eq!(heard, beat);
    worker.close().await;
    broker.close().await;
}

/// Nobody publishes or consumes them, and the keeper alone may declare them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_queues_that_nobody_uses_are_declared_again() {
    let settings = settings();
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let mut jobs = worker.jobs(Lane::Interactive, 1);
    until(DEADLINE, || async { worker.check().await.is_ok() }).await;
    for queue in ["jobs.interactive.v1", "parked.v1", "retry.1s.v1"] {
        delete_queue(&settings, queue).await;
    }
    until(HEALED, || async { broker.parked().await.is_ok() }).await;
    until(HEALED, || async { worker.check().await.is_ok() }).await;
    broker.publish(&job(Lane::Interactive), 1).await.expect("it waits");
    assert!(within(HEALED, next(&mut jobs)).await.settle.done().await);
    worker.close().await;
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exception_of_the_publishing_channel_heals() {
    let settings = settings();
    let broker = broker(&settings).await;
    let url = settings.url.as_ref().expect("an address").expose_secret();
    let (connection, channel) = behind(url).await;
    let exchange = format!("{}.retry.1s", settings.prefix);
    channel
        .exchange_delete(exchange.as_str().into(), ExchangeDeleteOptions::default())
        .await
        .expect("it is deleted");
    // No such exchange: the broker closes the channel.
    let lost = broker.publish(&job(Lane::Bulk), 1).await;
    assert!(matches!(lost, Err(QueueError::Unavailable(_))), "{lost:?}");
    until(HEALED, || async { broker.publish(&job(Lane::Bulk), 1).await.is_ok() }).await;
    connection.close(200, "done".into()).await.expect("it closes");
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_reset_or_refused_heal() {
    let relay = Relay::to(RabbitMq::shared().port());
    let settings = settings_at(RabbitMq::shared().url_for("guest", "guest", relay.port()));
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let mut jobs = worker.jobs(Lane::Bulk, 1);
    for traffic in [Traffic::Reset, Traffic::Refuse, Traffic::Cut(10_000)] {
        until(HEALED, || async { worker.check().await.is_ok() }).await;
        relay.set(traffic);
        // Whatever is sent or awaited, it ends.
        for _ in 0..40 {
            let sent = within(DEADLINE, broker.publish(&job(Lane::Bulk), 0)).await;
            if sent.is_err() {
                break;
            }
        }
        relay.set(Traffic::Pass);
        let last = job(Lane::Bulk);
        until(HEALED, || async { broker.publish(&last, 0).await.is_ok() }).await;
        loop {
            let delivery = within(HEALED, next(&mut jobs)).await;
            let is_last = delivery.message.job == last.job;
            if delivery.settle.done().await && is_last {
                break;
            }
        }
    }
    worker.close().await;
    broker.close().await;
}

/// The network is half open (R10): only heartbeats can tell.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_open_network_is_noticed_and_loses_no_job() {
    let relay = Relay::to(RabbitMq::shared().port());
    let mut far = settings_at(RabbitMq::shared().url_for("guest", "guest", relay.port()));
    far.heartbeat_seconds = 1;
    far.confirm_seconds = 2;
    let broker =
        broker(&queue::Settings { url: Some(RabbitMq::shared().url().into()), ..far.clone() })
            .await;
    let worker = rabbit(&far).await;
    let mut jobs = worker.jobs(Lane::Bulk, 1);
    let message = job(Lane::Bulk);
    broker.publish(&message, 0).await.expect("it is published");
    let delivery = next(&mut jobs).await;
    relay.set(Traffic::Drop);
    let lost = worker.report(&end(message.job, 1)).await;
    assert!(matches!(lost, Err(QueueError::Timeout | QueueError::Unavailable(_))), "{lost:?}");
    // Twice the heartbeat, and a look every second. A connection that has not noticed would outlive
    // the fault.
    until(Duration::from_secs(10), || async {
        let fault = worker.check().await.err().unwrap_or_default();
        fault.contains("to publish") && fault.contains("to consume")
    })
    .await;
    relay.set(Traffic::Pass);
    until(HEALED, || async { worker.check().await.is_ok() }).await;
    assert!(!delivery.settle.done().await, "its connection is gone");
    let again = within(HEALED, next(&mut jobs)).await;
    assert_eq!((again.message.job, again.redeliveries), (message.job, 1));
    worker.report(&end(message.job, 1)).await.expect("it is heard");
    assert!(again.settle.done().await);
    worker.close().await;
    broker.close().await;
}
