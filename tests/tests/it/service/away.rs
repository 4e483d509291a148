//! A broker that is away while people submit (`service.md` target R5).

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use servers::Postgres;
use tests::places;

use super::processes::PATIENCE;
use super::spread::Ground;

/// What fits into the outbox.
const ROWS: usize = 100;

/// How long the broker is away: a few seconds, or as many as `BROKER_AWAY_SECONDS` says.
fn away() -> Duration {
    let seconds = std::env::var("BROKER_AWAY_SECONDS")
        .map_or(5, |text| text.parse().expect("BROKER_AWAY_SECONDS is a number"));
    Duration::from_secs(seconds)
}

#[test]
fn jobs_are_taken_until_the_outbox_is_full_and_done_when_the_broker_is_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground =
        Ground::prepare(folder.path(), Postgres::start(), &format!("--set outbox.max_rows={ROWS}"));
    let _staff = ground.staff();
    let Ground { broker, port, .. } = &ground;
    let port = *port;
    let record = std::fs::read(places::root().join("examples/article.xml")).expect("an example");
    let first = submit(port, &record).0.expect("it is taken");
    until("the first end", || state(port, &first) == "succeeded");

    broker.stop();
    let begun = Instant::now();
    let mut taken = Vec::new();
    let mut refused = 0;
    while begun.elapsed() < away() || refused == 0 {
        assert!(begun.elapsed() < away() + PATIENCE, "{} were taken, none refused", taken.len());
        match submit(port, &record) {
            (Some(job), _) => taken.push(job),
            (None, answer) => {
                assert_eq!(answer.status, 503, "{}", answer.body);
                assert!(answer.body.contains("outbox-full"), "{}", answer.body);
                let wait = answer.headers.get("retry-after").and_then(|wait| wait.parse().ok());
                assert!(wait.is_some_and(|seconds: u64| seconds > 0), "{:?}", answer.headers);
                refused += 1;
                thread::sleep(Duration::from_millis(50));
            }
        }
        // Reading is as it was.
        assert_eq!(state(port, &first), "succeeded");
    }
    let gone = begun.elapsed();
    assert!(taken.len() >= ROWS, "only {} were taken", taken.len());

    broker.restart();
    let back = Instant::now();
    for job in &taken {
        until("its end", || state(port, job) == "succeeded");
    }
    eprintln!(
        "the broker was away for {gone:.1?}: {} were taken and {refused} refused; all were done \
         {:.1?} after it was back",
        taken.len(),
        back.elapsed()
    );
    until("an open door", || submit(port, &record).0.is_some());
}

/// Waits until it is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it never came: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Submits a job: its id, if it was taken, and the answer.
fn submit(port: u16, record: &[u8]) -> (Option<String>, Answer) {
    let answer = ask(port, "POST /v1/jobs?formats=ris", record);
    let id = (answer.status == 202).then(|| {
        let job: Value = serde_json::from_str(&answer.body).expect("JSON");
        job["id"].as_str().expect("an id").to_owned()
    });
    (id, answer)
}

fn state(port: u16, job: &str) -> String {
    let answer = ask(port, &format!("GET /v1/jobs/{job}"), b"");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let job: Value = serde_json::from_str(&answer.body).expect("JSON");
    job["state"].as_str().expect("a state").to_owned()
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

fn ask(port: u16, line: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let head = format!(
        "{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("a request");
    stream.write_all(body).expect("a body");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status");
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer {
        status: status.parse().expect("a number"),
        headers: headers.collect(),
        body: body.to_owned(),
    }
}
