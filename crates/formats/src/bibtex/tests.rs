//! Whole entries: the worked examples, each field and each choice.

use biblatex::{ChunksExt, Entry, PermissiveType};
use model::{Record, Text};

use super::{Bibtex, Dialect};
use crate::citekey::Template;
use crate::options::Options;
use crate::samples::{file, sample, samples};

fn writer(dialect: Dialect, options: &Options) -> Bibtex {
    Bibtex::new(dialect, options, Template::parse(&options.citekey).expect("a template of keys"))
}

/// The entry of a record.
pub(super) fn written(record: &Record, dialect: Dialect, options: &Options) -> String {
    file(&writer(dialect, options), std::slice::from_ref(record)).0
}

/// The fields of an entry, each a line: its name, and its value without its outer braces.
pub(super) fn fields(bib: &str) -> Vec<(&str, &str)> {
    let (begin, lines) = bib.split_once('\n').expect("an entry has lines");
    assert!(begin.starts_with('@') && begin.ends_with(','), "{begin}");
    let lines = lines.strip_suffix("}\n\n").expect("an entry ends");
    let field = |line| -> Option<(&str, &str)> {
        let line: &str = line;
        let (name, rest) = line.strip_prefix("  ")?.split_once(' ')?;
        let value = rest.trim_start_matches(' ').strip_prefix("= ")?.strip_suffix(',')?;
        let inner = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
        Some((name, inner.unwrap_or(value)))
    };
    lines.lines().map(|line| field(line).unwrap_or_else(|| panic!("no field: {line}"))).collect()
}

/// One field of the entry that the options make of a record; empty if it is not there.
fn field(record: &Record, dialect: Dialect, options: &Options, name: &str) -> String {
    let bib = written(record, dialect, options);
    let found = fields(&bib).into_iter().find(|(found, _)| *found == name);
    found.map_or_else(String::new, |(_, value)| value.to_owned())
}

#[test]
fn a_file_is_its_entries_one_after_another() {
    let records = ["seed", "nasty", "chapter"].map(sample);
    let options = Options::default();
    let alone: String =
        records.iter().map(|record| written(record, Dialect::Bibtex, &options)).collect();
    assert_eq!(file(&writer(Dialect::Bibtex, &options), &records).0, alone);
}

#[test]
fn the_samples_are_written_as_the_specification_has_them() {
    for (dialect, ending) in [(Dialect::Bibtex, "bibtex.bib"), (Dialect::Biblatex, "biblatex.bib")]
    {
        for sample in samples(ending) {
            let (written, warnings) = file(&writer(dialect, &Options::default()), &[sample.record]);
            assert_eq!(written, sample.file, "{} {ending}", sample.name);
            assert_eq!(warnings, []);
        }
    }
}
