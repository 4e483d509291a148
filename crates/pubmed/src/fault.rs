//! What goes wrong with a record or a document.

use model::{Code, Pmid};

/// A record that could not be read, or the end of a document that could not be read further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What it is; its severity says whether reading goes on.
    pub code: Code,
    /// The record's PMID, if it was read before the fault.
    pub pmid: Option<Pmid>,
    /// Bytes before the place, from the start of the unpacked input.
    pub offset: u64,
    /// Line of the place, counting from 1.
    pub line: u64,
    /// What was found, in words.
    pub message: String,
}
