//! A client of HTTP that sends what it is told, byte by byte, and shows what comes back.

mod description;

use std::fmt::{self, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub use description::Description;

/// How long a test waits for what must come, on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// An answer.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, with their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body, put together if it came in chunks.
    pub body: Vec<u8>,
}

/// A request that is being put together.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (method, target) = (method.to_owned(), target.to_owned());
        Self { method, target, headers: Vec::new(), body: None }
    }

    /// Adds a header; a second of the same name stands beside the first.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Shows a key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("Authorization", &format!("Bearer {key}"))
    }

    /// Adds a body, and its length if no header tells how long it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Adds a body that is XML.
    #[must_use]
    pub fn xml(self, body: impl Into<Vec<u8>>) -> Self {
        self.header("Content-Type", "application/xml").body(body)
    }

    /// A form of parts with a name, a head and a value.
    #[must_use]
    pub fn form(self, parts: &[(&str, &str, &str)]) -> Self {
        let mut body = String::new();
        for (name, head, value) in parts {
            let _ = write!(
                body,
                "--limit\r\nContent-Disposition: form-data; name=\"{name}\"{head}\r\n\r\n{value}\r\n"
            );
        }
        body += "--limit--\r\n";
        self.header("Content-Type", "multipart/form-data; boundary=limit").body(body)
    }

    /// The bytes of the request. It asks to close the connection behind it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        let has = |name: &str| self.headers.iter().any(|(given, _)| given == name);
        if !has("Host") {
            head += "Host: localhost\r\n";
        }
        head += "Connection: close\r\n";
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if let Some(body) = &self.body
            && !has("Content-Length")
            && !has("Transfer-Encoding")
        {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        let mut bytes = format!("{head}\r\n").into_bytes();
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.body[..self.body.len().min(1000)];
        let mut answer = f.debug_struct("Answer");
        answer.field("status", &self.status).field("headers", &self.headers);
        answer.field("body", &String::from_utf8_lossy(shown)).finish_non_exhaustive()
    }
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// If it is none.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of the problem that it is, after a look at its other members.
    ///
    /// # Panics
    ///
    /// If it is no problem, or not a whole one.
    #[must_use]
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        let code = problem["code"].as_str().expect("a code").to_owned();
        assert_eq!(problem["type"], format!("urn:refmill:problem:{code}"));
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        if matches!(self.status, 429 | 503) {
            let seconds = self.header("retry-after").and_then(|value| value.parse::<u64>().ok());
            assert!(seconds.is_some(), "{self:?}");
        }
        code
    }
}

/// Sends bytes and reads until the other side closes.
///
/// # Panics
///
/// If no answer comes in time.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // Whoever refuses a body may close before it is read.
    drop(stream.write_all(bytes).await);
    read(&mut stream).await
}

/// Reads an answer until the other side closes.
///
/// # Panics
///
/// If no answer comes in time.
pub async fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("an answer in time").ok();
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(bytes)));
    let head = std::str::from_utf8(&bytes[..end]).expect("a head in ASCII");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status");
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut answer =
        Answer { status: status.parse().expect("a number"), headers, body: Vec::new() };
    let body = &bytes[end + 4..];
    answer.body = if answer.header("transfer-encoding") == Some("chunked") {
        unchunked(body)
    } else {
        body.to_vec()
    };
    answer
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end]).expect("a size");
        let size = usize::from_str_radix(size, 16).expect("a size");
        if size == 0 {
            break;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 2 + size + 2..];
    }
    body
}

/// A stream of events that is read piece by piece.
#[derive(Debug)]
pub struct Listener {
    stream: TcpStream,
    /// All that was heard, with the head.
    pub heard: String,
}

impl Listener {
    /// Sends a request whose answer does not end.
    ///
    /// # Panics
    ///
    /// If there is no connection.
    pub async fn open(address: SocketAddr, request: &Request) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(&request.bytes()).await.expect("sent");
        Self { stream, heard: String::new() }
    }

    /// Listens until these words were heard.
    ///
    /// # Panics
    ///
    /// If they do not come in time.
    pub async fn until(&mut self, words: &str) {
        while !self.heard.contains(words) {
            assert!(self.more().await, "`{words}` was not heard in {}", self.heard);
        }
    }

    /// Listens until the other side closes.
    ///
    /// # Panics
    ///
    /// If it does not close in time.
    pub async fn finish(&mut self) {
        while self.more().await {}
    }

    async fn more(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let read = timeout(PATIENCE, self.stream.read(&mut buffer)).await;
        let read = read.unwrap_or_else(|_| panic!("silence after {}", self.heard)).unwrap_or(0);
        self.heard += &String::from_utf8_lossy(&buffer[..read]);
        read > 0
    }
}
