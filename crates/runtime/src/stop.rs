//! Stopping a role: it is asked to, ends what it is doing within a grace, and leaves.

use std::io;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;

/// Whether somebody has asked the program to stop. Clones share the answer.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// A stop that only [`Stop::request`] asks for.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Listens for SIGTERM, SIGINT and SIGHUP. A second signal ends the program at once, with
    /// status 128 and the number of the signal.
    ///
    /// A signal that was ignored when the program began, as behind `nohup`, stays ignored.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    pub fn listen() -> io::Result<Self> {
        let signals = heeded()?;
        let stop = Self::new();
        for (kind, heard) in signals {
            tokio::spawn(stop.clone().hear(kind, heard));
        }
        Ok(stop)
    }

    /// Passes SIGTERM, SIGINT and SIGHUP over for the rest of the program, which somebody else ends.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    pub fn pass_over() -> io::Result<()> {
        // A signal that was once listened for never has its old effect again.
        heeded().map(drop)
    }

    async fn hear(self, kind: SignalKind, mut heard: Signal) {
        while heard.recv().await.is_some() {
            let is_second = self.0.send_replace(true);
            if is_second {
                tracing::warn!("a second signal: the program ends at once");
                process::exit(128 + kind.as_raw_value());
            }
            tracing::info!("a signal: the program ends what it is doing");
        }
    }

    /// Asks for the stop.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody has asked for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks for it.
    pub async fn requested(&self) {
        let mut asked = self.0.subscribe();
        // It fails only without a sender, and `self` is one.
        let _asked = asked.wait_for(|asked| *asked).await;
    }

    /// Works until the work is done, or `grace` is over after the stop was asked for; then the
    /// work is dropped and the answer is `None`.
    pub async fn within<W: Future>(&self, grace: Duration, work: W) -> Option<W::Output> {
        let end = async {
            self.requested().await;
            sleep(grace).await;
        };
        tokio::select! {
            biased;
            done = work => Some(done),
            () = end => None,
        }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

/// The signals that ask a program to stop, but for those that are ignored.
pub(crate) fn heeded() -> io::Result<Vec<(SignalKind, Signal)>> {
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    let heeded = kinds.into_iter().filter(|&kind| !is_ignored(kind));
    heeded.map(|kind| Ok((kind, signal(kind)?))).collect()
}

/// Whether whoever started the program wanted a signal to be ignored, as far as Linux says so.
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let bit = u32::try_from(kind.as_raw_value() - 1).ok().and_then(|at| 1_u64.checked_shl(at));
    bit.is_some_and(|bit| mask & bit != 0)
}
