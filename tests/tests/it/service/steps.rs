//! A crash between any two steps of accepting, relaying, running, committing and replying.
//!
//! The program is built with `hooks`: `REFMILL_DIE_AT` names the step at which it aborts. Started
//! again it goes on, and what it makes is what the command line makes.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use servers::RabbitMq;
use tests::places;

use super::alone::{serve, sqlite};
use super::client::{agree, submit};
use super::http::{is_final, jobs};
use super::intake::produce;
use super::processes::{PATIENCE, Process, answers, free_port, is_open, needs_hooks, run, words};
use super::spread::{Setup, Spread};

#[test]
fn a_crash_at_any_step_of_one_process_loses_no_job() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, "");
    // A short input travels with its row and its event, a long one and its results are blobs.
    let [short, long] = [small(folder.path()), large(folder.path())];
    let mut count = 0;
    for (step, input) in [
        ("accept:received", &short),
        ("accept:committed", &short),
        ("run:begun", &short),
        ("run:done", &short),
        ("commit:reported", &short),
        ("accept:received", &long),
        ("accept:committed", &long),
        ("run:begun", &long),
        ("run:written", &long),
        ("run:done", &long),
        ("commit:reported", &long),
    ] {
        service.restart_to_die_at(step);
        answers(port, &service);
        let (input, out) = (input(count), folder.path().join(format!("out-{count}")));
        let client = {
            let (input, out) = (input.clone(), out.clone());
            thread::spawn(move || submit(&input, port, &out))
        };
        service.ended();
        service.restart();
        answers(port, &service);
        assert_eq!(client.join().expect("the client ends"), Some(0), "{step}");
        agree(&input, &out, folder.path());
        count += 1;
        made(port, count, step);
    }
}

#[test]
fn a_crash_at_any_step_of_any_role_loses_no_job() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let mut service = Spread::start(folder.path());
    let port = service.port;
    // One worker, so that it is the one that falls.
    service.workers[1].kill();
    let [short, long] = [small(folder.path()), large(folder.path())];
    let mut clients = Vec::new();
    for (step, input) in [
        ("accept:received", &short),
        ("accept:committed", &short),
        ("accept:received", &long),
        ("accept:committed", &long),
        ("relay:taken", &short),
        ("relay:published", &short),
        ("run:begun", &short),
        ("run:done", &short),
        ("run:written", &long),
        ("run:done", &long),
        ("commit:reported", &long),
        ("commit:heard", &long),
        ("commit:recorded", &long),
    ] {
        let process = match step.split_once(':').expect("two words") {
            ("accept", _) => &mut service.gateway,
            ("relay", _) | ("commit", "heard" | "recorded") => &mut service.keeper,
            _ => &mut service.workers[0],
        };
        process.restart_to_die_at(step);
        // A client of an earlier step that comes again may bring it to its step at once.
        let begun = Instant::now();
        while step.starts_with("accept") && !process.has_ended() && !is_open(port) {
            assert!(begun.elapsed() < PATIENCE, "nobody answers: {}", process.said());
            thread::sleep(Duration::from_millis(20));
        }
        let number = clients.len();
        let (input, out) = (input(number), folder.path().join(format!("out-{number}")));
        let client = {
            let (input, out) = (input.clone(), out.clone());
            thread::spawn(move || submit(&input, port, &out))
        };
        process.ended();
        process.restart();
        clients.push((step, client, input, out));
    }
    // What was begun by whoever fell is leased to him for half a minute: all wait for that at once.
    let count = clients.len();
    for (step, client, input, out) in clients {
        assert_eq!(client.join().expect("the client ends"), Some(0), "{step}");
        agree(&input, &out, folder.path());
    }
    made(port, count, "at the end");
}

#[test]
fn a_crash_while_a_message_is_taken_or_answered_loses_nothing() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "--set intake.enabled=true --set jobs.max_failures=50";
    let setup = Setup { settings, workers: "", metrics: None };
    let mut service = Spread::with(folder.path(), &setup);
    let Spread { keeper, broker, database, name, .. } = &mut service;
    crashed_while_it_takes(broker, keeper, |count| {
        let as_it_must = format!("count(*) = {count} AND bool_and(state = 'succeeded')");
        let check = format!("DO $$ BEGIN ASSERT (SELECT {as_it_must} FROM jobs); END $$");
        database.execute(name, &check);
    });
}

/// A broker beside SQLite is there for producers alone.
#[test]
fn a_crash_of_one_process_while_it_takes_a_message_loses_nothing() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let (broker, port) = (RabbitMq::start(), free_port());
    let settings = format!(
        "--set amqp.url={} --set intake.enabled=true --set jobs.max_failures=50",
        broker.url()
    );
    let mut service = serve(folder.path(), port, &settings);
    // What was declared a moment ago must have been written down.
    broker.restart();
    crashed_while_it_takes(&broker, &mut service, |count| {
        let counted = sqlite(folder.path(), "SELECT count(*), sum(state = 'succeeded') FROM jobs");
        assert_eq!(counted, format!("({count}, {count})"));
    });
}

/// Each message makes one job and its answer, whatever step the process falls at that takes and
/// answers it. `made` holds how many jobs there are and that all have succeeded: what came over the
/// broker belongs to nobody who asks over HTTP.
fn crashed_while_it_takes(broker: &RabbitMq, keeper: &mut Process, made: impl Fn(usize)) {
    let record = places::root().join("examples/article.xml");
    let steps = ["intake:stored", "intake:committed", "reply:taken", "reply:sent"];
    // Another format is another message, and another job.
    for (count, (step, format)) in
        (1..).zip(steps.into_iter().zip(["ris", "bibtex", "csl-json", "jsonl"]))
    {
        keeper.restart_to_die_at(step);
        let (printed, expected) = thread::scope(|scope| {
            let producer = scope.spawn(|| produce(broker, &record, format));
            keeper.ended();
            keeper.restart();
            let line = format!("convert --quiet --to {format} {}", record.display());
            (producer.join().expect("the producer ends"), run(&words(&line)).0)
        });
        assert_eq!(printed, (true, expected), "{step}");
        // The message came again, and its job is the one that was there.
        made(count);
    }
}

/// There are so many jobs, all have succeeded, and none has more than its results.
fn made(port: u16, count: usize, step: &str) {
    let all = jobs(port);
    let made: Vec<_> = all.iter().filter(|job| job["state"] != "expired").collect();
    assert_eq!(made.len(), count, "{step}: {made:#?}");
    for job in made {
        assert!(is_final(job) && job["state"] == "succeeded", "{step}: {job:#}");
        assert_eq!(job["results"].as_array().map(Vec::len), Some(2), "{step}: {job:#}");
    }
}

type Input<'a> = Box<dyn Fn(usize) -> Vec<PathBuf> + 'a>;

fn small(folder: &Path) -> Input<'_> {
    Box::new(|number| file(folder, number, 2))
}

fn large(folder: &Path) -> Input<'_> {
    Box::new(|number| file(folder, number, 60))
}

/// A file of its own of so many records.
fn file(folder: &Path, number: usize, records: u32) -> Vec<PathBuf> {
    let path = folder.join(format!("step-{number:02}x.xml"));
    let mut out = Vec::new();
    tests::generate::baseline(records, number as u64, &mut out).expect("records");
    std::fs::write(&path, out).expect("a file");
    vec![path]
}
