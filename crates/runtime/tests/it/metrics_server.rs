use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use runtime::{LogFormat, LogSettings, Metrics, Readiness, Stop, metrics_server, telemetry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OnceCell;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    stop: Stop,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start(broker: Result<(), &'static str>) -> Self {
        static METRICS: OnceCell<Metrics> = OnceCell::const_new();
        let settings = LogSettings { format: LogFormat::Json, ..LogSettings::default() };
        let metrics = METRICS
            .get_or_init(|| async { telemetry::start(&settings, "1.2.3").expect("metrics") });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = asked.clone();
        let ask = move || {
            counter.fetch_add(1, Ordering::Relaxed);
            async move { Readiness::new().with("blobs", Ok::<_, String>(())).with("broker", broker) }
        };
        let stop = Stop::new();
        let metrics = metrics.await.clone();
        let task = tokio::spawn(metrics_server::serve(listener, metrics, ask, stop.clone()));
        Self { address, asked, stop, task }
    }

    async fn send(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        // The server may have answered and closed before all was sent.
        let _sent = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _read = timeout(DEADLINE, stream.read_to_end(&mut answer)).await.expect("an answer");
        String::from_utf8(answer).expect("text")
    }

    async fn get(&self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await
    }
}

#[tokio::test]
async fn metrics_health_and_readiness_are_answered() {
    let server = Server::start(Ok(())).await;
    let metrics = server.get("/metrics").await;
    assert!(metrics.starts_with("HTTP/1.1 200 OK\r\n"), "{metrics}");
    assert!(metrics.contains(r#"refmill_build_info{version="1.2.3"} 1"#), "{metrics}");
    assert!(server.get("/healthz").await.ends_with("\r\n\r\n{\"healthy\":true}"));
    let ready = server.get("/readyz?x=1").await;
    let body = r#"{"ready":true,"checks":{"blobs":"ok","broker":"ok"}}"#;
    let (head, found) = ready.split_once("\r\n\r\n").expect("a body");
    assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
    let found: serde_json::Value = serde_json::from_str(found).expect("JSON");
    assert_eq!(found, serde_json::from_str::<serde_json::Value>(body).expect("JSON"));
    assert!(server.get("/").await.starts_with("HTTP/1.1 404 "));
    server.stop.request();
    timeout(DEADLINE, server.task).await.expect("it ends").expect("without a panic");
}

#[tokio::test]
async fn a_role_that_is_not_ready_says_why_and_is_not_asked_too_often() {
    let server = Server::start(Err("not connected")).await;
    for _ in 0..5 {
        let ready = server.get("/readyz").await;
        assert!(ready.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{ready}");
        assert!(ready.contains(r#""broker":"not connected""#), "{ready}");
    }
    // Five requests take less than ten seconds, even where tests crowd each other.
    assert!(server.asked.load(Ordering::Relaxed) < 5);
    assert!(server.get("/healthz").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn garbage_is_refused() {
    let server = Server::start(Ok(())).await;
    for (request, status) in [
        (&b"\r\n\r\n"[..], "400"),
        (b"GET /metrics\r\n\r\n", "400"),
        (b"GET /metrics HTTP/2.0\r\n\r\n", "400"),
        (b"\xff\xfe\x00 / HTTP/1.1\r\n\r\n", "400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"),
        (b"POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "405"),
    ] {
        let answer = server.send(request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {answer}");
    }
    let long = [b"GET /metrics HTTP/1.1\r\nX: ", &[b'a'; 4096][..]].concat();
    let answer = server.send(&long).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let head = server.send(b"HEAD /healthz HTTP/1.0\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(server.get("/healthz").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn slow_clients_are_let_go_and_others_are_answered_meanwhile() {
    let server = Server::start(Ok(())).await;
    let mut slow = Vec::new();
    for _ in 0..40 {
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(b"GET /metrics HT").await.expect("sent");
        slow.push(stream);
    }
    assert!(server.get("/healthz").await.starts_with("HTTP/1.1 200 "));
    for mut stream in slow {
        let mut answer = Vec::new();
        let read = timeout(DEADLINE, stream.read_to_end(&mut answer)).await.expect("let go");
        assert!(read.is_err() || answer.is_empty());
    }
    assert!(server.get("/healthz").await.starts_with("HTTP/1.1 200 "));
}
