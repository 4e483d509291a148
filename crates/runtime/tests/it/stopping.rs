use std::future::pending;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use runtime::Stop;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn every_clone_hears_of_the_request() {
    let stop = Stop::new();
    let clone = stop.clone();
    let waits = tokio::spawn(async move { clone.requested().await });
    assert!(!stop.is_requested());
    stop.request();
    assert!(stop.is_requested());
    timeout(DEADLINE, waits).await.expect("it hears").expect("without a panic");
    timeout(DEADLINE, stop.requested()).await.expect("at once, if it is late");
}

#[tokio::test]
async fn work_that_fits_the_grace_is_done_and_other_work_is_dropped() {
    let stop = Stop::new();
    assert_eq!(stop.within(Duration::ZERO, async { 1 }).await, Some(1));
    stop.request();
    assert_eq!(stop.within(DEADLINE, tokio::task::yield_now()).await, Some(()));
    let dropped = stop.within(Duration::from_millis(20), pending::<()>());
    assert_eq!(timeout(DEADLINE, dropped).await.expect("it ends"), None);
}

/// Not a test of its own: the process that the tests below send signals to.
#[tokio::test]
async fn process_that_is_stopped() {
    let Ok(manner) = std::env::var("RUNTIME_TEST_STOPS") else { return };
    let stop = Stop::listen().expect("it listens");
    println!("listening");
    stop.requested().await;
    println!("asked");
    if manner == "lingers" {
        pending::<()>().await;
    }
}

struct Process {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Process {
    fn start(manner: &str) -> Self {
        // Whoever runs the tests behind a shell may ignore some of them.
        let mut child = Command::new("env")
            .arg("--default-signal=HUP,INT,TERM")
            .arg(std::env::current_exe().expect("a program"))
            .args(["--exact", "stopping::process_that_is_stopped", "--nocapture"])
            .env("RUNTIME_TEST_STOPS", manner)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("its output"));
        let mut process = Self { child, lines };
        process.wait_for("listening");
        process
    }

    fn wait_for(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert!(self.lines.read_line(&mut line).expect("a line") > 0, "it ended too early");
        }
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it is sent");
    }

    fn end(mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.child.kill().expect("killed");
        panic!("it did not end");
    }
}

#[test]
fn signals_ask_for_the_stop() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let process = Process::start("ends");
        process.send(signal);
        assert!(process.end().success(), "{signal:?}");
    }
}

#[test]
fn a_second_signal_ends_the_program_at_once() {
    let mut process = Process::start("lingers");
    process.send(Signal::TERM);
    process.wait_for("asked");
    process.send(Signal::INT);
    assert_eq!(process.end().code(), Some(130));
}
