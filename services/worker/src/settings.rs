//! Settings of the worker.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use jobs::Lane;
use serde::{Deserialize, Serialize};

use crate::isolation::OwnProcess;

/// `worker.*` of the configuration, and what of `limits.*` and `shutdown.*` a worker must know.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The lanes that are served.
    pub lanes: Vec<Lane>,
    /// Interactive jobs at a time; none: the lane is not served.
    pub interactive_slots: u16,
    /// Bulk jobs at a time; none: the lane is not served.
    pub bulk_slots: u16,
    /// Threads that convert; 0: as many as there are cores.
    pub threads: u16,
    /// Whether a job that was in other hands before gets a process of its own.
    pub isolation: bool,
    /// Ends of jobs that tests can order.
    #[cfg(feature = "hooks")]
    pub test_hooks: TestHooks,
    /// `limits.inline_bytes`: results that together have no more travel in the event.
    #[serde(skip)]
    pub inline_bytes: u64,
    /// `limits.event_bytes`, `record_bytes` and `depth`. Other limits come with each job.
    #[serde(skip)]
    pub limits: convert::Limits,
    /// `shutdown.grace_seconds`: how long jobs may go on once the worker is to stop.
    #[serde(skip)]
    pub grace_seconds: u64,
    /// Lines of diagnostics after which no more are written.
    #[serde(skip)]
    pub diagnostics_lines: u64,
    /// How that process is started; without it, there is none.
    #[serde(skip)]
    pub own_process: Option<OwnProcess>,
}

/// Ends of jobs that tests can order (`service.md` targets R7 and S20).
#[cfg(feature = "hooks")]
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TestHooks {
    /// The process aborts at an output with these digits in it; empty: never.
    pub abort_pmid: String,
    /// The conversion panics at an output with these digits in it; empty: never.
    pub panic_pmid: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lanes: Lane::ALL.to_vec(),
            interactive_slots: 8,
            bulk_slots: 1,
            threads: 0,
            isolation: true,
            #[cfg(feature = "hooks")]
            test_hooks: TestHooks::default(),
            inline_bytes: 64 << 10,
            limits: convert::Limits::default(),
            grace_seconds: 30,
            diagnostics_lines: 100_000,
            own_process: None,
        }
    }
}

impl Settings {
    /// Jobs of a lane at a time.
    #[must_use]
    pub fn slots(&self, lane: Lane) -> u16 {
        match lane {
            _ if !self.lanes.contains(&lane) => 0,
            Lane::Interactive => self.interactive_slots,
            Lane::Bulk => self.bulk_slots,
        }
    }

    /// Threads that convert.
    pub(crate) fn threads(&self) -> NonZeroUsize {
        NonZeroUsize::new(self.threads.into())
            .unwrap_or_else(|| available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_that_is_not_named_has_no_slots() {
        let json = r#"{"lanes":["bulk"],"bulk_slots":3}"#;
        let settings: Settings = serde_json::from_str(json).expect("settings");
        assert_eq!((settings.slots(Lane::Interactive), settings.slots(Lane::Bulk)), (0, 3));
        assert!(serde_json::from_str::<Settings>(r#"{"slots":3}"#).is_err());
    }
}
