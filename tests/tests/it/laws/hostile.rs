//! Inputs that mean harm, for every reader and every writer: S21 of `service.md` section 11.

use std::fs;
use std::time::{Duration, Instant};

use formats::Format;
use model::Severity;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tests::conversion::{Converted, convert_as, request};
use tests::places;

use super::inputs;
use crate::rules::{entries, fault};

/// The inputs of `tests/corpus` in this folder, by name.
fn corpus(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = places::root().join("tests/corpus").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder of the corpus")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files.iter().map(|file| (file.display().to_string(), fs::read(file).expect("a file"))).collect()
}

/// Converts an input into every format, told apart by its bytes or taken for what it is said to be.
fn converted(input: &[u8], kind: &str) -> Converted {
    convert_as(&request(&[("input", kind)]), 2, &[input])
}

/// Whatever came: every output keeps the rules of its format, holds as many entries as records were
/// written, and what was not written was said.
fn holds(converted: &Converted) -> Result<(), TestCaseError> {
    let report = &converted.report;
    for format in Format::ALL {
        let written = report.records_written[format.as_str()];
        let text = converted.text(format);
        let accounted = written + report.records_omitted + report.records_rejected;
        prop_assert_eq!(report.records_read, accounted, "{}", format);
        prop_assert_eq!(entries(text, format), written, "{}\n{}", format, text);
        let fault = fault(text, format, written);
        prop_assert!(fault.is_none(), "{}: {}\n{}", format, fault.unwrap_or_default(), text);
    }
    let said = converted.diagnostics.iter().any(|said| said.severity >= Severity::Error);
    prop_assert!(report.records_written["ris"] > 0 || said || report.ended.is_none());
    Ok(())
}

#[test]
fn every_input_of_the_corpus_is_read_or_refused() {
    for (folder, kinds) in [
        ("xml", ["auto", "pubmed-xml"]),
        ("html", ["auto", "pubmed-html"]),
        ("nbib", ["auto", "nbib"]),
    ] {
        for (name, input) in corpus(folder) {
            for kind in kinds {
                let found = holds(&converted(&input, kind));
                assert!(found.is_ok(), "{name} as {kind}: {found:?}");
            }
            // Wherever it ends.
            for length in (0..input.len().min(4_000)).step_by(97) {
                let found = holds(&converted(&input[..length], kinds[1]));
                assert!(found.is_ok(), "{name} cut at {length}: {found:?}");
            }
        }
    }
}

/// Pieces that the readers of XML give a meaning to.
const PIECES: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!DOCTYPE ",
    "[",
    "&",
    ";",
    "&#",
    "&#x0;",
    "&amp;",
    "&file;",
    "\"",
    "'",
    "=",
    "\0",
    "\u{FEFF}",
    "\u{2028}",
    "\u{FFFF}",
    "}",
    "<PubmedArticle>",
    "</PubmedArticle>",
    "<PubmedArticleSet>",
    "</PubmedArticleSet>",
    "<PubmedBookArticle>",
    "<DeleteCitation>",
    "<PMID>",
    "</PMID>",
    "<i>",
    "</i>",
    "<ArticleTitle>",
    "</ArticleTitle>",
    "</Article>",
    "<mml:math>",
    "xml:lang=\"x\"",
    "\nER  - \n",
    "}\n@article{x,",
];

/// An input of the golden cases or the corpus with some of its bytes cut out or changed, and pieces
/// put in.
fn spoiled(inputs: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    let change = (any::<prop::sample::Index>(), 0_usize..40, piece);
    let changes = prop::collection::vec(change, 1..8);
    (prop::sample::select(inputs), changes).prop_map(|(mut bytes, changes)| {
        for (at, length, piece) in changes {
            let start = at.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, piece);
        }
        bytes
    })
}

/// What is short enough to be changed where it matters.
fn short(files: Vec<(String, Vec<u8>)>) -> Vec<Vec<u8>> {
    files.into_iter().map(|(_, bytes)| bytes).filter(|bytes| bytes.len() < 20_000).collect()
}

/// An input, and what it is taken for.
fn hostile() -> impl Strategy<Value = (Vec<u8>, &'static str)> {
    let xml = spoiled([short(inputs()), short(corpus("xml"))].concat());
    prop_oneof![
        2 => (xml, prop::sample::select(&["auto", "pubmed-xml"][..])),
        1 => (spoiled(short(corpus("html"))), Just("pubmed-html")),
        1 => (spoiled(short(corpus("nbib"))), Just("nbib")),
    ]
}

/// The smoke of S21, `REFMILL_HOSTILE_SECONDS` long: new inputs in every run.
#[test]
fn a_minute_of_hostile_inputs_harms_nothing() {
    let seconds = std::env::var("REFMILL_HOSTILE_SECONDS")
        .map_or(60, |text| text.parse().expect("REFMILL_HOSTILE_SECONDS is a number of seconds"));
    let (begun, mut tried) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let config =
            ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
        tried += config.cases;
        TestRunner::new(config)
            .run(&hostile(), |(input, kind)| holds(&converted(&input, kind)))
            .unwrap_or_else(|found| panic!("{found}"));
    }
    eprintln!("{tried} hostile inputs in {:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_xml_is_read_or_refused(
        input in spoiled([short(inputs()), short(corpus("xml"))].concat()),
    ) {
        holds(&converted(&input, "pubmed-xml"))?;
        holds(&converted(&input, "auto"))?;
    }

    #[test]
    fn hostile_pages_and_texts_are_read_or_refused(
        page in spoiled(short(corpus("html"))), text in spoiled(short(corpus("nbib"))),
    ) {
        holds(&converted(&page, "pubmed-html"))?;
        holds(&converted(&text, "nbib"))?;
    }

    #[test]
    fn any_bytes_are_read_or_refused_by_every_reader(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        for kind in ["auto", "pubmed-xml", "pubmed-html", "nbib"] {
            holds(&converted(&bytes, kind))?;
        }
    }
}
