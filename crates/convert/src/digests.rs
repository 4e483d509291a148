//! The SHA-256 of the outputs, worked out beside the writing.

use std::mem;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use sha2::{Digest, Sha256};

/// Bytes of all outputs up to which no thread is worth its start.
const AT_ONCE: usize = 1 << 20;
/// Threads that convert as fast as another one writes and hashes.
const MANY: usize = 4;
/// Bytes of buffers that wait for their turn; one buffer is let through whatever its size.
const WAITING: usize = 8 << 20;

/// The digests of some outputs.
///
/// What an output got is worked on at once while there is little of it. Behind that a thread of
/// its own does it, which ends with this value, unless it would take a core from the few that
/// convert.
pub(crate) enum Digests {
    AtOnce { states: Vec<Sha256>, bytes: usize, limit: usize },
    Beside(Beside),
}

/// The thread, and what goes to it and comes back from it.
pub(crate) struct Beside {
    parts: Sender<Part>,
    done: Receiver<Vec<u8>>,
    /// Bytes of the buffers that have not come back.
    away: usize,
    thread: JoinHandle<Vec<Sha256>>,
}

/// Bytes that an output got.
struct Part {
    output: usize,
    bytes: Vec<u8>,
}

impl Digests {
    /// Those of so many outputs, which have got nothing yet, beside so many threads that convert.
    pub(crate) fn new(outputs: usize, threads: NonZeroUsize) -> Self {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let is_alone = threads < cores || threads.get() >= MANY;
        Self::with_limit(outputs, if is_alone { AT_ONCE } else { usize::MAX })
    }

    fn with_limit(outputs: usize, limit: usize) -> Self {
        Self::AtOnce { states: vec![Sha256::new(); outputs], bytes: 0, limit }
    }

    /// Adds bytes to an output, and leaves an empty buffer in their place.
    pub(crate) fn add(&mut self, output: usize, bytes: &mut Vec<u8>) {
        match self {
            Self::AtOnce { states, bytes: before, limit } => {
                states[output].update(&*bytes);
                *before = before.saturating_add(bytes.len());
                bytes.clear();
                if *before > *limit {
                    *self = Self::Beside(Beside::start(mem::take(states)));
                }
            }
            Self::Beside(beside) => beside.add(output, bytes),
        }
    }

    /// The digests, hexadecimal, in the order of the outputs.
    pub(crate) fn finish(self) -> Vec<String> {
        let states = match self {
            Self::AtOnce { states, .. } => states,
            Self::Beside(beside) => beside.finish(),
        };
        states.into_iter().map(|state| hexadecimal(&state.finalize())).collect()
    }
}

impl Beside {
    fn start(mut states: Vec<Sha256>) -> Self {
        let (parts, todo) = channel::<Part>();
        let (back, done) = channel();
        let thread = thread::spawn(move || {
            for Part { output, bytes } in todo {
                states[output].update(&bytes);
                // Whoever wants no buffer back is at its end.
                let _ = back.send(bytes);
            }
            states
        });
        Self { parts, done, away: 0, thread }
    }

    fn add(&mut self, output: usize, bytes: &mut Vec<u8>) {
        let mut spare = self.done.try_recv().ok();
        self.away -= spare.as_ref().map_or(0, Vec::capacity);
        while self.away > 0 && self.away + bytes.capacity() > WAITING {
            // The end of the thread is told by `finish`.
            let Ok(buffer) = self.done.recv() else { break };
            self.away -= buffer.capacity();
            spare = Some(buffer);
        }
        let mut spare = spare.unwrap_or_default();
        spare.clear();
        let bytes = mem::replace(bytes, spare);
        self.away += bytes.capacity();
        let _ = self.parts.send(Part { output, bytes });
    }

    fn finish(self) -> Vec<Sha256> {
        drop(self.parts);
        self.thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two outputs that get so much in turn, in buffers of this size.
    fn hash(limit: usize, bytes: usize, buffer: usize) {
        let mut digests = Digests::with_limit(2, limit);
        let mut given = [Vec::new(), Vec::new()];
        for part in 0..bytes / buffer {
            let output = part % 2;
            let mut bytes = vec![u8::try_from(part % 251).expect("small"); buffer];
            given[output].extend_from_slice(&bytes);
            digests.add(output, &mut bytes);
            assert!(bytes.is_empty());
            if let Digests::Beside(beside) = &digests {
                assert!(beside.away <= WAITING.max(buffer), "{} wait", beside.away);
            }
        }
        assert_eq!(matches!(digests, Digests::Beside(_)), bytes > limit);
        let expected: Vec<_> =
            given.iter().map(|bytes| hexadecimal(&Sha256::digest(bytes))).collect();
        assert_eq!(digests.finish(), expected);
    }

    #[test]
    fn they_are_those_of_all_bytes_in_order() {
        for limit in [AT_ONCE, usize::MAX] {
            hash(limit, 1000, 10);
            hash(limit, AT_ONCE, 64 << 10);
            hash(limit, 32 << 20, 64 << 10);
            hash(limit, 48 << 20, 12 << 20);
        }
        // Of nothing (FIPS 180-4).
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digests::new(1, NonZeroUsize::MIN).finish(), [empty]);
    }
}
