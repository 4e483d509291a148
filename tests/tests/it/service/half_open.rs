//! A network between the roles and PostgreSQL that is half open (`service.md` target R10).

use std::thread;
use std::time::{Duration, Instant};

use servers::{Postgres, RabbitMq, Relay, Traffic};

use super::client::{agree, files, is_amid, persist, until};
use super::http::{ask, is_final, jobs};
use super::processes::{PATIENCE, answers, free_port};
use super::spread::Ground;

/// Within this everybody has noticed.
const NOTICED: Duration = Duration::from_secs(45);

#[test]
fn a_half_open_network_to_the_database_is_noticed_and_loses_no_job() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "--set store.acquire_seconds=2 --set store.statement_seconds=2 \
                    --set keeper.reconcile_seconds=1 --set keeper.lost_after_seconds=5 \
                    --set jobs.silent_seconds=5 --set jobs.max_failures=50";
    let database = Postgres::start();
    let relay = Relay::to(database.port());
    let ground = Ground::over(folder.path(), RabbitMq::start(), database, relay.port(), settings);
    let metrics = free_port();
    let keeper = ground.start_shown("keeper", "keeper", metrics);
    let _worker = ground.start("worker", "worker", "");
    let gateway = ground.start("gateway", "gateway", "");
    let port = ground.port;
    answers(port, &gateway);
    answers(metrics, &keeper);
    until("a keeper that is ready", PATIENCE, || readiness(metrics) == Some(200));

    let inputs = files(folder.path(), 100, 200);
    let out = folder.path().join("out");
    let client = persist(&inputs, port, &out);
    until("jobs in the middle of it", PATIENCE, || is_amid(port));
    let known = jobs(port).len();

    relay.set(Traffic::Drop);
    let gone = Instant::now();
    until("a keeper that has noticed", NOTICED, || readiness(metrics) == Some(503));
    until("a gateway that has noticed", NOTICED, || readiness(port) == Some(503));
    let noticed = gone.elapsed();
    let record = std::fs::read(&inputs[0]).expect("a file");
    let (status, problem) = ask(port, "POST", "/v1/jobs?formats=ris", &record).expect("an answer");
    assert_eq!((status, &problem["code"]), (503, &"store-unavailable".into()), "{problem:#}");
    assert!(gone.elapsed() < NOTICED, "it took {:?}", gone.elapsed());
    // Whatever was on its way to the database has been given up by now.
    thread::sleep(Duration::from_secs(12).saturating_sub(gone.elapsed()));

    relay.set(Traffic::Pass);
    let back = Instant::now();
    until("a keeper that is ready", PATIENCE, || readiness(metrics) == Some(200));
    until("a gateway that is ready", PATIENCE, || readiness(port) == Some(200));
    let whole = back.elapsed();
    assert_eq!(client.join().expect("the client ends"), Some(1), "only those cut short fail");
    agree(&inputs, &out, folder.path());
    // What was begun and never heard of is done too.
    until("the ends of all jobs", PATIENCE * 2, || jobs(port).iter().all(is_final));
    assert!(jobs(port).len() >= known);
    eprintln!(
        "noticed by both after {noticed:.1?}, ready {whole:.1?} after the network was back, all \
         done after {:.1?}",
        back.elapsed()
    );
}

fn readiness(port: u16) -> Option<u16> {
    ask(port, "GET", "/readyz", b"").ok().map(|(status, _)| status)
}
