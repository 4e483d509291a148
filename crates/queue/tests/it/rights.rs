//! The users of a broker can do what `service.md` section 5.4 says and nothing else (target S17).

use std::future::Future;

use futures_util::StreamExt;
use jobs::Lane;
use jobs::message::Command;
use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions,
};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use queue::topology::{Rights, Topology};
use queue::{Broker, Queue, Rabbit, Settings, Settle};
use servers::RabbitMq;

use crate::support::{DEADLINE, end, job, next, no_arguments, settings, until, within};

/// Users with the rights of section 5.4 for this prefix.
fn users(prefix: &str) {
    let node = RabbitMq::shared();
    let topology = Topology::new(prefix);
    let producer = topology.producer(&format!("{prefix}-producer"));
    for mut rights in topology.roles() {
        rights.user = format!("{prefix}-{}", rights.user);
        admit(node, &rights);
    }
    admit(node, &producer);
}

fn admit(node: &RabbitMq, rights: &Rights) {
    let Rights { user, configure, write, read, tags } = rights;
    node.ctl(&["add_user", user, "word"]);
    node.ctl(&["set_permissions", "-p", "/", user, configure, write, read]);
    for tag in *tags {
        node.ctl(&["set_user_tags", user, tag]);
    }
}

fn as_user(settings: &Settings, user: &str) -> (Settings, String) {
    let node = RabbitMq::shared();
    let url = node.url_for(&format!("{}-{user}", settings.prefix), "word", node.port());
    (Settings { url: Some(url.clone().into()), ..settings.clone() }, url)
}

/// One attempt on a channel of its own: the code with which it was refused, if it was.
async fn attempt<F: Future<Output = lapin::Result<()>>>(
    connection: &Connection,
    act: impl FnOnce(Channel) -> F,
) -> Option<u16> {
    let channel = connection.create_channel().await.expect("a channel");
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    match within(DEADLINE, act(channel)).await {
        Ok(()) => None,
        Err(error) => match error.kind() {
            lapin::ErrorKind::ProtocolError(error) => Some(error.get_id()),
            other => panic!("{other:?}"),
        },
    }
}

async fn publish(
    channel: Channel,
    exchange: String,
    key: &str,
    properties: BasicProperties,
) -> lapin::Result<()> {
    channel
        .basic_publish(
            exchange.as_str().into(),
            key.into(),
            BasicPublishOptions::default(),
            b"{}",
            properties,
        )
        .await?
        .await?;
    Ok(())
}

async fn consume(channel: Channel, queue: String) -> lapin::Result<()> {
    let options = BasicConsumeOptions::default();
    channel.basic_consume(queue.as_str().into(), "".into(), options, no_arguments()).await?;
    Ok(())
}

async fn declare(channel: Channel, queue: String) -> lapin::Result<()> {
    let options = QueueDeclareOptions { exclusive: true, ..Default::default() };
    channel.queue_declare(queue.as_str().into(), options, no_arguments()).await?;
    Ok(())
}

/// Lets a queue that a user may have take what others publish.
async fn overhear(channel: Channel, own: String, exchange: String) -> lapin::Result<()> {
    let options = QueueDeclareOptions { exclusive: true, ..Default::default() };
    channel.queue_declare(own.as_str().into(), options, no_arguments()).await?;
    let (own, exchange) = (own.as_str().into(), exchange.as_str().into());
    channel.queue_bind(own, exchange, "#".into(), QueueBindOptions::default(), no_arguments()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_user_has_the_rights_of_its_role_and_no_other() {
    let settings = settings();
    tokio::task::block_in_place(|| users(&settings.prefix));

    what_they_do_works(&settings).await;
    keepers_stay_within_their_prefix(&settings).await;
    workers_do_nothing_else(&settings).await;
    producers_do_nothing_else(&settings).await;
    metrics_do_nothing(&settings).await;
}

async fn what_they_do_works(settings: &Settings) {
    let (keepers, _) = as_user(settings, "keeper");
    let broker = Broker::open(&keepers, "keeper").expect("settings");
    within(DEADLINE, broker.ready()).await.expect("the keeper declares");
    let (workers, _) = as_user(settings, "worker");
    let worker = Rabbit::open(&workers, "worker").expect("settings");
    within(DEADLINE, worker.ready()).await.expect("the worker finds everything");
    let (mut jobs, mut commands) = (worker.jobs(Lane::Bulk, 1), worker.commands());
    let mut results = broker.finished();
    until(DEADLINE, || async { worker.check().await.is_ok() }).await;
    let message = job(Lane::Bulk);
    broker.publish(&message, 0).await.expect("it is published");
    let delivery = next(&mut jobs).await;
    let command = Command::Cancel { job: message.job, attempt: 1 };
    broker.cancel(&command).await.expect("it is sent");
    assert_eq!(next(&mut commands).await, command);
    worker.report(&end(message.job, 1)).await.expect("it is heard");
    assert!(delivery.settle.done().await);
    let received = next(&mut results).await;
    assert!(received.settle.done().await);

    worker.close().await;
    broker.close().await;
    assert!(within(DEADLINE, jobs.next()).await.is_none());
}

const REFUSED: Option<u16> = Some(403);

async fn connect(settings: &Settings, user: &str) -> Connection {
    let (_, url) = as_user(settings, user);
    let connection = Connection::connect(&url, ConnectionProperties::default());
    within(DEADLINE, connection).await.expect("a connection")
}

fn plain() -> BasicProperties {
    BasicProperties::default()
}

/// A broker may be shared with others, and with a service whose prefix begins alike.
async fn keepers_stay_within_their_prefix(settings: &Settings) {
    let connection = connect(settings, "keeper").await;
    for exchange in ["amq.direct".to_owned(), format!("{}x.jobs", settings.prefix)] {
        let act = |channel| publish(channel, exchange.clone(), "bulk", plain());
        assert_eq!(attempt(&connection, act).await, REFUSED, "a keeper publishes to {exchange}");
    }
    for queue in ["orders".to_owned(), format!("{}x.jobs.bulk.v1", settings.prefix)] {
        let act = |channel| consume(channel, queue.clone());
        assert_eq!(attempt(&connection, act).await, REFUSED, "a keeper reads {queue}");
        let act = |channel| declare(channel, queue.clone());
        assert_eq!(attempt(&connection, act).await, REFUSED, "a keeper declares {queue}");
    }
    connection.close(200, "done".into()).await.expect("it closes");
}

async fn workers_do_nothing_else(settings: &Settings) {
    let name = |name: &str| format!("{}.{name}", settings.prefix);
    let connection = connect(settings, "worker").await;
    for (exchange, key) in [
        (name("jobs"), "bulk"),
        (name("retry.1s"), "bulk"),
        (name("control"), ""),
        (name("intake"), "submit"),
        (name("dead"), "parked"),
        (String::new(), "anybody"),
    ] {
        let act = |channel| publish(channel, exchange.clone(), key, plain());
        assert_eq!(attempt(&connection, act).await, REFUSED, "a worker publishes to {exchange}");
    }
    for queue in ["results.v1", "progress.v1", "intake.v1", "dead.v1", "parked.v1", "retry.1s.v1"] {
        let act = |channel| consume(channel, name(queue));
        assert_eq!(attempt(&connection, act).await, REFUSED, "a worker reads {queue}");
    }
    let act = |channel| declare(channel, name("jobs.bulk.v2"));
    assert_eq!(attempt(&connection, act).await, REFUSED, "a worker declares a queue");
    let exchange = name("more");
    let act = |channel: Channel| async move {
        let options = ExchangeDeclareOptions::default();
        let kind = ExchangeKind::Direct;
        channel.exchange_declare(exchange.as_str().into(), kind, options, no_arguments()).await
    };
    assert_eq!(attempt(&connection, act).await, REFUSED, "a worker declares an exchange");
    for exchange in ["results", "jobs", "intake", "progress", "dead"] {
        let act = |channel| overhear(channel, name("control.w.thief"), name(exchange));
        assert_eq!(attempt(&connection, act).await, REFUSED, "a worker overhears {exchange}");
    }
    connection.close(200, "done".into()).await.expect("it closes");
}

async fn producers_do_nothing_else(settings: &Settings) {
    let name = |name: &str| format!("{}.{name}", settings.prefix);
    let connection = connect(settings, "producer").await;
    let user = format!("{}-producer", settings.prefix);
    let own = plain().with_user_id(user.as_str().into());
    let act = |channel| publish(channel, name("intake"), "submit", own);
    assert_eq!(attempt(&connection, act).await, None, "a producer submits");
    let act = |channel| declare(channel, name(&format!("reply.{user}.results")));
    assert_eq!(attempt(&connection, act).await, None, "a producer has a queue for replies");
    let forged = plain().with_user_id("somebody".into());
    let act = |channel| publish(channel, name("intake"), "submit", forged);
    assert_eq!(attempt(&connection, act).await, Some(406), "a producer speaks for somebody else");
    for (exchange, key) in
        [(name("jobs"), "bulk"), (name("results"), "finished"), (String::new(), "anybody")]
    {
        let act = |channel| publish(channel, exchange.clone(), key, plain());
        assert_eq!(attempt(&connection, act).await, REFUSED, "a producer publishes to {exchange}");
    }
    for queue in ["intake.v1", "results.v1", "parked.v1"] {
        let act = |channel| consume(channel, name(queue));
        assert_eq!(attempt(&connection, act).await, REFUSED, "a producer reads {queue}");
    }
    let act = |channel| declare(channel, name("reply.somebody.results"));
    assert_eq!(attempt(&connection, act).await, REFUSED, "a producer takes another's queue");
    connection.close(200, "done".into()).await.expect("it closes");
}

async fn metrics_do_nothing(settings: &Settings) {
    let name = |name: &str| format!("{}.{name}", settings.prefix);
    let connection = connect(settings, "metrics").await;
    let act = |channel| consume(channel, name("results.v1"));
    assert_eq!(attempt(&connection, act).await, REFUSED, "metrics read results");
    let act = |channel| publish(channel, name("jobs"), "bulk", plain());
    assert_eq!(attempt(&connection, act).await, REFUSED, "metrics publish");
    let act = |channel| declare(channel, name("metrics"));
    assert_eq!(attempt(&connection, act).await, REFUSED, "metrics declare");
    connection.close(200, "done".into()).await.expect("it closes");
}
