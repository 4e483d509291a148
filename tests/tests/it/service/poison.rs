//! A job that kills whoever works at it ends as poison, and the others go on: once its worker has
//! died with all else that it did, the job kills none but processes of its own.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use servers::Postgres;

use super::alone::serve;
use super::client::{agree, submit};
use super::http::{is_final, jobs, submit as accepted, told_jobs, until};
use super::processes::{PATIENCE, Process, answers, free_port, needs_hooks};
use super::spread::{Ground, Setup, Spread};
use super::stopping::long_job;

/// The process that writes this PMID aborts. No other job of these tests has it.
const POISON: &str = "--set worker.test_hooks.abort_pmid=90000277";

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
    let mut service = serve(folder.path(), port, POISON);
    let id = accepted(port, "formats=ris", &records(300));
    let client = {
        let (inputs, out) = (others(folder.path()), folder.path().join("out"));
        thread::spawn(move || submit(&inputs, port, &out))
    };
    let deaths = tend(port, &id, std::slice::from_mut(&mut service));
    let job = until(port, &id, is_final);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"poison".into()));
    assert_eq!((deaths, &job["failures"]), (1, &1.into()), "{job:#}");
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
    let id = accepted(port, "formats=ris", &records(300));
    let client = {
        let (inputs, out) = (others(folder.path()), folder.path().join("out"));
        thread::spawn(move || submit(&inputs, port, &out))
    };
    let deaths = tend(port, &id, &mut service.workers);
    let job = until(port, &id, is_final);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"poison".into()));
    assert_eq!(deaths, 1, "{job:#}");
    assert_eq!(client.join().expect("the client ends"), Some(0), "the others go on");
    agree(&others(folder.path()), &folder.path().join("out"), folder.path());
    let others: Vec<_> = jobs(port).into_iter().filter(|job| job["id"] != id.as_str()).collect();
    assert_eq!(others.len(), 9);
}

/// Where jobs get no processes of their own, the limit of deliveries ends them.
#[test]
fn without_isolation_a_job_that_kills_workers_is_poison_after_six_deliveries() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let workers = format!("{POISON} --set worker.isolation=false");
    let setup =
        Setup { settings: "--set jobs.silent_seconds=60", workers: &workers, metrics: None };
    let mut service = Spread::with(folder.path(), &setup);
    let id = accepted(service.port, "formats=ris", &records(300));
    assert_eq!(tend(service.port, &id, &mut service.workers), 6);
    let job = until(service.port, &id, is_final);
    assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"poison".into()));
    let (inputs, out) = (others(folder.path()), folder.path().join("out"));
    assert_eq!(submit(&inputs, service.port, &out), Some(0), "workers go on");
    agree(&inputs, &out, folder.path());
}

#[test]
fn without_isolation_a_job_that_kills_the_process_is_poison_at_the_limit_of_failures() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    // With five failures it would wait for six minutes in all.
    let more = format!("{POISON} --set worker.isolation=false --set jobs.max_failures=3");
    let mut service = serve(folder.path(), port, &more);
    let id = accepted(port, "formats=ris", &records(300));
    assert_eq!(tend(port, &id, std::slice::from_mut(&mut service)), 3);
    let job = until(port, &id, is_final);
    assert_eq!((&job["error"]["code"], &job["failures"]), (&"poison".into(), &3.into()));
}

#[test]
fn a_long_job_of_one_process_outlives_those_that_kill_it() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let more = format!("{POISON} --set worker.threads=1 --set jobs.max_failures=3");
    let mut service = serve(folder.path(), port, &more);
    let job = outlives(port, folder.path(), &mut service);
    // It was counted among the failures of those that it ran beside, and not more often.
    assert!((1..=2).contains(&job["failures"].as_u64().expect("a number")), "{job:#}");
}

#[test]
fn a_long_job_of_a_worker_outlives_those_that_kill_it() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let ground = Ground::prepare(folder.path(), Postgres::start(), "--set worker.threads=1");
    let _keeper = ground.start("keeper", "keeper", "");
    let mut worker = ground.start("worker", "worker", POISON);
    let gateway = ground.start("gateway", "gateway", "");
    answers(ground.port, &gateway);
    outlives(ground.port, folder.path(), &mut worker);
}

/// Submits jobs that kill beside a long one, which ends well, and returns that.
fn outlives(port: u16, folder: &Path, worker: &mut Process) -> Value {
    let id = long_job(port, folder, 20);
    for _ in 0..2 {
        let poison = accepted(port, "formats=ris&lane=interactive", &records(300));
        assert_eq!(tend(port, &poison, std::slice::from_mut(worker)), 1);
        let job = until(port, &poison, is_final);
        assert_eq!((&job["state"], &job["error"]["code"]), (&"failed".into(), &"poison".into()));
    }
    let job = until(port, &id, is_final);
    assert_eq!(job["state"], "succeeded", "{job:#}");
    // It was in the hands of whoever died.
    let own = format!("\"job_id\":\"{id}\"");
    let said = worker.said();
    let mut lines = said.lines().filter(|line| line.contains("a job has a process of its own"));
    assert!(lines.any(|line| line.contains(&own)), "{said}");
    let (long, out) = (vec![folder.join("long.xml")], folder.join("long"));
    assert_eq!(submit(&long, port, &out), Some(0));
    agree(&long, &out, folder);
    job
}
