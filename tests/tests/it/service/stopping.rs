//! Ending on request: at once, with status 0, and without losing or failing anything.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::alone::serve;
use super::client::{agree, files, submit};
use super::http::{jobs, until};
use super::huge;
use super::processes::{Process, answers, free_port, run, words};
use super::spread::{Setup, Spread};

/// What a stop may take, whatever goes on.
const LIMIT: Duration = Duration::from_secs(30);

/// Asks a process to end while it works, and starts it again.
fn roll(process: &mut Process) {
    let begun = Instant::now();
    assert_eq!(process.terminate().code(), Some(0), "{}", process.said());
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    process.restart();
}

/// Submits a job that outlasts every stop, and waits until it runs.
pub(crate) fn long_job(port: u16, folder: &Path, megabytes: usize) -> String {
    let input = huge::file(folder, "long.xml", megabytes << 20);
    let line = format!("submit --to ris,jsonl --server http://127.0.0.1:{port}");
    let mut line = words(&line);
    line.push(input.display().to_string());
    let (printed, status) = run(&line);
    assert_eq!(status, Some(0), "{printed}");
    let id = printed.split('\t').next().expect("an id").to_owned();
    until(port, &id, |job| job["state"] == "running");
    id
}

/// Holds the results of the long job, and of those that were submitted beside it.
fn hold(port: u16, folder: &Path, id: &str) -> Value {
    let job = until(port, id, super::http::is_final);
    assert_eq!((&job["state"], &job["failures"]), (&"succeeded".into(), &0.into()), "{job:#}");
    let out = folder.join("long");
    let input = vec![folder.join("long.xml")];
    assert_eq!(submit(&input, port, &out), Some(0));
    agree(&input, &out, folder);
    // What was short was never begun twice.
    for other in jobs(port).iter().filter(|job| job["id"] != id) {
        assert_eq!((&other["state"], &other["failures"]), (&"succeeded".into(), &0.into()));
    }
    job
}

#[test]
fn rolling_restarts_over_a_long_job_lose_and_fail_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "--set shutdown.grace_seconds=1 --set jobs.silent_seconds=30";
    let workers = "--set worker.threads=1";
    let mut service = Spread::with(folder.path(), &Setup { settings, workers, metrics: None });
    let port = service.port;
    let id = long_job(port, folder.path(), 50);
    let client = {
        let (inputs, out) = (files(folder.path(), 9, 30), folder.path().join("out"));
        thread::spawn(move || submit(&inputs, port, &out))
    };
    for round in 0..10 {
        roll(&mut service.workers[round % 2]);
        if round == 4 {
            roll(&mut service.keeper);
            roll(&mut service.gateway);
            answers(port, &service.gateway);
        }
    }
    assert_eq!(client.join().expect("the client ends"), Some(0));
    agree(&files(folder.path(), 9, 30), &folder.path().join("out"), folder.path());
    let job = hold(port, folder.path(), &id);
    let attempt = job["attempt"].as_u64().expect("a number");
    eprintln!("the long job was handed out {attempt} times");
    assert!((2..=11).contains(&attempt), "{job:#}");
}

#[test]
fn the_one_process_ends_under_load_and_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let more = "--set shutdown.grace_seconds=1 --set worker.threads=1";
    let mut service = serve(folder.path(), port, more);
    let id = long_job(port, folder.path(), 25);
    let client = {
        let (inputs, out) = (files(folder.path(), 9, 30), folder.path().join("out"));
        thread::spawn(move || submit(&inputs, port, &out))
    };
    for _ in 0..3 {
        roll(&mut service);
        answers(port, &service);
        until(port, &id, |job| job["state"] != "queued");
    }
    assert_eq!(client.join().expect("the client ends"), Some(0));
    agree(&files(folder.path(), 9, 30), &folder.path().join("out"), folder.path());
    let job = hold(port, folder.path(), &id);
    assert_eq!(job["attempt"], 4, "{job:#}");
    assert!(service.said().matches("handed back").count() >= 3, "{}", service.said());
}
