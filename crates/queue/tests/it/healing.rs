//! What heals while the broker stands (`service.md` target R4).

use jobs::Lane;
use lapin::options::ExchangeDeleteOptions;
use queue::{Queue, QueueError, Settle};
use secrecy::ExposeSecret;
use servers::{RabbitMq, Relay, Traffic};

use crate::support::{
    DEADLINE, HEALED, behind, broker, job, next, rabbit, settings, settings_at, until, within,
};

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
