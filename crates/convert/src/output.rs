//! One output: its frame, its bytes.

use std::io::{self, Write};

use formats::{Format, Writer};

use crate::digests::Digests;
use crate::error::Failure;
use crate::report::Written;
use crate::sheet::Print;

/// A file of one format that is being written.
pub(crate) struct Output<'a> {
    format: Format,
    sink: Box<dyn Write + Send + 'a>,
    records: u64,
    bytes: u64,
    has_begun: bool,
    /// Where frames are put together.
    frame: Vec<u8>,
}

/// The digests, and which of them is that of an output.
pub(crate) type Hashing<'d> = Option<(&'d mut Digests, usize)>;

impl<'a> Output<'a> {
    pub(crate) fn new(format: Format, sink: Box<dyn Write + Send + 'a>) -> Self {
        Self { format, sink, records: 0, bytes: 0, has_begun: false, frame: Vec::new() }
    }

    /// Bytes written so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds the records of a run, whose bytes are taken; `kept` are the places of those that are
    /// written, if not all are.
    pub(crate) fn add(
        &mut self,
        writer: &dyn Writer,
        print: &mut Print,
        records: u64,
        kept: Option<&[usize]>,
        hashing: Hashing<'_>,
    ) -> Result<(), Failure> {
        if records == 0 {
            return Ok(());
        }
        match kept {
            None => {
                self.introduce(writer);
                self.records += records;
            }
            Some(kept) => {
                for at in kept {
                    self.introduce(writer);
                    self.records += 1;
                    self.frame.extend_from_slice(&print.bytes[print.ranges[*at].clone()]);
                }
                print.bytes.clear();
            }
        }
        self.flush(&mut print.bytes, hashing)
    }

    /// Closes the output. The digest is not yet in what is returned.
    pub(crate) fn finish(
        mut self,
        writer: &dyn Writer,
        hashing: Hashing<'_>,
    ) -> Result<Written, Failure> {
        self.begin(writer);
        writer.end(&mut self.frame);
        self.flush(&mut Vec::new(), hashing)?;
        self.sink.flush().map_err(|source| self.failed(source))?;
        Ok(Written { format: self.format, records: self.records, bytes: self.bytes, sha256: None })
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

    /// Writes the frame, then those bytes, and empties both.
    fn flush(&mut self, bytes: &mut Vec<u8>, mut hashing: Hashing<'_>) -> Result<(), Failure> {
        let mut frame = std::mem::take(&mut self.frame);
        for part in [&mut frame, bytes].into_iter().filter(|part| !part.is_empty()) {
            self.sink.write_all(part).map_err(|source| self.failed(source))?;
            self.bytes += part.len() as u64;
            match &mut hashing {
                Some((digests, place)) => digests.add(*place, part),
                None => part.clear(),
            }
        }
        self.frame = frame;
        Ok(())
    }

    fn failed(&self, source: io::Error) -> Failure {
        Failure::Write { format: self.format, source }
    }
}
