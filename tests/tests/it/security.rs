//! `docs/security.md` names tests that are there.

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
    let root = places::root();
    let page = fs::read_to_string(root.join("docs/security.md")).expect("docs/security.md");
    let mut sources = String::new();
    for folder in ["crates", "services", "tests"] {
        functions(&root.join(folder), &mut sources);
    }
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| S")).collect();
    assert_eq!(rows.len(), 22);
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells[0], format!("S{}", number + 1));
        // S21 has a table of its own.
        let is_elsewhere = cells[0] == "S21";
        assert!(is_elsewhere || !tests_of(cells[3]).is_empty(), "{row}");
    }
    let more = page.split_once("| Input | Tests |\n|---|---|\n").expect("the table of S21").1;
    let more: Vec<&str> = more.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(more.len() >= 10, "{more:?}");
    for row in rows.iter().chain(&more) {
        let cell = row.trim_matches('|').rsplit('|').next().unwrap_or_default();
        for name in tests_of(cell) {
            assert!(sources.contains(&format!("fn {name}(")), "no test `{name}`: {row}");
        }
    }
}
