//! Webhooks, as a receiver gets them.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use jobs::{Event, Job, JobId, Outcome};
use keeper::{Settings, WebhookSettings};
use serde_json::Value;
use store::{JobStore, NewJob};
use tempfile::NamedTempFile;

use crate::house::{House, calm, eventually, finished, new_job};
use crate::receiver::Receiver;
use crate::sample;

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OK: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
const BUSY: &str =
    "HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A keeper without a broker that sends webhooks to this machine.
async fn house() -> (House, NamedTempFile) {
    let secrets = NamedTempFile::new().expect("a file");
    std::fs::write(secrets.path(), format!("lab-a whsec_{SECRET}\n")).expect("it is written");
    let webhooks = WebhookSettings {
        secrets_file: Some(secrets.path().to_owned()),
        allow_insecure: true,
        timeout_seconds: 5,
        ..WebhookSettings::default()
    };
    let public_url = Some("https://refmill.example".to_owned());
    let settings = Settings { webhooks, public_url, ..calm() };
    (House::without_broker(settings).await, secrets)
}

async fn ended(house: &House, url: &str, outcome: Outcome) -> Job {
    let webhook = Some(url.to_owned());
    let id = house.accept(NewJob { webhook, ..new_job() }).await.id;
    let event = finished(id, 1, outcome);
    let product = Some(&event.product);
    house.store.apply(id, None, &event.event(), product).await.expect("it has ended");
    house.job(id).await
}

/// S12.
#[tokio::test]
async fn a_receiver_hears_the_end_of_a_job_and_can_check_who_says_so() {
    let (house, _secrets) = house().await;
    let receiver = Receiver::start(&[OK]).await;
    let job = ended(&house, &receiver.url, Outcome::Succeeded).await;
    eventually("a call", || async { receiver.count() == 1 }).await;
    let call = receiver.call(0);
    assert_eq!(call.line, "POST /hook?from=refmill HTTP/1.1");
    assert_eq!(call.headers["content-type"], "application/json");
    sample::judges(SECRET, &call);
    let body: Value = serde_json::from_slice(&call.body).expect("JSON");
    assert_eq!(body["type"], "job.succeeded");
    let finished_at = job.finished_at.expect("a time").to_string();
    assert_eq!(body["timestamp"], finished_at);
    let data = &body["data"];
    assert_eq!(data["id"], job.id.to_string());
    assert_eq!(data["state"], "succeeded");
    assert_eq!(data["href"], format!("https://refmill.example/v1/jobs/{}", job.id));
    assert_eq!(data["records"]["read"], 1);
    assert_eq!(data["warnings"], 0);
    house.keeper.stop().await;
}

#[tokio::test]
async fn cancelled_jobs_are_told_as_well() {
    let (house, _secrets) = house().await;
    let receiver = Receiver::start(&[OK]).await;
    let webhook = Some(receiver.url.clone());
    let id = house.accept(NewJob { webhook, ..new_job() }).await.id;
    house.store.apply(id, None, &Event::CancelRequested, None).await.expect("it is cancelled");
    eventually("a call", || async { receiver.count() == 1 }).await;
    let body: Value = serde_json::from_slice(&receiver.call(0).body).expect("JSON");
    assert_eq!(body["type"], "job.cancelled");
}

#[tokio::test]
async fn a_receiver_that_is_busy_is_called_again_when_it_has_asked_for_it() {
    let (house, _secrets) = house().await;
    let receiver = Receiver::start(&[BUSY, OK]).await;
    ended(&house, &receiver.url, Outcome::Succeeded).await;
    eventually("two calls", || async { receiver.count() == 2 }).await;
    let (first, second) = (receiver.call(0), receiver.call(1));
    assert_eq!(first.headers["webhook-id"], second.headers["webhook-id"]);
    assert_eq!(first.body, second.body);
    assert!(sample::is_genuine(SECRET, &second));
    settled(house).await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_called_again() {
    let gone = &["HTTP/1.1 410 Gone\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"];
    let (house, _secrets) = house().await;
    let receiver = Receiver::start(gone).await;
    ended(&house, &receiver.url, Outcome::Succeeded).await;
    eventually("a call", || async { receiver.count() == 1 }).await;
    settled(house).await;
    assert_eq!(receiver.count(), 1);
}

/// S11.
#[tokio::test]
async fn a_redirection_is_not_followed() {
    let other = Receiver::start(&[OK]).await;
    let there = format!(
        "HTTP/1.1 307 There\r\nlocation: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        other.url
    );
    let (house, _secrets) = house().await;
    let there: &'static str = Box::leak(there.into_boxed_str());
    let receiver = Receiver::start(Box::leak(Box::new([there, OK]))).await;
    ended(&house, &receiver.url, Outcome::Succeeded).await;
    eventually("a call", || async { receiver.count() == 1 }).await;
    // It is a failure like another, and is tried again by the schedule.
    house.store.shift_clock(SignedDuration::from_secs(7));
    eventually("another", || async { receiver.count() == 2 }).await;
    assert_eq!(other.count(), 0);
}

#[tokio::test]
async fn an_answer_without_an_end_is_let_go() {
    let endless = &["HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n…"];
    let (house, _secrets) = house().await;
    let receiver = Receiver::start(endless).await;
    let since = Instant::now();
    ended(&house, &receiver.url, Outcome::Succeeded).await;
    eventually("a call", || async { receiver.count() == 1 }).await;
    // The receiver notices that nobody reads any more.
    eventually("the end of it", || async { receiver.at_a_time.load(Ordering::SeqCst) == 0 }).await;
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    settled(house).await;
}

#[tokio::test]
async fn one_host_is_called_eight_times_at_once_and_no_delivery_is_lost() {
    let slow = &["slowly HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"];
    let (house, _secrets) = house().await;
    let receiver = Receiver::start(slow).await;
    let mut ids: Vec<JobId> = Vec::new();
    for _ in 0..20 {
        ids.push(ended(&house, &receiver.url, Outcome::Succeeded).await.id);
    }
    eventually("all calls", || async { receiver.count() >= 20 }).await;
    let most = receiver.most.load(Ordering::SeqCst);
    assert!((2..=8).contains(&most), "{most}");
    let mut told: Vec<String> = (0..receiver.count())
        .map(|number| receiver.call(number).headers["webhook-id"].clone())
        .collect();
    told.sort();
    told.dedup();
    assert_eq!((told.len(), receiver.count()), (20, 20));
    settled(house).await;
}

#[tokio::test]
async fn a_slow_host_does_not_hold_up_another() {
    let (house, _secrets) = house().await;
    let (silent, quick) = (Receiver::start(&["never"]).await, Receiver::start(&[OK]).await);
    for _ in 0..60 {
        ended(&house, &silent.url, Outcome::Succeeded).await;
    }
    eventually("calls", || async { silent.count() == 8 }).await;
    ended(&house, &quick.url, Outcome::Succeeded).await;
    eventually("the quick one", || async { quick.count() == 1 }).await;
    assert!(silent.count() < 60, "{}", silent.count());
}

#[tokio::test]
async fn secrets_are_exchanged_without_a_restart() {
    let (house, secrets) = house().await;
    let receiver = Receiver::start(&[OK]).await;
    let second = format!("whsec_{}", STANDARD.encode([9; 32]));
    std::fs::write(secrets.path(), format!("lab-a {second} whsec_{SECRET}\n")).expect("a file");
    eventually("two signatures", || async {
        let before = receiver.count();
        ended(&house, &receiver.url, Outcome::Succeeded).await;
        eventually("a call", || async { receiver.count() > before }).await;
        let call = receiver.call(before);
        assert!(sample::is_genuine(SECRET, &call));
        call.headers["webhook-signature"].split(' ').count() == 2
    })
    .await;
}

/// Ends the keeper, and sees that nothing is due any more, however late it gets.
async fn settled(house: House) {
    house.keeper.stop().await;
    house.store.shift_clock(SignedDuration::from_hours(24));
    let due = house.store.take_webhooks(99).await.expect("an answer");
    assert!(due.is_empty(), "{due:?}");
}
