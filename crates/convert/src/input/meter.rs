//! How much of an input has been read, what went wrong on the way, and when it is too much.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use model::Code;
use pubmed::Fault;

use crate::request::Limits;

/// Bytes below which the ratio of unpacked to packed bytes says nothing (`service.md` section 7).
const RATIO_FLOOR: u64 = 10 << 20;

/// What is known about an input while it is being read. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<State>);

#[derive(Debug, Default)]
struct State {
    packed: AtomicU64,
    unpacked: AtomicU64,
    failed: AtomicBool,
    damage: Mutex<Option<Fault>>,
}

/// The unpacked input is larger than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// It has more bytes than allowed.
    #[error("the unpacked input is larger than {limit} bytes")]
    Decoded {
        /// Bytes allowed.
        limit: u64,
    },
    /// It grows too much when it is unpacked.
    #[error("the input grows to more than {limit} times its size when it is unpacked")]
    Ratio {
        /// Unpacked bytes over packed ones.
        limit: u64,
    },
}

impl Meter {
    /// Bytes read so far, as they came in.
    pub(crate) fn packed(&self) -> u64 {
        self.0.packed.load(Ordering::Relaxed)
    }

    /// Bytes read so far, unpacked.
    pub(crate) fn unpacked(&self) -> u64 {
        self.0.unpacked.load(Ordering::Relaxed)
    }

    /// Whether the source itself has failed, so that what follows is no fault of the data.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.failed.load(Ordering::Relaxed)
    }

    /// Notes that the data end here because they are broken. The first fault stands.
    ///
    /// What reads the data sees their end, not an error: it closes what it has, and the records
    /// before are kept.
    pub(crate) fn damage(&self, code: Code, message: String) {
        let mut damage = self.0.damage.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = self.unpacked();
        damage.get_or_insert(Fault { code, pmid: None, offset, line: 0, message });
    }

    /// What the data were found to be broken by.
    pub(crate) fn take_damage(&self) -> Option<Fault> {
        self.0.damage.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Counts bytes as they come in.
#[derive(Debug)]
pub(super) struct Packed<R> {
    pub(super) raw: R,
    pub(super) meter: Meter,
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.raw.read(buffer) {
                Ok(read) => {
                    self.meter.0.packed.fetch_add(read as u64, Ordering::Relaxed);
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.meter.0.failed.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
    }
}

/// Counts unpacked bytes and stops when there are too many.
#[derive(Debug)]
pub(super) struct Unpacked<R> {
    pub(super) inner: R,
    pub(super) meter: Meter,
    pub(super) limits: Limits,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let unpacked =
            self.meter.0.unpacked.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
        if let Some(limit) = self.limits.decoded_bytes.filter(|limit| unpacked > *limit) {
            return Err(io::Error::other(TooMuch::Decoded { limit }));
        }
        let too_dense =
            |limit: &u64| unpacked > RATIO_FLOOR && unpacked / limit > self.meter.packed();
        if let Some(limit) = self.limits.ratio.filter(too_dense) {
            return Err(io::Error::other(TooMuch::Ratio { limit }));
        }
        Ok(read)
    }
}
