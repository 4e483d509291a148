//! Processes of the program that end with the test, however it ends.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use servers::free_port;
use tests::places;

/// How long a process may take for what it must do, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A running role, or the whole service.
pub(crate) struct Process {
    child: Option<Child>,
    command: Vec<String>,
    log: PathBuf,
    /// The step of a job's way at which it ends itself.
    step: Option<&'static str>,
}

impl Process {
    /// Starts `refmill` with these words; what it says goes to a file of that name in the folder.
    pub(crate) fn start(folder: &Path, name: &str, words: &[String]) -> Self {
        let log = folder.join(format!("{name}.log"));
        let mut process = Self { child: None, command: words.to_vec(), log, step: None };
        process.restart();
        process
    }

    /// Starts it so that it ends itself at a step of a job's way; started again, it does not.
    pub(crate) fn restart_to_die_at(&mut self, step: &'static str) {
        self.kill();
        self.step = Some(step);
        self.restart();
    }

    /// Starts it again with the same words.
    pub(crate) fn restart(&mut self) {
        let log = File::options().create(true).append(true).open(&self.log).expect("a log");
        let mut command = Command::new(places::refmill());
        if let Some(step) = self.step.take() {
            command.env("REFMILL_DIE_AT", step);
        }
        let child = command
            .args(&self.command)
            .env_remove("REFMILL_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program can be started");
        self.child = Some(child);
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it can be killed");
            child.wait().expect("it is gone");
        }
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Forgets the most memory that it has had, and gives what it has now, in KiB.
    pub(crate) fn forget_peak(&self) -> u64 {
        fs::write(format!("/proc/{}/clear_refs", self.id()), "5").expect("Linux");
        self.peak()
    }

    /// Starts it again if it has ended by itself, as whatever supervises it would.
    pub(crate) fn revive(&mut self) {
        if self.has_ended() {
            self.restart();
        }
    }

    /// Whether it does not run.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| child.try_wait().expect("it is ours").is_some())
    }

    /// Waits until it has ended by itself.
    pub(crate) fn ended(&mut self) {
        let begun = Instant::now();
        while !self.has_ended() {
            assert!(begun.elapsed() < PATIENCE, "it goes on: {}", self.said());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends it a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let child = self.child.as_ref().expect("it runs");
        let told = Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
        assert!(told.expect("kill can be run").success());
    }

    /// The most memory that it has had so far, in KiB.
    pub(crate) fn peak(&self) -> u64 {
        let child = self.child.as_ref().expect("it runs");
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        let mut child = self.child.take().expect("it runs");
        ended(&mut child).unwrap_or_else(|| panic!("it does not end: {}", self.said()))
    }

    /// What it has said so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            let said = self.said();
            let lines: Vec<&str> = said.lines().collect();
            let last = lines.len().saturating_sub(25);
            eprintln!("== {:?}\n{}", self.command, lines[last..].join("\n"));
        }
    }
}

/// Waits for the end of a process; one that does not come to it is killed.
pub(crate) fn ended(child: &mut Child) -> Option<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("it is ours") {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
    None
}

/// Says how to build the program if it has no hooks for tests.
pub(crate) fn needs_hooks() {
    let status = run(&words("worker --check-config --set worker.test_hooks.abort_pmid=1")).1;
    assert_eq!(status, Some(0), "build the program with `--features hooks`, as `make test` does");
}

/// Whether something listens on a port.
pub(crate) fn is_open(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Waits until something answers on a port.
pub(crate) fn answers(port: u16, process: &Process) {
    let begun = Instant::now();
    while !is_open(port) {
        assert!(begun.elapsed() < PATIENCE, "nobody answers: {}", process.said());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Runs `refmill` to its end; what it prints, and its exit status.
pub(crate) fn run(words: &[String]) -> (String, Option<i32>) {
    let mut child = Command::new(places::refmill())
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut printed = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut printed).expect("text");
    (printed, child.wait().expect("it ends").code())
}

/// Runs a program of Python to its end, and gives what it prints.
pub(crate) fn python(program: &str, arguments: &[&OsStr]) -> String {
    let ended = servers::python().args(["-c", program]).args(arguments).output();
    let ended = ended.expect("Python can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    assert!(ended.status.success(), "{}", text(&ended.stderr));
    text(&ended.stdout)
}

/// Words of a command line.
pub(crate) fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
