//! The program as a person meets it: what the README says can be done, done.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use formats::Format;
use tests::places;

#[test]
fn an_article_is_printed_as_ris() {
    let output = refmill(&["convert", "examples/article.xml"]);
    let text = String::from_utf8(output.stdout).expect("RIS is UTF-8");
    assert!(output.status.success());
    assert!(text.starts_with("TY  - JOUR\r\nAU  - Angelis, Vasileios\r\n"), "{text}");
    assert!(text.contains("DO  - 10.3390/cancers16010023\r\n"), "{text}");
}

#[test]
fn all_examples_become_files_of_every_format_that_others_can_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let formats = Format::ALL.map(Format::as_str).join(",");
    let mut words = vec!["convert".to_owned(), "--verify".to_owned(), "--to".to_owned(), formats];
    words.extend(["--out".to_owned(), folder.path().display().to_string()]);
    let examples = examples();
    words.extend(examples.iter().map(|file| file.display().to_string()));
    let output = refmill(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for example in examples {
        for format in Format::ALL {
            let name = example.with_extension(format.extension());
            let file = folder.path().join(name.file_name().expect("a file has a name"));
            let bytes =
                fs::metadata(&file).unwrap_or_else(|err| panic!("{}: {err}", file.display()));
            assert!(bytes.len() > 0, "{}", file.display());
        }
    }
}

#[test]
fn help_says_what_can_be_chosen() {
    let output = refmill(&["convert", "--help"]);
    let help = String::from_utf8(output.stdout).expect("help is UTF-8");
    assert!(output.status.success());
    for format in Format::ALL {
        assert!(help.contains(format.as_str()), "{format}");
    }
}

#[test]
fn pages_that_the_program_prints_are_up_to_date() {
    for page in ["cli", "diagnostics"] {
        let output = refmill(&["docs", page]);
        let printed = String::from_utf8(output.stdout).expect("pages are UTF-8");
        let file = places::root().join("docs").join(page).with_extension("md");
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(printed == committed, "docs/{page}.md is out of date; `make docs` writes it");
    }
}

/// Every command that the README shows can be given: its targets and files are there.
#[test]
fn the_readme_names_what_is_there() {
    let root = places::root();
    let readme = fs::read_to_string(root.join("README.md")).expect("a README");
    let makefile = fs::read_to_string(root.join("Makefile")).expect("a Makefile");
    for line in readme.split("```sh").skip(1).flat_map(|block| block.lines()) {
        let words: Vec<&str> = line.split_whitespace().take_while(|word| *word != "#").collect();
        if let ["make", target] = words[..] {
            assert!(makefile.contains(&format!("\n{target}: ")), "make {target}");
        }
    }
    for link in readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(root.join(link).exists(), "{link} is not there");
    }
}

fn examples() -> Vec<PathBuf> {
    let entries = fs::read_dir(places::root().join("examples")).expect("examples");
    let files = entries.map(|entry| entry.expect("folders can be read").path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "xml")).collect();
    files.sort();
    assert!(files.len() >= 5, "{files:?}");
    files
}

fn refmill(words: &[&str]) -> Output {
    let mut command = Command::new(places::refmill());
    command.args(words).current_dir(places::root()).output().expect("refmill can be run")
}

/// An upload that is permitted can be taken; a configuration that says otherwise is not started.
#[test]
fn limits_that_contradict_each_other_are_refused_before_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data").display().to_string();
    let wrong = ["serve", "--data", &data, "--set", "limits.inflight_bytes=1000"];
    for words in [&wrong[..], &[&wrong[..], &["--check-config"]].concat()] {
        let output = refmill(words);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("`limits.inflight_bytes` is 1000"), "{said}");
        assert!(!folder.path().join("data").exists(), "nothing was begun");
    }
    let fine = [&wrong[..], &["--set", "limits.upload_bytes=1000", "--set"]].concat();
    let fine = [&fine[..], &["limits.sync_bytes=1000", "--check-config"]].concat();
    assert!(refmill(&fine).status.success());
}
