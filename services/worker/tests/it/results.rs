//! What a worker writes, and where.

use jobs::message::Digest;
use jobs::{Body, Lane, Outcome, Records};
use worker::Settings;

use crate::support::{BROKEN, Bench, article, converted, gzip, job, records, set};

const ALL: (&str, &str) = ("formats", "ris,bibtex,biblatex,csl-json,endnote-xml,jsonl");

#[tokio::test(flavor = "multi_thread")]
async fn results_equal_those_of_the_command_line_in_every_format() {
    for bench in [Bench::files(Settings::default()), Bench::memory(Settings::default())] {
        for (count, is_inline) in [(3, true), (300, false)] {
            let input = records(count);
            let expected = converted(&input, &[ALL]);
            for input in [input.clone(), gzip(&input)] {
                let inline = job(&input, &[ALL]);
                let blob = bench.blob(&input, &[ALL]).await;
                for message in [inline, blob] {
                    let finished = bench.does(message).await;
                    assert_eq!(finished.outcome, Outcome::Succeeded);
                    let read = Records { read: count, written: count, skipped: 0 };
                    assert_eq!(finished.product.records, read);
                    assert_eq!(finished.product.bytes_read, input.len() as u64);
                    assert_eq!(finished.product.results.len(), 6);
                    for (file, (format, bytes)) in finished.product.results.iter().zip(&expected) {
                        assert_eq!(file.of, *format);
                        assert_eq!(matches!(file.body, Body::Inline(_)), is_inline, "{format}");
                        assert!(bench.bytes(&file.body).await == *bytes, "{format}");
                        assert_eq!(file.bytes, bytes.len() as u64);
                        assert_eq!(file.sha256, Digest::of(bytes));
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn small_results_leave_no_blob_and_large_ones_a_mark() {
    let bench = Bench::files(Settings::default());
    bench.does(job(&records(3), &[ALL])).await;
    assert!(bench.outputs().await.is_empty());

    let finished = bench.does(job(&records(300), &[ALL])).await;
    let (output, attempt) = (jobs::place::output(finished.job), finished.attempt);
    let mut expected: Vec<String> = Vec::new();
    for file in &finished.product.results {
        expected.push(jobs::place::result(&output, attempt, finished.run, file.of));
    }
    expected.push(jobs::place::done(&output, attempt));
    expected.sort();
    assert_eq!(bench.outputs().await, expected);
    let mark = Body::Blob(jobs::place::done(&output, attempt));
    assert_eq!(bench.bytes(&mark).await, finished.encode());
}

#[tokio::test]
async fn options_and_the_kind_of_the_input_are_heeded() {
    let bench = Bench::memory(Settings::default());
    let older = article(7, 60);
    let newer = older.replace("Version=\"1\"", "Version=\"2\"").replace("Invention", "Idea");
    let input = set(&[older, newer].concat());
    let settings = [("formats", "csl-json"), ("versions", "latest")];
    let expected = converted(&input, &settings);
    let mut message = job(&input, &settings);
    message.lane = Lane::Interactive;
    message.input.kind = Some("pubmed-xml".to_owned());
    let finished = bench.does(message).await;
    assert_eq!(bench.bytes(&finished.product.results[0].body).await, expected[0].1);
    assert_eq!(finished.product.records, Records { read: 2, written: 1, skipped: 1 });
    assert_eq!(finished.product.bytes_read, input.len() as u64);
    assert_eq!(finished.product.warnings.by_code["version-superseded"], 1);
}

#[tokio::test]
async fn a_broken_record_is_skipped_and_named() {
    let bench = Bench::memory(Settings::default());
    let input = set(&[article(4, 60), BROKEN.to_owned(), article(6, 60)].concat());
    let finished = bench.does(job(&input, &[])).await;
    assert_eq!(finished.outcome, Outcome::Succeeded);
    assert_eq!(finished.product.records, Records { read: 3, written: 2, skipped: 1 });
    let said = bench.said(&finished).await;
    let line = said.iter().find(|line| line["severity"] == "error").expect("a line about it");
    assert_eq!((&line["record"], &line["code"]), (&2.into(), &"record-malformed".into()));
    assert_eq!((&line["line"], &line["pmid"]), (&3.into(), &"5".into()));
    let offset = input.windows(9).position(|part| part == b"</Nothing").expect("it is there");
    assert!(line["byte_offset"].as_u64().is_some_and(|at| at <= offset as u64), "{line}");
    assert_eq!(finished.product.warnings.total, said.len() as u64);
}

#[tokio::test]
async fn diagnostics_are_cut_and_their_counts_are_exact() {
    let settings = Settings { diagnostics_lines: 10, ..Settings::default() };
    let bench = Bench::memory(settings);
    let input = set(&[BROKEN.repeat(25), article(4, 60)].concat());
    let finished = bench.does(job(&input, &[])).await;
    let said = bench.said(&finished).await;
    assert_eq!(said.len(), 11);
    assert_eq!(said[10]["code"], "diagnostics-truncated");
    assert_eq!(finished.product.warnings.by_code["record-malformed"], 25);
    assert!(!finished.product.warnings.by_code.contains_key("diagnostics-truncated"));
}

#[tokio::test]
async fn long_diagnostics_are_a_blob() {
    let bench = Bench::files(Settings::default());
    let input = set(&[BROKEN.repeat(400), article(4, 60)].concat());
    let finished = bench.does(job(&input, &[])).await;
    let said = bench.said(&finished).await;
    assert_eq!(finished.product.warnings.total, said.len() as u64);
    let file = finished.product.diagnostics.as_ref().expect("diagnostics");
    assert!(matches!(&file.body, Body::Blob(key) if key.ends_with("/diagnostics.ndjson")));
    assert!(matches!(finished.product.results[0].body, Body::Inline(_)));
}

#[tokio::test]
async fn what_travels_in_an_event_fits_into_a_message() {
    // As many bytes of results as go inline, and as many of diagnostics.
    let settings = Settings { inline_bytes: 1 << 30, ..Settings::default() };
    let bench = Bench::memory(settings);
    for bytes in [60_000, 64_000, 65_000, 70_000] {
        let input = set(&[BROKEN.repeat(100), article(4, bytes)].concat());
        // The queue of these tests reads every event as the other end would.
        let finished = bench.does(job(&input, &[])).await;
        assert!(finished.encode().len() <= jobs::message::MAX_BYTES);
    }
}
