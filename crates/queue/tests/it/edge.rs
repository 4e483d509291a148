//! Messages of strangers, answers to them, and what nobody can read (`service.md` targets S16 and
//! R14).

use std::process::Stdio;

use futures_util::StreamExt;
use jobs::Lane;
use jobs::message::MessageKind;
use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Confirmation};
use queue::{Answer, Header, Queue, QueueError, RawMessage, Received, Settings, Settle, Submitted};
use secrecy::ExposeSecret;
use servers::RabbitMq;

use crate::support::{
    DEADLINE, behind, broker, end, job, next, nothing, rabbit, settings, until, within,
};

/// Publishes as a stranger, and waits for the confirm.
async fn submit(
    channel: &Channel,
    settings: &Settings,
    (exchange, key): (&str, &str),
    properties: BasicProperties,
    body: &[u8],
) {
    let exchange = format!("{}.{exchange}", settings.prefix);
    let options = BasicPublishOptions { mandatory: true, immediate: false };
    let confirm =
        channel.basic_publish(exchange.as_str().into(), key.into(), options, body, properties);
    let confirm = confirm.await.expect("it is sent").await.expect("it is confirmed");
    assert_eq!(confirm, Confirmation::Ack(None));
}

async fn stranger(settings: &Settings) -> Channel {
    let url = settings.url.as_ref().expect("an address").expose_secret();
    let (connection, channel) = behind(url).await;
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    // It lives as long as the channel.
    drop(connection);
    channel
}

/// The next parked message: its properties, its body and the reason.
async fn parked(channel: &Channel, settings: &Settings) -> (BasicProperties, Vec<u8>, String) {
    let name = format!("{}.parked.v1", settings.prefix);
    let getting = async {
        loop {
            let options = BasicGetOptions { no_ack: true };
            let got = channel.basic_get(name.as_str().into(), options).await.expect("an answer");
            if let Some(got) = got {
                break got.delivery;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let message = within(DEADLINE, getting).await;
    let headers = message.properties.headers().clone().expect("headers");
    let reason = match headers.inner().get("x-refmill-reason") {
        Some(AMQPValue::LongString(reason)) => String::from_utf8_lossy(reason.as_bytes()).into(),
        _ => String::new(),
    };
    (message.properties, message.data, reason)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn submissions_come_as_they_were_sent_and_can_wait() {
    let settings = settings();
    let broker = broker(&settings).await;
    let channel = stranger(&settings).await;
    broker.pause_intake(true);
    let mut intake = broker.intake();
    let mut headers = FieldTable::default();
    headers.insert("formats".into(), AMQPValue::LongString("ris,csl-json".into()));
    headers.insert("opt.abstracts".into(), AMQPValue::Boolean(false));
    headers.insert("opt.width".into(), AMQPValue::LongInt(80));
    headers.insert("list".into(), AMQPValue::FieldArray(Vec::new().into()));
    headers.insert("bytes".into(), AMQPValue::LongString(vec![0xff_u8, 0xfe].into()));
    let properties = BasicProperties::default()
        .with_content_type("application/xml".into())
        .with_content_encoding("gzip".into())
        .with_message_id("lab-1".into())
        .with_correlation_id("search".into())
        .with_reply_to("refmill.reply.lab".into())
        .with_user_id("guest".into())
        .with_headers(headers);
    submit(&channel, &settings, ("intake", "submit"), properties, b"<a/>").await;
    nothing(&mut intake).await;
    broker.pause_intake(false);
    let Submitted { message, redelivered, settle } = next(&mut intake).await;
    let text = |text: &str| Some(text.to_owned());
    let header = |name: &str, header| (name.to_owned(), header);
    let expected = RawMessage {
        content_type: text("application/xml"),
        content_encoding: text("gzip"),
        kind: None,
        message_id: text("lab-1"),
        correlation_id: text("search"),
        reply_to: text("refmill.reply.lab"),
        user_id: text("guest"),
        headers: [
            header("formats", Header::Text("ris,csl-json".to_owned())),
            header("opt.abstracts", Header::Bool(false)),
            header("opt.width", Header::Integer(80)),
            header("list", Header::Other),
            header("bytes", Header::Other),
        ]
        .into(),
        body: b"<a/>".to_vec(),
    };
    assert_eq!(message, expected);
    assert!(!redelivered);
    // A pause does not take back what has come.
    broker.pause_intake(true);
    assert!(settle.done().await);
    broker.pause_intake(false);
    nothing(&mut intake).await;

    // Refused for good: its copy is parked with everything but what a broker would act on.
    broker.park(&message, "the option opt.width is unknown").await.expect("it is parked");
    let (properties, body, reason) = parked(&channel, &settings).await;
    assert_eq!(reason, "the option opt.width is unknown");
    assert_eq!(body, b"<a/>");
    assert_eq!(properties.message_id().as_ref().map(ShortString::as_str), Some("lab-1"));
    let headers = properties.headers().clone().expect("headers");
    assert_eq!(headers.inner().get("opt.width"), Some(&AMQPValue::LongLongInt(80)));
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_read_is_parked_with_the_reason() {
    let settings = settings();
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let channel = stranger(&settings).await;
    let mut results = broker.finished();
    let mut dead = broker.dead();
    let mut jobs = worker.jobs(Lane::Bulk, 2);
    let hostile: [&[u8]; 4] =
        [b"", b"\xff\xfe{", b"{\"schema\":9}", b"{\"schema\":1,\"job_id\":1}"];
    for body in hostile {
        let properties = || BasicProperties::default().with_type("job.finished.v1".into());
        submit(&channel, &settings, ("results", "finished"), properties(), body).await;
        let Received { content, settle } = next(&mut results).await;
        let unread = content.expect_err("it cannot be read");
        assert_eq!(unread.message.body, body);
        broker.park(&unread.message, &unread.reason).await.expect("it is parked");
        assert!(settle.done().await);
        let (_, found, reason) = parked(&channel, &settings).await;
        assert_eq!((found.as_slice(), reason), (body, unread.reason));

        // What a worker cannot read, the keeper parks.
        submit(&channel, &settings, ("jobs", "bulk"), properties(), body).await;
        let Received { content, settle } = next(&mut dead).await;
        let unread = content.expect_err("it cannot be read");
        broker.park(&unread.message, &unread.reason).await.expect("it is parked");
        assert!(settle.done().await);
        let (_, found, reason) = parked(&channel, &settings).await;
        assert_eq!((found.as_slice(), reason), (body, unread.reason));
    }
    // Everything else goes on.
    let message = job(Lane::Bulk);
    broker.publish(&message, 0).await.expect("it is published");
    let delivery = next(&mut jobs).await;
    assert_eq!(delivery.message, message);
    assert!(delivery.settle.done().await);
    worker.close().await;
    broker.close().await;
}

/// A producer hears that the intake is full, and what was taken is all there (R14).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_intake_refuses_and_loses_nothing() {
    const ROOM: usize = 5;
    let settings = settings();
    let broker = broker(&settings).await;
    let channel = stranger(&settings).await;
    broker.pause_intake(true);
    let mut intake = broker.intake();
    let policy = |arguments: &[&str]| {
        tokio::task::block_in_place(|| RabbitMq::shared().ctl(arguments));
    };
    let (name, pattern) = (settings.prefix.clone(), format!("^{}\\.intake\\.v1$", settings.prefix));
    let limit = format!("{{\"max-length\":{ROOM}}}");
    policy(&["set_policy", "--apply-to", "queues", &name, &pattern, &limit]);
    let exchange = format!("{}.intake", settings.prefix);
    let publish = async |number: usize| {
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        let properties = BasicProperties::default().with_message_id(number.to_string().into());
        let body = number.to_string();
        let confirm = channel
            .basic_publish(
                exchange.as_str().into(),
                "submit".into(),
                options,
                body.as_bytes(),
                properties,
            )
            .await
            .expect("it is sent");
        confirm.await.expect("an answer")
    };
    // The broker counts a little late.
    let mut taken = Vec::new();
    for number in 0.. {
        assert!(number < 100 * ROOM, "it is never full");
        match publish(number).await {
            Confirmation::Ack(None) => taken.push(number.to_string()),
            Confirmation::Nack(_) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(taken.len() >= ROOM, "{taken:?}");
    broker.pause_intake(false);
    for number in &taken {
        let Submitted { message, settle, .. } = next(&mut intake).await;
        assert_eq!(message.message_id.as_ref(), Some(number));
        assert!(settle.done().await);
    }
    nothing(&mut intake).await;
    // There is room again.
    until(DEADLINE, || async { publish(1_000).await == Confirmation::Ack(None) }).await;
    assert!(next(&mut intake).await.settle.done().await);
    policy(&["clear_policy", &name]);
    broker.close().await;
}

/// Properties that are no UTF-8 break the client library's connection: that of the intake alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_properties_end_in_the_parking_lot_and_disturb_nobody() {
    const PUBLISH: &str = r"
import pika, sys
url, exchange = sys.argv[1:]
channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
channel.confirm_delivery()
properties = pika.BasicProperties(message_id=b'\xff\xfe', headers={'formats': 'ris'})
channel.basic_publish(exchange, 'submit', b'hostile', properties, mandatory=True)
";
    let settings = settings();
    let broker = broker(&settings).await;
    let worker = rabbit(&settings).await;
    let channel = stranger(&settings).await;
    let mut intake = broker.intake();
    let mut results = broker.finished();
    worker.report(&end(job(Lane::Bulk).job, 1)).await.expect("it is heard");
    let held = next(&mut results).await;
    let published = servers::python()
        .args(["-c", PUBLISH, &RabbitMq::shared().url()])
        .arg(format!("{}.intake", settings.prefix))
        .stdin(Stdio::null())
        .output()
        .expect("Python can be run");
    assert!(published.status.success(), "{}", String::from_utf8_lossy(&published.stderr));
    // A broker parks what was delivered too often.
    until(DEADLINE, || async { broker.parked().await.is_ok_and(|parked| parked == 1) }).await;
    assert!(held.settle.done().await, "the results were not disturbed");
    let properties = BasicProperties::default().with_message_id("good".into());
    submit(&channel, &settings, ("intake", "submit"), properties, b"<a/>").await;
    let submitted = next(&mut intake).await;
    assert_eq!(submitted.message.message_id.as_deref(), Some("good"));
    assert!(submitted.settle.done().await);
    worker.close().await;
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_reach_their_queue_or_are_an_error() {
    let settings = settings();
    let broker = broker(&settings).await;
    let channel = stranger(&settings).await;
    let name = format!("{}.reply.lab", settings.prefix);
    let answer = Answer {
        to: name.clone(),
        correlation_id: Some("search".to_owned()),
        message_id: "1:job.accepted.v1".to_owned(),
        kind: MessageKind::JobAccepted,
        body: b"{}".to_vec(),
        is_direct: false,
    };
    let lost = broker.reply(&answer).await;
    assert!(matches!(lost, Err(QueueError::Unroutable)), "{lost:?}");
    let options = QueueDeclareOptions::default();
    channel
        .queue_declare(name.as_str().into(), options, FieldTable::default())
        .await
        .expect("a queue");
    broker.reply(&answer).await.expect("it is confirmed");
    let options = BasicGetOptions { no_ack: true };
    let got = channel.basic_get(name.as_str().into(), options).await.expect("an answer");
    let properties = got.expect("a message").delivery.properties;
    let text = |text: &Option<ShortString>| {
        text.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default()
    };
    assert_eq!(text(properties.kind()), "job.accepted.v1");
    assert_eq!(text(properties.correlation_id()), "search");
    assert_eq!(text(properties.message_id()), "1:job.accepted.v1");
    assert_eq!(*properties.delivery_mode(), Some(2));

    // Whether somebody waits on a channel cannot be known.
    let nowhere = Answer { to: "amq.rabbitmq.reply-to.g1".to_owned(), is_direct: true, ..answer };
    broker.reply(&nowhere).await.expect("it is on its way");
    let too_long = Answer { to: "x".repeat(300), is_direct: false, ..nowhere };
    let lost = broker.reply(&too_long).await;
    assert!(matches!(lost, Err(QueueError::Unroutable)), "{lost:?}");
    broker.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_nobody_wants_take_nothing_with_them() {
    let settings = settings();
    let broker = broker(&settings).await;
    let channel = stranger(&settings).await;
    drop(broker.intake());
    let properties = BasicProperties::default().with_message_id("kept".into());
    submit(&channel, &settings, ("intake", "submit"), properties, b"<a/>").await;
    // Whoever looks later, perhaps in another process, finds it.
    broker.close().await;
    let broker = crate::support::broker(&settings).await;
    let submitted = next(&mut broker.intake()).await;
    assert_eq!(submitted.message.message_id.as_deref(), Some("kept"));
    assert!(submitted.settle.done().await);
    broker.close().await;
    let mut left = broker.intake();
    assert!(within(DEADLINE, left.next()).await.is_none());
}
