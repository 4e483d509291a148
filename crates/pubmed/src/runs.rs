//! Cuts an input into runs of whole records, in memory that does not grow with the input.

use std::io::{self, Read};
use std::mem;

use crate::medline;
use crate::options::Limits;
use crate::page::{Form, Whole};
use crate::run::{Piece, Run, count_lines};
use crate::xml::{self, After, Window};

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
    cutter: Cutter,
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

/// What finds the records of an input.
#[derive(Debug)]
enum Cutter {
    Xml(xml::Splitter),
    Medline(medline::Splitter),
    Whole(Whole),
}

impl Cutter {
    fn is_done(&self) -> bool {
        match self {
            Self::Xml(splitter) => splitter.is_done(),
            Self::Medline(splitter) => splitter.is_done(),
            Self::Whole(whole) => whole.is_done(),
        }
    }

    fn walk(&mut self, window: Window<'_>, pieces: &mut Vec<Piece>) -> usize {
        match self {
            Self::Xml(splitter) => splitter.walk(window, pieces),
            Self::Medline(splitter) => splitter.walk(window, pieces),
            Self::Whole(whole) => whole.walk(window, pieces),
        }
    }
}

/// Large enough that handing a run to a thread costs nothing, small enough for a core's cache.
const RUN_BYTES: usize = 512 << 10;

impl<R: Read> Runs<R> {
    /// The runs of PubMed XML: UTF-8, already unpacked, without a byte-order mark.
    pub fn xml(input: R, limits: Limits) -> Self {
        Self::of_size(input, Cutter::Xml(xml::Splitter::new(limits)), RUN_BYTES)
    }

    /// The runs of MEDLINE text, as `.nbib` files hold it: unpacked, without a byte-order mark.
    pub fn medline(input: R, limits: Limits) -> Self {
        Self::of_size(input, Cutter::Medline(medline::Splitter::new(limits)), RUN_BYTES)
    }

    /// The one run of a saved page of PubMed, in any encoding that the page declares.
    pub fn html(input: R) -> Self {
        Self::of_size(input, Cutter::Whole(Whole::new(Form::Html)), RUN_BYTES)
    }

    /// The one run of the text of one or more pages of PubMed.
    pub fn text(input: R) -> Self {
        Self::of_size(input, Cutter::Whole(Whole::new(Form::Text)), RUN_BYTES)
    }

    fn of_size(input: R, cutter: Cutter, run_bytes: usize) -> Self {
        Self {
            input,
            cutter,
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
            let done = self.cutter.walk(window, &mut pieces);
            let (offset, line) = (self.offset, self.line);
            self.offset += done as u64;
            self.line += count_lines(&self.buffer[..done]);
            if !pieces.is_empty() {
                return Ok(Some(Run::new(self.take(done), offset, line, pieces)));
            }
            self.buffer.drain(..done);
            if self.cutter.is_done() {
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
        if self.after != After::More || self.cutter.is_done() {
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
