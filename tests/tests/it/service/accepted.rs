//! Every job that was accepted is there after a power cut (`service.md` target P1).
//!
//! `REFMILL_ACCEPT_SECONDS` is for how long jobs are submitted, 2 by default.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use servers::Postgres;
use tests::places;

use super::alone::serve;
use super::http::{ask, jobs};
use super::processes::{answers, free_port};
use super::spread::Ground;

/// Connections at a time.
const CLIENTS: usize = 64;

/// A door that takes whatever comes, and workers that take nothing: jobs so short are all of the
/// other lane.
const SETTINGS: &str = "--set limits.rate_per_second=1000000 --set limits.rate_burst=1000000 \
    --set limits.queued_per_owner=1000000 --set worker.lanes=[\"bulk\"]";

#[test]
fn what_the_one_process_has_accepted_is_there_after_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, SETTINGS);
    let told = load(port, || service.kill());
    service.restart();
    answers(port, &service);
    all_are_there(port, &told);
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}

#[test]
fn what_a_gateway_has_accepted_is_there_after_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = Ground::prepare(
        folder.path(),
        Postgres::start_with_fsync(),
        &format!("--set outbox.max_rows=1000000 {SETTINGS}"),
    );
    let mut gateway = ground.start("gateway", "gateway", "");
    let port = ground.port;
    answers(port, &gateway);
    // The database falls first: an answer was given only for what it had on its disk.
    let told = load(port, || {
        ground.database.kill();
        gateway.kill();
    });
    ground.database.restart();
    gateway.restart();
    answers(port, &gateway);
    all_are_there(port, &told);
}

/// Submits the same record over and over until everything is killed in the middle of it; the ids
/// of all jobs whose acceptance was told.
fn load(port: u16, kill: impl FnOnce()) -> BTreeSet<String> {
    let seconds = std::env::var("REFMILL_ACCEPT_SECONDS")
        .map_or(2, |text| text.parse().expect("REFMILL_ACCEPT_SECONDS is a number"));
    let length = Duration::from_secs(seconds);
    let record = std::fs::read(places::root().join("examples/article.xml")).expect("an example");
    let is_falling = AtomicBool::new(false);
    let told = thread::scope(|scope| {
        let submit = || {
            let mut told = Vec::new();
            // An error: it was killed before it had answered.
            while let Ok((status, job)) = ask(port, "POST", "/v1/jobs?formats=ris", &record) {
                if status == 202 {
                    told.push(job["id"].as_str().expect("an id").to_owned());
                } else {
                    // The store is away a moment before the door is.
                    assert!(status == 503 && is_falling.load(Ordering::SeqCst), "{status}: {job}");
                }
            }
            told
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(submit)).collect();
        thread::sleep(length);
        is_falling.store(true, Ordering::SeqCst);
        kill();
        let told = clients.into_iter().map(|client| client.join().expect("a client ends"));
        told.flatten().collect::<Vec<String>>()
    });
    let ids: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(ids.len(), told.len(), "each job has an id of its own");
    eprintln!("{} jobs were accepted in {length:?} over {CLIENTS} connections", ids.len());
    assert!(ids.len() > CLIENTS, "{} were accepted", ids.len());
    ids
}

fn all_are_there(port: u16, told: &BTreeSet<String>) {
    let all = jobs(port);
    let there: BTreeSet<&str> = all.iter().filter_map(|job| job["id"].as_str()).collect();
    let lost: Vec<&String> = told.iter().filter(|id| !there.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), told.len());
    assert!(all.iter().all(|job| job["state"] == "queued"), "nobody works");
}
