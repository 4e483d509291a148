//! Why a conversion has not given what was asked, as a problem for those who asked.

use convert::{Diagnostic, Failure, TooMuch};
use model::Code;

use crate::problem::{Problem, ProblemCode};

/// What a failed conversion is to whoever asked for it.
///
/// What may succeed later ([`Failure::Read`], [`Failure::Write`], [`Failure::Diagnostics`]) is
/// `store-unavailable`; a panic is `internal`. [`Failure::Stopped`] is `internal` too: whoever has
/// stopped the conversion knows better why.
#[must_use]
pub fn problem_of(failure: &Failure) -> Problem {
    match failure {
        Failure::Options(invalid) => Problem::new(ProblemCode::InvalidOption, invalid.to_string()),
        Failure::TooMuch(limit @ TooMuch::Decoded { limit: bytes }) => {
            Problem::new(ProblemCode::DecodedTooLarge, limit.to_string())
                .with_limit(*bytes, "limits.decoded_bytes")
        }
        Failure::TooMuch(limit @ TooMuch::Ratio { limit: times }) => {
            Problem::new(ProblemCode::RatioExceeded, limit.to_string())
                .with_limit(*times, "limits.ratio")
        }
        Failure::Output { limit } => Problem::new(ProblemCode::OutputLimit, failure.to_string())
            .with_limit(*limit, "limits.output_ratio"),
        Failure::Rejected(diagnostic) => located(ProblemCode::RecordFailed, diagnostic),
        Failure::Identifiers => Problem::new(ProblemCode::LimitExceeded, failure.to_string()),
        Failure::Read(_) | Failure::Write { .. } | Failure::Diagnostics(_) => {
            Problem::new(ProblemCode::StoreUnavailable, failure.to_string())
        }
        // What a panic said is for the log: it may quote the input.
        Failure::Internal { offset, .. } => Problem {
            byte_offset: Some(*offset),
            ..Problem::new(ProblemCode::Internal, "the program has a fault at this place")
        },
        _ => Problem::new(ProblemCode::Internal, failure.to_string()),
    }
}

/// What the early end of an input is to whoever has sent it (`service.md` section 3.3).
#[must_use]
pub fn problem_of_ending(ended: &Diagnostic) -> Problem {
    let code = match ended.code {
        Code::DocumentTruncated | Code::CompressionDamaged => ProblemCode::TruncatedInput,
        Code::InputEmpty => ProblemCode::NoRecords,
        _ => ProblemCode::UnreadableInput,
    };
    located(code, ended)
}

/// What an input without a single record, or without one that could be converted, is.
///
/// `None` if some of the `read` records were written.
#[must_use]
pub fn problem_of_counts(read: u64, rejected: u64) -> Option<Problem> {
    match (read, rejected) {
        (0, _) => Some(Problem::new(ProblemCode::NoRecords, "there is no record in the input")),
        (read, rejected) if read == rejected => Some(Problem::new(
            ProblemCode::RecordFailed,
            "no record of the input could be converted; its diagnostics say why",
        )),
        _ => None,
    }
}

fn located(code: ProblemCode, diagnostic: &Diagnostic) -> Problem {
    Problem {
        line: diagnostic.line,
        byte_offset: diagnostic.offset,
        pmid: diagnostic.pmid.map(|pmid| pmid.to_string()),
        ..Problem::new(code, format!("{} ({})", diagnostic.message, diagnostic.code))
    }
}

#[cfg(test)]
mod tests {
    use convert::{Conversion, Execution, Request};
    use std::io::{self, Write};

    use super::*;

    fn ended(input: &str) -> Option<Problem> {
        let request = Request::default();
        let sinks: Vec<Box<dyn Write + Send>> = vec![Box::new(io::sink())];
        let mut conversion =
            Conversion::new(&request, Execution::default(), sinks).expect("a conversion");
        let ended = conversion.convert(input.as_bytes(), &mut ()).expect("no failure");
        let report = conversion.report();
        let counts = problem_of_counts(report.records_read, report.records_rejected);
        ended.as_ref().map(problem_of_ending).or(counts)
    }

    #[test]
    fn an_end_says_what_was_wrong_with_the_input() {
        let record = "<PubmedArticle><MedlineCitation><PMID>99000001</PMID><Article>\
            <ArticleTitle>Invented</ArticleTitle></Article></MedlineCitation></PubmedArticle>";
        for (input, code) in [
            (String::new(), ProblemCode::NoRecords),
            ("<PubmedArticleSet></PubmedArticleSet>".to_owned(), ProblemCode::NoRecords),
            (format!("<PubmedArticleSet>{record}"), ProblemCode::TruncatedInput),
            ("<svg></svg>".to_owned(), ProblemCode::UnreadableInput),
            ("{\"a\": 1}".to_owned(), ProblemCode::UnreadableInput),
            (
                "<PubmedArticleSet><PubmedArticle></Wrong></PubmedArticle></PubmedArticleSet>"
                    .to_owned(),
                ProblemCode::RecordFailed,
            ),
        ] {
            assert_eq!(ended(&input).map(|problem| problem.code), Some(code), "{input}");
        }
        assert_eq!(ended(&format!("<PubmedArticleSet>{record}</PubmedArticleSet>")), None);
    }
}
