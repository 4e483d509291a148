//! How a run of the program ends: status, sentences, and what is left on the disk.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tests::places;

use crate::service::processes::ended;

const ARTICLE: &str = concat!(
    "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Journal><JournalIssue><PubDate>",
    "<Year>2020</Year></PubDate></JournalIssue></Journal><ArticleTitle>One.</ArticleTitle>",
    "</Article></MedlineCitation></PubmedArticle>\n",
);
const BROKEN: &str = concat!(
    "<PubmedArticle><MedlineCitation><PMID>2</PMID><Article><ArticleTitle>Two <i>of.",
    "</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n",
);

/// What is no PubMed document is answered by one sentence that names the file and what was
/// expected, and by nothing else.
#[test]
fn what_cannot_be_read_is_one_sentence_and_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let set = set(&ARTICLE.repeat(2000));
    let mut packed = packed(set.as_bytes());
    packed.truncate(packed.len() / 2);
    let files: [(&str, &[u8]); 7] = [
        ("empty.xml", b""),
        ("paper.pdf", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n"),
        ("figure.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01"),
        (
            "answer.xml",
            b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>",
        ),
        ("cut.xml.gz", &packed),
        ("head.xml.gz", &packed[..12]),
        ("records.json", b"{\"records\": []}\n"),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("room");
    }
    for name in files.map(|(name, _)| name).into_iter().chain(["missing.xml", "."]) {
        for words in [
            &["convert", name, "--to", "ris,csl-json", "--out", "out"][..],
            &["convert", name, "--to", "jsonl", "--out", "out.jsonl"],
        ] {
            let output = run(folder.path(), words, b"");
            let said = said(&output);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert!(said.starts_with(&format!("refmill: {name}: ")), "{said}");
            assert!(said.contains("expected PubMed XML"), "{said}");
            assert!(output.stdout.is_empty(), "{name}");
            assert_eq!(entries(folder.path()), files.len(), "{name} left something");
        }
    }
}

#[test]
fn each_ending_has_its_status() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = set(ARTICLE);
    let mixed = set(&format!("{ARTICLE}{BROKEN}{ARTICLE}"));
    let late = set(&format!("{}{BROKEN}", ARTICLE.repeat(10_000)));
    let broken = set(BROKEN);
    let deleted = set("<DeleteCitation><PMID>5</PMID></DeleteCitation>");
    let cut = &whole[..whole.len() - 10];
    let ended = "(document-truncated); the record before it was converted";
    for (input, words, status, sentence) in [
        (whole.as_str(), "--to ris", 0, "1 record read from pubmed-xml; written: ris 1; "),
        (&deleted, "--to ris", 0, "1 withdrawn PMID; "),
        (&mixed, "--to ris", 3, "1 rejected; "),
        (&mixed, "--to csl-json --verify", 3, "line 4, record 2, PMID 2: "),
        (&mixed, "--on-error fail", 1, "(record-malformed); nothing was written"),
        (&late, "--on-error fail", 1, "what was printed is not whole"),
        (&mixed, "--on-error fail --out x.ris", 1, "(record-malformed); nothing was written"),
        (&broken, "--to ris", 1, "standard input: no record could be converted"),
        (cut, "--to ris", 1, ended),
        (&whole, "--to risx", 2, "did you mean `ris`?"),
        (&whole, "--to risx", 2, "Usage: refmill convert"),
        (&whole, "--to ris,jsonl", 2, "name a folder with `--out`"),
        (&whole, "--frob", 2, "--frob"),
        (&whole, "--out no/such/folder.ris", 1, "cannot write no/such/folder.ris"),
    ] {
        let words: Vec<&str> = ["convert"].into_iter().chain(words.split(' ')).collect();
        let output = run(folder.path(), &words, input.as_bytes());
        let said = said(&output);
        assert_eq!(output.status.code(), Some(status), "{words:?}: {said}");
        assert!(said.contains(sentence), "{words:?}: {said}");
        let lines = said.lines().filter(|line| line.contains("(record-malformed)"));
        assert!(lines.count() <= 1, "{said}");
    }
    assert_eq!(entries(folder.path()), 0);
}

#[test]
fn the_report_tells_what_was_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let deleted = "<DeleteCitation><PMID>5</PMID><PMID>6</PMID></DeleteCitation>";
    let input = set(&format!("{ARTICLE}{BROKEN}{ARTICLE}{deleted}"));
    fs::write(folder.path().join("in.xml"), &input).expect("room");
    let words =
        ["convert", "in.xml", "--to", "ris,jsonl", "--out", "out", "--report", "report.json"];
    let output = run(folder.path(), &words, b"");
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let report = fs::read(folder.path().join("report.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(report["records_read"], 3);
    assert_eq!(report["records_written"], serde_json::json!({ "jsonl": 2, "ris": 2 }));
    assert_eq!(report["records_rejected"], 1);
    // The second of two equal records, which are written both.
    assert_eq!(report["warnings"], 1);
    assert_eq!(report["deleted_pmids"], serde_json::json!(["5", "6"]));
    assert_eq!(report["bytes_in"], input.len());
    assert!(report["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
    let mut bytes = 0;
    for output in report["outputs"].as_array().expect("outputs") {
        let path = output["path"].as_str().expect("a path");
        let file = fs::read(folder.path().join(path)).expect("an output");
        let digest = Sha256::digest(&file);
        let digest = digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!(output["sha256"], digest, "{path}");
        assert_eq!(output["bytes"], file.len(), "{path}");
        bytes += file.len();
    }
    assert_eq!(report["bytes_out"], bytes);
}

#[test]
fn what_is_printed_is_read_back_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = set(&ARTICLE.repeat(3));
    for format in ["ris", "bibtex", "biblatex", "csl-json", "endnote-xml", "jsonl"] {
        let plain = run(folder.path(), &["convert", "--to", format], input.as_bytes());
        let words = ["convert", "--to", format, "--verify"];
        let verified = run(folder.path(), &words, input.as_bytes());
        assert!(verified.status.success(), "{}", said(&verified));
        assert!(!plain.stdout.is_empty() && plain.stdout == verified.stdout, "{format}");
    }
}

/// While the end of the input has not come, there is nothing under the final name; when the run
/// is interrupted then, there is nothing at all.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    // Where the tests run in the background of a shell, some are ignored by inheritance; behind
    // `nohup` one is, which must not keep the program from hearing the others.
    let (heeded, behind_nohup) = ("--default-signal=HUP,INT,TERM", "--ignore-signal=HUP");
    for (signal, manner) in
        [("HUP", None), ("INT", None), ("TERM", None), ("TERM", Some(behind_nohup))]
    {
        let mut command = Command::new("env");
        command.arg(heeded).args(manner).arg(places::refmill());
        command.args(["convert", "--to", "ris,jsonl", "--out", "out"]).current_dir(folder.path());
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("refmill can be run");
        let mut input = child.stdin.take().expect("it is piped");
        // More than lies between the pipe and the first written byte.
        input.write_all(set(&ARTICLE.repeat(20_000)).as_bytes()).expect("it reads");
        let out = folder.path().join("out");
        let names = fs::read_dir(&out).expect("the folder was made");
        let names: Vec<_> = names.map(|name| name.expect("an entry").file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.iter().all(|name| name.to_string_lossy().ends_with(".part")), "{names:?}");
        let kill = format!("kill -{signal} {}", child.id());
        let killed = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
        assert!(killed.success());
        assert_eq!(ended(&mut child).and_then(|status| status.code()), Some(130));
        drop(input);
        assert!(fs::read_dir(&out).is_ok_and(|left| left.count() == 0), "{signal}, {manner:?}");
    }
}

fn set(records: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<PubmedArticleSet>\n{records}</PubmedArticleSet>\n")
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes everything")
}

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).expect("the folder is there").count()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// Runs the program in that folder with that standard input.
fn run(folder: &Path, words: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(places::refmill());
    command.args(words).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("refmill can be run");
    let mut pipe = child.stdin.take().expect("it is piped");
    thread::scope(|scope| {
        // It need not read all of it.
        scope.spawn(move || drop(pipe.write_all(input)));
        child.wait_with_output().expect("it ends")
    })
}
