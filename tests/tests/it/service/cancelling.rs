//! Cancelling in the midst of 200 MB: within two seconds, and nothing of it stays.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::alone::serve;
use super::http::{ask, until};
use super::huge;
use super::processes::{PATIENCE, free_port, run, words};
use super::spread::Spread;

/// Two seconds, and the same again on a busy machine.
const SOON: Duration = Duration::from_secs(4);

/// Submits 200 MB, cancels the job in the midst of it, and looks for what is left.
fn cancel_in_the_midst(port: u16, folder: &Path, blobs: &Path) {
    let input = huge::file(folder, "huge.xml", 200 << 20);
    let line =
        format!("submit --to ris,jsonl --server http://127.0.0.1:{port} {}", input.display());
    let (printed, status) = run(&words(&line));
    assert_eq!(status, Some(0), "{printed}");
    let id = printed.split('\t').next().expect("an id").to_owned();
    // Its results have begun to be blobs.
    until(port, &id, |job| job["progress"]["records"].as_u64() > Some(100));
    assert_ne!(outputs(blobs), 0);

    let begun = Instant::now();
    let (status, job) =
        ask(port, "POST", &format!("/v1/jobs/{id}/cancel"), b"").expect("an answer");
    assert_eq!(status, 202, "{job:#}");
    let job = until(port, &id, |job| job["state"] != "running");
    let took = begun.elapsed();
    eprintln!("cancelled after {took:.2?}");
    assert_eq!(job["state"], "cancelled", "{job:#}");
    let (read, total) = (&job["progress"]["bytes"], &job["progress"]["total_bytes"]);
    assert!(read.as_u64() < total.as_u64(), "{job:#}");
    assert!(took < SOON, "{took:?}");
    assert!(job["results"].as_array().is_some_and(Vec::is_empty), "{job:#}");
    while outputs(blobs) > 0 {
        assert!(begun.elapsed() < PATIENCE, "{} files of its results stay", outputs(blobs));
        thread::sleep(Duration::from_millis(50));
    }
}

/// Files of results, whole or not.
fn outputs(blobs: &Path) -> usize {
    fn files(folder: &Path) -> usize {
        let Ok(entries) = fs::read_dir(folder) else { return 0 };
        let entries = entries.map(|entry| entry.expect("an entry").path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    files(&blobs.join("out"))
}

#[test]
fn a_huge_job_of_the_one_process_is_cancelled_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, "");
    cancel_in_the_midst(port, folder.path(), &folder.path().join("data/blobs"));
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}

#[test]
fn a_huge_job_of_a_worker_is_cancelled_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Spread::start(folder.path());
    cancel_in_the_midst(service.port, folder.path(), &folder.path().join("blobs"));
}
