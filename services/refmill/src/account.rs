//! What a run came to: the file that `--report` asks for.

use convert::{Report, Written};
use serde::Serialize;

/// All that a run came to, and the file that `--report` asks for.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Account {
    #[serde(flatten)]
    pub(crate) total: Report,
    pub(crate) inputs: Vec<InputAccount>,
    pub(crate) outputs: Vec<OutputAccount>,
}

/// What an input came to.
#[derive(Debug, Serialize)]
pub(crate) struct InputAccount {
    pub(crate) name: String,
    /// What it was read as, unless it was refused unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<&'static str>,
    pub(crate) records_read: u64,
    /// Why it was not read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// What an output came to.
#[derive(Debug, Serialize)]
pub(crate) struct OutputAccount {
    pub(crate) inputs: Vec<String>,
    /// None for standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(flatten)]
    pub(crate) written: Written,
}
