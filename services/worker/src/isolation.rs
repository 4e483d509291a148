//! Jobs that were in other hands before, each in a process of its own.
//!
//! Whoever had such a job may have died of it. With that process died everything that ran beside
//! it, and broker and job table count the death against all of them: `service.md` section 5.1 and
//! its rule Con5. So a job that comes again is done where it can end nobody else: a job that kills
//! costs others one delivery, and what it does to its own process is known of it alone.
//!
//! ```text
//!          the order, then perhaps a word to stop ──stdin──► process of the job
//! worker ◄──stdout── begun, gauges, how it ended             (the end of stdin ends it)
//! ```

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use jobs::message::Product;
use jobs::{Lane, Outcome, Problem, ProblemCode, Records};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::errand::Errand;
use crate::outcome::stopped;
use crate::press::{ByFormat, Pressed};
use crate::stop::Cause;

mod child;
mod wire;

pub use child::{IsolationError, run_one};
use wire::{Order, STOP, Word};

/// Processes that a job may have in one delivery. One may be killed for another's sake, by a kernel
/// without memory; three are a pattern, and with the delivery before still below the six that a job
/// may cost (`service.md` target R7).
const PROCESSES: u32 = 3;

/// How long a process that was told to stop has for that.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Between two processes of a job, if its first has died.
const PAUSE: Duration = Duration::from_secs(1);

/// How a process is started in which [`run_one`] does a job.
#[derive(Clone, Debug)]
pub struct OwnProcess {
    /// The program.
    pub program: PathBuf,
    /// What it is called with.
    pub arguments: Vec<OsString>,
}

/// The means to give a job a process of its own: one at a time in each lane, since all of them come
/// at once when a broker is back.
#[derive(Debug)]
pub(crate) struct Isolation {
    process: Option<OwnProcess>,
    interactive: Semaphore,
    bulk: Semaphore,
}

/// How a process has ended.
enum End {
    Pressed(Box<Pressed>),
    /// It was told to.
    Stopped,
    /// It has never begun with the job.
    Unable(ExitStatus),
    /// Something has killed it.
    Died(ExitStatus),
}

impl Isolation {
    pub(crate) fn new(process: Option<OwnProcess>) -> Self {
        Self { process, interactive: Semaphore::new(1), bulk: Semaphore::new(1) }
    }

    /// Converts in a process of its own; `None` if there can be none.
    pub(crate) async fn press(&self, errand: &Errand) -> Option<Pressed> {
        let process = self.process.as_ref()?;
        let turn = match errand.message.lane {
            Lane::Interactive => &self.interactive,
            Lane::Bulk => &self.bulk,
        };
        let _turn = tokio::select! {
            biased;
            () = errand.stop.wait() => None,
            turn = turn.acquire() => turn.ok(),
        };
        let mut died = 0;
        while errand.stop.cause().is_none() {
            match one(process, errand).await {
                Ok(End::Pressed(pressed)) => return Some(*pressed),
                Ok(End::Stopped) => break,
                Ok(End::Unable(status)) => {
                    tracing::warn!(%status, "a job gets no process of its own: it does not begin");
                    return None;
                }
                Ok(End::Died(status)) => {
                    died += 1;
                    tracing::warn!(%status, died, "the process of a job has died");
                }
                Err(error) => {
                    tracing::warn!(%error, "a job gets no process of its own");
                    return None;
                }
            }
            if died == PROCESSES {
                let detail = format!("{died} processes that did nothing else have died of it");
                let problem = Problem::new(ProblemCode::Poison, detail);
                return Some(left(errand, Outcome::Failed { problem }));
            }
            tokio::select! {
                () = errand.stop.wait() => {}
                () = sleep(PAUSE) => {}
            }
        }
        let cause = errand.stop.cause().unwrap_or(Cause::Draining);
        Some(left(errand, stopped(cause, errand.message.limits)))
    }
}

/// What is known of a run that has not come to its own end. It may have left blobs.
fn left(errand: &Errand, outcome: Outcome) -> Pressed {
    let progress = errand.gauge.progress();
    let product = Product {
        records: Records { read: progress.records, ..Records::default() },
        bytes_read: progress.bytes,
        ..Product::default()
    };
    Pressed { outcome, product, written: ByFormat::new(), has_blobs: true }
}

/// Has a process do a job; an error if none can be started.
async fn one(process: &OwnProcess, errand: &Errand) -> io::Result<End> {
    let mut command = Command::new(&process.program);
    command.args(&process.arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    // What a terminal tells the worker is for the worker alone.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.kill_on_drop(true).spawn()?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    Conversation { child, stdin, lines: BufReader::new(stdout).lines(), errand }.hold().await
}

/// What a worker and the process of a job tell each other.
struct Conversation<'a> {
    child: Child,
    /// The process ends when this does.
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    errand: &'a Errand,
}

impl Conversation<'_> {
    async fn hold(mut self) -> io::Result<End> {
        let mut has_begun = false;
        let order = Order::of(self.errand).line();
        // It may be longer than a pipe, and nobody may read it. A process that cannot hear it has
        // ended, and its last word says how.
        let mut is_heard = tokio::select! {
            biased;
            () = self.errand.stop.wait() => return self.stop().await,
            is_heard = self.say(&order) => is_heard,
        };
        while is_heard {
            let word = tokio::select! {
                biased;
                () = self.errand.stop.wait() => return self.stop().await,
                word = self.hear() => word,
            };
            match word {
                Some(Word::Begun) => has_begun = true,
                Some(Word::Gauge(gauge)) => gauge.show(&self.errand.gauge),
                Some(Word::Ended(ending)) => match ending.pressed() {
                    Ok(pressed) => return Ok(End::Pressed(Box::new(pressed))),
                    Err(error) => {
                        tracing::error!(%error, "the process of a job speaks in riddles");
                        is_heard = false;
                    }
                },
                None => is_heard = false,
            }
        }
        if timeout(PATIENCE, self.child.wait()).await.is_err() {
            // It says nothing more and lives on.
            self.child.start_kill()?;
        }
        let status = self.child.wait().await?;
        // A program that ends by itself before it begins cannot do it; whoever is killed might.
        let is_unable = !has_begun && status.code().is_some();
        Ok(if is_unable { End::Unable(status) } else { End::Died(status) })
    }

    /// Tells it to stop, which takes it a moment if it hears; then it is killed.
    async fn stop(mut self) -> io::Result<End> {
        let ended = async {
            if self.say(STOP).await {
                while !matches!(self.hear().await, None | Some(Word::Ended(_))) {}
            }
        };
        if timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("the process of a job does not stop, and is killed");
        }
        self.child.kill().await?;
        Ok(End::Stopped)
    }

    /// Whether a line can be told.
    async fn say(&mut self, line: &str) -> bool {
        self.stdin.write_all(line.as_bytes()).await.is_ok()
    }

    /// The next word; `None` if there will be none any more.
    async fn hear(&mut self) -> Option<Word> {
        loop {
            // A line that was cut short is that of a process that has died while it spoke.
            let line = self.lines.next_line().await.ok()??;
            if let Ok(word) = serde_json::from_str(&line) {
                return Some(word);
            }
        }
    }
}
