//! Clients that mean no good: S4, S8 and S15 of `service.md` section 11.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{RECORD, Server};
use servers::http::{Answer, PATIENCE, Request, exchange, read};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_headers_are_not_waited_for() {
    let server = Server::with(|settings| settings.http.header_seconds = 1).await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let started = Instant::now();
    for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".iter().cycle() {
        let is_open = stream.write_all(&[*byte]).await.is_ok();
        let mut buffer = [0; 512];
        let wait = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut buffer)).await;
        match wait {
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(read)) => {
                assert!(buffer[..read].starts_with(b"HTTP/1.1 408"));
                break;
            }
            Err(_) if is_open => {}
            Err(_) => break,
        }
        assert!(started.elapsed() < PATIENCE, "the connection is still open");
    }
    assert_eq!(server.get("/healthz").await.status, 200);
}

/// Sends a piece of a body again and again until the other side has enough.
async fn drip(server: &Server, head: &str, piece: &[u8], pause: Duration) -> Answer {
    let stream = TcpStream::connect(server.address).await.expect("a connection");
    let (mut reading, mut writing) = stream.into_split();
    writing.write_all(head.as_bytes()).await.expect("sent");
    let piece = piece.to_vec();
    let writer = tokio::spawn(async move {
        while writing.write_all(&piece).await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    });
    let mut bytes = Vec::new();
    let end = async {
        let mut buffer = [0; 4096];
        loop {
            match reading.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            }
        }
    };
    tokio::time::timeout(PATIENCE, end).await.expect("an end");
    writer.abort();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Answer { status, headers, body: body.as_bytes().to_vec() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_bodies_are_not_waited_for() {
    let server = Server::with(|settings| {
        settings.http.body_grace_seconds = 1;
        settings.http.min_body_rate = 1000;
    })
    .await;
    for target in ["/v1/jobs", "/v1/convert"] {
        for length in ["Content-Length: 100000", "Content-Length: 1000"] {
            let head = format!("POST {target} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n");
            let started = Instant::now();
            let answer = drip(&server, &head, b"<", Duration::from_millis(100)).await;
            assert_eq!((answer.status, answer.problem()), (408, "upload-timeout".to_owned()));
            assert!(started.elapsed() < Duration::from_secs(10));
        }
    }
    let list = server.get("/v1/jobs?state=receiving").await.json();
    assert_eq!(list["jobs"].as_array().map(Vec::len), Some(0), "nothing is left open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_bodies_end() {
    let server = Server::with(|settings| settings.limits.upload_bytes = 1 << 20).await;
    let head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut piece = b"10000\r\n".to_vec();
    piece.extend_from_slice(&vec![b'x'; 65_536]);
    piece.extend_from_slice(b"\r\n");
    let answer = drip(&server, head, &piece, Duration::ZERO).await;
    assert_eq!((answer.status, answer.problem()), (413, "too-large".to_owned()));
    let mut left = server.blobs.list("in/");
    assert!(futures_util::StreamExt::next(&mut left).await.is_none(), "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_announced_as_too_large_is_not_waited_for() {
    let server = Server::with(|settings| {
        settings.limits.upload_bytes = 1 << 20;
        settings.http.body_grace_seconds = 1;
    })
    .await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let answer = read(&mut stream).await;
    assert_eq!((answer.status, answer.problem()), (413, "too-large".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_lies_about_its_length_makes_no_job() {
    let server = Server::start().await;
    let short = Request::new("POST", "/v1/jobs").header("Content-Length", "100000").body(RECORD);
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(&short.bytes()).await.expect("sent");
    stream.shutdown().await.expect("closed");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok();
    assert!(!bytes.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&bytes));
    let list = server.get("/v1/jobs?state=queued").await.json();
    assert_eq!(list["jobs"].as_array().map(Vec::len), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_for_other_names_and_from_other_sites_are_refused() {
    let server = Server::with(|settings| {
        settings.http.public_url = Some("https://refmill.example".to_owned());
    })
    .await;
    for (host, status) in [
        ("localhost", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]", 200),
        ("refmill.example", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("10.0.0.1", 421),
    ] {
        let answer = server.send(Request::new("GET", "/v1/jobs").header("Host", host)).await;
        assert_eq!(answer.status, status, "{host}");
        if status == 421 {
            assert_eq!(answer.problem(), "misdirected");
        }
    }
    for (name, value, status) in [
        ("Origin", "http://localhost", 202),
        ("Origin", "https://refmill.example", 202),
        ("Origin", "https://evil.example", 403),
        ("Origin", "null", 403),
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "same-origin", 202),
    ] {
        let answer =
            server.send(Request::new("POST", "/v1/jobs").xml(RECORD).header(name, value)).await;
        assert_eq!(answer.status, status, "{name}: {value}");
        if status == 403 {
            assert_eq!(answer.problem(), "cross-site");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_the_headers_that_keep_browsers_from_harm() {
    let server = Server::start().await;
    let (id, href) = server.submit("?filename=%3Cscript%3E.html").await;
    server.succeed(id, b"<script>alert(1)</script>").await;
    let result = format!("{href}/results/ris");
    for target in ["/", "/docs", "/assets/app.js", "/healthz", "/v1/jobs", &result, "/nowhere"] {
        let answer = server.get(target).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{target}");
        let readers = answer.header("cross-origin-resource-policy");
        assert_eq!(readers, Some("same-origin"), "{target}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'"), "{target} {policy}");
        assert!(
            !policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(
            answer.header("x-request-id").is_some() && answer.header("cache-control").is_some()
        );
    }
    let download = server.get(&result).await;
    let disposition = download.header("content-disposition").expect("a name");
    assert!(disposition.starts_with("attachment; "), "{disposition}");
    assert!(download.header("content-type").is_some_and(|kind| !kind.contains("html")));
    let page = server.get("/").await;
    let policy = page.header("content-security-policy").expect("a policy");
    assert_eq!(
        policy,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_listed_origins_may_call() {
    let server = Server::with(|settings| {
        settings.http.cors_origins = vec!["https://library.example".to_owned()];
    })
    .await;
    let preflight = |origin: &str| {
        Request::new("OPTIONS", "/v1/jobs")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
    };
    let answer = exchange(server.address, &preflight("https://library.example").bytes()).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://library.example"));
    assert!(
        answer.header("access-control-allow-headers").is_some_and(|all| all.contains("Prefer"))
    );
    let answer = exchange(server.address, &preflight("https://evil.example").bytes()).await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.status), (None, 405));
    let post = Request::new("POST", "/v1/jobs").xml(RECORD);
    let answer = server.send(post.header("Origin", "https://library.example")).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.header("vary"), Some("Origin"));
    assert!(answer.header("access-control-expose-headers").is_some_and(|all| all.contains("ETag")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_request_comes_back_as_a_header() {
    let server = Server::start().await;
    let odd = Request::new("GET", "/healthz").header("X-Request-Id", "a b<c>");
    let answer = server.send(odd).await;
    assert!(answer.header("x-request-id").is_some_and(|id| !id.contains('<')));
    let fine = Request::new("GET", "/healthz").header("X-Request-Id", "batch-7");
    assert_eq!(server.send(fine).await.header("x-request-id"), Some("batch-7"));
    let (id, href) = server.submit("?filename=a%0D%0ASet-Cookie:%20x%22.xml").await;
    server.succeed(id, b"TY").await;
    let answer = server.get(&format!("{href}/results/ris")).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (200, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_no_http_is_answered_and_closed() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").await.expect("sent");
    assert_eq!(read(&mut stream).await.status, 400);
    assert_eq!(server.get("/healthz").await.status, 200);
}
