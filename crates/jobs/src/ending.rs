//! What a conversion that cannot be used means to whoever asked for it (`service.md` sections 3.3
//! and 6.7).

use std::io;

use convert::{Diagnostic, Failure, Report, TooMuch};
use model::Code;

use crate::problem::{Problem, ProblemCode};

/// The most characters of a reader's own words that stand in a problem.
const LONGEST: usize = 300;

/// The problem that a failure is. Limits are named as those of a job (`limits.decoded_bytes`).
///
/// For [`Failure::Stopped`] it says no more than that: whoever stops a conversion knows why. For
/// reading and writing it takes it that our own store is to blame.
#[must_use]
pub fn problem_of(failure: &Failure) -> Problem {
    use ProblemCode as Kind;
    match failure {
        Failure::Options(invalid) => Problem::new(Kind::InvalidOption, invalid.to_string()),
        Failure::TooMuch(too_much) => match too_much {
            TooMuch::Decoded { limit } => Problem::new(Kind::DecodedTooLarge, too_much.to_string())
                .with_limit(*limit, "limits.decoded_bytes"),
            TooMuch::Ratio { limit } => Problem::new(Kind::RatioExceeded, too_much.to_string())
                .with_limit(*limit, "limits.ratio"),
        },
        Failure::Output { limit } => Problem::new(Kind::OutputLimit, failure.to_string())
            .with_limit(*limit, "limits.output_ratio"),
        Failure::Rejected(diagnostic) => problem_of_record(diagnostic),
        Failure::Identifiers => Problem::new(Kind::LimitExceeded, failure.to_string()),
        Failure::Read(source) => stored("the input could not be read", source),
        Failure::Write { source, .. } => stored("a result could not be written", source),
        Failure::Diagnostics(source) => stored("the diagnostics could not be written", source),
        Failure::Stopped => Problem::new(Kind::Draining, "the conversion was stopped"),
        // What a panic says may quote the input.
        Failure::Internal { offset, .. } => Problem {
            byte_offset: Some(*offset),
            ..Problem::new(Kind::Internal, "the program has a fault; the log says more")
        },
        _ => Problem::new(Kind::Internal, failure.to_string()),
    }
}

/// The problem that the early end of an input is.
#[must_use]
pub fn problem_of_ending(ending: &Diagnostic) -> Problem {
    let code = match ending.code {
        Code::DocumentTruncated => ProblemCode::TruncatedInput,
        Code::InputEmpty => ProblemCode::NoRecords,
        _ => ProblemCode::UnreadableInput,
    };
    placed(code, clean(&ending.message), ending)
}

/// The problem of a conversion that came to its end; `None` if its outputs can be used.
///
/// Broken and cut documents fail, and so does one without a record. If records may be skipped,
/// one of them at least must have been read.
#[must_use]
pub fn problem_of_report(report: &Report) -> Option<Problem> {
    if let Some(ending) = &report.ended {
        return Some(problem_of_ending(ending));
    }
    let read = report.records_read;
    if read == 0 {
        return Some(Problem::new(ProblemCode::NoRecords, "there is no record in the input"));
    }
    (report.records_rejected == read).then(|| {
        let detail = format!("none of the records ({read}) could be converted");
        Problem::new(ProblemCode::RecordFailed, detail)
    })
}

/// The problem of a record that was to end everything if it could not be converted.
fn problem_of_record(diagnostic: &Diagnostic) -> Problem {
    let code = match diagnostic.code {
        Code::LimitExceeded | Code::RecordTooLarge => ProblemCode::LimitExceeded,
        _ => ProblemCode::RecordFailed,
    };
    let which = diagnostic.index.map_or_else(String::new, |index| format!("record {index}: "));
    let detail = format!("{which}{} ({})", clean(&diagnostic.message), diagnostic.code);
    placed(code, detail, diagnostic)
}

fn placed(code: ProblemCode, detail: String, diagnostic: &Diagnostic) -> Problem {
    Problem {
        line: diagnostic.line,
        byte_offset: diagnostic.offset,
        pmid: diagnostic.pmid.map(|pmid| pmid.to_string()),
        ..Problem::new(code, detail)
    }
}

fn stored(what: &str, source: &io::Error) -> Problem {
    let code = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ProblemCode::StorageFull,
        _ => ProblemCode::StoreUnavailable,
    };
    Problem::new(code, what)
}

/// A reader's words, fit for a header, a log and a terminal.
fn clean(words: &str) -> String {
    let mut clean: String = words
        .chars()
        .take(LONGEST)
        .map(|sign| if sign.is_control() { '\u{fffd}' } else { sign })
        .collect();
    if words.chars().nth(LONGEST).is_some() {
        clean.push('…');
    }
    clean
}

#[cfg(test)]
mod tests {
    use convert::{Conversion, Execution, Limits, Request};

    use super::*;

    /// How a conversion of that ends, and what is to be told.
    fn problem(input: &str, settings: &[(&str, &str)], limits: Limits) -> Option<Problem> {
        let mut request = Request { limits, ..Request::default() };
        for (name, value) in settings {
            request.set(name, value).expect("a setting");
        }
        let mut conversion =
            Conversion::new(&request, Execution::default(), vec![Box::new(io::sink())])
                .expect("a conversion");
        if let Err(failure) = conversion.convert(input.as_bytes(), &mut ()) {
            return Some(problem_of(&failure));
        }
        let finished = conversion.finish().expect("a sink takes all");
        problem_of_report(&finished.report)
    }

    fn article(pmid: u64) -> String {
        format!(
            "<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article>\
             <ArticleTitle>Invented.</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n"
        )
    }

    const BROKEN: &str =
        "<PubmedArticle><MedlineCitation><PMID>5</PMID></Nothing></PubmedArticle>\n";

    #[test]
    fn a_document_that_is_broken_cut_foreign_or_empty_fails() {
        let one = article(4);
        for (input, code) in [
            (format!("<PubmedArticleSet>{one}"), ProblemCode::TruncatedInput),
            (format!("<PubmedArticleSet>{one}</PubmedSet>"), ProblemCode::UnreadableInput),
            ("<rss><item/></rss>".to_owned(), ProblemCode::UnreadableInput),
            ("%PDF-1.7".to_owned(), ProblemCode::UnreadableInput),
            (String::new(), ProblemCode::NoRecords),
            ("<PubmedArticleSet></PubmedArticleSet>".to_owned(), ProblemCode::NoRecords),
            (format!("<PubmedArticleSet>{BROKEN}</PubmedArticleSet>"), ProblemCode::RecordFailed),
        ] {
            let problem = problem(&input, &[], Limits::default());
            assert_eq!(problem.map(|problem| problem.code), Some(code), "{input}");
        }
    }

    #[test]
    fn a_broken_record_among_good_ones_fails_only_if_that_was_asked_for() {
        let input = format!("<PubmedArticleSet>{}{BROKEN}</PubmedArticleSet>", article(4));
        assert_eq!(problem(&input, &[], Limits::default()), None);
        let problem = problem(&input, &[("on_error", "fail")], Limits::default());
        let problem = problem.expect("a record is broken");
        assert_eq!(problem.code, ProblemCode::RecordFailed);
        assert_eq!((problem.line, problem.pmid.as_deref()), (Some(2), Some("5")));
        assert!(problem.byte_offset.is_some_and(|offset| offset > 100), "{problem:?}");
        assert!(problem.detail.starts_with("record 2: "), "{problem}");
    }

    #[test]
    fn a_limit_is_named_with_its_key() {
        let input = format!("<PubmedArticleSet>{}</PubmedArticleSet>", article(4));
        let limits = Limits { decoded_bytes: Some(100), ..Limits::default() };
        let found = problem(&input, &[], limits).expect("it is larger");
        assert_eq!(found.code, ProblemCode::DecodedTooLarge);
        assert_eq!(
            (found.limit, found.config_key.as_deref()),
            (Some(100), Some("limits.decoded_bytes"))
        );
        let ratio = problem_of(&Failure::TooMuch(TooMuch::Ratio { limit: 200 }));
        assert_eq!(ratio.config_key.as_deref(), Some("limits.ratio"));
        let output = problem_of(&Failure::Output { limit: 20 });
        assert_eq!(output.code, ProblemCode::OutputLimit);
        assert_eq!(
            (output.limit, output.config_key.as_deref()),
            (Some(20), Some("limits.output_ratio"))
        );

        let mut limits = Limits::default();
        limits.record.event_bytes = 100;
        let long = input.replace("Invented", &"x".repeat(200));
        let found = problem(&long, &[("on_error", "fail")], limits).expect("a long title");
        assert_eq!((found.code, found.pmid.as_deref()), (ProblemCode::LimitExceeded, Some("4")));
    }

    #[test]
    fn a_full_disk_is_told_from_a_store_that_is_away() {
        let full = Failure::Diagnostics(io::ErrorKind::StorageFull.into());
        assert_eq!(problem_of(&full).code, ProblemCode::StorageFull);
        let away = Failure::Read(io::ErrorKind::TimedOut.into());
        assert_eq!(problem_of(&away).code, ProblemCode::StoreUnavailable);
    }

    #[test]
    fn what_a_panic_said_is_not_passed_on() {
        let panic = Failure::Internal { offset: 9, message: "index of `secret`".to_owned() };
        let problem = problem_of(&panic);
        assert_eq!((problem.code, problem.byte_offset), (ProblemCode::Internal, Some(9)));
        assert!(!problem.detail.contains("secret"));
    }

    #[test]
    fn words_of_the_input_are_cleaned_and_cut() {
        assert_eq!(clean("a\r\nb"), "a\u{fffd}\u{fffd}b");
        assert_eq!(clean(&"x".repeat(400)).chars().count(), LONGEST + 1);
    }
}
