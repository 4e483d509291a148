//! What heals when the broker itself suffers (`service.md` targets R3 and R4).

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use jobs::Lane;
use queue::{Queue, QueueError, Settle};
use servers::RabbitMq;
use tokio::sync::{Mutex, MutexGuard};

use crate::support::{
    DEADLINE, HEALED, broker, broker_of, end, job, measure, metric, next, rabbit, settings_at,
    until, within,
};

/// A node for tests that harm it, one after another.
async fn rough() -> (&'static RabbitMq, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::const_new(());
    static NODE: OnceLock<RabbitMq> = OnceLock::new();
    let turn = TURN.lock().await;
    (tokio::task::block_in_place(|| NODE.get_or_init(RabbitMq::start)), turn)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_loses_nothing_that_was_confirmed() {
    let (node, _turn) = rough().await;
    measure();
    let settings = settings_at(node.url());
    let broker = broker_of(&settings, "killed").await;
    let connected = || metric("refmill_amqp_connected", "role", "killed");
    assert_eq!(connected(), Some(1.0));
    let worker = rabbit(&settings).await;
    // Queues that have just been declared do not survive a crash (section 12.3).
    tokio::task::block_in_place(|| node.restart());
    let mut jobs = worker.jobs(Lane::Bulk, 8);
    until(HEALED, || async { worker.check().await.is_ok() && broker.check().is_ok() }).await;
    let mut confirmed = Vec::new();
    for _ in 0..50 {
        let message = job(Lane::Bulk);
        broker.publish(&message, 0).await.expect("it is published");
        confirmed.push(message.job);
    }
    let held = next(&mut jobs).await;
    tokio::task::block_in_place(|| node.kill());
    let lost = within(DEADLINE, broker.publish(&job(Lane::Interactive), 0)).await;
    assert!(matches!(lost, Err(QueueError::Timeout | QueueError::Unavailable(_))), "{lost:?}");
    worker.check().await.expect_err("it is not ready");
    until(HEALED, || async { connected() == Some(0.0) }).await;
    tokio::task::block_in_place(|| node.restart());
    let ready = Instant::now();
    until(DEADLINE, || async { broker.publish(&job(Lane::Interactive), 0).await.is_ok() }).await;
    let published = ready.elapsed();
    until(DEADLINE, || async { worker.check().await.is_ok() }).await;
    let mut delivery = within(DEADLINE, next(&mut jobs)).await;
    let consumed = ready.elapsed();
    eprintln!("published {published:.1?} after the node was ready, consumed after {consumed:.1?}");
    // R3.
    assert!(consumed < Duration::from_secs(5), "{consumed:?}");
    until(HEALED, || async { connected() == Some(1.0) }).await;
    assert!(metric("refmill_amqp_rebuilds_total", "role", "killed") > Some(0.0));
    assert!(!held.settle.done().await, "it was delivered by a broker that is gone");
    loop {
        confirmed.retain(|job| *job != delivery.message.job);
        worker.report(&end(delivery.message.job, 1)).await.expect("it is heard");
        delivery.settle.done().await;
        if confirmed.is_empty() {
            break;
        }
        delivery = within(HEALED, next(&mut jobs)).await;
    }
    worker.close().await;
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_connection_waits_and_goes_on() {
    let (node, _turn) = rough().await;
    measure();
    let mut settings = settings_at(node.url());
    settings.confirm_seconds = 2;
    let broker = broker_of(&settings, "blocked").await;
    let blocked = || metric("refmill_amqp_blocked", "role", "blocked");
    assert_eq!(blocked(), Some(0.0));
    let worker = rabbit(&settings).await;
    let mut jobs = worker.jobs(Lane::Bulk, 1);
    broker.publish(&job(Lane::Bulk), 0).await.expect("it is published");
    let limit = |limit: &'static str| {
        tokio::task::block_in_place(|| {
            node.ctl(&["set_vm_memory_high_watermark", "absolute", limit])
        });
    };
    limit("1MB");
    // The broker says so when something is published.
    until(HEALED, || async { broker.publish(&job(Lane::Bulk), 0).await.is_err() }).await;
    let fault = broker.check().expect_err("it is not ready");
    assert!(fault.contains("blocked"), "{fault}");
    assert_eq!(blocked(), Some(1.0));
    // What is consumed goes on.
    let delivery = within(HEALED, next(&mut jobs)).await;
    let timed_out = broker.publish(&job(Lane::Bulk), 0).await;
    assert!(matches!(timed_out, Err(QueueError::Timeout)), "{timed_out:?}");
    limit("1GB");
    until(HEALED, || async { broker.publish(&job(Lane::Bulk), 0).await.is_ok() }).await;
    until(HEALED, || async { broker.check().is_ok() }).await;
    assert_eq!(blocked(), Some(0.0));
    assert_eq!(metric("refmill_amqp_rebuilds_total", "role", "blocked"), None);
    for result in ["confirmed", "timeout"] {
        assert!(metric("refmill_amqp_publish_total", "result", result) > Some(0.0), "{result}");
    }
    assert!(delivery.settle.done().await, "the consumer was not disturbed");
    worker.close().await;
    broker.close().await;
}

/// The broker closes the channel of whoever holds a delivery for too long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exception_of_the_consuming_channel_heals() {
    let (node, _turn) = rough().await;
    let settings = settings_at(node.url());
    let evaluate = |what: &str| {
        tokio::task::block_in_place(|| node.ctl(&["eval", what]));
    };
    evaluate("application:set_env(rabbit, channel_tick_interval, 500).");
    evaluate("application:set_env(rabbit, consumer_timeout, 1000).");
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let mut jobs = worker.jobs(Lane::Bulk, 1);
    let message = job(Lane::Bulk);
    broker.publish(&message, 0).await.expect("it is published");
    let held = next(&mut jobs).await;
    let again = within(HEALED, jobs.next()).await.expect("the stream goes on");
    assert_eq!((again.message.job, again.redeliveries), (message.job, 1));
    assert!(!held.settle.done().await, "its channel is gone");
    assert!(again.settle.done().await);
    evaluate("application:set_env(rabbit, consumer_timeout, 1800000).");
    worker.close().await;
    broker.close().await;
}
