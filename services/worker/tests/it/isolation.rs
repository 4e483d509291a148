//! Jobs that were in other hands before, and get a process of their own. Here it is a shell that
//! says what a test wants; the program itself is tried in `tests`.

use std::path::Path;
use std::time::{Duration, Instant};

use jobs::message::{Finished, JobMessage};
use jobs::{Outcome, ProblemCode};
use worker::{OwnProcess, Settings};

use crate::support::{Bench, job, problem, records};

const BEGUN: &str = r#"echo '{"word":"begun"}'"#;

/// Settings under which a job gets a shell, which first leaves its number in a file.
fn shell(folder: &Path, script: &str) -> Settings {
    let script = format!("read order; echo $$ >>{}/numbers; {script}", folder.display());
    let own_process =
        OwnProcess { program: "sh".into(), arguments: vec!["-c".into(), script.into()] };
    Settings { own_process: Some(own_process), ..Settings::default() }
}

/// The numbers of the processes that there were.
fn numbers(folder: &Path) -> Vec<u32> {
    let numbers = std::fs::read_to_string(folder.join("numbers")).unwrap_or_default();
    numbers.lines().map(|number| number.parse().expect("a number")).collect()
}

#[tokio::test]
async fn a_process_that_does_not_read_holds_nobody() {
    let deaf = OwnProcess { program: "sleep".into(), arguments: vec!["600".into()] };
    let bench = Bench::memory(Settings { own_process: Some(deaf), ..Settings::default() });
    // With its order a pipe is full.
    let mut message = job(&records(150), &[]);
    assert!(message.encode().len() > 1 << 17);
    message.limits.seconds = 1;
    let asked = Instant::now();
    assert_eq!(problem(&does_again(&bench, message).await).code, ProblemCode::TimeLimit);
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
}

async fn does_again(bench: &Bench, message: JobMessage) -> Finished {
    let job = message.job;
    bench.queue.redeliver(message);
    bench.queue.end_of(job).await
}

#[tokio::test]
async fn a_job_of_which_three_processes_die_is_poison() {
    let folder = tempfile::tempdir().expect("a folder");
    // What ends without a word has died, also in the midst of one or after one that says nothing.
    let ends = "[ $(wc -l <numbers) -gt 1 ] || kill -9 $$; [ $(wc -l <numbers) -gt 2 ] || \
                { printf '{\"wo'; exit 0; }; \
                echo '{\"word\":\"ended\",\"finished\":\"{}\",\"written\":{},\"has_blobs\":false}'";
    let script = format!("cd {}; {BEGUN}; {ends}", folder.path().display());
    let bench = Bench::memory(shell(folder.path(), &script));
    let finished = does_again(&bench, job(&records(1), &[])).await;
    assert!(matches!(finished.outcome, Outcome::Failed { .. }), "{:?}", finished.outcome);
    assert_eq!(problem(&finished).code, ProblemCode::Poison);
    assert_eq!(numbers(folder.path()).len(), 3);
    // Nobody else has felt it.
    assert_eq!(bench.does(job(&records(1), &[])).await.outcome, Outcome::Succeeded);
    assert_eq!(numbers(folder.path()).len(), 3, "what comes for the first time is done here");
}

#[tokio::test]
async fn of_a_process_that_dies_once_the_next_one_is_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let (message, plain) = (job(&records(3), &[]), Bench::memory(Settings::default()));
    let expected = plain.does(message.clone()).await;
    let event = String::from_utf8(expected.encode()).expect("text");
    let ended = serde_json::json!({
        "word": "ended", "finished": event, "written": {"ris": 3}, "has_blobs": false,
    });
    let (died, told) = (folder.path().join("died"), folder.path().join("told"));
    std::fs::write(&told, format!("{ended}\n")).expect("room");
    let (died, told) = (died.display(), told.display());
    let script = format!("{BEGUN}; [ -e {died} ] || {{ touch {died}; kill -9 $$; }}; cat {told}");
    let bench = Bench::memory(shell(folder.path(), &script));
    let finished = does_again(&bench, message).await;
    assert_eq!((finished.outcome, &finished.product), (Outcome::Succeeded, &expected.product));
    assert_ne!((finished.run, &finished.worker), (expected.run, &expected.worker));
    assert_eq!(numbers(folder.path()).len(), 2);
}

#[tokio::test]
async fn a_job_that_gets_no_process_is_done_by_the_worker() {
    let folder = tempfile::tempdir().expect("a folder");
    let nothing = OwnProcess { program: "/nowhere/refmill".into(), arguments: Vec::new() };
    let nowhere = Settings { own_process: Some(nothing), ..Settings::default() };
    let unwanted = Settings { isolation: false, ..shell(folder.path(), "exit 0") };
    for settings in [nowhere, unwanted, shell(folder.path(), "exit 1")] {
        let bench = Bench::memory(settings);
        let finished = does_again(&bench, job(&records(3), &[])).await;
        assert_eq!(finished.outcome, Outcome::Succeeded);
        assert_eq!(finished.product.records.written, 3);
    }
    assert_eq!(numbers(folder.path()).len(), 1, "one was tried");
}

#[tokio::test]
async fn a_process_that_does_not_hear_is_killed_when_its_job_is_to_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let gauge = r#"{"word":"gauge","records":7,"taken":9,"surveys":0}"#;
    let script = format!("{BEGUN}; echo '{gauge}'; exec sleep 600");
    let cancelled = Bench::memory(shell(folder.path(), &script));
    let message = job(&records(1), &[]);
    let job_id = message.job;
    cancelled.queue.redeliver(message);
    let beat = cancelled
        .queue
        .until(|heard| heard.beats.iter().find(|beat| beat.records > 0).copied())
        .await;
    assert_eq!((beat.records, beat.bytes), (7, 9), "its gauge is that of the worker");
    let asked = Instant::now();
    cancelled.queue.cancel(job_id);
    let finished = cancelled.queue.end_of(job_id).await;
    assert_eq!(finished.outcome, Outcome::Cancelled);
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());

    let late = Bench::memory(shell(folder.path(), &script));
    let mut message = job(&records(1), &[]);
    message.limits.seconds = 1;
    assert_eq!(problem(&does_again(&late, message).await).code, ProblemCode::TimeLimit);
    let numbers = numbers(folder.path());
    assert_eq!(numbers.len(), 2);
    for number in numbers {
        assert!(!Path::new(&format!("/proc/{number}")).exists(), "{number} runs on");
    }
}
