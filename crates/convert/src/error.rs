//! Why a conversion fails.

use std::io;

use formats::{Format, UnknownValue};

use crate::diagnostic::Diagnostic;
use crate::input::TooMuch;
use crate::pipeline::Panicked;

/// Why a conversion fails: what was written so far is not to be used.
///
/// A broken input is no failure: it is a diagnostic, and the records before it stand.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The writers cannot do what is asked for.
    #[error("the writers cannot be set up")]
    Options(#[source] UnknownValue),
    /// The outputs have no place.
    #[error("{formats} formats cannot be written to {sinks} places")]
    Sinks {
        /// Formats asked for.
        formats: usize,
        /// Places given.
        sinks: usize,
    },
    /// The input could not be read.
    #[error("reading failed")]
    Read(#[source] io::Error),
    /// The input is larger than allowed.
    #[error(transparent)]
    TooMuch(TooMuch),
    /// An output could not be written.
    #[error("writing {format} failed")]
    Write {
        /// The format.
        format: Format,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The outputs are larger than allowed.
    #[error("the outputs are more than {limit} times as large as the input")]
    Output {
        /// Bytes of all outputs over those of the unpacked input.
        limit: u64,
    },
    /// A diagnostic could not be written.
    #[error("writing the diagnostics failed")]
    Diagnostics(#[source] io::Error),
    /// A record was rejected, and that was to end the conversion.
    #[error("a record was rejected")]
    Rejected(Box<Diagnostic>),
    /// There are more invented PMIDs or versions than can be kept in mind to sort them out.
    #[error("too many records have a PMID or a version that PubMed does not use")]
    Identifiers,
    /// Whoever watches asked to stop.
    #[error("stopped")]
    Stopped,
    /// The program has a fault.
    #[error("internal error at the records from byte {offset} on: {message}")]
    Internal {
        /// Bytes before them, from the start of the unpacked input.
        offset: u64,
        /// What the panic said.
        message: String,
    },
}

impl Failure {
    /// Tells limits of ours apart from errors of the source.
    pub(crate) fn reading(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<TooMuch>()) {
            Some(limit) => Self::TooMuch(*limit),
            None => Self::Read(error),
        }
    }
}

impl From<Panicked> for Failure {
    fn from(panic: Panicked) -> Self {
        Self::Internal { offset: panic.offset, message: panic.message }
    }
}
