//! What the service does not take: 429, 503, 507.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::server::{RECORD, Server};

async fn refusal(server: &Server) -> (u16, String, String) {
    let answer = server.post("/v1/jobs", RECORD).await;
    let key = answer.json()["config_key"].as_str().expect("a key of the configuration").to_owned();
    (answer.status, answer.problem(), key)
}

fn expected(status: u16, code: &str, key: &str) -> (u16, String, String) {
    (status, code.to_owned(), key.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_wait_in_a_bounded_number() {
    let server = Server::with(|settings| settings.limits.queued_total = 1).await;
    server.submit("").await;
    assert_eq!(refusal(&server).await, expected(503, "overloaded", "limits.queued_total"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_wait_for_the_broker_in_a_bounded_number() {
    let server = Server::with(|settings| settings.outbox.max_rows = 1).await;
    server.submit("").await;
    server.submit("").await;
    // What was counted is believed for a second.
    crate::server::until("the outbox was full", || async {
        server.post("/v1/jobs", RECORD).await.status == 503
    })
    .await;
    assert_eq!(refusal(&server).await, expected(503, "outbox-full", "outbox.max_rows"));
    crate::server::until("the service was not ready", || async {
        server.get("/readyz").await.status == 503
    })
    .await;
    assert_eq!(server.get("/readyz").await.json()["checks"]["outbox"], "full");
    assert_eq!(server.get("/v1/jobs").await.status, 200, "reading goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_need_room_on_the_way_and_on_the_disk() {
    let room = RECORD.len() as u64;
    let server = Server::with(|settings| {
        settings.limits.inflight_bytes = room;
        settings.limits.upload_bytes = room;
        settings.limits.sync_bytes = room;
    })
    .await;
    // Somebody takes a part of the room, and goes.
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let half = format!(
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/xml\r\n\
         Content-Length: {room}\r\n\r\n<PubmedArticleSet>"
    );
    stream.write_all(half.as_bytes()).await.expect("it is taken");
    crate::server::until("the room was taken", || async {
        server.post("/v1/jobs", RECORD).await.status == 503
    })
    .await;
    assert_eq!(refusal(&server).await, expected(503, "overloaded", "limits.inflight_bytes"));
    drop(stream);
    crate::server::until("the room came back", || async {
        server.post("/v1/jobs", RECORD).await.status == 202
    })
    .await;
    let server = Server::with(|settings| settings.blobs.min_free_bytes = u64::MAX).await;
    assert_eq!(refusal(&server).await, expected(507, "storage-full", "blobs.min_free_bytes"));
    let server = Server::with(|settings| settings.limits.upload_bytes = 10).await;
    assert_eq!(refusal(&server).await, expected(413, "too-large", "limits.upload_bytes"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_is_said_to_be() {
    let server = Server::start().await;
    assert_eq!(server.get("/readyz").await.json()["checks"]["database"], "ok");
    server.store.close().await;
    for target in ["/v1/jobs", "/v1/jobs/0193580e-7c1a-7d43-9a51-3c2f6f0b8e11"] {
        let answer = server.get(target).await;
        assert_eq!((answer.status, answer.problem()), (503, "store-unavailable".to_owned()));
    }
    assert_eq!(server.post("/v1/jobs", RECORD).await.problem(), "store-unavailable");
    crate::server::until("the service was not ready", || async {
        server.get("/readyz").await.status == 503
    })
    .await;
    assert_eq!(server.get("/healthz").await.status, 200);
}
