//! How jobs end that cannot succeed, or not now.

use std::io;
use std::sync::Arc;

use jobs::{Body, Outcome, ProblemCode};
use worker::Settings;

use crate::support::{BROKEN, Bench, article, gzip, job, long, problem, records, set, slow};

#[tokio::test]
async fn an_input_that_cannot_be_converted_fails_with_its_reason() {
    let bench = Bench::memory(Settings::default());
    let whole = records(3);
    for (input, code) in [
        (whole[..whole.len() - 30].to_vec(), ProblemCode::TruncatedInput),
        (b"<PubmedArticleSet></Wrong>".to_vec(), ProblemCode::UnreadableInput),
        (b"<rss/>".to_vec(), ProblemCode::UnreadableInput),
        (b"%PDF-1.7".to_vec(), ProblemCode::UnreadableInput),
        (gzip(&whole)[..200].to_vec(), ProblemCode::UnreadableInput),
        (set(""), ProblemCode::NoRecords),
        (Vec::new(), ProblemCode::NoRecords),
        (set(BROKEN), ProblemCode::RecordFailed),
    ] {
        let finished = bench.does(job(&input, &[])).await;
        assert!(matches!(finished.outcome, Outcome::Failed { .. }), "{:?}", finished.outcome);
        assert_eq!(problem(&finished).code, code);
        assert!(finished.product.results.is_empty());
        let said = bench.said(&finished).await;
        assert_eq!(said.is_empty(), input == set(""), "{said:?}");
    }
}

#[tokio::test]
async fn the_first_bad_record_fails_a_job_that_asks_for_it() {
    let bench = Bench::memory(Settings::default());
    let input = set(&[article(4, 60), BROKEN.to_owned(), article(6, 60)].concat());
    let finished = bench.does(job(&input, &[("on_error", "fail")])).await;
    let problem = problem(&finished);
    assert_eq!(problem.code, ProblemCode::RecordFailed);
    assert_eq!((problem.line, problem.pmid.as_deref()), (Some(3), Some("5")));
    assert!(problem.byte_offset.is_some());
    assert_eq!(finished.product.records.written, 0);
    assert_eq!(
        bench.said(&finished).await.last().map(|line| line["code"].clone()),
        Some("record-malformed".into())
    );
}

#[tokio::test]
async fn limits_end_a_job_and_are_named() {
    let bench = Bench::files(Settings::default());
    let input = records(100);
    let mut decoded = job(&input, &[]);
    decoded.limits.decoded_bytes = 10_000;
    // Each backslash becomes `\textbackslash{}`: more than 64 MiB come out of 5 MiB.
    let slashes = article(7, 15).replace("invented words ", &"\\".repeat(1 << 20));
    let mut output = bench.blob(&set(&slashes.repeat(5)), &[("formats", "bibtex")]).await;
    output.limits.output_ratio = 1;
    for (message, code, limit, key) in [
        (decoded, ProblemCode::DecodedTooLarge, 10_000, "limits.decoded_bytes"),
        (output, ProblemCode::OutputLimit, 1, "limits.output_ratio"),
    ] {
        let finished = bench.does(message).await;
        assert!(matches!(finished.outcome, Outcome::Failed { .. }), "{:?}", finished.outcome);
        let problem = problem(&finished);
        assert_eq!(
            (problem.code, problem.limit, problem.config_key.as_deref()),
            (code, Some(limit), Some(key))
        );
        assert!(finished.product.results.is_empty() && finished.product.diagnostics.is_some());
    }
    let outputs = bench.outputs().await;
    assert!(outputs.is_empty(), "{outputs:?}");
}

#[tokio::test]
async fn a_setting_that_is_not_known_here_fails_the_job() {
    let bench = Bench::memory(Settings::default());
    let mut message = job(&records(1), &[]);
    message.asked.options.insert("colour".to_owned(), "red".to_owned());
    let finished = bench.does(message).await;
    assert!(matches!(finished.outcome, Outcome::Failed { .. }));
    assert_eq!(problem(&finished).code, ProblemCode::InvalidOption);
}

#[tokio::test]
async fn an_input_that_is_not_there_or_not_whole_is_missing() {
    for bench in [Bench::memory(Settings::default()), Bench::files(Settings::default())] {
        let mut gone = job(&records(1), &[]);
        gone.input.body = Body::Blob(jobs::place::input(gone.job));
        let mut cut = bench.blob(&records(1), &[]).await;
        cut.input.bytes += 1;
        for message in [gone, cut] {
            let finished = bench.does(message).await;
            assert!(matches!(finished.outcome, Outcome::Failed { .. }), "{:?}", finished.outcome);
            assert_eq!(problem(&finished).code, ProblemCode::InputMissing);
        }
    }
}

/// A disk that is full from now on.
struct Full;

impl blobs::Space for Full {
    fn free(&self) -> io::Result<Option<u64>> {
        Ok(Some(1 << 40))
    }

    fn take(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

#[tokio::test]
async fn a_full_disk_is_another_try_and_never_a_short_result() {
    let bench = Bench::files_with(Settings::default(), |blobs| blobs.with_space(Arc::new(Full)));
    let finished = bench.does(job(&records(300), &[])).await;
    assert!(matches!(finished.outcome, Outcome::Retry { .. }), "{:?}", finished.outcome);
    assert_eq!(problem(&finished).code, ProblemCode::StorageFull);
    assert!(finished.product.results.is_empty() && finished.product.diagnostics.is_none());
    assert!(bench.outputs().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_too_long_fails() {
    let bench = Bench::files(slow());
    let mut message = bench.blob(&long(), &[]).await;
    message.limits.seconds = 1;
    let finished = bench.does(message).await;
    let problem = problem(&finished);
    assert_eq!((problem.code, problem.limit), (ProblemCode::TimeLimit, Some(1)));
    assert!(finished.product.results.is_empty());
}

/// On one thread, where a panic comes up as far as the task of the job, and on two, where the
/// conversion itself catches it: nobody else would wake those that wait.
#[cfg(feature = "hooks")]
#[tokio::test]
async fn a_panic_costs_one_job() {
    for threads in [1, 2] {
        let mut settings = Settings { threads, ..Settings::default() };
        settings.test_hooks.panic_pmid = "99000666".to_owned();
        let bench = Bench::memory(settings);
        let finished = bench.does(job(&set(&article(99_000_666, 60)), &[])).await;
        assert!(matches!(finished.outcome, Outcome::Retry { .. }), "{:?}", finished.outcome);
        assert_eq!(problem(&finished).code, ProblemCode::Internal);
        let finished = bench.does(job(&set(&article(99_000_667, 60)), &[])).await;
        assert_eq!(finished.outcome, Outcome::Succeeded);
    }
}
