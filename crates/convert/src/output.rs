//! One output: its frame, its bytes, its digest.

use std::io::{self, Write};

use formats::{Format, Writer};
use sha2::{Digest, Sha256};

use crate::error::Failure;
use crate::report::Written;
use crate::sheet::Print;

/// A file of one format that is being written.
pub(crate) struct Output<'a> {
    format: Format,
    sink: Box<dyn Write + Send + 'a>,
    records: u64,
    bytes: u64,
    digest: Option<Sha256>,
    has_begun: bool,
    /// Where frames are put together.
    frame: Vec<u8>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(format: Format, sink: Box<dyn Write + Send + 'a>, is_hashed: bool) -> Self {
        Self {
            format,
            sink,
            records: 0,
            bytes: 0,
            digest: is_hashed.then(Sha256::new),
            has_begun: false,
            frame: Vec::new(),
        }
    }

    /// Bytes written so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds the records of a run; `kept` are the places of those that are written, if not all are.
    pub(crate) fn add(
        &mut self,
        writer: &dyn Writer,
        print: &Print,
        records: u64,
        kept: Option<&[usize]>,
    ) -> Result<(), Failure> {
        if records == 0 {
            return Ok(());
        }
        let Some(kept) = kept else {
            self.introduce(writer);
            self.records += records;
            return self.flush(&print.bytes);
        };
        for at in kept {
            self.introduce(writer);
            self.records += 1;
            self.flush(&print.bytes[print.ranges[*at].clone()])?;
        }
        Ok(())
    }

    /// Closes the output.
    pub(crate) fn finish(mut self, writer: &dyn Writer) -> Result<Written, Failure> {
        self.begin(writer);
        writer.end(&mut self.frame);
        self.flush(&[])?;
        self.sink.flush().map_err(|source| self.failed(source))?;
        let digest = self.digest.map(|digest| hexadecimal(&digest.finalize()));
        Ok(Written {
            format: self.format,
            records: self.records,
            bytes: self.bytes,
            sha256: digest,
        })
    }

    /// Puts down what stands before the next record.
    fn introduce(&mut self, writer: &dyn Writer) {
        self.begin(writer);
        if self.records > 0 {
            writer.between(&mut self.frame);
        }
    }

    fn begin(&mut self, writer: &dyn Writer) {
        if !self.has_begun {
            self.has_begun = true;
            writer.begin(&mut self.frame);
        }
    }

    /// Writes the frame, then those bytes.
    fn flush(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let frame = std::mem::take(&mut self.frame);
        for part in [&frame[..], bytes].into_iter().filter(|part| !part.is_empty()) {
            self.sink.write_all(part).map_err(|source| self.failed(source))?;
            self.bytes += part.len() as u64;
            if let Some(digest) = &mut self.digest {
                digest.update(part);
            }
        }
        self.frame = frame;
        self.frame.clear();
        Ok(())
    }

    fn failed(&self, source: io::Error) -> Failure {
        Failure::Write { format: self.format, source }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
