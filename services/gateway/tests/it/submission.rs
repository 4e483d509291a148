//! `POST /v1/jobs`.

use jobs::{Body, JobId, Owner};
use store::{JobStore, Page};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::server::{RECORD, Server, until};
use servers::http::{Answer, PATIENCE, Request, exchange};

fn long() -> String {
    RECORD.replace("<Article>", &format!("<Article>{}", " ".repeat(100 << 10)))
}

fn id(answer: &Answer) -> JobId {
    answer.json()["id"].as_str().expect("an id").parse().expect("an id")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_upload_is_kept_in_its_row() {
    let server = Server::start().await;
    let request = Request::new("POST", "/v1/jobs?formats=ris,csl-json&on_error=skip")
        .xml(RECORD)
        .header("Content-Disposition", "attachment; filename=\"../../my set.xml\"");
    let answer = server.send(request).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let id = id(&answer);
    assert_eq!(answer.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
    assert_eq!((answer.header("etag"), answer.header("retry-after")), (Some("\"v1\""), Some("1")));
    let view = answer.json();
    assert_eq!((&view["state"], &view["lane"]), (&"queued".into(), &"interactive".into()));
    assert_eq!((&view["source"], &view["attempt"]), (&"http".into(), &1.into()));
    assert_eq!(view["formats"], serde_json::json!(["ris", "csl-json"]));
    assert_eq!(view["options"], serde_json::json!({"on_error": "skip"}));
    assert_eq!(view["input"]["filename"], "my set.xml");
    assert_eq!(view["input"]["type"], "pubmed-xml");
    assert_eq!(view["input"]["bytes"], RECORD.len());
    assert_eq!(view["progress"]["total_bytes"], RECORD.len());
    assert_eq!(view["links"]["events"], format!("/v1/jobs/{id}/events"));
    for member in ["started_at", "finished_at", "next_run_at", "records", "warnings", "error"] {
        assert!(view[member].is_null(), "{member}");
    }
    let job = server.store.get(id, None).await.expect("a store").expect("a job");
    assert_eq!(job.input.body, Body::Inline(RECORD.as_bytes().to_vec().into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_upload_becomes_a_blob() {
    let server = Server::start().await;
    let long = long();
    let chunked = Request::new("POST", "/v1/jobs").header("Transfer-Encoding", "chunked");
    let chunks = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let form = [("file", "; filename=\"a.xml\"", long.as_str()), ("formats", "", "jsonl")];
    for request in [
        Request::new("POST", "/v1/jobs").xml(long.as_str()),
        chunked.xml(chunks),
        Request::new("POST", "/v1/jobs").form(&form),
    ] {
        let answer = server.send(request).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let job = server.store.get(id(&answer), None).await.expect("a store").expect("a job");
        let Body::Blob(key) = &job.input.body else { panic!("{:?}", job.input.body) };
        let bytes = server.blobs.read(key, None).await.expect("a blob").all().await.expect("bytes");
        assert_eq!(bytes, long.as_bytes());
        assert_eq!(job.input.sha256, jobs::Digest::of(long.as_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_makes_one_job() {
    let server = Server::start().await;
    for (name, body) in [("short", RECORD.to_owned()), ("long", long())] {
        let request = |key: &str, query: &str, body: &str| {
            let request = Request::new("POST", &format!("/v1/jobs{query}"));
            request.xml(body).header("Idempotency-Key", key)
        };
        let first = server.send(request(name, "", &body)).await;
        assert_eq!(first.status, 202, "{first:?}");
        let quoted = format!("\"{name}\"");
        let second = server.send(request(&quoted, "", &body)).await;
        assert_eq!((second.status, id(&second)), (200, id(&first)), "{second:?}");
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        for other in
            [request(name, "?formats=jsonl", &body), request(name, "", &body.replace('I', "J"))]
        {
            let answer = server.send(other).await;
            assert_eq!((answer.status, answer.problem()), (422, "idempotency-mismatch".to_owned()));
        }
    }
    let odd = Request::new("POST", "/v1/jobs").xml(RECORD).header("Idempotency-Key", "");
    assert_eq!(server.send(odd).await.problem(), "invalid-request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_breaks_off_leaves_its_key_free() {
    let server = Server::start().await;
    let long = long();
    let request =
        Request::new("POST", "/v1/jobs").xml(long.as_str()).header("Idempotency-Key", "k");
    let bytes = request.bytes();
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(&bytes[..bytes.len() / 2]).await.expect("sent");
    let state = async |state: &str| {
        let list = server.get(&format!("/v1/jobs?state={state}")).await.json();
        list["jobs"].as_array().expect("jobs").len() == 1
    };
    until("the upload was noted", || state("receiving")).await;
    let again = exchange(server.address, &bytes).await;
    assert_eq!((again.status, again.problem()), (409, "idempotency-in-progress".to_owned()));
    drop(stream);
    until("the upload was given up", || state("expired")).await;
    let again = exchange(server.address, &bytes).await;
    assert_eq!(again.status, 202, "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_prefers_to_wait_gets_the_end() {
    let server = Server::start().await;
    let request = Request::new("POST", "/v1/jobs").xml(RECORD);
    let (answer, ()) = tokio::join!(server.send(request.header("Prefer", "wait=20")), async {
        until("a job was there", || async {
            server.get("/v1/jobs").await.json()["jobs"][0]["id"].is_string()
        })
        .await;
        let list = server.get("/v1/jobs").await.json();
        let id: JobId = list["jobs"][0]["id"].as_str().expect("an id").parse().expect("an id");
        server.succeed(id, b"TY  - JOUR").await;
    });
    assert_eq!((answer.status, answer.header("preference-applied")), (200, Some("wait=20")));
    assert_eq!(answer.json()["state"], "succeeded");

    let short = Request::new("POST", "/v1/jobs").xml(RECORD).header("Prefer", "wait=1");
    let answer = server.send(short).await;
    assert_eq!((answer.status, answer.header("preference-applied")), (202, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_submissions_are_refused() {
    let server = Server::start().await;
    for (query, body, code) in [
        ("?formats=rtf", RECORD, "invalid-option"),
        ("?colour=red", RECORD, "invalid-option"),
        ("?webhook=https://hooks.example/", RECORD, "webhook-refused"),
        ("", "", "invalid-request"),
    ] {
        let answer = server.post(&format!("/v1/jobs{query}"), body).await;
        assert_eq!((answer.status, answer.problem()), (400, code.to_owned()), "{query}");
    }
    let pdf =
        Request::new("POST", "/v1/jobs").header("Content-Type", "application/pdf").body("%PDF");
    assert_eq!(server.send(pdf).await.status, 415);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_kept_where_they_are_switched_on() {
    let server = Server::with(|settings| settings.webhooks.enabled = true).await;
    let answer = server.post("/v1/jobs?webhook=https://hooks.example/a", RECORD).await;
    let job = server.store.get(id(&answer), None).await.expect("a store").expect("a job");
    assert_eq!(job.webhook.as_deref(), Some("https://hooks.example/a"));
    let refused = server.post("/v1/jobs?webhook=http://hooks.example/a", RECORD).await;
    assert_eq!(refused.problem(), "webhook-refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_stops_takes_no_new_work() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let bytes = Request::new("POST", "/v1/jobs").xml(RECORD).bytes();
    stream.write_all(&bytes[..10]).await.expect("sent");
    server.stop.cancel();
    drop(stream.write_all(&bytes[10..]).await);
    // Whether this connection is still served depends on how far the server has come with it.
    let mut answer = Vec::new();
    drop(timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an end"));
    let text = String::from_utf8_lossy(&answer);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 503 "), "{text}");
    let page = Page { state: None, before: None, limit: 1 };
    let jobs = server.store.list(&Owner::local(), &page).await.expect("a store");
    assert_eq!(jobs, []);
}
