//! Cuts an input into runs of whole records, in memory that does not grow with the input.

use std::io::{self, Read};
use std::mem;

use crate::options::Limits;
use crate::run::{Run, count_lines};
use crate::xml::{After, Splitter, Window};

/// The runs of one input, one after another.
///
/// The memory is bounded by the largest record that the limits allow and a constant.
///
/// ```
/// use model::Code;
/// use pubmed::{Limits, Options, Outcome, Runs};
///
/// let input = "<PubmedArticleSet><PubmedArticle><MedlineCitation/>";
/// let limits = Limits::default();
/// let mut runs = Runs::xml(input.as_bytes(), limits);
/// let mut codes = Vec::new();
/// while let Some(run) = runs.next_run()? {
///     run.read(&Options::default(), &limits, &mut |outcome| {
///         if let Outcome::Fault(fault) = outcome {
///             codes.push(fault.code);
///         }
///     });
/// }
/// assert_eq!(codes, [Code::RecordTruncated, Code::DocumentTruncated]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Runs<R> {
    input: R,
    splitter: Splitter,
    /// Read and not yet given out.
    buffer: Vec<u8>,
    /// Bytes of the input before the buffer.
    offset: u64,
    /// Line at which the buffer begins.
    line: u64,
    after: After,
    failure: Option<io::Error>,
    /// Bytes of a run, if no record is larger.
    run_bytes: usize,
}

/// Large enough that handing a run to a thread costs nothing, small enough for a core's cache.
const RUN_BYTES: usize = 512 << 10;

impl<R: Read> Runs<R> {
    /// The runs of PubMed XML: UTF-8, already unpacked, without a byte-order mark.
    pub fn xml(input: R, limits: Limits) -> Self {
        Self::of_size(input, limits, RUN_BYTES)
    }

    fn of_size(input: R, limits: Limits, run_bytes: usize) -> Self {
        Self {
            input,
            splitter: Splitter::new(limits),
            buffer: Vec::new(),
            offset: 0,
            line: 1,
            after: After::More,
            failure: None,
            run_bytes,
        }
    }

    /// The next run; none, if there is nothing more in the input or reading cannot go on.
    ///
    /// # Errors
    ///
    /// If the input cannot be read. What was read before has been given out by then, also the
    /// record that the error cut, as a [`Fault`](crate::Fault) of its own.
    pub fn next_run(&mut self) -> io::Result<Option<Run>> {
        let mut pieces = Vec::new();
        loop {
            self.fill();
            let window = Window { bytes: &self.buffer, offset: self.offset, after: self.after };
            let done = self.splitter.walk(window, &mut pieces);
            let (offset, line) = (self.offset, self.line);
            self.offset += done as u64;
            self.line += count_lines(&self.buffer[..done]);
            if !pieces.is_empty() {
                return Ok(Some(Run::new(self.take(done), offset, line, pieces)));
            }
            self.buffer.drain(..done);
            if self.splitter.is_done() {
                return self.failure.take().map_or(Ok(None), Err);
            }
        }
    }

    /// Bytes and line of the place up to which the runs have been given out.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.offset, self.line)
    }

    /// Reads until a run is full, or, if the buffer is more than half full, as much again.
    fn fill(&mut self) {
        if self.after != After::More || self.splitter.is_done() {
            return;
        }
        let wanted = self.buffer.len().max(self.run_bytes.saturating_sub(self.buffer.len()));
        self.buffer.reserve_exact(wanted);
        match self.input.by_ref().take(wanted as u64).read_to_end(&mut self.buffer) {
            Ok(length) if length == wanted => {}
            Ok(_) => self.after = After::End,
            Err(error) => {
                self.after = After::Failure;
                self.failure = Some(error);
            }
        }
    }

    /// Takes the first bytes out of the buffer, copying as little as possible.
    fn take(&mut self, length: usize) -> Vec<u8> {
        if length < self.buffer.len() / 2 {
            let taken = self.buffer[..length].to_vec();
            self.buffer.drain(..length);
            return taken;
        }
        let mut rest = Vec::with_capacity(self.run_bytes.max(self.buffer.len() - length));
        rest.extend_from_slice(&self.buffer[length..]);
        self.buffer.truncate(length);
        mem::replace(&mut self.buffer, rest)
    }
}
