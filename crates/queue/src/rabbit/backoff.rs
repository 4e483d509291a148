//! How long to wait before something is tried again.

use std::time::Duration;

/// Short enough that everything resumes within five seconds after a broker is back.
const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(2);

/// Waits that double up to a limit, jittered so that processes do not come back in step.
#[derive(Debug)]
pub(crate) struct Backoff(Duration);

impl Backoff {
    pub(crate) fn new() -> Self {
        Self(FIRST)
    }

    /// The next wait.
    pub(crate) fn next(&mut self) -> Duration {
        let wait = self.0;
        self.0 = (wait * 2).min(LONGEST);
        wait.mul_f64(rand::random_range(0.75..1.25))
    }

    /// What was tried has worked.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }
}
