//! Records in are records out and faults (`xml-input.md` section 11, checks 1 and 3).

use std::io::Read;

use model::{Code, Severity};
use pubmed::{Limits, Options, Outcome, Runs};

use crate::corpus;

/// Files that do not give the records that the corpus counts, and the faults that they give.
const EXCEPTIONS: &[(&str, &[Code])] = &[
    // Its root is not PubMed's.
    ("xml/small/biopython-esummary1.xml", &[Code::InputRefused]),
    // Broken on purpose: its record has no end tag.
    ("xml/small/jabref-malformed-entry.xml", &[Code::RecordMalformed]),
    // There is no citation in its record.
    ("xml/small/jabref-minimal-entry.xml", &[Code::RecordForeign]),
];

#[derive(Debug, Default)]
struct Counts {
    records: usize,
    deleted: usize,
    faults: Vec<Code>,
}

fn counts(input: impl Read) -> Counts {
    let limits = Limits::default();
    let mut runs = Runs::xml(input, limits);
    let mut counts = Counts::default();
    while let Some(run) = runs.next_run().expect("the file can be read") {
        run.read(&Options::default(), &limits, &mut |outcome| match outcome {
            Outcome::Record(_) => counts.records += 1,
            Outcome::Deleted(pmids) => counts.deleted += pmids.len(),
            Outcome::Fault(fault) => counts.faults.push(fault.code),
            Outcome::Remark(_) => {}
        });
    }
    counts
}

#[test]
fn every_small_file_gives_the_records_that_are_in_it() {
    let Some(folder) = corpus::folder() else { return };
    let entries = corpus::entries(&folder, "xml/small/");
    assert!(!entries.is_empty());
    for entry in entries {
        let counts = counts(corpus::open(&folder, &entry.path));
        let exception = EXCEPTIONS.iter().find(|(path, _)| *path == entry.path);
        let (faults, records) =
            exception.map_or((&[][..], entry.records), |(_, codes)| (*codes, 0));
        assert_eq!((&counts.faults[..], counts.records), (faults, records), "{}", entry.path);
    }
}

#[test]
fn a_whole_baseline_file_is_read_without_a_fault() {
    let Some(folder) = corpus::folder() else { return };
    for entry in corpus::entries(&folder, "xml/bulk/") {
        let counts = counts(corpus::open(&folder, &entry.path));
        assert_eq!((counts.records, counts.faults), (entry.records, Vec::new()));
    }
}

#[test]
fn withdrawn_pmids_are_reported() {
    let Some(folder) = corpus::folder() else { return };
    let counts = counts(corpus::open(&folder, "xml/small/nlm-medsamp2014.xml.gz"));
    assert_eq!(counts.deleted, 7);
}

/// How a file may be wrapped without a change of its records (`xml-input.md` section 11, check 4).
type Wrapping = fn(&str) -> (String, usize);

const WRAPPINGS: &[(&str, Wrapping)] = &[
    ("with CRLF", |text| (text.replace('\n', "\r\n"), 1)),
    ("on one line", |text| (text.replace(['\r', '\n'], " "), 1)),
    ("without a document type", |text| (without_prolog(text).to_owned(), 1)),
    ("with next year's document type", |text| {
        let doctype = "<!DOCTYPE PubmedArticleSet PUBLIC \"-//NLM//DTD PubMedArticle, 1st \
                       January 2026//EN\" \"https://dtd.nlm.nih.gov/pubmed_260101.dtd\">";
        (format!("<?xml version=\"1.0\" ?>\n{doctype}\n{}", without_prolog(text)), 1)
    }),
    ("inside a foreign root", |text| (format!("<answer>{}</answer>", without_prolog(text)), 1)),
    ("twice", |text| (format!("{text}\n{text}"), 2)),
];

fn without_prolog(text: &str) -> &str {
    let is_root = |(at, _): &(usize, &str)| {
        text[at + 1..].starts_with(|first: char| first.is_ascii_alphabetic())
    };
    let root = text.match_indices('<').find(is_root);
    &text[root.map_or(0, |(at, _)| at)..]
}

#[test]
fn wrapping_a_file_does_not_change_its_records() {
    let Some(folder) = corpus::folder() else { return };
    for entry in corpus::entries(&folder, "xml/small/") {
        if EXCEPTIONS.iter().any(|(path, _)| *path == entry.path) {
            continue;
        }
        let mut text = String::new();
        corpus::open(&folder, &entry.path).read_to_string(&mut text).expect("it is UTF-8");
        for (name, wrap) in WRAPPINGS {
            let (wrapped, times) = wrap(&text);
            let counts = counts(wrapped.as_bytes());
            assert_eq!(counts.faults, [], "{} {name}", entry.path);
            assert_eq!(counts.records, times * entry.records, "{} {name}", entry.path);
        }
    }
}

#[test]
fn a_cut_file_gives_what_was_before_the_cut() {
    let Some(folder) = corpus::folder() else { return };
    let mut text = Vec::new();
    let path = "xml/small/nlm-medsamp2016.xml";
    corpus::open(&folder, path).read_to_end(&mut text).expect("it can be read");
    let (first, last) = (text.len() / 10, text.len());
    for cut in (first..last).step_by(last / 20) {
        let counts = counts(&text[..cut]);
        let fatal = counts.faults.iter().filter(|code| code.severity() == Severity::Fatal);
        assert_eq!(fatal.collect::<Vec<_>>(), [&Code::DocumentTruncated], "cut at {cut}");
        let begun = String::from_utf8_lossy(&text[..cut]).matches("<MedlineCitation ").count();
        assert_eq!(counts.records + counts.faults.len() - 1, begun, "cut at {cut}");
    }
}
