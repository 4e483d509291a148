//! A receiver of webhooks on this machine.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A receiver that answers as it is told: the first call by the first answer, and so on; the last
/// one stays.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) calls: Arc<Mutex<Vec<Call>>>,
    pub(crate) at_a_time: Arc<AtomicUsize>,
    pub(crate) most: Arc<AtomicUsize>,
}

/// A call that has come.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) line: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Receiver {
    /// Answers with these texts, each a whole answer of HTTP. `…` stands for a body without an end,
    /// `slowly` before an answer for some time, `never` for none.
    pub(crate) async fn start(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let receiver = Self {
            url: format!("http://127.0.0.1:{port}/hook?from=refmill"),
            calls: Arc::default(),
            at_a_time: Arc::default(),
            most: Arc::default(),
        };
        let this = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let this = this.clone();
                tokio::spawn(async move { this.serve(stream, answers).await });
            }
        });
        receiver
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.lock().expect("a lock").len()
    }

    pub(crate) fn call(&self, number: usize) -> Call {
        self.calls.lock().expect("a lock")[number].clone()
    }

    async fn serve(&self, mut stream: TcpStream, answers: &[&str]) {
        let Some(call) = read(&mut stream).await else { return };
        let number = {
            let mut calls = self.calls.lock().expect("a lock");
            calls.push(call);
            calls.len() - 1
        };
        let now = self.at_a_time.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let answer = answers[number.min(answers.len() - 1)];
        if answer == "never" {
            std::future::pending::<()>().await;
        } else if let Some(answer) = answer.strip_prefix("slowly ") {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let _gone = stream.write_all(answer.as_bytes()).await;
        } else if let Some(head) = answer.strip_suffix('…') {
            let mut sent = stream.write_all(head.as_bytes()).await;
            while sent.is_ok() {
                sent = stream.write_all(&[b'x'; 1024]).await;
            }
        } else {
            let _gone = stream.write_all(answer.as_bytes()).await;
        }
        self.at_a_time.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn read(stream: &mut TcpStream) -> Option<Call> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: HashMap<String, String> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length: usize = headers.get("content-length")?.parse().ok()?;
        let body = &bytes[end + 4..];
        if body.len() >= length {
            return Some(Call { line, headers, body: body.to_vec() });
        }
    }
}
