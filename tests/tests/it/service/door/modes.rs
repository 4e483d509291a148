//! The cases, and the two services against which all of them run.

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use tokio::runtime::Builder;
use tokio::task::JoinSet;

use super::visitor::{Visitor, sha256};
use super::{conversion, ending, reading, refusals, submission};
use crate::service::alone::serve;
use crate::service::processes::free_port;
use crate::service::spread::{Setup, Spread};

/// A case: its name, and what it does.
type Case = (&'static str, fn(Visitor) -> Pin<Box<dyn Future<Output = ()> + Send>>);

macro_rules! cases {
    ($($room:ident::$name:ident,)*) => {
        &[$((stringify!($name), |visitor| Box::pin($room::$name(visitor))),)*]
    };
}

const CASES: &[Case] = cases![
    submission::a_body_becomes_a_job,
    submission::a_form_becomes_a_job,
    submission::packed_bodies_become_jobs,
    submission::a_large_body_becomes_a_job,
    submission::whoever_prefers_to_wait_gets_the_end,
    submission::the_same_key_makes_one_job,
    submission::odd_submissions_are_refused,
    reading::the_status_is_waited_for_and_tagged,
    reading::results_come_whole_in_parts_and_packed,
    reading::diagnostics_name_what_was_left_out,
    reading::a_failed_job_says_why,
    reading::events_tell_the_life_of_a_job,
    reading::lists_lead_to_every_job_once,
    reading::pages_and_health_are_there_for_everybody,
    ending::jobs_that_wait_or_run_are_cancelled,
    ending::what_has_ended_can_be_deleted,
    conversion::a_conversion_gives_what_the_command_line_gives,
    conversion::the_format_is_negotiated,
    conversion::what_cannot_be_converted_is_refused_by_name,
    refusals::nobody_sees_the_job_of_another,
    refusals::every_route_asks_for_a_key_of_its_scope,
    refusals::every_error_is_a_problem,
];

#[test]
fn the_suite_passes_in_one_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, &settings(folder.path()));
    pass(port);
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}

#[test]
fn the_suite_passes_over_processes() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(folder.path());
    let settings = format!("{settings} --set jobs.silent_seconds=5");
    let setup = Setup { settings: &settings, workers: "", metrics: None };
    let mut service = Spread::with(folder.path(), &setup);
    pass(service.port);
    let secret = "s".repeat(20);
    for process in service.workers.iter().chain([&service.gateway, &service.keeper]) {
        assert!(!process.said().contains(&secret), "a key is in a log");
    }
    assert_eq!(service.gateway.terminate().code(), Some(0), "{}", service.gateway.said());
}

/// Keys for all cases: two owners each, and one key that may only read.
fn settings(folder: &Path) -> String {
    let mut lines = String::new();
    for case in 0..CASES.len() {
        for (hand, scopes) in [
            ("one", r#""submit","read""#),
            ("two", r#""submit","read""#),
            ("reader", r#""read""#),
            ("writer", r#""submit""#),
        ] {
            let key = Visitor::key(case, hand);
            let id = key.split('_').nth(1).expect("an id");
            let digest = sha256(key.as_bytes());
            let owner = if hand == "two" { format!("{case}b") } else { format!("{case}a") };
            lines.extend([format!(
                "{{\"id\":\"{id}\",\"sha256\":\"{digest}\",\"owner\":\"{owner}\",\
                 \"scopes\":[{scopes}],\"rate_per_second\":1000,\"rate_burst\":1000}}\n"
            )]);
        }
    }
    let file: PathBuf = folder.join("keys");
    fs::write(&file, lines).expect("keys");
    format!("--set auth.mode=keys --set auth.keys_file={}", file.display())
}

/// Runs every case at the door at that port, and fails with the names of those that failed.
fn pass(port: u16) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut running = JoinSet::new();
        for (number, (name, case)) in CASES.iter().enumerate() {
            let visitor = Visitor::come(port, number).await;
            running.spawn(async move { (name, tokio::spawn(case(visitor)).await) });
        }
        let ends = running.join_all().await;
        let failed: Vec<_> = ends.iter().filter(|(_, end)| end.is_err()).collect();
        assert!(failed.is_empty(), "{} of {} cases failed: {failed:#?}", failed.len(), ends.len());
    });
}
