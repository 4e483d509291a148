//! A very small HTTP server for `/metrics`, `/healthz` and `/readyz`, for roles that have no other.
//!
//! It reads one request a connection, at most 4 KiB of it, and gives nobody more than five seconds.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::readiness::{Readiness, Remembered};
use crate::{Metrics, Stop};

const HEAD_BYTES: usize = 4 << 10;
const CONNECTIONS: usize = 64;
const PATIENCE: Duration = Duration::from_secs(5);
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const JSON: &str = "application/json";

/// Answers until the stop is asked for. `ask` says whether the role is ready.
pub async fn serve<A, Answer>(listener: TcpListener, metrics: Metrics, ask: A, stop: Stop)
where
    A: Fn() -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Readiness> + Send,
{
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let shared = Arc::new((metrics, ask, Remembered::default()));
    loop {
        let accepted = tokio::select! {
            () = stop.requested() => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors: others must end first.
                tracing::warn!(%error, "a connection for metrics was not taken");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Whoever comes while all slots are held by slow clients is turned away.
        let Ok(slot) = slots.clone().try_acquire_owned() else { continue };
        let shared = shared.clone();
        tokio::spawn(async move {
            let (metrics, ask, last) = &*shared;
            // A client that goes away or is slow has itself to blame.
            let _answered = timeout(PATIENCE, answer(stream, metrics, ask, last)).await;
            drop(slot);
        });
    }
}

async fn answer<A, Answer>(
    mut stream: TcpStream,
    metrics: &Metrics,
    ask: &A,
    last: &Remembered,
) -> io::Result<()>
where
    A: Fn() -> Answer,
    Answer: Future<Output = Readiness>,
{
    let head = read_head(&mut stream).await?;
    let (status, media_type, body) = match request(head.as_deref()) {
        Ok("/metrics") => ("200 OK", TEXT, metrics.render()),
        Ok("/healthz") => ("200 OK", JSON, r#"{"healthy":true}"#.to_owned()),
        Ok("/readyz") => {
            let found = last.get(ask).await;
            let status = if found.is_ready() { "200 OK" } else { "503 Service Unavailable" };
            (status, JSON, found.json())
        }
        Ok(_) => ("404 Not Found", TEXT, String::new()),
        Err(status) => (status, TEXT, String::new()),
    };
    let allow = if status.starts_with("405") { "Allow: GET, HEAD\r\n" } else { "" };
    let length = body.len();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n{allow}\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    );
    if !head.is_some_and(|head| head.starts_with("HEAD ")) {
        answer.push_str(&body);
    }
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // Closing with bytes unread would take the answer from the client.
    let mut rest = [0; 512];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// The lines before the body; `None` if they are too long, end too early, or are no text.
async fn read_head(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::with_capacity(512);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let room = HEAD_BYTES.saturating_sub(head.len()) as u64;
        if room == 0 || (&mut *stream).take(room).read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    Ok(String::from_utf8(head).ok())
}

/// The path that is asked for, or the status of what is not.
fn request(head: Option<&str>) -> Result<&str, &'static str> {
    let line = head.and_then(|head| head.lines().next()).unwrap_or_default();
    let words: Vec<_> = line.split(' ').collect();
    let [method, target, "HTTP/1.0" | "HTTP/1.1"] = words[..] else {
        return Err("400 Bad Request");
    };
    if !matches!(method, "GET" | "HEAD") {
        return Err("405 Method Not Allowed");
    }
    Ok(target.split('?').next().unwrap_or(target))
}
