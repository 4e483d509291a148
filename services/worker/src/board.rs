//! What runs here, and what is cancelled: the board that deliveries and commands meet at.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jobs::JobId;
use tokio::sync::watch;

use crate::stop::{Cause, Stop};

/// Cancelled jobs that are remembered (`service.md` section 3.3).
const REMEMBERED: usize = 10_000;

/// All runs of this worker. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Board(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    running: BTreeMap<(JobId, u32), Shared>,
    cancelled: HashSet<JobId>,
    /// The same in the order in which they came.
    order: VecDeque<JobId>,
}

#[derive(Debug)]
struct Shared {
    stop: Stop,
    end: watch::Receiver<bool>,
}

/// What a delivery meets.
#[derive(Debug)]
pub(crate) enum Entry {
    /// Its job is cancelled.
    Cancelled,
    /// It runs already.
    Attached(Attached),
    /// It begins to run.
    Begun(Running),
}

/// A run of another delivery.
#[derive(Debug)]
pub(crate) struct Attached(watch::Receiver<bool>);

/// A run that is on the board as long as this is kept.
#[derive(Debug)]
pub(crate) struct Running {
    board: Board,
    key: (JobId, u32),
    stop: Stop,
    end: watch::Sender<bool>,
}

impl Board {
    /// Puts a run on the board, unless there is a reason not to.
    pub(crate) fn enter(&self, job: JobId, attempt: u32) -> Entry {
        let mut state = self.state();
        if state.cancelled.contains(&job) {
            return Entry::Cancelled;
        }
        let key = (job, attempt);
        if let Some(shared) = state.running.get(&key) {
            return Entry::Attached(Attached(shared.end.clone()));
        }
        let (stop, (end, heard)) = (Stop::default(), watch::channel(false));
        state.running.insert(key, Shared { stop: stop.clone(), end: heard });
        Entry::Begun(Running { board: self.clone(), key, stop, end })
    }

    /// Ends every run of a job and remembers that it is cancelled.
    pub(crate) fn cancel(&self, job: JobId) {
        let mut state = self.state();
        if state.cancelled.insert(job) {
            state.order.push_back(job);
            if state.order.len() > REMEMBERED
                && let Some(oldest) = state.order.pop_front()
            {
                state.cancelled.remove(&oldest);
            }
        }
        for (_, shared) in state.running.range((job, 0)..=(job, u32::MAX)) {
            shared.stop.now(Cause::Cancelled);
        }
    }

    /// Ends all runs, to hand them back.
    pub(crate) fn hand_back(&self) {
        for shared in self.state().running.values() {
            shared.stop.now(Cause::Draining);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attached {
    /// Waits for the end of the run. Says whether it is safe with the queue.
    pub(crate) async fn end(mut self) -> bool {
        self.0.wait_for(|safe| *safe).await.is_ok()
    }
}

impl Running {
    /// The means to end it.
    pub(crate) fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Its end is safe with the queue: whoever is attached can let go.
    pub(crate) fn ended_safely(&self) {
        self.end.send_replace(true);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.board.state().running.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_runs_once_at_a_time() {
        let (board, job) = (Board::default(), JobId::new());
        let first = board.enter(job, 1);
        assert!(matches!(first, Entry::Begun(_)));
        assert!(matches!(board.enter(job, 1), Entry::Attached(_)));
        assert!(matches!(board.enter(job, 2), Entry::Begun(_)));
        drop(first);
        assert!(matches!(board.enter(job, 1), Entry::Begun(_)));
    }

    #[test]
    fn a_cancelled_job_is_stopped_and_does_not_begin_again() {
        let (board, job) = (Board::default(), JobId::new());
        let Entry::Begun(running) = board.enter(job, 3) else { panic!("it begins") };
        let Entry::Begun(other) = board.enter(JobId::new(), 3) else { panic!("it begins") };
        board.cancel(job);
        assert_eq!((running.stop().cause(), other.stop().cause()), (Some(Cause::Cancelled), None));
        board.hand_back();
        assert_eq!(running.stop().cause(), Some(Cause::Cancelled), "the first cause stands");
        assert_eq!(other.stop().cause(), Some(Cause::Draining));
        drop(running);
        assert!(matches!(board.enter(job, 4), Entry::Cancelled));
    }

    #[test]
    fn cancelled_jobs_are_remembered_up_to_a_bound() {
        let board = Board::default();
        let jobs: Vec<JobId> = (0..=REMEMBERED).map(|_| JobId::new()).collect();
        for job in &jobs {
            board.cancel(*job);
            board.cancel(*job);
        }
        assert!(matches!(board.enter(jobs[0], 1), Entry::Begun(_)));
        assert!(matches!(board.enter(jobs[1], 1), Entry::Cancelled));
        assert_eq!(board.state().cancelled.len(), REMEMBERED);
    }
}
