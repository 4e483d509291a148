//! The golden cases: folders of real files, compared byte for byte (`tests/golden/README.md`).
//!
//! With `GOLDEN=rewrite` in the environment (`make golden`) the outputs are written instead.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use convert::{SETTINGS, Values};
use formats::Format;
use tests::conversion::{Converted, convert_as, request};
use tests::places;

/// What a conversion said, beside its outputs; no file if it said nothing.
const SAID: &str = "diagnostics.jsonl";

macro_rules! cases {
    ($($case:ident)*) => {
        $(#[test] fn $case() { check_case(&stringify!($case).replace('_', "-")); })*

        #[test]
        fn each_folder_is_a_test() {
            let listed: BTreeSet<String> =
                [$(stringify!($case)),*].iter().map(|name| name.replace('_', "-")).collect();
            let mut found = folders(&golden());
            assert!(found.remove("options"), "the options have a folder of their own");
            assert_eq!(found, listed);
        }
    };
}

cases! {
    abstracts
    authors_incomplete_superseded_or_missing
    books
    capitals
    chapter_of_an_edited_book
    characters
    citation_keys
    corrections_and_retractions
    dates
    documents_one_after_another
    everything_else_in_the_record
    everything_that_has_to_be_escaped
    identifiers
    journals_and_issns
    keywords_and_mesh
    kinds_and_genres
    languages
    markup
    mathematics
    names_of_groups
    names_of_persons
    one_record_in_every_format
    orcids
    pages
    preprints
    shapes_of_the_medline_era
    titles
    versions_doubles_and_deletions
}

#[test]
fn options_change_what_they_say_and_nothing_else() {
    let folder = golden().join("options");
    let input = read(&folder.join("input.xml"));
    let unchanged = convert_as(&request(&[]), 2, &[&input]);
    check(&unchanged, None, &folder.join("default"));
    for option in folders(&folder).iter().filter(|name| *name != "default") {
        let setting = option.split_once('=').expect("folders are named for a setting");
        let converted = convert_as(&request(&[setting]), 2, &[&input]);
        check(&converted, Some(&unchanged), &folder.join(option));
    }
}

#[test]
fn every_value_of_every_option_has_a_case() {
    let present = folders(&golden().join("options"));
    let has_case = |case: &str| present.contains(case);
    // What comes in is no choice about the record; a failure has no outputs.
    let others = ["input", "formats", "on_error"];
    for setting in SETTINGS.iter().filter(|setting| !others.contains(&setting.name)) {
        let covered = match setting.values {
            Values::One(words) => words
                .iter()
                .filter(|word| **word != setting.default())
                .all(|word| has_case(&format!("{}={word}", setting.name))),
            Values::Several(words) => has_case(&format!("{}={}", setting.name, words.join(","))),
            Values::Formats => true,
            Values::Text(_) => {
                present.iter().any(|case| case.starts_with(&format!("{}=", setting.name)))
            }
        };
        assert!(covered, "`{}` has a value without a golden case", setting.name);
    }
}

fn check_case(case: &str) {
    let folder = golden().join(case);
    let input = read(&folder.join("input.xml"));
    check(&convert_as(&request(&[]), 2, &[&input]), None, &folder);
}

/// Compares outputs with the files of the folder. With `usual`, an output that is equal to that
/// one has no file.
fn check(converted: &Converted, usual: Option<&Converted>, folder: &Path) {
    for format in Format::ALL {
        let bytes = converted.outputs[&format].as_slice();
        let wanted = usual.is_none_or(|usual| usual.outputs[&format] != bytes);
        check_file(wanted.then_some(bytes), &folder.join(format!("out.{}", format.extension())));
    }
    let said = converted.said();
    let wanted = usual.map_or(!said.is_empty(), |usual| usual.said() != said);
    check_file(wanted.then_some(said.as_bytes()), &folder.join(SAID));
}

fn check_file(bytes: Option<&[u8]>, file: &Path) {
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "rewrite") {
        match bytes {
            Some(bytes) => fs::write(file, bytes).expect("golden files can be written"),
            None => drop(fs::remove_file(file)),
        }
        return;
    }
    let shown = file.strip_prefix(places::root()).unwrap_or(file).display();
    match (bytes, fs::read(file).ok()) {
        (Some(bytes), Some(golden)) => {
            let difference = difference(&golden, bytes);
            assert!(difference.is_none(), "{shown}, {}", difference.unwrap_or_default());
        }
        (Some(_), None) => panic!("{shown} is missing; `make golden` writes it"),
        (None, Some(_)) => {
            panic!("{shown} should not be there: the output is not written or as usual")
        }
        (None, None) => {}
    }
}

/// The first line in which two texts differ, as a message.
fn difference(golden: &[u8], bytes: &[u8]) -> Option<String> {
    if golden == bytes {
        return None;
    }
    let (golden, bytes) = (String::from_utf8_lossy(golden), String::from_utf8_lossy(bytes));
    let mut pairs = golden.split('\n').zip(bytes.split('\n')).zip(1..);
    let message = match pairs.find(|((before, now), _)| before != now) {
        Some(((before, now), line)) => {
            let same = before.chars().zip(now.chars()).take_while(|(a, b)| a == b).count();
            let shown = |text: &str| -> String {
                text.chars().skip(same.saturating_sub(40)).take(160).collect()
            };
            format!("line {line}:\n golden  {:?}\n written {:?}", shown(before), shown(now))
        }
        None => format!("length: golden {} bytes, written {}", golden.len(), bytes.len()),
    };
    Some(message)
}

fn golden() -> PathBuf {
    places::root().join("tests/golden")
}

fn folders(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|err| panic!("{}: {err}", folder.display()));
    entries
        .map(|entry| entry.expect("folders can be read"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).unwrap_or_else(|err| panic!("{}: {err}", file.display()))
}
