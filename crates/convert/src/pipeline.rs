//! Work on all cores, results in order: a map over portions that knows nothing of records.
//!
//! ```text
//! supply (one at a time) → work (on every core) → join (in order, one at a time)
//! ```
//!
//! The workers are equal: each takes the next portion, works on it, puts the result down, and if
//! the next result in order lies there and nobody else is joining, joins what is ready. So there
//! is no thread that only waits, and no channel. How far the workers run ahead of the joining is
//! bounded by the number of portions and by their bytes, and hence so is memory.

use std::any::Any;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Portions taken and not yet joined, for each thread.
const AHEAD: u64 = 3;
/// Bytes of portions taken and not yet joined; one portion is let through whatever its size.
const AHEAD_BYTES: usize = 12 << 20;

/// A piece of work.
pub(crate) trait Portion: Send {
    /// Bytes that it holds in memory.
    fn bytes(&self) -> usize;
    /// Where it stands in the input.
    fn offset(&self) -> u64;
}

/// A portion could not be worked on because the program has a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panicked {
    /// Where the portion stands in the input.
    pub(crate) offset: u64,
    /// What the panic said.
    pub(crate) message: String,
}

/// Takes portions from `supply` until there are none, has each worked on by `work`, and gives the
/// results to `join` in the order of the portions, until that breaks.
///
/// What `join` sees depends on the portions alone and not on the number of threads. A result that
/// was joined is used again for another portion.
///
/// # Errors
///
/// The first error of `supply` or `join`, or a panic of any of the three.
pub(crate) fn ordered<P, S, E>(
    threads: NonZeroUsize,
    mut supply: impl FnMut() -> Result<Option<P>, E> + Send,
    work: impl Fn(P, &mut S) + Sync,
    mut join: impl FnMut(&mut S) -> Result<ControlFlow<()>, E> + Send,
) -> Result<(), E>
where
    P: Portion,
    S: Default + Send,
    E: From<Panicked> + Send,
{
    if threads.get() == 1 {
        let mut result = S::default();
        while let Some(portion) = supply()? {
            guarded(portion.offset(), || work(portion, &mut result))?;
            if join(&mut result)?.is_break() {
                break;
            }
        }
        return Ok(());
    }
    let line = Line {
        window: AHEAD * threads.get() as u64,
        supply: Mutex::new(Supply { next: supply, taken: 0 }),
        work,
        join: Mutex::new(join),
        state: Mutex::new(State {
            ready: BTreeMap::new(),
            spare: Vec::new(),
            taken: 0,
            joined: 0,
            bytes: 0,
            joining: false,
            over: false,
            stopped: false,
            failure: None,
        }),
        joined: Condvar::new(),
    };
    thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(|| line.run());
        }
        line.run();
    });
    let state = line.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.failure.map_or(Ok(()), Err)
}

/// What the workers share. Locks are taken in the order of the fields.
struct Line<I, W, J, S, E> {
    window: u64,
    supply: Mutex<Supply<I>>,
    work: W,
    join: Mutex<J>,
    state: Mutex<State<S, E>>,
    joined: Condvar,
}

struct Supply<I> {
    next: I,
    taken: u64,
}

struct State<S, E> {
    /// Results that wait for those before them.
    ready: BTreeMap<u64, Done<S>>,
    spare: Vec<S>,
    taken: u64,
    joined: u64,
    /// Bytes of the portions taken and not yet joined.
    bytes: usize,
    joining: bool,
    /// Whether no more is taken.
    over: bool,
    /// Whether no more is joined.
    stopped: bool,
    failure: Option<E>,
}

/// A result, with what is to be known of its portion.
struct Done<S> {
    result: S,
    offset: u64,
    bytes: usize,
}

impl<P, I, W, J, S, E> Line<I, W, J, S, E>
where
    P: Portion,
    I: FnMut() -> Result<Option<P>, E> + Send,
    W: Fn(P, &mut S) + Sync,
    J: FnMut(&mut S) -> Result<ControlFlow<()>, E> + Send,
    S: Default + Send,
    E: From<Panicked> + Send,
{
    /// One worker, from the first portion to the last.
    fn run(&self) {
        while let Some((number, portion, mut result)) = self.take() {
            let (offset, bytes) = (portion.offset(), portion.bytes());
            match guarded(offset, || (self.work)(portion, &mut result)) {
                Ok(()) => self.put(number, Done { result, offset, bytes }),
                Err(panic) => {
                    lock(&self.state).fail(panic.into());
                    self.joined.notify_all();
                }
            }
        }
    }

    /// The next portion, as soon as there is room for it.
    fn take(&self) -> Option<(u64, P, S)> {
        let mut supply = lock(&self.supply);
        {
            let mut state = lock(&self.state);
            while !state.over && !state.has_room(self.window) {
                state = self.joined.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.over {
                return None;
            }
        }
        let next = guarded(supply.taken, || (supply.next)());
        let mut state = lock(&self.state);
        match next.map_err(E::from).and_then(|next| next) {
            Ok(Some(portion)) => {
                let number = state.taken;
                supply.taken = portion.offset();
                state.taken += 1;
                state.bytes += portion.bytes();
                Some((number, portion, state.spare.pop().unwrap_or_default()))
            }
            Ok(None) => {
                state.over = true;
                None
            }
            Err(error) => {
                state.fail(error);
                None
            }
        }
    }

    /// Puts a result down and joins what is ready, unless somebody else does.
    fn put(&self, number: u64, done: Done<S>) {
        let mut state = lock(&self.state);
        state.ready.insert(number, done);
        if state.joining {
            return;
        }
        state.joining = true;
        while !state.stopped {
            let next = state.joined;
            let Some(mut done) = state.ready.remove(&next) else { break };
            drop(state);
            let joined = guarded(done.offset, || lock(&self.join)(&mut done.result));
            state = lock(&self.state);
            state.joined += 1;
            state.bytes -= done.bytes;
            state.spare.push(done.result);
            match joined.map_err(E::from).and_then(|joined| joined) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => state.stop(),
                Err(error) => state.fail(error),
            }
            self.joined.notify_all();
        }
        state.joining = false;
    }
}

impl<S, E> State<S, E> {
    fn has_room(&self, window: u64) -> bool {
        let ahead = self.taken - self.joined;
        ahead == 0 || (ahead < window && self.bytes < AHEAD_BYTES)
    }

    fn stop(&mut self) {
        self.over = true;
        self.stopped = true;
    }

    fn fail(&mut self, error: E) {
        self.stop();
        self.failure.get_or_insert(error);
    }
}

/// Locks, also behind a panic: every panic is caught and ends the line before anybody looks at
/// what it left.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Turns a panic into an error that says where it happened.
fn guarded<T>(offset: u64, work: impl FnOnce() -> T) -> Result<T, Panicked> {
    // What a panic leaves half done is never looked at: the conversion ends with this error.
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| Panicked { offset, message: said(panic.as_ref()) })
}

fn said(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    words.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    enum Failure {
        Panicked(Panicked),
        Supply,
        Join,
    }

    impl From<Panicked> for Failure {
        fn from(panic: Panicked) -> Self {
            Self::Panicked(panic)
        }
    }

    struct Number(u64, usize);

    impl Portion for Number {
        fn bytes(&self) -> usize {
            self.1
        }

        fn offset(&self) -> u64 {
            self.0
        }
    }

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).expect("more than none")
    }

    fn numbers(count: u64, bytes: usize) -> impl FnMut() -> Result<Option<Number>, Failure> + Send {
        let mut numbers = 0..count;
        move || Ok(numbers.next().map(|number| Number(number, bytes)))
    }

    /// Work whose length differs, so that results come out of order.
    fn uneven(number: u64) {
        for _ in 0..(number * 7919 % 13) {
            thread::yield_now();
        }
    }

    #[test]
    fn results_are_joined_in_order_on_any_number_of_threads() {
        for count in [1, 2, 8] {
            let mut joined = Vec::new();
            let work = |portion: Number, result: &mut u64| {
                uneven(portion.0);
                *result = portion.0;
            };
            let join = |result: &mut u64| {
                joined.push(*result);
                Ok(ControlFlow::Continue(()))
            };
            ordered::<_, _, Failure>(threads(count), numbers(1000, 1), work, join)
                .expect("no error");
            assert!(joined.iter().copied().eq(0..1000), "{count} threads");
        }
    }

    #[test]
    fn nobody_runs_far_ahead_of_the_joining() {
        for (bytes, most) in [(1, 4 * AHEAD), (AHEAD_BYTES, 1), (AHEAD_BYTES / 2, 2)] {
            let (taken, joined) = (AtomicU64::new(0), AtomicU64::new(0));
            let work = |portion: Number, (): &mut ()| {
                let before = taken.fetch_add(1, Ordering::SeqCst) + 1;
                assert!(before - joined.load(Ordering::SeqCst) <= most);
                uneven(portion.0);
            };
            let join = |(): &mut ()| {
                joined.fetch_add(1, Ordering::SeqCst);
                Ok(ControlFlow::Continue(()))
            };
            ordered::<_, _, Failure>(threads(4), numbers(300, bytes), work, join)
                .expect("no error");
        }
    }

    #[test]
    fn a_panic_is_an_error_and_no_hang() {
        for count in [1, 2, 8] {
            let work = |portion: Number, (): &mut ()| assert!(portion.0 != 17, "unlucky");
            let join = |(): &mut ()| Ok(ControlFlow::Continue(()));
            let failure = ordered::<_, _, Failure>(threads(count), numbers(100, 1), work, join);
            let panic = Panicked { offset: 17, message: "unlucky".to_owned() };
            assert_eq!(failure, Err(Failure::Panicked(panic)));
        }
    }

    #[test]
    fn nothing_is_joined_behind_a_break_or_an_error() {
        for count in [1, 2, 8] {
            for broken in [Ok(ControlFlow::Break(())), Err(Failure::Join)] {
                let expected = broken.as_ref().map(|_| ()).map_err(|_| Failure::Join);
                let (mut broken, mut joined) = (Some(broken), 0);
                let work = |portion: Number, result: &mut u64| *result = portion.0;
                let join = |result: &mut u64| {
                    joined += 1;
                    let stop = *result == 20;
                    if stop {
                        broken.take().expect("joined once")
                    } else {
                        Ok(ControlFlow::Continue(()))
                    }
                };
                assert_eq!(ordered(threads(count), numbers(100, 1), work, join), expected);
                assert_eq!(joined, 21);
            }
        }
    }

    #[test]
    fn an_error_of_the_supply_ends_it() {
        for count in [1, 4] {
            let mut left = 50;
            let supply = || {
                left -= 1;
                if left == 0 { Err(Failure::Supply) } else { Ok(Some(Number(left, 1))) }
            };
            let work = |_: Number, (): &mut ()| {};
            let join = |(): &mut ()| Ok(ControlFlow::Continue(()));
            assert_eq!(ordered(threads(count), supply, work, join), Err(Failure::Supply));
        }
    }
}
