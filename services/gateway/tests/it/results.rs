//! `GET /v1/jobs/{id}/results/{format}` and `…/diagnostics`.

use blobs::{Blobs, S3Settings};
use jobs::{Digest, Event};
use store::JobStore;

use crate::server::{RECORD, Server, blob_product};
use servers::http::Request;

/// Longer than what is kept in a row, and easy to pack.
fn long() -> Vec<u8> {
    "TY  - JOUR\r\nER  - \r\n".repeat(10_000).into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_come_whole_and_in_parts() {
    let server = Server::start().await;
    for ris in [b"TY  - JOUR\r\nER  - \r\n".to_vec(), long()] {
        let (id, href) = server.submit("?filename=a%20set.xml").await;
        server.succeed(id, &ris).await;
        let target = format!("{href}/results/ris");
        let whole = server.get(&target).await;
        assert_eq!((whole.status, &whole.body), (200, &ris));
        let tag = format!("\"{}\"", Digest::of(&ris));
        assert_eq!(whole.header("etag"), Some(tag.as_str()));
        assert_eq!(whole.header("accept-ranges"), Some("bytes"));
        assert_eq!(whole.header("cache-control"), Some("private, immutable"));
        assert_eq!(whole.header("content-length"), Some(ris.len().to_string().as_str()));
        assert_eq!(whole.header("content-disposition"), Some("attachment; filename=\"a set.ris\""));
        assert!(whole.header("repr-digest").is_some_and(|digest| digest.starts_with("sha-256=:")));

        let part = |range: &str| Request::new("GET", &target).header("Range", range);
        let answer = server.send(part("bytes=4-7")).await;
        assert_eq!((answer.status, answer.body.as_slice()), (206, &ris[4..8]));
        let range = format!("bytes 4-7/{}", ris.len());
        assert_eq!(answer.header("content-range"), Some(range.as_str()));
        let answer = server.send(part("bytes=-4")).await;
        assert_eq!((answer.status, answer.body.as_slice()), (206, &ris[ris.len() - 4..]));
        let answer = server.send(part("bytes=9999999-")).await;
        assert_eq!((answer.status, answer.problem()), (416, "range-not-satisfiable".to_owned()));
        let range = format!("bytes */{}", ris.len());
        assert_eq!(answer.header("content-range"), Some(range.as_str()));
        let answer = server.send(part("bytes=0-3").header("If-Range", &tag)).await;
        assert_eq!(answer.status, 206);
        let answer = server.send(part("bytes=0-3").header("If-Range", "\"other\"")).await;
        assert_eq!((answer.status, answer.body.len()), (200, ris.len()));

        let known = Request::new("GET", &target).header("If-None-Match", &tag);
        let answer = server.send(known).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0));
        let head = server.send(Request::new("HEAD", &target)).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.header("content-length"), Some(ris.len().to_string().as_str()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_are_packed_for_those_who_ask() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    let ris = long();
    server.succeed(id, &ris).await;
    let ask =
        || Request::new("GET", &format!("{href}/results/ris")).header("Accept-Encoding", "gzip");
    let packed = server.send(ask()).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() < ris.len() / 10);
    assert_eq!(packed.header("vary"), Some("Accept-Encoding"));
    let tag = format!("\"{}-gzip\"", Digest::of(&ris));
    assert_eq!((packed.header("etag"), packed.header("repr-digest")), (Some(tag.as_str()), None));
    assert_eq!(server.send(ask().header("If-None-Match", &tag)).await.status, 304);
    let part = server.send(ask().header("Range", "bytes=0-3")).await;
    assert_eq!((part.status, part.header("content-encoding")), (206, None));
    let refused = Request::new("GET", &format!("{href}/results/ris"));
    let plain = server.send(refused.header("Accept-Encoding", "br, gzip;q=0")).await;
    assert_eq!((plain.header("content-encoding"), plain.body.len()), (None, ris.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_says_why() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    let ask = |target: String| async move { target };
    let refusal = async |target: String| {
        let answer = server.get(&ask(target).await).await;
        (answer.status, answer.problem())
    };
    let code = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(refusal(format!("{href}/results/ris")).await, code(409, "not-finished"));
    assert_eq!(refusal(format!("{href}/diagnostics")).await, code(409, "not-finished"));
    assert_eq!(refusal(format!("{href}/results/bibtex")).await, code(404, "not-found"));
    assert_eq!(refusal(format!("{href}/results/..%2Fris")).await, code(404, "not-found"));
    server.fail(id).await;
    assert_eq!(refusal(format!("{href}/results/ris")).await, code(409, "job-failed"));
    assert_eq!(refusal(format!("{href}/diagnostics")).await, code(404, "not-found"));
    let (id, href) = server.submit("").await;
    server.happen(id, Event::CancelRequested, None).await;
    assert_eq!(refusal(format!("{href}/results/ris")).await, code(409, "job-failed"));
    let (id, href) = server.submit("").await;
    server.succeed(id, &long()).await;
    server.blobs.delete("out/").await.expect("deleted");
    assert_eq!(refusal(format!("{href}/results/ris")).await, code(410, "result-gone"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_are_gone_after_their_time() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    server.succeed(id, b"TY").await;
    server.store.shift_clock(jiff::SignedDuration::from_hours(8 * 24));
    let keep = store::Keep::default();
    while server.store.sweep(&keep, 500).await.expect("a store").rows > 0 {}
    for target in [format!("{href}/results/ris"), format!("{href}/diagnostics")] {
        let answer = server.get(&target).await;
        assert_eq!((answer.status, answer.problem()), (410, "result-gone".to_owned()), "{target}");
    }
    assert_eq!(server.get(&href).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diagnostics_are_lines_of_json() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    server.succeed(id, RECORD.as_bytes()).await;
    let answer = server.get(&format!("{href}/diagnostics")).await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(answer.text(), "{\"index\":1,\"code\":\"date-unparsed\"}\n");
    let name = "attachment; filename=\"pubmed.diagnostics.ndjson\"";
    assert_eq!(answer.header("content-disposition"), Some(name));
}

/// A store that signs addresses, and that is not there.
fn bucket() -> Blobs {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let settings = S3Settings {
        endpoint: "http://127.0.0.1:1".to_owned(),
        bucket: "refmill".to_owned(),
        access_key_id: "key".to_owned(),
        secret_access_key: Some("hunter2".to_owned().into()),
        allow_http: true,
        ..S3Settings::default()
    };
    Blobs::s3(&settings).expect("a bucket")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_results_can_be_handed_out_by_the_store() {
    let redirect = |settings: &mut gateway::Settings| settings.blobs.redirect = true;
    let server = Server::over(bucket(), redirect).await;
    let (id, href) = server.submit("?filename=a%20set.xml").await;
    server.succeed_with(id, blob_product(id, &long())).await;
    let target = format!("{href}/results/ris");
    let answer = server.get(&target).await;
    assert_eq!((answer.status, answer.header("cache-control")), (307, Some("no-store")));
    let address = answer.header("location").expect("an address");
    assert!(address.starts_with("http://127.0.0.1:1/refmill/out/"), "{address}");
    for part in ["X-Amz-Expires=300", "X-Amz-Signature=", "response-content-disposition=attachment"]
    {
        assert!(address.contains(part), "{part} in {address}");
    }
    assert!(!address.contains("hunter2"));
    let tag = format!("\"{}\"", Digest::of(&long()));
    let known = Request::new("GET", &target).header("If-None-Match", &tag);
    assert_eq!(server.send(known).await.status, 304);
    let head = server.send(Request::new("HEAD", &target)).await;
    assert_eq!((head.status, head.header("etag")), (200, Some(tag.as_str())));
    // What is kept in the row is nowhere else.
    let diagnostics = server.get(&format!("{href}/diagnostics")).await;
    assert_eq!(diagnostics.status, 200);

    let server = Server::with(redirect).await;
    let (id, href) = server.submit("").await;
    server.succeed(id, &long()).await;
    let answer = server.get(&format!("{href}/results/ris")).await;
    assert_eq!((answer.status, answer.body), (200, long()), "files have no addresses");
}
