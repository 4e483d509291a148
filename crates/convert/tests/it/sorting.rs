//! Versions, duplicates, withdrawals, citation keys (`mapping.md` sections 7.14 and 9).

use model::Code;

use crate::support::{article, convert, request, set, version};

const ALL: &[Code] = &[Code::RecordDuplicate, Code::VersionSuperseded, Code::CitekeyDuplicate];

/// The four versions of one record between two others, not in order.
fn versions() -> String {
    set(&[
        article(11),
        version(7, 2, "Second"),
        version(7, 1, "First"),
        version(7, 4, "Fourth"),
        version(7, 3, "Third"),
        article(12),
    ])
}

#[test]
fn all_versions_are_written_and_are_no_duplicates() {
    let left = convert(&request(&[("formats", "jsonl")]), 2, &[versions().as_bytes()]);
    let left = left.expect("no failure");
    assert_eq!(left.report.records_written["jsonl"], 6);
    assert_eq!(left.said(ALL), []);
}

#[test]
fn of_versions_the_latest_alone_is_written_on_demand() {
    let request = request(&[("formats", "jsonl"), ("versions", "latest")]);
    let left = convert(&request, 2, &[versions().as_bytes()]).expect("no failure");
    assert_eq!(left.report.records_written["jsonl"], 3);
    assert!(left.text().contains("Fourth") && !left.text().contains("Third"));
    let superseded = [2, 3, 5].map(|index| (Some(index), Code::VersionSuperseded));
    assert_eq!(left.said(ALL), superseded);
}

#[test]
fn a_duplicate_is_written_again_unless_the_first_alone_is_asked_for() {
    let input = set(&[version(7, 1, "One"), article(8), version(7, 1, "Two"), article(9)]);
    for (wanted, records, has_second) in [("keep", 4, true), ("first", 3, false)] {
        for formats in ["jsonl", "csl-json", "endnote-xml", "ris"] {
            let request = request(&[("formats", formats), ("duplicates", wanted)]);
            let left = convert(&request, 2, &[input.as_bytes()]).expect("no failure");
            assert_eq!(left.report.records_written[formats], records);
            assert_eq!(left.text().contains("Two"), has_second, "{formats}");
            assert_eq!(left.said(ALL), [(Some(3), Code::RecordDuplicate)]);
        }
    }
}

#[test]
fn an_output_without_duplicates_is_as_if_they_had_not_been_there() {
    let with = set(&[article(7), article(7), article(8), article(7), article(9), article(9)]);
    let without = set(&[article(7), article(8), article(9)]);
    let formats = ("formats", "ris,bibtex,biblatex,csl-json,endnote-xml,jsonl");
    let sorted = request(&[formats, ("duplicates", "first")]);
    let plain = request(&[formats]);
    assert_eq!(
        convert(&sorted, 1, &[with.as_bytes()]).expect("no failure").outputs,
        convert(&plain, 1, &[without.as_bytes()]).expect("no failure").outputs,
    );
}

#[test]
fn several_inputs_make_one_output() {
    let formats = "ris,bibtex,biblatex,csl-json,endnote-xml,jsonl";
    let request = request(&[("formats", formats)]);
    let whole = set(&[article(7), article(8), article(9)]);
    let parts = [set(&[article(7)]), set(&[]), set(&[article(8), article(9)])];
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    let one = convert(&request, 2, &[whole.as_bytes()]).expect("no failure");
    let many = convert(&request, 2, &parts).expect("no failure");
    assert_eq!(one.outputs, many.outputs);
    assert_eq!(many.report.records_read, 3);
}

#[test]
fn equal_keys_are_reported_where_the_template_allows_them() {
    let input = set(&[version(1, 1, "One"), version(2, 1, "Two"), version(3, 1, "Three")]);
    for (formats, template, said) in [
        ("bibtex", "{auth}{year}-{pmid}", vec![]),
        ("bibtex", "{auth}{year}", vec![2, 3]),
        ("csl-json", "{auth}{year}{title}", vec![]),
        ("ris", "{auth}{year}", vec![]),
    ] {
        let request = request(&[("formats", formats), ("citekey", template)]);
        let left = convert(&request, 2, &[input.as_bytes()]).expect("no failure");
        let expected: Vec<_> =
            said.into_iter().map(|index| (Some(index), Code::CitekeyDuplicate)).collect();
        assert_eq!(left.said(ALL), expected, "{formats} {template}");
    }
}

#[test]
fn withdrawn_pmids_are_reported_and_no_records() {
    let gone = "<DeleteCitation><PMID Version=\"1\">7</PMID><PMID>9</PMID></DeleteCitation>";
    let input = set(&[article(7), gone.to_owned()]);
    let left = convert(&request(&[]), 1, &[input.as_bytes()]).expect("no failure");
    let pmids: Vec<u64> = left.report.deleted_pmids.iter().map(|pmid| pmid.number()).collect();
    assert_eq!((pmids, left.report.records_read), (vec![7, 9], 1));
}
