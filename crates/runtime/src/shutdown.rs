//! Stopping work that is no future when somebody asks for it: Ctrl-C, `kill`, a closed terminal.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

use crate::stop::heeded;

/// Whether somebody has asked the program to stop. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(Arc<AtomicBool>);

/// The signals could not be listened to.
#[derive(Debug, thiserror::Error)]
#[error("the signals that end a program cannot be listened to")]
pub struct ListenError(#[source] io::Error);

impl Shutdown {
    /// Listens for the signals that ask a program to stop: SIGTERM, SIGINT and SIGHUP.
    ///
    /// Whoever works looks at [`Shutdown::is_requested`] and ends on its own. If the program is
    /// still there `grace` after a signal, since it waits for input that does not come, then
    /// `last_resort` is called on a thread of its own; it is meant to clean up and exit.
    ///
    /// A signal that was ignored when the program began, as SIGHUP behind `nohup`, stays ignored.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn listen(
        grace: Duration,
        last_resort: impl FnOnce() + Send + 'static,
    ) -> Result<Self, ListenError> {
        let shutdown = Self::default();
        let asked = shutdown.clone();
        let reactor = Builder::new_current_thread().enable_io().build().map_err(ListenError)?;
        let mut signals = {
            let _within = reactor.enter();
            heeded().map_err(ListenError)?
        };
        let wait = move || {
            reactor.block_on(poll_fn(|context| {
                // Each is asked, so that each wakes this thread.
                let heard = signals.iter_mut().map(|(_, signal)| signal.poll_recv(context));
                match heard.filter(Poll::is_ready).count() {
                    0 => Poll::Pending,
                    _ => Poll::Ready(()),
                }
            }));
            asked.request();
            thread::sleep(grace);
            last_resort();
        };
        thread::Builder::new().name("signals".to_owned()).spawn(wait).map_err(ListenError)?;
        Ok(shutdown)
    }

    /// Asks for the stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has asked for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_seen_by_every_clone() {
        let shutdown = Shutdown::default();
        let clone = shutdown.clone();
        assert!(!clone.is_requested());
        shutdown.request();
        assert!(clone.is_requested());
    }
}
