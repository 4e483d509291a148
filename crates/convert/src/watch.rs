//! Who looks on while a conversion runs.

use std::io;
use std::ops::ControlFlow;

use crate::diagnostic::Diagnostic;

/// Hears what a conversion says, in the order of the input, and can stop it.
///
/// `()` hears nothing.
pub trait Watch: Send {
    /// Takes a diagnostic. It is called in the order of the records, whatever the threads do.
    ///
    /// # Errors
    ///
    /// If it cannot be kept; the conversion fails.
    fn diagnostic(&mut self, _diagnostic: &Diagnostic) -> io::Result<()> {
        Ok(())
    }

    /// Hears how far the conversion is, some times in each megabyte, and says whether it goes on.
    fn progress(&mut self, _progress: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Watch for () {}

/// How far the conversion of one input is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records read from it, also rejected ones.
    pub records: u64,
    /// Bytes taken from it, as it came in.
    pub bytes_in: u64,
}
