//! A run of whole records: what one thread reads at a time.

use model::{Pmid, Record, Warning};

use crate::fault::Fault;

/// Neighbouring records of one input, as bytes, with their place in it.
#[derive(Debug)]
pub struct Run {}

/// What stands in an input, piece by piece, in its order.
#[derive(Debug)]
pub enum Outcome {
    /// A record.
    Record(Box<Record>),
    /// PMIDs that NLM has withdrawn; no record.
    Deleted(Vec<Pmid>),
    /// Something to be said about the input as a whole.
    Remark(Warning),
    /// A record that could not be read, or the end of reading.
    Fault(Fault),
}
