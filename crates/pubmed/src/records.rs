//! The records of an input, one by one.

use std::collections::VecDeque;
use std::io::Read;

use model::{Code, Record};

use crate::fault::Fault;
use crate::options::{Limits, Options};
use crate::run::Outcome;
use crate::runs::Runs;

/// Reads an input record by record.
///
/// A bad record is one `Err`, and reading goes on; a broken document is one `Err` and the end.
/// Remarks about the input and withdrawn PMIDs are passed over: who needs them reads
/// [`Runs`] instead, as does who wants to read on many threads.
///
/// ```
/// use pubmed::{Limits, Options, Records};
///
/// let input = "<PubmedArticleSet><DeleteCitation><PMID>99000001</PMID></DeleteCitation>\
///              </PubmedArticleSet>";
/// let mut records = Records::xml(input.as_bytes(), Options::default(), Limits::default());
/// assert!(records.next().is_none());
/// ```
#[derive(Debug)]
pub struct Records<R> {
    runs: Runs<R>,
    options: Options,
    limits: Limits,
    ready: VecDeque<Result<Record, Fault>>,
    is_over: bool,
}

impl<R: Read> Records<R> {
    /// The records of PubMed XML: UTF-8, already unpacked, without a byte-order mark.
    pub fn xml(input: R, options: Options, limits: Limits) -> Self {
        let runs = Runs::xml(input, limits);
        Self { runs, options, limits, ready: VecDeque::new(), is_over: false }
    }

    /// Reads a run; tells whether there was one.
    fn read_run(&mut self) -> bool {
        match self.runs.next_run() {
            Ok(Some(run)) => {
                let ready = &mut self.ready;
                run.read(&self.options, &self.limits, &mut |outcome| match outcome {
                    Outcome::Record(record) => ready.push_back(Ok(*record)),
                    Outcome::Fault(fault) => ready.push_back(Err(fault)),
                    Outcome::Deleted(_) | Outcome::Remark(_) => {}
                });
                true
            }
            Ok(None) => false,
            Err(error) => {
                let (offset, line) = self.runs.place();
                self.ready.push_back(Err(Fault {
                    code: Code::DocumentTruncated,
                    pmid: None,
                    offset,
                    line,
                    message: format!("the input cannot be read further: {error}"),
                }));
                false
            }
        }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Record, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.is_over {
            self.is_over = !self.read_run();
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: impl Read) -> Vec<Result<Record, Fault>> {
        Records::xml(input, Options::default(), Limits::default()).collect()
    }

    #[test]
    fn a_bad_record_is_one_error_and_reading_goes_on() {
        let good = "<PubmedArticle><MedlineCitation><PMID>99000001</PMID><Article/>\
                    </MedlineCitation></PubmedArticle>";
        let set = format!("<PubmedArticleSet>{good}<PubmedArticle><a>{good}</PubmedArticleSet>");
        let records = read(set.as_bytes());
        assert!(matches!(
            &records[..],
            [Ok(_), Err(Fault { code: Code::RecordMalformed, .. }), Ok(_)]
        ));
    }

    #[test]
    fn a_broken_document_is_one_error_and_the_end() {
        let records = read(&b"<PubmedArticleSet></a><PubmedArticle/></PubmedArticleSet>"[..]);
        assert!(matches!(&records[..], [Err(Fault { code: Code::DocumentMalformed, .. })]));
    }

    #[test]
    fn an_input_that_fails_is_one_error_and_the_end() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("it fails"))
            }
        }
        let records = read(b"<PubmedArticleSet>".chain(Failing));
        assert!(matches!(
            &records[..],
            [Err(Fault { code: Code::DocumentTruncated, offset: 18, line: 1, .. })]
        ));
    }
}
