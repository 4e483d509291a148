//! `GET /v1/jobs/{id}`.

use std::time::{Duration, Instant};

use jobs::JobId;

use crate::server::Server;
use servers::http::Request;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_shown_at_every_time_of_its_life() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    server.begin(id).await;
    let running = server.get(&href).await;
    assert_eq!((running.status, running.header("retry-after")), (200, Some("1")));
    assert_eq!(running.json()["state"], "running");
    assert!(running.json()["started_at"].is_string());
    server.succeed(id, b"TY  - JOUR\r\n").await;
    let done = server.get(&href).await;
    let view = done.json();
    assert_eq!(view["state"], "succeeded");
    assert_eq!(view["records"], serde_json::json!({"read": 1, "written": 1, "skipped": 0}));
    assert_eq!(view["warnings"]["by_code"]["date-unparsed"], 1);
    assert_eq!(view["results"][0]["media_type"], "application/x-research-info-systems");
    assert_eq!(view["results"][0]["href"], format!("{href}/results/ris"));
    assert!(view["expires_at"].is_string());
    let link = format!("<{href}/results/ris>; rel=\"item\"");
    assert_eq!((done.header("link"), done.header("retry-after")), (Some(link.as_str()), None));

    let (id, href) = server.submit("").await;
    server.fail(id).await;
    let failed = server.get(&href).await.json();
    assert_eq!(
        (&failed["state"], &failed["error"]["code"]),
        (&"failed".into(), &"truncated-input".into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_already_is_not_sent_again() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    let tag = server.get(&href).await.header("etag").expect("a tag").to_owned();
    let ask = || Request::new("GET", &href).header("If-None-Match", &tag);
    let answer = server.send(ask()).await;
    assert_eq!((answer.status, answer.body.len()), (304, 0));
    assert_eq!(answer.header("etag"), Some(tag.as_str()));
    server.begin(id).await;
    let answer = server.send(ask()).await;
    assert_eq!(answer.status, 200);
    assert_ne!(answer.header("etag"), Some(tag.as_str()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_poll_ends_with_the_change_it_waits_for() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    let tag = server.get(&href).await.header("etag").expect("a tag").to_owned();
    let changed = Request::new("GET", &format!("{href}?wait=20")).header("If-None-Match", &tag);
    let ended = Request::new("GET", &format!("{href}?wait=20"));
    let started = Instant::now();
    let (changed, ended, ()) = tokio::join!(server.send(changed), server.send(ended), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.begin(id).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.succeed(id, b"TY").await;
    });
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    assert_eq!(ended.json()["state"], "succeeded");
    assert!(started.elapsed() < Duration::from_secs(15), "nobody has waited for the deadline");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_poll_ends_at_its_deadline() {
    let server = Server::with(|settings| settings.http.max_wait_seconds = 1).await;
    let (_, href) = server.submit("").await;
    let tag = server.get(&href).await.header("etag").expect("a tag").to_owned();
    let ask = Request::new("GET", &format!("{href}?wait=9999")).header("If-None-Match", &tag);
    assert_eq!(server.send(ask).await.status, 304);
    let answer = server.get(&format!("{href}?wait=1")).await;
    assert_eq!((answer.status, &answer.json()["state"]), (200, &"queued".into()));
    let answer = server.get(&format!("{href}?wait=soon")).await;
    assert_eq!((answer.status, answer.problem()), (400, "invalid-option".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    let id = JobId::new();
    for target in [format!("/v1/jobs/{id}"), "/v1/jobs/7".to_owned(), "/nowhere".to_owned()] {
        let answer = server.get(&target).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found".to_owned()), "{target}");
    }
}
