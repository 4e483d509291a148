//! What is the same for every transaction of a store.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jobs::message::JobLimits;
use jobs::{JobId, Tries};

use crate::contract::Keep;
use crate::options::StoreOptions;
use crate::value::Time;

/// What is the same for every transaction of a store.
#[derive(Debug)]
pub(crate) struct Policy {
    /// How often a job is tried.
    pub(crate) tries: Tries,
    /// What a job may cost, as its message says it.
    pub(crate) limits: JobLimits,
    /// How long things are kept.
    pub(crate) keep: Keep,
    /// Whether a relay publishes jobs; else this process claims them from the table.
    pub(crate) relays: bool,
    /// This start of the process.
    pub(crate) boot: String,
    /// Microseconds by which a test has put the clock wrong.
    pub(crate) shift: AtomicI64,
}

/// Waiting times are minutes at most. A job or an errand that is due later than this was put off
/// before the clock was set back, and is due.
const NEVER_LATER: Duration = Duration::from_mins(15);

/// The longest time by which an errand can be put off.
pub(crate) const LONGEST_DELAY: Duration = Duration::from_mins(10);

/// An upload that shows no sign of life for so long is given up as soon as its key is asked for
/// again. Without a key, or when nobody asks, the sweeper gives it up.
pub(crate) const SILENT_UPLOAD: Duration = Duration::from_secs(30);

impl Policy {
    /// What these options ask for.
    pub(crate) fn new(options: &StoreOptions) -> Self {
        Self {
            tries: options.tries,
            limits: options.limits,
            keep: options.keep,
            relays: options.relays,
            boot: options.boot.clone(),
            shift: AtomicI64::new(0),
        }
    }

    /// A time of the clock, to whole microseconds as databases keep it, put wrong by a test.
    pub(crate) fn shifted(&self, now: Timestamp) -> Timestamp {
        Time::after(now, self.shift.load(Ordering::Relaxed))
    }

    /// How long a job waits, in microseconds. Where no retry queue does the waiting, jobs that
    /// failed together come back up to 20 % apart.
    pub(crate) fn delay(&self, job: JobId, seconds: u32) -> i64 {
        let exact = i64::from(seconds) * 1_000_000;
        if self.relays {
            return exact;
        }
        // The last bits of a name are random.
        let thousandths = 800 + i64::try_from(job.as_uuid().as_u128() % 401).unwrap_or(200);
        exact / 1000 * thousandths
    }
}

/// The moment so much later.
pub(crate) fn later(now: Timestamp, by: Duration) -> Timestamp {
    Time::after(now, microseconds(by))
}

/// The moment so much earlier.
pub(crate) fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    Time::after(now, -microseconds(by))
}

/// What is due after this moment cannot be meant so.
pub(crate) fn absurd(now: Timestamp) -> Timestamp {
    later(now, NEVER_LATER)
}

fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
