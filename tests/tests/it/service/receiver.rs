//! A receiver of webhooks on this machine, which takes everything.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::Value;

/// A receiver. Its thread ends with the process of the tests.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A call that has come.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    /// Its `webhook-id`.
    pub(crate) id: String,
    pub(crate) body: Value,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let heard = calls.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever falls in the middle of a call has made none.
                if let Some(call) = read(&stream) {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(call);
                    let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
                    let _gone = (&stream).write_all(answer);
                }
            }
        });
        Self { port, calls }
    }

    /// What has come so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(stream: &TcpStream) -> Option<Call> {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut id, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "webhook-id" => value.clone_into(&mut id),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    Some(Call { path, id, body: serde_json::from_slice(&body).ok()? })
}
