//! What the tests share: one broker, names of their own, jobs, and waiting with a deadline.

use std::future::Future;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use jobs::message::{Finished, JobLimits, JobMessage, MessageInput, Product, WorkerEvent};
use jobs::{Asked, Body, Digest, JobId, Lane, Outcome, RunId, place};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use queue::{Broker, Rabbit, Settings};
use servers::RabbitMq;

/// Longer than anything takes, on a busy machine too.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);
/// In which something would have come that must not come.
pub(crate) const MOMENT: Duration = Duration::from_millis(300);
/// In which everything is to be well again after a fault (R4), on a busy machine.
pub(crate) const HEALED: Duration = Duration::from_secs(20);

/// Settings for the shared broker, with a prefix that no other test has.
pub(crate) fn settings() -> Settings {
    settings_at(RabbitMq::shared().url())
}

pub(crate) fn settings_at(url: String) -> Settings {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Settings { url: Some(url.into()), prefix: format!("t{count}"), ..Settings::default() }
}

/// The keeper's side, with everything declared.
pub(crate) async fn broker(settings: &Settings) -> Broker {
    broker_of(settings, "keeper").await
}

/// The same in a process with a role of its own, whose metrics are no other's.
pub(crate) async fn broker_of(settings: &Settings, role: &str) -> Broker {
    let broker = Broker::open(settings, role).expect("settings");
    within(DEADLINE, broker.ready()).await.expect("a broker");
    broker
}

/// A worker's side.
pub(crate) async fn rabbit(settings: &Settings) -> Rabbit {
    let rabbit = Rabbit::open(settings, "worker").expect("settings");
    within(DEADLINE, rabbit.ready()).await.expect("a broker");
    rabbit
}

/// A channel that belongs to nobody, for whatever the tests do behind everybody's back.
pub(crate) async fn behind(url: &str) -> (Connection, Channel) {
    let connection = Connection::connect(url, ConnectionProperties::default());
    let connection = within(DEADLINE, connection).await.expect("a connection");
    let channel = connection.create_channel().await.expect("a channel");
    (connection, channel)
}

/// Removes a queue behind everybody's back.
pub(crate) async fn delete_queue(settings: &Settings, name: &str) {
    use secrecy::ExposeSecret;
    let url = settings.url.as_ref().expect("an address").expose_secret();
    let (connection, channel) = behind(url).await;
    let name = format!("{}.{name}", settings.prefix);
    let options = lapin::options::QueueDeleteOptions::default();
    channel.queue_delete(name.as_str().into(), options).await.expect("it is deleted");
    connection.close(200, "done".into()).await.expect("it closes");
}

pub(crate) fn job(lane: Lane) -> JobMessage {
    let job = JobId::new();
    let bytes = b"<PubmedArticleSet/>".to_vec();
    JobMessage {
        job,
        attempt: 1,
        lane,
        input: MessageInput {
            bytes: bytes.len() as u64,
            sha256: Digest::of(&bytes),
            body: Body::Inline(bytes.into()),
            kind: None,
            coding: None,
        },
        asked: Asked::default(),
        limits: JobLimits::default(),
        output: place::output(job),
        republished: false,
        trace: None,
    }
}

pub(crate) fn finished(job: JobId, attempt: u32) -> Finished {
    Finished {
        job,
        attempt,
        run: RunId::from_bits(7),
        worker: "w-test".to_owned(),
        outcome: Outcome::Failed {
            problem: jobs::Problem::new(jobs::ProblemCode::NoRecords, "there are none"),
        },
        started_at: jiff::Timestamp::UNIX_EPOCH,
        finished_at: jiff::Timestamp::UNIX_EPOCH,
        product: Product::default(),
        trace: None,
    }
}

pub(crate) fn end(job: JobId, attempt: u32) -> WorkerEvent {
    WorkerEvent::Finished(Box::new(finished(job, attempt)))
}

/// Waits for something, and fails when it does not come.
pub(crate) async fn within<T>(deadline: Duration, what: impl Future<Output = T>) -> T {
    tokio::time::timeout(deadline, what).await.expect("it comes in time")
}

/// The next of a stream.
pub(crate) async fn next<T>(stream: &mut (impl Stream<Item = T> + Unpin)) -> T {
    within(DEADLINE, stream.next()).await.expect("the stream goes on")
}

/// Nothing comes for a moment.
pub(crate) async fn nothing<T>(stream: &mut (impl Stream<Item = T> + Unpin)) {
    let came = tokio::time::timeout(MOMENT, stream.next()).await;
    assert!(came.is_err(), "nothing should come");
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(deadline: Duration, is_so: impl Fn() -> F) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(deadline, waiting).await;
}

/// What a metric says now; none before it was first written.
pub(crate) fn metric(name: &str, label: &str, value: &str) -> Option<f64> {
    let begin = format!("{name}{{{label}=\"{value}\"}} ");
    let page = METRICS.render();
    page.lines().find_map(|line| line.strip_prefix(&begin)?.parse().ok())
}

static METRICS: LazyLock<PrometheusHandle> =
    LazyLock::new(|| PrometheusBuilder::new().install_recorder().expect("no other recorder"));

/// Writes metrics from now on.
pub(crate) fn measure() {
    LazyLock::force(&METRICS);
}

/// No entries of a table.
pub(crate) fn no_arguments() -> FieldTable {
    FieldTable::default()
}
