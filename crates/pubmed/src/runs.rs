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
    /// Bytes that the splitter may need at once.
    most_bytes: usize,
}

/// What finds the records of an input.
#[derive(Debug)]
enum Cutter {
    Xml(Box<xml::Splitter>),
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

    /// Bytes that the walk may ask for at once.
    fn most_bytes(&self) -> usize {
        match self {
            Self::Xml(splitter) => splitter.most_bytes(),
            Self::Medline(splitter) => splitter.most_bytes(),
            Self::Whole(whole) => whole.most_bytes(),
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
///
/// From 128 KiB to 1 MiB the time of a pass over a file hardly differs.
const RUN_BYTES: usize = 256 << 10;

impl<R: Read> Runs<R> {
    /// The runs of PubMed XML: UTF-8, already unpacked, without a byte-order mark.
    pub fn xml(input: R, limits: Limits) -> Self {
        Self::of_size(input, Cutter::Xml(Box::new(xml::Splitter::new(limits))), RUN_BYTES)
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
            most_bytes: cutter.most_bytes(),
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

    /// Reads until a run is full, or, if more than half of one is left over, as much again.
    fn fill(&mut self) {
        if self.after != After::More || self.cutter.is_done() {
            return;
        }
        let left_over = self.buffer.len();
        let useful = self.most_bytes.saturating_sub(left_over).max(self.run_bytes);
        let wanted = left_over.max(self.run_bytes.saturating_sub(left_over)).min(useful);
        self.buffer.reserve_exact(wanted);
        self.buffer.resize(left_over + wanted, 0);
        let mut filled = left_over;
        while filled < self.buffer.len() && self.after == After::More {
            // As much as there is room for, so that a file is read past all buffers in between.
            match self.input.read(&mut self.buffer[filled..]) {
                Ok(0) => self.after = After::End,
                Ok(length) => filled += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.after = After::Failure;
                    self.failure = Some(error);
                }
            }
        }
        self.buffer.truncate(filled);
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

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use model::Code;
    use proptest::prelude::*;

    use super::*;
    use crate::fault::Fault;
    use crate::options::Options;
    use crate::run::Outcome;

    /// A set in which every third record is broken, and the places of the broken ones.
    fn set(records: usize) -> (String, Vec<(u64, u64)>) {
        let mut set = "<?xml version=\"1.0\"?>\n<PubmedArticleSet>\r\n".to_owned();
        let mut broken = Vec::new();
        for number in 0..records {
            set += "  <PubmedArticle>\n<MedlineCitation>\n<Article/></MedlineCitation>\n";
            if number % 3 == 2 {
                let start = set.rfind("<PubmedArticle").expect("it was just written");
                broken.push((start as u64, count_lines(&set.as_bytes()[..start]) + 1));
            } else {
                set += "</PubmedArticle>";
            }
        }
        (set + "</PubmedArticleSet>", broken)
    }

    fn outcomes(runs: &mut Runs<impl Read>) -> io::Result<Vec<Outcome>> {
        let mut outcomes = Vec::new();
        while let Some(run) = runs.next_run()? {
            let before = outcomes.len();
            let mut sink = |outcome| outcomes.push(outcome);
            run.read(&Options::default(), &Limits::default(), &mut sink);
            assert!(outcomes.len() > before, "a run holds something");
        }
        Ok(outcomes)
    }

    fn faults(outcomes: &[Outcome]) -> Vec<&Fault> {
        outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::Fault(fault) => Some(fault),
                _ => None,
            })
            .collect()
    }

    fn xml() -> Cutter {
        Cutter::Xml(Box::new(xml::Splitter::new(Limits::default())))
    }

    /// An input that gives a few bytes at a time and then fails.
    struct Failing<'a>(&'a [u8]);

    impl Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(buffer.len()).min(5);
            if length == 0 {
                return Err(io::Error::other("it fails"));
            }
            self.0.read(&mut buffer[..length])
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn faults_tell_their_place_whatever_the_size_of_the_runs(
            records in 0usize..40,
            run_bytes in 1usize..400,
            read_bytes in 1usize..100,
        ) {
            let (set, broken) = set(records);
            let input = BufReader::with_capacity(read_bytes, Cursor::new(&set));
            let mut runs = Runs::of_size(input, xml(), run_bytes);
            let outcomes = outcomes(&mut runs)?;
            let faults = faults(&outcomes).into_iter().map(|fault| {
                assert_eq!(fault.code, Code::RecordMalformed);
                (fault.offset, fault.line)
            });
            prop_assert_eq!(faults.collect::<Vec<_>>(), broken);
            prop_assert_eq!(outcomes.len(), records);
        }
    }

    #[test]
    fn what_was_read_before_a_failure_comes_first() {
        let (set, _) = set(2);
        let cut = set.len() - 30;
        let mut runs = Runs::xml(Failing(&set.as_bytes()[..cut]), Limits::default());
        let mut codes = Vec::new();
        while let Ok(Some(run)) = runs.next_run() {
            run.read(&Options::default(), &Limits::default(), &mut |outcome| {
                codes.push(match outcome {
                    Outcome::Record(_) => None,
                    Outcome::Fault(fault) => Some(fault.code),
                    other => panic!("not expected: {other:?}"),
                });
            });
        }
        assert_eq!(codes.len(), 2);
        assert_eq!(codes[1], Some(Code::RecordTruncated));
        assert!(runs.next_run().is_ok_and(|run| run.is_none()), "the failure is told once");
    }

    #[test]
    fn a_failure_is_told_after_the_last_run() {
        let (set, _) = set(2);
        let mut runs = Runs::xml(Failing(set.as_bytes()), Limits::default());
        assert!(runs.next_run().is_ok_and(|run| run.is_some()));
        assert!(runs.next_run().is_err_and(|error| error.to_string() == "it fails"));
    }

    #[test]
    fn runs_cover_the_input_and_tell_where_they_stand() {
        let (set, _) = set(30);
        let mut runs = Runs::of_size(set.as_bytes(), xml(), 200);
        let mut end = 0;
        let mut count = 0;
        while let Some(run) = runs.next_run().expect("bytes in memory can be read") {
            assert_eq!(run.offset(), end);
            end += run.bytes() as u64;
            count += 1;
        }
        assert!(count > 3 && end <= set.len() as u64);
    }

    #[test]
    fn runs_may_be_read_on_any_thread() {
        fn can_be_sent<T: Send + Sync>() {}
        can_be_sent::<Run>();
    }
}
