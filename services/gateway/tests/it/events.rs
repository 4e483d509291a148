//! `GET /v1/jobs/{id}/events`.

use jobs::message::Beat;
use store::JobStore;

use crate::server::{RUN, Server, until};
use servers::http::{Listener, Request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_tells_the_life_of_a_job() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    let mut listener = server.listen(&format!("{href}/events")).await;
    listener.until("event: state\nid: 1\ndata: {").await;
    server.begin(id).await;
    listener.until("\"state\":\"running\"").await;
    let beat =
        Beat { job: id, attempt: 1, run: RUN, beat: 1, records: 12, bytes: 34, total_bytes: 56 };
    server.store.beats(&[beat]).await.expect("a store");
    listener.until("event: progress\n").await;
    listener.until("\"records\":12,\"bytes\":34,").await;
    server.succeed(id, b"TY").await;
    listener.finish().await;
    let end = listener.heard.split("event: end\n").nth(1).expect("an end");
    assert!(end.contains("\"state\":\"succeeded\"") && end.contains("\"warnings\":1"), "{end}");
    assert!(listener.heard.contains("content-type: text/event-stream"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_seen_it_is_not_told_again() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    let target = format!("{href}/events");
    let version = server.succeed(id, b"TY").await.version.to_string();
    let known = Request::new("GET", &target).header("Last-Event-ID", &version);
    let mut knowing = Listener::open(server.address, &known).await;
    knowing.finish().await;
    assert!(!knowing.heard.contains("event: state") && knowing.heard.contains("event: end"));
    let other = Request::new("GET", &target).header("Last-Event-ID", "1");
    let mut asking = Listener::open(server.address, &other).await;
    asking.finish().await;
    assert!(asking.heard.contains("event: state") && asking.heard.contains("event: end"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_stream_shows_that_it_lives() {
    let server = Server::with(|settings| settings.http.ping_seconds = 1).await;
    let (_, href) = server.submit("").await;
    let mut listener = server.listen(&format!("{href}/events")).await;
    listener.until(": ping\n\n").await;
    server.stop.cancel();
    listener.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_are_counted_and_given_back() {
    let server = Server::with(|settings| {
        settings.http.max_streams = 1;
        settings.http.ping_seconds = 1;
    })
    .await;
    let (_, href) = server.submit("").await;
    let target = format!("{href}/events");
    let mut first = server.listen(&target).await;
    first.until("event: state").await;
    let answer = server.get(&target).await;
    assert_eq!((answer.status, answer.problem()), (429, "too-many-streams".to_owned()));
    drop(first);
    until("the place was free again", || async {
        let mut listener = server.listen(&target).await;
        listener.until("\r\n\r\n").await;
        listener.heard.starts_with("HTTP/1.1 200")
    })
    .await;
}
