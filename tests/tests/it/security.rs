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

/// The tests that a cell names; commands and settings in it are none.
fn tests_of(cell: &str) -> Vec<&str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted
        .filter(|name| {
            name.bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
        .collect()
}

#[test]
fn every_test_of_the_attack_table_is_there() {
    tests_are_there("docs/security.md", 'S', 22, 10);
}

#[test]
fn every_test_of_the_reliability_table_is_there() {
    tests_are_there("docs/reliability.md", 'R', 16, 0);
}

/// Every row of the table on a page is there, and so many of its table of inputs, and every test
/// that they name.
fn tests_are_there(page: &str, letter: char, count: usize, inputs: usize) {
    let root = places::root();
    let text = fs::read_to_string(root.join(page)).expect("the page");
    let mut sources = String::new();
    for folder in ["crates", "services", "tests"] {
        functions(&root.join(folder), &mut sources);
    }
    let begin = format!("| {letter}");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with(&begin)).collect();
    assert_eq!(rows.len(), count);
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells[0], format!("{letter}{}", number + 1));
        // S21 has a table of its own.
        let is_elsewhere = cells[0] == "S21";
        assert!(is_elsewhere || !tests_of(cells[3]).is_empty(), "{row}");
    }
    let more = text.split_once("| Input | Tests |\n|---|---|\n").map_or("", |(_, more)| more);
    let more: Vec<&str> = more.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(more.len() >= inputs, "{more:?}");
    for row in rows.iter().chain(&more) {
        let cell = row.trim_matches('|').rsplit('|').next().unwrap_or_default();
        for name in tests_of(cell) {
            let is_there =
                ["(", "<"].iter().any(|end| sources.contains(&format!("fn {name}{end}")));
            assert!(is_there, "no test `{name}`: {row}");
        }
    }
}
