//! The other end: the process of one job.

use std::io::{self, Write};
use std::process;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use blobs::Blobs;
use jobs::message::Unreadable;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};
use tracing::Instrument;

use super::wire::{Ending, Order, Reading, Word};
use crate::desk::Desk;
use crate::errand::{self, Errand};
use crate::settings::Settings;
use crate::stop::{Cause, Stop};

/// How often it says how far it is.
const BETWEEN: Duration = Duration::from_millis(250);

/// The status of a process whose worker has gone.
const ORPHANED: i32 = 1;

/// Why the process of a job cannot do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IsolationError {
    /// Nothing is to be done.
    #[error("standard input has no job")]
    NoJob,
    /// What is to be done cannot be read.
    #[error("the job on standard input cannot be read")]
    Unreadable(#[source] Unreadable),
    /// Nobody hears.
    #[error("the worker does not hear its process")]
    Unheard(#[source] io::Error),
}

/// Does the one job that a worker writes to standard input, and writes to standard output how that
/// goes. The process ends at once when standard input does: nobody would hear of the job's end.
///
/// Other ways to end it, as signals, are not heeded here.
///
/// # Errors
///
/// [`IsolationError`]. How the job ends is none.
pub async fn run_one(blobs: Blobs, settings: Settings) -> Result<(), IsolationError> {
    let stop = Stop::default();
    let line = listen(stop.clone()).await.map_err(|_| IsolationError::NoJob)?;
    let errand = Order::errand(&line, stop).map_err(IsolationError::Unreadable)?;
    let span = errand::span(&errand.message);
    one(&Desk::new(blobs, Arc::new(settings)), &errand).instrument(span).await
}

async fn one(desk: &Desk, errand: &Errand) -> Result<(), IsolationError> {
    say(&Word::Begun)?;
    tracing::info!("a job has a process of its own");
    let pressed = {
        let mut pressed = std::pin::pin!(desk.press(errand));
        let mut ticks = interval(BETWEEN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                pressed = &mut pressed => break pressed,
                _ = ticks.tick() => say(&Word::Gauge(Reading::of(&errand.gauge)))?,
            }
        }
    };
    say(&Word::Gauge(Reading::of(&errand.gauge)))?;
    say(&Word::Ended(Ending::of(errand, pressed)))
}

/// Reads what the worker writes: an order, and later perhaps a line to stop.
fn listen(stop: Stop) -> oneshot::Receiver<String> {
    let (order, ordered) = oneshot::channel();
    thread::spawn(move || {
        let mut lines = io::stdin().lines().map_while(Result::ok);
        // Without an order, whoever waits for it hears that.
        let Some(Ok(())) = lines.next().map(|line| order.send(line)) else { return };
        lines.for_each(|_| stop.now(Cause::Draining));
        process::exit(ORPHANED);
    });
    ordered
}

fn say(word: &Word) -> Result<(), IsolationError> {
    let mut out = io::stdout().lock();
    let said = out.write_all(word.line().as_bytes()).and_then(|()| out.flush());
    said.map_err(IsolationError::Unheard)
}
