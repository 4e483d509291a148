//! The diagnostics of a run: JSON, a line for each finding.

use std::io::{self, Write};

use blobs::BlobError;
use convert::Diagnostic;
use jobs::message::Digest;
use jobs::{Finding, ResultFile};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::draft::Draft;

/// The diagnostics of a run, up to a number of lines.
pub(crate) struct Lines {
    draft: Draft,
    line: Vec<u8>,
    hash: Sha256,
    bytes: u64,
    said: u64,
    most: u64,
}

impl Lines {
    pub(crate) fn new(draft: Draft, most: u64) -> Self {
        Self { draft, line: Vec::new(), hash: Sha256::new(), bytes: 0, said: 0, most }
    }

    /// Writes a finding down, unless there are too many of them.
    pub(crate) fn say(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        self.said += 1;
        match self.said.checked_sub(self.most) {
            None | Some(0) => self.write(&Finding::from(diagnostic)),
            Some(1) => {
                let message = format!("more than {} findings; the counts are exact", self.most);
                self.write(&Finding::truncated(&message))
            }
            Some(_) => Ok(()),
        }
    }

    /// Closes the file.
    pub(crate) fn finish(self) -> Result<ResultFile<()>, BlobError> {
        let sha256 = Digest(self.hash.finalize().into());
        Ok(ResultFile { of: (), body: self.draft.finish()?, bytes: self.bytes, sha256 })
    }

    fn write(&mut self, finding: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, finding)?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.bytes += self.line.len() as u64;
        self.draft.write_all(&self.line)
    }
}
