//! The disk of PostgreSQL or of RabbitMQ is full: a refusal or another try, and never a result that is
//! cut short.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use servers::{Postgres, RabbitMq};

use super::client::{agree, files, is_amid, persist, until};
use super::disk::Disk;
use super::http::{ask, get, is_final, jobs};
use super::processes::PATIENCE;
use super::spread::Ground;

#[test]
fn a_full_disk_of_the_database_refuses_jobs_and_loses_none() {
    let folder = tempfile::tempdir().expect("a folder");
    // The account of PostgreSQL has to find its way to it.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let Some(disk) = Disk::mount(&folder.path().join("database"), 256) else { return };
    let database = Postgres::start_in(&folder.path().join("database"));
    let ground = Ground::prepare(folder.path(), database, "");
    let (_staff, port) = (ground.staff(), ground.port);

    let inputs = files(folder.path(), 100, 100);
    let out = folder.path().join("out");
    let client = persist(&inputs, port, &out);
    until("jobs in the middle of it", PATIENCE, || is_amid(port));
    disk.fill(0);
    let record = fs::read(&inputs[0]).expect("a file");
    let mut taken = Vec::new();
    until_refused(port, &record, &mut taken);
    // Reading is as it was.
    let known = jobs(port);
    let open = known.iter().filter(|job| !is_final(job)).count();
    disk.clear();

    assert_eq!(client.join().expect("the client ends"), Some(1), "only those cut short fail");
    agree(&inputs, &out, folder.path());
    until("the ends of all jobs", PATIENCE * 2, || jobs(port).iter().all(is_final));
    for id in &taken {
        assert_eq!(get(port, &format!("/v1/jobs/{id}"))["state"], "succeeded");
    }
    eprintln!("{} were known and {open} of them open when the disk was full", known.len());
}

/// Submits until the service says that it cannot; what it takes, it has taken.
fn until_refused(port: u16, record: &[u8], taken: &mut Vec<String>) {
    for _ in 0..2000 {
        let (status, answer) =
            ask(port, "POST", "/v1/jobs?formats=ris", record).expect("an answer");
        match status {
            // There was room in a page that is there already.
            202 => taken.push(answer["id"].as_str().expect("an id").to_owned()),
            503 => return assert_eq!(answer["code"], "store-unavailable", "{answer:#}"),
            _ => panic!("{status}: {answer:#}"),
        }
    }
    panic!("the disk was never full");
}

/// RabbitMQ takes nothing in while its disk is nearly full: jobs wait in the outbox.
#[test]
fn a_full_disk_of_the_broker_holds_jobs_up_and_loses_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = Disk::mount(&folder.path().join("broker"), 256) else { return };
    let broker = RabbitMq::start_in(&folder.path().join("broker"));
    let database = Postgres::start();
    let reached = database.port();
    let ground = Ground::over(folder.path(), broker, database, reached, "");
    let (_staff, port) = (ground.staff(), ground.port);

    let inputs = files(folder.path(), 100, 100);
    let out = folder.path().join("out");
    let client = persist(&inputs, port, &out);
    until("jobs in the middle of it", PATIENCE, || is_amid(port));
    disk.fill(20 << 10);
    until("publishers that are blocked", PATIENCE, || {
        ground.broker.ctl(&["list_connections", "state"]).contains("blocked")
    });
    // Jobs are taken and wait.
    let record = fs::read(&inputs[0]).expect("a file");
    let (status, job) = ask(port, "POST", "/v1/jobs?formats=ris", &record).expect("an answer");
    assert_eq!(status, 202, "{job:#}");
    let held = format!("/v1/jobs/{}?wait=3", job["id"].as_str().expect("an id"));
    assert_eq!(get(port, &held)["state"], "queued", "nothing passes the broker");
    assert_eq!(ask(port, "GET", "/readyz", b"").expect("an answer").0, 200);
    disk.clear();

    assert_eq!(client.join().expect("the client ends"), Some(1), "only those cut short fail");
    agree(&inputs, &out, folder.path());
    until("the ends of all jobs", PATIENCE * 2, || jobs(port).iter().all(is_final));
    assert_eq!(get(port, &held)["state"], "succeeded");
}
