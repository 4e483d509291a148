//! Stopping when somebody asks for it: Ctrl-C, `kill`, a closed terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Whether somebody has asked the program to stop. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(Arc<AtomicBool>);

/// The signals could not be listened to.
#[derive(Debug, thiserror::Error)]
#[error("the signals that end a program cannot be listened to")]
pub struct ListenError(#[source] ctrlc::Error);

impl Shutdown {
    /// Listens for the signals that ask a program to stop.
    ///
    /// Whoever works looks at [`Shutdown::is_requested`] and ends on its own. If the program is
    /// still there `grace` after a signal, since it waits for input that does not come, then
    /// `last_resort` is called on a thread of its own; it is meant to clean up and exit.
    ///
    /// A signal that was ignored when the program began, as behind `nohup`, stays ignored; then
    /// none is listened to.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn listen(
        grace: Duration,
        mut last_resort: impl FnMut() + Send + 'static,
    ) -> Result<Self, ListenError> {
        let shutdown = Self::default();
        let asked = shutdown.clone();
        let heard = ctrlc::try_set_handler(move || {
            asked.request();
            thread::sleep(grace);
            last_resort();
        });
        match heard {
            Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(shutdown),
            Err(error) => Err(ListenError(error)),
        }
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
