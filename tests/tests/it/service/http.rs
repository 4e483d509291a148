//! The HTTP interface of the service, as far as these tests ask it something.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::processes::PATIENCE;

/// An answer: its status, and its body if that is JSON.
pub(crate) type Answer = (u16, Value);

/// Sends a request with a body, and reads the answer.
pub(crate) fn ask(port: u16, method: &str, path: &str, body: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!(
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {}\r\n\
         Content-Type: application/xml\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "half an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(cut)?;
    let (head, body) = (&answer[..end], &answer[end + 4..]);
    let status = String::from_utf8_lossy(head).split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok((status.ok_or_else(cut)?, serde_json::from_slice(body).unwrap_or(Value::Null)))
}

/// Reads what must be there.
pub(crate) fn get(port: u16, path: &str) -> Value {
    let (status, body) = ask(port, "GET", path, b"").expect("an answer");
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// Submits a job that must be accepted, and returns its id.
pub(crate) fn submit(port: u16, query: &str, body: &[u8]) -> String {
    let (status, job) = ask(port, "POST", &format!("/v1/jobs?{query}"), body).expect("an answer");
    assert_eq!(status, 202, "{job}");
    job["id"].as_str().expect("an id").to_owned()
}

/// All jobs that the service has ever taken, the newest first.
pub(crate) fn jobs(port: u16) -> Vec<Value> {
    listed(|path| Some(get(port, path))).expect("every page was read")
}

/// The same, or nothing if the service cannot tell now.
pub(crate) fn told_jobs(port: u16) -> Option<Vec<Value>> {
    listed(|path| match ask(port, "GET", path, b"") {
        Ok((200, page)) => Some(page),
        Ok((503, _)) | Err(_) => None,
        Ok((status, page)) => panic!("{path}: {status}: {page}"),
    })
}

/// The jobs of all pages, each of which is read at a path.
fn listed(mut read: impl FnMut(&str) -> Option<Value>) -> Option<Vec<Value>> {
    let mut jobs = Vec::new();
    let mut path = "/v1/jobs?limit=500".to_owned();
    loop {
        let page = read(&path)?;
        jobs.extend_from_slice(page["jobs"].as_array()?);
        let Some(next) = page["next"].as_str() else { return Some(jobs) };
        path = format!("/v1/jobs?limit=500&cursor={next}");
    }
}

/// Whether nothing more will happen to a job.
pub(crate) fn is_final(job: &Value) -> bool {
    ["succeeded", "failed", "cancelled", "expired"].iter().any(|state| job["state"] == *state)
}

/// Waits until a job is as it should be, and returns it.
pub(crate) fn until(port: u16, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        // The service may be away for a moment.
        if let Ok((200, job)) = ask(port, "GET", &format!("/v1/jobs/{id}"), b"")
            && is_so(&job)
        {
            return job;
        } else if begun.elapsed() > PATIENCE * 3 {
            panic!("job {id} did not come to it: {:?}", ask(port, "GET", "/v1/jobs", b""));
        }
        thread::sleep(Duration::from_millis(50));
    }
}
