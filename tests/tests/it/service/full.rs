//! A disk that is full during an upload, a run and a commit: a refusal or another try, and never a
//! result that is cut short.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::alone::serve;
use super::client::{agree, submit};
use super::disk::Disk;
use super::http::{ask, is_final, jobs, until};
use super::huge;
use super::processes::free_port;
use super::spread::{Setup, Spread};

#[test]
fn a_full_disk_cuts_nothing_short() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let Some(disk) = Disk::mount(&data, 64) else { return };
    let port = free_port();
    let mut service = serve(folder.path(), port, "--set blobs.min_free_bytes=0");
    let input = huge::file(folder.path(), "large.xml", 4 << 20);
    let text = fs::read(&input).expect("the file");
    let send = |key: &str, body: &[u8]| {
        let path = format!("/v1/jobs?formats=ris,jsonl&filename={key}");
        ask(port, "POST", &path, body).expect("an answer")
    };

    // During the upload: it is refused, and nothing of it stays.
    disk.fill(2048);
    let (status, problem) = send("large.xml", &text);
    assert_eq!((status, &problem["code"]), (507, &"storage-full".into()), "{problem:#}");
    let open = jobs(port).into_iter().filter(|job| job["state"] != "expired").count();
    assert_eq!(open, 0);

    // During the run: there is room for the input, but not for the results.
    no_room_for_results(&disk, port, &input, || send("large.xml", &text));

    // During the commit: whatever is not on the disk is not accepted.
    let mut short = Vec::new();
    tests::generate::baseline(3, 5, &mut short).expect("records");
    let known = jobs(port).len();
    let mut accepted = 0;
    disk.fill(0);
    for number in 0..200 {
        let (status, answer) = send(&format!("short-{number}.xml"), &short);
        match status {
            // There was room in a page that is there already.
            202 => accepted += 1,
            503 | 507 => break,
            _ => panic!("{status}: {answer:#}"),
        }
    }
    assert!(accepted < 200, "the disk was never full");
    disk.clear();
    let all = jobs(port);
    assert_eq!(all.len(), known + accepted, "what was refused is not there");
    for job in all.iter().filter(|job| job["state"] != "expired") {
        let job = until(port, job["id"].as_str().expect("an id"), is_final);
        assert_eq!(job["state"], "succeeded", "{job:#}");
    }
    let (status, job) = send("after.xml", &short);
    assert_eq!(status, 202, "it takes jobs again by itself: {job:#}");
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}

/// The blobs of all roles lie on one disk.
#[test]
fn a_full_disk_under_many_processes_cuts_nothing_short() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = Disk::mount(&folder.path().join("blobs"), 64) else { return };
    let settings = "--set blobs.min_free_bytes=0";
    let mut service = Spread::with(folder.path(), &Setup { settings, workers: "", metrics: None });
    let port = service.port;
    let input = huge::file(folder.path(), "large.xml", 4 << 20);
    let text = fs::read(&input).expect("the file");
    let send = || {
        let path = "/v1/jobs?formats=ris,jsonl&filename=large.xml";
        ask(port, "POST", path, &text).expect("an answer")
    };

    // The gateway's: the upload is refused, and nothing of it stays.
    disk.fill(2048);
    let (status, problem) = send();
    assert_eq!((status, &problem["code"]), (507, &"storage-full".into()), "{problem:#}");
    assert!(jobs(port).iter().all(|job| job["state"] == "expired"));

    // The worker's: there is room for the input, but not for the results.
    no_room_for_results(&disk, port, &input, send);
    for process in service.workers.iter_mut().chain([&mut service.gateway, &mut service.keeper]) {
        assert_eq!(process.terminate().code(), Some(0), "{}", process.said());
    }
}

/// The job waits until there is room, and its results are whole then.
fn no_room_for_results(disk: &Disk, port: u16, input: &Path, send: impl Fn() -> (u16, Value)) {
    disk.fill(4 * 1024 + 1536);
    let (status, job) = send();
    assert_eq!(status, 202, "{job:#}");
    let id = job["id"].as_str().expect("an id").to_owned();
    let job = until(port, &id, |job| job["failures"].as_u64() > Some(0));
    assert!(!is_final(&job), "it is tried again: {job:#}");
    disk.clear();
    let job = until(port, &id, is_final);
    assert_eq!(job["state"], "succeeded", "{job:#}");
    let folder = input.parent().expect("its folder");
    let (inputs, out) = (vec![input.to_owned()], folder.join("out"));
    assert_eq!(submit(&inputs, port, &out), Some(0));
    agree(&inputs, &out, folder);
}
