//! `docs/security.md` and `docs/reliability.md` name tests that are there.

use std::fs;
use std::path::Path;

use tests::places;

/// The functions below a folder, as they begin: `fn name(`.
fn functions(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *found += &fs::read_to_string(&path).expect("a source file");
        }
    }
}

#[test]
fn every_test_of_the_attack_table_is_there() {
    tests_are_there("docs/security.md", 'S', 22);
}

#[test]
fn every_test_of_the_reliability_table_is_there() {
    tests_are_there("docs/reliability.md", 'R', 16);
}

/// Every row of the table on a page is there, and every test that it names.
fn tests_are_there(page: &str, letter: char, count: usize) {
    let root = places::root();
    let page = fs::read_to_string(root.join(page)).expect("the page");
    let mut sources = String::new();
    for folder in ["crates", "services", "tests"] {
        functions(&root.join(folder), &mut sources);
    }
    let begin = format!("| {letter}");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with(&begin)).collect();
    assert_eq!(rows.len(), count);
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells[0], format!("{letter}{}", number + 1));
        let names = cells[3].split('`').skip(1).step_by(2);
        // What sets the length of a test, or names a server, is no test.
        let is_test = |name: &&str| !name.starts_with(|first: char| first.is_ascii_uppercase());
        let names: Vec<&str> = names.filter(is_test).collect();
        assert!(!names.is_empty(), "{row}");
        for name in names {
            let is_there =
                ["(", "<"].iter().any(|end| sources.contains(&format!("fn {name}{end}")));
            assert!(is_there, "{}: no test `{name}`", cells[0]);
        }
    }
}
