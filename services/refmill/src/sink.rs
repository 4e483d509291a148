//! Where an output goes, from its first byte until it is whole.

use std::fs::File;
use std::io::{self, BufReader, Seek, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use convert::Written;

use crate::plan::Place;
use crate::staging::{Staged, Staging};

/// What takes the bytes of an output.
pub(crate) type Writer = Box<dyn Write + Send>;

/// An output while it is written.
pub(crate) struct Sink {
    place: Place,
    way: Way,
}

/// How the bytes get to their place.
enum Way {
    /// Into a file that gets its name when it is whole.
    Named(Staged),
    /// At once, to standard output, a pipe or a device; and whether any byte went there.
    Straight(Arc<AtomicBool>),
    /// There as well, but only when they were read back; until then they lie in a nameless file.
    Kept(File, Writer),
}

impl Sink {
    /// Begins an output that will be read back or not; returns also what its bytes go into.
    ///
    /// # Errors
    ///
    /// If no file can be made.
    pub(crate) fn new(
        place: &Place,
        staging: &Staging,
        is_verified: bool,
    ) -> anyhow::Result<(Self, Writer)> {
        let sink = |way| Self { place: place.clone(), way };
        let straight: Writer = match place {
            Place::Standard => Box::new(io::stdout()),
            Place::File(path) => {
                match staging.create(path).with_context(|| cannot_write(Some(place)))? {
                    (file, Staged::Direct) => Box::new(file),
                    (file, staged) => return Ok((sink(Way::Named(staged)), Box::new(file))),
                }
            }
        };
        if !is_verified {
            let is_seen = Arc::new(AtomicBool::new(false));
            let writer = Seen { writer: straight, is_seen: is_seen.clone() };
            return Ok((sink(Way::Straight(is_seen)), Box::new(writer)));
        }
        let file = tempfile::tempfile().context("cannot make a temporary file")?;
        let writer = file.try_clone().context("cannot make a temporary file")?;
        Ok((sink(Way::Kept(file, straight)), Box::new(writer)))
    }

    /// Where it goes.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether others have seen bytes of it, though it may not be whole.
    pub(crate) fn is_seen(&self) -> bool {
        matches!(&self.way, Way::Straight(is_seen) if is_seen.load(Ordering::Relaxed))
    }

    /// Reads back what was written and compares it with the fingerprints of the records.
    ///
    /// # Errors
    ///
    /// If something else stands there.
    pub(crate) fn verify(&self, written: &Written, expected: &[u64]) -> anyhow::Result<()> {
        let file = match &self.way {
            Way::Named(staged) => staged.reopen()?,
            Way::Straight(_) => None,
            Way::Kept(file, _) => Some(rewound(file)?),
        };
        file.map_or(Ok(()), |file| {
            formats::verify::check(written.format, BufReader::new(file), expected)
                .with_context(|| format!("{} does not hold what was to be written", self.place))
        })
    }

    /// Brings what was written to its place.
    ///
    /// # Errors
    ///
    /// If the file cannot get its name, or the bytes cannot be handed on.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.way {
            Way::Named(staged) => staged.commit(),
            Way::Straight(_) => Ok(()),
            Way::Kept(file, mut writer) => {
                io::copy(&mut rewound(&file)?, &mut writer)?;
                writer.flush()
            }
        }
    }
}

/// Notes that bytes were handed on.
struct Seen {
    writer: Writer,
    is_seen: Arc<AtomicBool>,
}

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_seen.store(true, Ordering::Relaxed);
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The file, once more from its beginning.
fn rewound(file: &File) -> io::Result<File> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    Ok(file)
}

/// What is said about an output that cannot be written.
pub(crate) fn cannot_write(place: Option<&Place>) -> String {
    match place {
        Some(Place::File(path)) => format!("cannot write {}", path.display()),
        Some(Place::Standard) | None => "cannot write to standard output".to_owned(),
    }
}
