//! A job that kills whoever works at it ends as poison, and the others go on.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::alone::serve;
use super::client::{agree, submit};
use super::http::{is_final, jobs, submit as accepted, told_jobs, until};
use super::processes::{PATIENCE, Process, free_port, needs_hooks};
use super::spread::{Setup, Spread};

/// The process that writes this PMID aborts.
const POISON: &str = "--set worker.test_hooks.abort_pmid=90000077";

/// Starts again what has died until the job has ended; how often it had died.
fn tend(port: u16, id: &str, processes: &mut [Process]) -> u32 {
    let mut deaths = 0;
    let begun = Instant::now();
    loop {
        // Asked first: whoever died of it is counted, also if it ends while the question is asked.
        let is_over = told_jobs(port)
            .is_some_and(|jobs| jobs.iter().any(|job| job["id"] == id && is_final(job)));
        for process in processes.iter_mut().filter_map(|process| {
            let has_ended = process.has_ended();
            has_ended.then_some(process)
        }) {
            deaths += 1;
            process.restart();
        }
        if is_over {
            return deaths;
        }
        assert!(begun.elapsed() < PATIENCE * 3, "it has no end after {deaths} deaths");
        thread::sleep(Duration::from_millis(50));
    }
}

fn records(count: u32) -> Vec<u8> {
    let mut out = Vec::new();
    tests::generate::baseline(count, 7, &mut out).expect("records");
    out
}

/// Files that kill nobody.
fn others(folder: &Path) -> Vec<PathBuf> {
    super::client::files(folder, 9, 70)
}

#[test]
fn a_job_that_kills_the_process_ends_as_poison() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    // With five failures it would wait for six minutes in all.
    let more = format!("{POISON} --set jobs.max_failures=3");
    let mut service = serve(folder.path(), port, &more);
    let id = accepted(port, "formats=ris", &records(100));
    let client = {
        let (inputs, out) = (others(folder.path()), folder.path().join("out"));
        thread::spawn(move || submit(&inputs, port, &out))
    };
    let deaths = tend(port, &id, std::slice::from_mut(&mut service));
    let job = until(port, &id, is_final);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"poison".into()));
    assert_eq!((deaths, &job["failures"]), (3, &3.into()), "{job:#}");
    assert_eq!(client.join().expect("the client ends"), Some(0), "the others go on");
    agree(&others(folder.path()), &folder.path().join("out"), folder.path());
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}

#[test]
fn a_job_that_kills_workers_ends_as_poison() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let setup = Setup { settings: "--set jobs.silent_seconds=60", workers: POISON, metrics: None };
    let mut service = Spread::with(folder.path(), &setup);
    let port = service.port;
    let id = accepted(port, "formats=ris", &records(100));
    let client = {
        let (inputs, out) = (others(folder.path()), folder.path().join("out"));
        thread::spawn(move || submit(&inputs, port, &out))
    };
    let deaths = tend(port, &id, &mut service.workers);
    let job = until(port, &id, is_final);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"poison".into()));
    // One delivery and five more.
    assert_eq!(deaths, 6, "{job:#}");
    assert_eq!(client.join().expect("the client ends"), Some(0), "the others go on");
    agree(&others(folder.path()), &folder.path().join("out"), folder.path());
    let others: Vec<_> = jobs(port).into_iter().filter(|job| job["id"] != id.as_str()).collect();
    assert_eq!(others.len(), 9);
}
