//! One visible result a job, whatever is said or done twice.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::client::{agree, files, submit};
use super::http::{is_final, jobs, until};
use super::huge;
use super::processes::{PATIENCE, free_port, run, words};
use super::spread::{Setup, Spread};

/// How often a keeper has heard the end of a run that no longer mattered.
fn stale(port: u16) -> u64 {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the keeper shows metrics");
    stream.write_all(b"GET /metrics HTTP/1.0\r\nHost: k\r\n\r\n").expect("a request");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let line = "refmill_events_stale_total{reason=\"finished\"} ";
    let found = text.lines().find_map(|found| found.strip_prefix(line));
    found.map_or(0, |count| count.parse().expect("a number"))
}

#[test]
fn every_message_twice_makes_every_result_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let metrics = free_port();
    let setup = Setup { settings: "", workers: "", metrics: Some(metrics) };
    let service = Spread::with(folder.path(), &setup);
    // Each errand to publish a job is written twice, and so each message is published twice.
    service.database.execute(
        &service.name,
        "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO outbox (kind, job_id, attempt, delay_s, created_at, due_at, payload) VALUES \
         (NEW.kind, NEW.job_id, NEW.attempt, NEW.delay_s, NEW.created_at, NEW.due_at, NEW.payload); \
         RETURN NULL; END $$; \
         CREATE TRIGGER twice AFTER INSERT ON outbox FOR EACH ROW \
         WHEN (pg_trigger_depth() = 0 AND NEW.kind = 'job') EXECUTE FUNCTION again();",
    );
    let inputs = files(folder.path(), 40, 100);
    let out = folder.path().join("out");
    assert_eq!(submit(&inputs, service.port, &out), Some(1));
    agree(&inputs, &out, folder.path());
    // The second end of a job comes after the first, and does not count. Where both messages met
    // at one worker, or the job had ended before the second was sent, there is none.
    let begun = Instant::now();
    while stale(metrics) < 10 {
        assert!(begun.elapsed() < PATIENCE, "{} ends were late", stale(metrics));
        std::thread::sleep(Duration::from_millis(100));
    }
    let all = jobs(service.port);
    assert_eq!(all.len(), 40);
    for job in all {
        let formats = if job["state"] == "succeeded" { 2 } else { 0 };
        assert!(is_final(&job) && job["attempt"] == 1, "{job:#}");
        assert_eq!(job["results"].as_array().map(Vec::len), Some(formats), "{job:#}");
    }
}

#[test]
fn a_worker_that_was_asleep_comes_too_late() {
    let folder = tempfile::tempdir().expect("a folder");
    let metrics = free_port();
    let settings = "--set jobs.silent_seconds=3";
    let setup = Setup { settings, workers: "--set worker.threads=1", metrics: Some(metrics) };
    let mut service = Spread::with(folder.path(), &setup);
    let port = service.port;
    service.workers[1].kill();
    let input = huge::file(folder.path(), "long.xml", 30 << 20);
    let line =
        format!("submit --to ris,jsonl --server http://127.0.0.1:{port} {}", input.display());
    let (printed, status) = run(&words(&line));
    assert_eq!(status, Some(0), "{printed}");
    let id = printed.split('\t').next().expect("an id").to_owned();
    until(port, &id, |job| job["progress"]["records"].as_u64() > Some(100));
    service.workers[0].signal("STOP");
    service.workers[1].restart();
    let ended = until(port, &id, is_final);
    assert_eq!((&ended["state"], &ended["attempt"]), (&"succeeded".into(), &2.into()), "{ended:#}");
    assert_eq!(ended["failures"], 1, "{ended:#}");
    assert_eq!(stale(metrics), 0);

    service.workers[0].signal("CONT");
    let begun = Instant::now();
    while stale(metrics) < 1 {
        assert!(begun.elapsed() < PATIENCE * 3, "the late end was not heard");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(until(port, &id, is_final), ended, "the late end changes nothing");
    let (out, inputs) = (folder.path().join("out"), vec![input]);
    assert_eq!(submit(&inputs, port, &out), Some(0));
    agree(&inputs, &out, folder.path());
    assert_eq!(jobs(port).len(), 1);
}
