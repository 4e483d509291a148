//! Telling inputs apart: what was found is reported, and a wrong `--from` is explained.

use convert::Report;
use model::Code;

use crate::support::{article, convert, request, set};

const NBIB: &str =
    "PMID- 99000001\nTI  - Mills.\nDP  - 2031\nTA  - J Test\n\nPMID- 99000002\nTI  - More mills.\n";
const PAGE: &str = "</html><body><div class='rprt abstract'><h1>Mills.</h1>\
    <dl class='rprtid'><dt>PMID:</dt><dd>99000003</dd></dl></div></body>";
const COPIED: &str = "J Test\n. 2031 Oct 16;10(2):95-104. doi: 10.5555/refmill.78.\nMills\n\
    Jane Mill\nPMID: 99000004 DOI: 10.5555/refmill.78\n";

fn xml() -> String {
    set(&[article(7)])
}

fn read_as(from: &str, input: &str) -> Report {
    let request = request(&[("input", from), ("formats", "jsonl")]);
    convert(&request, 1, &[input.as_bytes()]).expect("no failure").report
}

#[test]
fn the_report_says_what_an_input_was_read_as() {
    let xml = xml();
    for (input, kind, records) in [
        (xml.as_str(), "pubmed-xml", 1),
        (NBIB, "nbib", 2),
        (PAGE, "pubmed-html", 1),
        (COPIED, "text", 1),
    ] {
        for from in ["auto", kind] {
            let report = read_as(from, input);
            assert_eq!(report.records_read, records, "{kind}");
            assert_eq!(report.kinds.into_iter().collect::<Vec<_>>(), [(kind, 1)]);
            assert_eq!(report.ended, None);
        }
    }
}

#[test]
fn a_wrong_kind_is_an_error_that_says_what_the_input_looks_like() {
    let xml = xml();
    let inputs =
        [(xml.as_str(), "pubmed-xml"), (NBIB, "nbib"), (PAGE, "pubmed-html"), (COPIED, "text")];
    for (input, kind) in inputs {
        for from in ["pubmed-xml", "nbib", "pubmed-html", "text"] {
            if from == kind {
                continue;
            }
            let report = read_as(from, input);
            let ended = report.ended.expect("reading ends");
            assert_eq!((report.records_read, report.warnings), (0, 0), "{kind} as {from}");
            assert!(
                matches!(ended.code, Code::InputRefused | Code::DocumentMalformed),
                "{kind} as {from}: {ended:?}"
            );
            let advice = format!("(`--from {kind}`)");
            assert!(ended.message.contains(&advice), "{kind} as {from}: {}", ended.message);
        }
    }
}

#[test]
fn what_pubmed_gives_for_other_programs_is_named() {
    let report = read_as("auto", "{\"nlm\":{\"orig\":\"Mill A. Mills. J Test. 2031.\"}}");
    let ended = report.ended.expect("reading ends");
    assert_eq!(ended.code, Code::InputRefused);
    assert!(ended.message.contains("\"Cite\" button"), "{}", ended.message);
}
