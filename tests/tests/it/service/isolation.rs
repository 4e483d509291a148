//! The process that a job gets when it was in other hands before.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::alone::serve;
use super::client;
use super::http::{ask, is_final, until};
use super::processes::{PATIENCE, Process, answers, free_port};
use super::stopping::long_job;

/// What a process may take to end once nobody wants it.
const SOON: Duration = Duration::from_secs(5);

/// Processes that this one has started.
fn children(process: &Process) -> Vec<u32> {
    let parent = format!("PPid:\t{}\n", process.id());
    let all = fs::read_dir("/proc").expect("Linux").flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_child = |number: &u32| {
        fs::read_to_string(format!("/proc/{number}/status")).is_ok_and(|is| is.contains(&parent))
    };
    numbers.filter(is_child).collect()
}

fn runs(number: u32) -> bool {
    Path::new(&format!("/proc/{number}")).exists()
}

/// Waits until the job of a service has begun in its own process for the so-manieth time, and gives
/// the number of that.
fn own_process(service: &Process, number: usize) -> u32 {
    let begun = Instant::now();
    loop {
        let has_begun = service.said().matches("a job has a process of its own").count() == number;
        if let ([child], true) = (&children(service)[..], has_begun) {
            return *child;
        }
        assert!(begun.elapsed() < PATIENCE, "it gets none: {}", service.said());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Kills a service in the midst of its job, and starts it again.
fn fell(service: &mut Process, port: u16) {
    service.kill();
    service.restart();
    answers(port, service);
}

#[test]
fn the_process_of_a_job_ends_when_nobody_wants_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let more = "--set worker.threads=1 --set shutdown.grace_seconds=1";
    let mut service = serve(folder.path(), port, more);
    let id = long_job(port, folder.path(), 50);
    assert!(children(&service).is_empty(), "at first it has none");
    fell(&mut service, port);
    let first = own_process(&service, 1);

    // With its worker.
    fell(&mut service, port);
    client::until("the process ends with its worker", SOON, || !runs(first));

    // With the role, which hands the job back; not by a signal of its own.
    let second = own_process(&service, 2);
    let told = Command::new("kill").args(["-s", "TERM", &second.to_string()]).status();
    assert!(told.expect("kill can be run").success());
    until(port, &id, |job| job["state"] == "running" && job["progress"]["records"] != 0);
    assert!(runs(second), "{}", service.said());
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
    assert!(!runs(second));
    service.restart();
    answers(port, &service);

    // With its job.
    let third = own_process(&service, 3);
    let (status, job) =
        ask(port, "POST", &format!("/v1/jobs/{id}/cancel"), b"").expect("an answer");
    assert_eq!(status, 202, "{job}");
    client::until("a cancel is heard", Duration::from_secs(2), || !runs(third));
    let job = until(port, &id, is_final);
    // Two kills; what was handed back is no failure.
    assert_eq!((&job["state"], &job["failures"]), (&"cancelled".into(), &2.into()), "{job:#}");
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}
