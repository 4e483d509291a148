//! How a conversion ends when something is wrong.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use convert::{Conversion, Execution, Failure, Limits, Progress, Request, TooMuch, Watch};
use flate2::Compression;
use flate2::write::GzEncoder;
use model::{Code, Severity};

use crate::support::{article, convert, padded, request, set};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// Words that cannot be packed well.
fn noise(pmid: u64) -> String {
    let words = (0..2000).map(|at| format!("{:x} ", (at + pmid * 7919) * 2_654_435_761));
    padded(pmid, 1, &words.collect::<String>(), 0)
}

#[test]
fn a_broken_record_is_a_line_and_the_others_are_written() {
    let broken = "<PubmedArticle><MedlineCitation><PMID>5</PMID></Nothing></PubmedArticle>";
    let input = set(&[article(4), broken.to_owned(), article(6)]);
    let left = convert(&request(&[]), 1, &[input.as_bytes()]).expect("no failure");
    assert_eq!((left.report.records_read, left.report.records_rejected), (3, 1));
    let line = left.diagnostics.iter().find(|line| line.severity == Severity::Error);
    let line = line.expect("a line about the broken record");
    assert_eq!((line.index, line.code, line.line), (Some(2), Code::RecordMalformed, Some(4)));
    assert_eq!(left.report.ended, None);
}

#[test]
fn a_rejected_record_can_be_made_to_end_everything() {
    let broken = "<PubmedArticle><MedlineCitation><PMID>5</PMID></Nothing></PubmedArticle>";
    let input = set(&[article(4), broken.to_owned(), article(6)]);
    let request = request(&[("on_error", "fail")]);
    match convert(&request, 2, &[input.as_bytes()]) {
        Err(Failure::Rejected(line)) => assert_eq!(line.index, Some(2)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_document_that_ends_early_keeps_what_stood_before() {
    let input = set(&[article(4), article(5)]);
    let input = &input[..input.len() - 60];
    let left = convert(&request(&[]), 1, &[input.as_bytes()]).expect("no failure");
    assert_eq!(left.report.records_written["ris"], 1);
    let ended = left.report.ended.expect("the end is fatal");
    assert_eq!(ended.code, Code::DocumentTruncated);
    assert_eq!(left.diagnostics.last(), Some(&ended));
}

#[test]
fn damaged_packing_is_told_from_a_short_document() {
    let input = set(&(1..400).map(noise).collect::<Vec<_>>());
    let whole = gzip(input.as_bytes());
    let left = convert(&request(&[]), 2, &[&whole]).expect("no failure");
    assert_eq!((left.report.records_written["ris"], &left.report.ended), (399, &None));

    let left = convert(&request(&[]), 2, &[&whole[..whole.len() / 2]]).expect("no failure");
    let (read, written) = (left.report.records_read, left.report.records_written["ris"]);
    assert!((100..300).contains(&written), "{written}");
    assert_eq!((read, left.report.records_rejected), (written + 1, 1));
    assert_eq!(left.report.ended.expect("fatal").code, Code::CompressionDamaged);

    let mut wrong = whole.clone();
    let checksum = wrong.len() - 6;
    wrong[checksum] ^= 0x10;
    let left = convert(&request(&[]), 2, &[&wrong]).expect("no failure");
    assert_eq!(left.report.records_written["ris"], 399);
    assert_eq!(left.report.ended.expect("fatal").code, Code::CompressionDamaged);
}

#[test]
fn what_is_refused_writes_nothing_before_the_outputs_are_closed() {
    for input in [&b"%PDF-1.4"[..], b"", b"{}", b"PMID", b"<html></html>", b"<rss/>"] {
        let mut output = Vec::new();
        let request = Request::default();
        let mut conversion =
            Conversion::new(&request, Execution::default(), vec![Box::new(&mut output)])
                .expect("a conversion");
        let ended = conversion.convert(input, &mut ()).expect("no failure").expect("refused");
        assert!(matches!(ended.code, Code::InputRefused | Code::InputEmpty), "{ended:?}");
        drop(conversion);
        assert!(output.is_empty());
    }
}

#[test]
fn an_element_that_is_not_known_is_reported_once_for_each_input() {
    let strange = |pmid: u64| article(pmid).replace("<Article ", "<Novelty/><Article ");
    let input = set(&[strange(1), strange(2)]);
    let left = convert(&request(&[]), 1, &[input.as_bytes(), input.as_bytes()]);
    let left = left.expect("no failure");
    let once = (Some(1), Code::ElementUnknown);
    assert_eq!(left.said(&[Code::ElementUnknown]), [once, once]);
}

#[test]
fn too_much_is_a_failure() {
    let bomb = gzip(&[b"<PubmedArticleSet>".to_vec(), vec![b' '; 20 << 20]].concat());
    let limits = Limits { ratio: Some(50), ..Limits::default() };
    let request = Request { limits, ..Request::default() };
    match convert(&request, 2, &[&bomb]) {
        Err(Failure::TooMuch(TooMuch::Ratio { limit: 50 })) => {}
        other => panic!("{other:?}"),
    }
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is full"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_source_that_fails_is_no_damage_of_the_data() {
    let request = Request::default();
    let input = set(&(1..400).map(noise).collect::<Vec<_>>());
    for start in [input.as_bytes(), &gzip(input.as_bytes())] {
        let broken = start[..start.len() / 2].chain(Failing);
        let mut conversion =
            Conversion::new(&request, Execution::default(), vec![Box::new(io::sink())])
                .expect("a conversion");
        let failure = conversion.convert(broken, &mut ()).expect_err("the source fails");
        assert!(matches!(failure, Failure::Read(_)), "{failure:?}");
    }
}

#[test]
fn an_output_that_fails_is_named() {
    let request = request(&[("formats", "jsonl")]);
    let input = set(&[article(1)]);
    let mut conversion = Conversion::new(&request, Execution::default(), vec![Box::new(Failing)])
        .expect("a conversion");
    let failure = conversion.convert(input.as_bytes(), &mut ()).expect_err("the disk is full");
    assert_eq!(failure.to_string(), "writing jsonl failed");
}

struct Impatient;

impl Watch for Impatient {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if progress.records > 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn a_conversion_can_be_stopped_within_a_run() {
    let request = Request::default();
    let input = set(&(1..40).map(|pmid| padded(pmid, 1, "Long", 200_000)).collect::<Vec<_>>());
    let mut conversion =
        Conversion::new(&request, Execution::default(), vec![Box::new(io::sink())]).expect("one");
    let failure = conversion.convert(input.as_bytes(), &mut Impatient).expect_err("stopped");
    assert!(matches!(failure, Failure::Stopped));
    assert!(conversion.report().records_written.is_empty());
}
