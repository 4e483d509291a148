//! Reading an invented input to its end.

use model::{Code, Record, Warning};
use pubmed::{Fault, Limits, Options, Outcome, Runs};

/// What came out of an input.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) records: Vec<Record>,
    pub(crate) remarks: Vec<Warning>,
    pub(crate) faults: Vec<Fault>,
}

impl Found {
    /// All that was found by these options.
    pub(crate) fn of(mut runs: Runs<&[u8]>, options: Options) -> Self {
        let mut found = Self::default();
        while let Some(run) = runs.next_run().expect("memory can be read") {
            run.read(&options, &Limits::default(), &mut |outcome| match outcome {
                Outcome::Record(record) => found.records.push(*record),
                Outcome::Remark(warning) => found.remarks.push(warning),
                Outcome::Fault(fault) => found.faults.push(fault),
                Outcome::Deleted(_) => {}
            });
        }
        found
    }

    /// All that a saved page holds, its references too.
    pub(crate) fn html(page: impl AsRef<[u8]>) -> Self {
        let options = Options { keep_references: true, ..Options::default() };
        Self::of(Runs::html(page.as_ref()), options)
    }

    /// All that a text holds.
    pub(crate) fn text(text: impl AsRef<[u8]>) -> Self {
        Self::of(Runs::text(text.as_ref()), Options::default())
    }

    /// All that MEDLINE text holds.
    pub(crate) fn medline(text: impl AsRef<[u8]>) -> Self {
        Self::of(Runs::medline(text.as_ref(), Limits::default()), Options::default())
    }

    /// The only record, where nothing else was said about the input.
    pub(crate) fn one(mut self) -> Record {
        assert!(self.faults.is_empty() && self.remarks.is_empty(), "{self:?}");
        assert_eq!(self.records.len(), 1);
        self.records.remove(0)
    }

    /// The sentence with which the input was refused.
    pub(crate) fn refusal(self) -> String {
        let codes: Vec<Code> = self.faults.iter().map(|fault| fault.code).collect();
        assert_eq!((self.records.len(), codes), (0, vec![Code::InputRefused]));
        self.faults.into_iter().next().map(|fault| fault.message).unwrap_or_default()
    }
}

/// The codes of a record's warnings.
pub(crate) fn codes(record: &Record) -> Vec<Code> {
    record.warnings.iter().map(|warning| warning.code).collect()
}
