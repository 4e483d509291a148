//! Real files of the shared corpus, where it is present: each through every writer, verified.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use formats::Format;
use model::{Code, PageKind, Record, Severity};
use tests::conversion::{Converted, convert};
use tests::places;

use crate::rules::{entries, fault};

#[test]
fn every_small_file_gives_the_records_of_the_manifest() {
    let Some(corpus) = places::shared("corpus") else { return };
    let manifest = manifest(&corpus);
    let files: Vec<_> =
        manifest.iter().filter(|(path, _)| path.starts_with("xml/small/")).collect();
    assert!(files.len() > 100, "{} files", files.len());
    for (path, records) in files {
        let converted = convert(&fs::read(corpus.join(path)).expect("corpus files can be read"));
        verify(&converted, path);
        let report = &converted.report;
        match path.rsplit('/').next().unwrap_or_default() {
            "jabref-malformed-entry.xml" => {
                let errors = said(&converted, |said| said.severity >= Severity::Error);
                assert!(errors > 0, "{path}: {:?}", converted.diagnostics);
            }
            "biopython-esummary1.xml" => {
                assert_eq!(said(&converted, |said| said.code == Code::InputRefused), 1, "{path}");
            }
            "jabref-minimal-entry.xml" => {
                assert_eq!(said(&converted, |said| said.code == Code::RecordForeign), 1, "{path}");
                assert_eq!(report.records_read, *records, "{path}");
            }
            _ => {
                assert_eq!(report.records_written["ris"], *records, "{path}: {report:?}");
                assert!(report.ended.is_none(), "{path}: {:?}", report.ended);
            }
        }
    }
}

#[test]
fn pages_and_medline_text_are_read_without_losing_a_record() {
    let Some(corpus) = places::shared("corpus") else { return };
    for path in manifest(&corpus)
        .keys()
        .filter(|path| ["nbib/", "html/", "text/"].iter().any(|folder| path.starts_with(folder)))
    {
        let converted = convert(&fs::read(corpus.join(path)).expect("corpus files can be read"));
        assert!(converted.report.ended.is_none(), "{path}");
        assert!(converted.report.records_read > 0, "{path}");
        verify(&converted, path);
    }
}

/// The counts of `xml-input.md` section 11, number 1.
#[test]
fn a_whole_baseline_file_is_read_to_the_last_record() {
    let Some(file) = places::shared("corpus/xml/bulk/pubmed20n0014.xml.gz") else { return };
    let converted = convert(&fs::read(file).expect("corpus files can be read"));
    verify(&converted, "pubmed20n0014");
    assert_eq!(converted.report.records_written["ris"], 30_000);
    assert_eq!(said(&converted, |said| said.severity >= Severity::Error), 0);

    let records: Vec<Record> = converted
        .text(Format::Jsonl)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines are records"))
        .collect();
    let count = |has: fn(&Record) -> bool| records.iter().filter(|record| has(record)).count();
    let with_brackets =
        |record: &Record| record.doi.as_ref().is_some_and(|doi| doi.as_str().contains(['<', '>']));
    assert_eq!(count(with_brackets), 181, "DOIs with angle brackets");
    assert_eq!(count(|record| record.issued.is_none()), 0, "records without a date");
    assert!(count(|record| record.title.flatten().starts_with('[')) <= 20, "brackets left");
    let unparsed = |record: &Record| {
        record.pages.as_ref().is_some_and(|pages| pages.kind == PageKind::Unparsed)
    };
    assert!(count(unparsed) <= 13, "pages that were not understood");
}

/// Whether each output has an entry for each record, and keeps the rules of its format.
fn verify(converted: &Converted, what: &str) {
    for format in Format::ALL {
        let text = converted.text(format);
        let written = converted.report.records_written[format.as_str()];
        assert_eq!(entries(text, format), written, "{what}: {format}");
        let fault = fault(text, format, written);
        assert!(fault.is_none(), "{what}: {format}: {}", fault.unwrap_or_default());
    }
}

fn said(converted: &Converted, is_meant: impl Fn(&convert::Diagnostic) -> bool) -> usize {
    converted.diagnostics.iter().filter(|said| is_meant(said)).count()
}

/// Files with the number of their records, where the manifest says one.
fn manifest(corpus: &Path) -> BTreeMap<String, u64> {
    let text = fs::read_to_string(corpus.join("manifest.tsv")).expect("the manifest can be read");
    text.lines()
        .filter_map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            Some((columns.first()?.to_string(), columns.get(3)?.parse().ok()?))
        })
        .collect()
}
