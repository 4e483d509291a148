//! How a run ends, by what became of its conversion.

use std::error::Error;
use std::io;

use blobs::BlobError;
use convert::{Failure, InvalidSetting};
use jobs::message::{JobLimits, MessageInput};
use jobs::{Outcome, Problem, ProblemCode, problem_of};

use crate::input::Closed;
use crate::stop::Cause;

/// Why a run has no results.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// What is asked for does not exist here.
    Option(InvalidSetting),
    /// The input cannot be opened.
    Input(Closed),
    /// The conversion failed.
    Failure(Failure),
    /// The conversion came to its end, and its outputs cannot be used.
    Ending(Box<Problem>),
    /// What was written cannot be kept.
    Store(BlobError),
    /// The program has a fault outside of the conversion.
    Panic,
}

/// How a run ends that was told to.
pub(crate) fn stopped(cause: Cause, limits: JobLimits) -> Outcome {
    match cause {
        Cause::Cancelled => Outcome::Cancelled,
        Cause::Draining => Outcome::Returned,
        Cause::TimeLimit => {
            let detail = format!("the job has run for {} seconds", limits.seconds);
            let problem = Problem::new(ProblemCode::TimeLimit, detail)
                .with_limit(limits.seconds, "limits.job_seconds");
            Outcome::Failed { problem }
        }
    }
}

/// How a run ends that has met trouble. What may go well another time is tried again.
pub(crate) fn troubled(trouble: &Trouble, input: &MessageInput) -> Outcome {
    let failed = |problem| Outcome::Failed { problem };
    let retry = |problem| Outcome::Retry { problem };
    match trouble {
        Trouble::Option(invalid) => {
            // A value may be of any length, and the event must fit into a message.
            let detail: String = invalid.to_string().chars().take(300).collect();
            failed(Problem::new(ProblemCode::InvalidOption, detail))
        }
        Trouble::Input(Closed::Store(error)) if !error.is_transient() => {
            failed(missing("the store of blobs does not have it"))
        }
        Trouble::Input(Closed::Store(error)) | Trouble::Store(error) => {
            retry(problem_of_store(error))
        }
        Trouble::Input(Closed::Size(bytes)) => failed(missing(&format!(
            "the store of blobs has {bytes} bytes of it, and {} were accepted",
            input.bytes
        ))),
        Trouble::Input(Closed::Stopped) | Trouble::Failure(Failure::Stopped) | Trouble::Panic => {
            retry(Problem::new(ProblemCode::Internal, "the program has a fault; the log says more"))
        }
        Trouble::Failure(Failure::Read(error)) if is_missing(error) => {
            failed(missing("the store of blobs does not have it any more"))
        }
        Trouble::Failure(
            failure @ (Failure::Read(_)
            | Failure::Write { .. }
            | Failure::Diagnostics(_)
            | Failure::Internal { .. }),
        ) => retry(problem_of(failure)),
        Trouble::Failure(failure) => failed(problem_of(failure)),
        Trouble::Ending(problem) => failed((**problem).clone()),
    }
}

/// The problem that an error of the store is.
pub(crate) fn problem_of_store(error: &BlobError) -> Problem {
    let (code, detail) = match error {
        BlobError::Full => (ProblemCode::StorageFull, "there is no room for the results"),
        _ => (ProblemCode::StoreUnavailable, "the store of blobs does not answer"),
    };
    Problem::new(code, detail)
}

fn missing(detail: &str) -> Problem {
    Problem::new(ProblemCode::InputMissing, detail)
}

fn is_missing(error: &io::Error) -> bool {
    let error = error.get_ref().and_then(|inner| inner.downcast_ref::<BlobError>());
    matches!(error, Some(BlobError::Missing { .. }))
}

/// Trouble in words for the log: an error with its sources, and nothing of what a stranger wrote.
pub(crate) fn in_words(trouble: &Trouble) -> String {
    let mut next: Option<&dyn Error> = match trouble {
        Trouble::Failure(failure) => Some(failure),
        Trouble::Input(Closed::Store(error)) | Trouble::Store(error) => Some(error),
        Trouble::Option(_) | Trouble::Input(_) | Trouble::Ending(_) | Trouble::Panic => None,
    };
    let mut words = Vec::new();
    while let Some(error) = next {
        words.push(error.to_string());
        next = error.source();
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use convert::TooMuch;
    use jobs::Body;
    use jobs::message::Digest;

    use super::*;

    /// How it ends, and the code of its problem.
    fn ends(trouble: &Trouble) -> (&'static str, &'static str) {
        let input = MessageInput {
            body: Body::Blob("in/job".to_owned()),
            bytes: 9,
            sha256: Digest([0; 32]),
            kind: None,
            coding: None,
        };
        match troubled(trouble, &input) {
            Outcome::Failed { problem } => ("failed", problem.code.as_str()),
            Outcome::Retry { problem } => ("retry", problem.code.as_str()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_may_go_well_another_time_is_tried_again() {
        let gone = || BlobError::Missing { key: "in/job".to_owned() };
        let away = || io::Error::other("away");
        let format = formats::Format::Ris;
        for (trouble, expected) in [
            (Trouble::Input(Closed::Store(gone())), ("failed", "input-missing")),
            (Trouble::Input(Closed::Store(BlobError::Full)), ("retry", "storage-full")),
            (Trouble::Input(Closed::Size(3)), ("failed", "input-missing")),
            (Trouble::Failure(Failure::Read(gone().into())), ("failed", "input-missing")),
            (Trouble::Failure(Failure::Read(away())), ("retry", "store-unavailable")),
            (
                Trouble::Failure(Failure::Write { format, source: away() }),
                ("retry", "store-unavailable"),
            ),
            (
                Trouble::Failure(Failure::Write { format, source: BlobError::Full.into() }),
                ("retry", "storage-full"),
            ),
            (Trouble::Failure(Failure::Diagnostics(away())), ("retry", "store-unavailable")),
            (
                Trouble::Failure(Failure::Internal { offset: 1, message: String::new() }),
                ("retry", "internal"),
            ),
            (
                Trouble::Failure(Failure::TooMuch(TooMuch::Ratio { limit: 200 })),
                ("failed", "ratio-exceeded"),
            ),
            (
                Trouble::Failure(Failure::TooMuch(TooMuch::Decoded { limit: 9 })),
                ("failed", "decoded-too-large"),
            ),
            (Trouble::Failure(Failure::Output { limit: 20 }), ("failed", "output-limit")),
            (Trouble::Failure(Failure::Identifiers), ("failed", "limit-exceeded")),
            (Trouble::Store(BlobError::Full), ("retry", "storage-full")),
            (Trouble::Panic, ("retry", "internal")),
        ] {
            assert_eq!(ends(&trouble), expected, "{trouble:?}");
        }
    }
}
