use proptest::prelude::*;

use super::*;
use crate::options::{BibtexText, Markup, RisDialect};
use crate::samples::{self, sample};
use crate::{Writer, arbitrary};

/// The formats that this edition writes.
fn formats() -> impl Iterator<Item = (Format, Box<dyn Writer>)> {
    let writer = |format: Format| Some((format, format.writer(&Options::default()).ok()?));
    Format::ALL.into_iter().filter_map(writer)
}

fn prints(format: Format, records: &[Record], options: &Options) -> Vec<u64> {
    records.iter().map(|record| expected(format, record, options)).collect()
}

/// Writes some records and checks the file against others.
#[expect(clippy::unwrap_in_result, reason = "the result is that of the check")]
fn checked(format: Format, written: &[Record], noted: &[Record]) -> Result<(), Mismatch> {
    let options = Options::default();
    let writer = format.writer(&options).expect("the default options");
    let (file, _) = samples::file(&*writer, written);
    check(format, file.as_bytes(), &prints(format, noted, &options))
}

fn three() -> [Record; 3] {
    ["seed", "nasty", "chapter"].map(sample)
}

#[test]
fn what_was_written_is_found_again() {
    for (format, _) in formats() {
        checked(format, &three(), &three()).unwrap_or_else(|fault| panic!("{format}: {fault}"));
        checked(format, &[], &[]).unwrap_or_else(|fault| panic!("{format}: {fault}"));
    }
}

#[test]
fn a_lost_or_doubled_record_is_found() {
    let [one, two, three] = three();
    let all = [one.clone(), two.clone(), three.clone()];
    for (format, _) in formats() {
        for (written, found, first) in [
            (&all[..2], 2, 2),
            (&all[1..], 2, 0),
            (&[one.clone(), three.clone()], 2, 1),
            (&[one.clone(), two.clone(), two.clone(), three.clone()], 4, 2),
        ] {
            match checked(format, written, &all) {
                Err(Mismatch::Count { expected: 3, found: counted, first_difference }) => {
                    assert_eq!((counted, first_difference), (found, first), "{format}");
                }
                other => panic!("{format}: {other:?}"),
            }
        }
    }
}

#[test]
fn swapped_records_are_found() {
    let [one, two, three] = three();
    for (format, _) in formats() {
        let swapped = [one.clone(), three.clone(), two.clone()];
        match checked(format, &swapped, &[one.clone(), two.clone(), three.clone()]) {
            Err(Mismatch::Record { index: 1, found }) => {
                assert!(found.title.expect("a title").starts_with("BRCA1"), "{format}");
            }
            other => panic!("{format}: {other:?}"),
        }
        // Nothing but the number tells these two apart.
        let twin = |pmid: &str| Record { pmid: pmid.parse().ok(), ..one.clone() };
        let twins = [twin("1"), twin("2")];
        let crossed = [twin("2"), twin("1")];
        assert!(matches!(
            checked(format, &crossed, &twins),
            Err(Mismatch::Record { index: 0, .. })
        ));
    }
}

#[test]
fn another_title_is_found() {
    let noted = sample("nasty");
    for (format, _) in formats() {
        for (from, to) in [
            ("Rome: ", ""),
            ("p_53", "p_54"),
            ("α-synuclein", "β-synuclein"),
            ("repair", "rep"),
            ("F508", "508F"),
        ] {
            let title = serde_json::to_string(&noted.title).expect("a title is JSON");
            assert!(title.contains(from));
            let title = serde_json::from_str(&title.replace(from, to)).expect("a title");
            let written = Record { title, ..noted.clone() };
            assert!(
                matches!(
                    checked(format, &[written], std::slice::from_ref(&noted)),
                    Err(Mismatch::Record { index: 0, .. })
                ),
                "{format}: {from}"
            );
        }
        let written = Record { title: model::Text::default(), ..noted.clone() };
        assert!(checked(format, &[written], std::slice::from_ref(&noted)).is_err(), "{format}");
    }
}

#[test]
fn a_damaged_file_is_found_wherever_it_is_cut() {
    let options = Options::default();
    for (format, writer) in formats() {
        let (file, _) = samples::file(&*writer, &three());
        let noted = prints(format, &three(), &options);
        let whole = file.trim_end().len();
        for end in (0..whole).filter(|end| file.is_char_boundary(*end)) {
            let cut = check(format, &file.as_bytes()[..end], &noted);
            assert!(cut.is_err(), "{format}: {:?}", &file[end.saturating_sub(40)..end]);
        }
        let mut bad = file.into_bytes();
        bad[whole / 2] = 0xFF;
        assert!(check(format, &bad[..], &noted).is_err(), "{format}");
    }
}

#[test]
fn ris_is_read_by_its_grammar() {
    let record = "TY  - JOUR\r\nTI  - A\r\nER  - \r\n\r\n";
    let noted = [expected(
        Format::Ris,
        &Record { title: "A".into(), ..Record::default() },
        &Options::default(),
    )];
    assert!(check(Format::Ris, record.as_bytes(), &noted).is_ok());
    for (from, to) in [
        ("TY", "\r\nTY"),
        ("ER  - ", "ER  -"),
        ("TI  - A", "TI - A"),
        ("TI  - A", "TI  - A\r\nwrapped"),
        ("TI  - A", "TI  - A\r\nTI  - A"),
        ("TI  - A", "TI  - A\r\nAB  - "),
        ("TI  - A", "TI  - A\r\n\r\nAB  - x"),
        ("TI  - A\r", "TI  - A"),
        ("\r\n\r\n", "\r\n"),
    ] {
        let damaged = record.replacen(from, to, 1);
        let fault = check(Format::Ris, damaged.as_bytes(), &noted);
        assert!(matches!(fault, Err(Mismatch::Malformed { .. })), "{damaged:?}: {fault:?}");
    }
}

proptest! {
    #[test]
    fn no_record_is_a_false_alarm(
        records in prop::collection::vec(arbitrary::record(), 0..4),
        dialect in prop::sample::select(vec!["endnote", "zotero", "jabref", "ctxp"]),
        markup in prop::sample::select(vec!["unicode", "plain", "html"]),
        latex in any::<bool>(),
    ) {
        let records: Vec<Record> = records.into_iter().map(sober).collect();
        let options = Options {
            ris: dialect.parse::<RisDialect>().expect("a dialect"),
            markup: markup.parse::<Markup>().expect("a markup"),
            bibtex_text: if latex { BibtexText::Latex } else { BibtexText::Unicode },
            ..Options::default()
        };
        for (format, _) in formats() {
            let writer = format.writer(&options).expect("the default key");
            let (file, _) = samples::file(&*writer, &records);
            let checked = check(format, file.as_bytes(), &prints(format, &records, &options));
            prop_assert!(checked.is_ok(), "{}: {}\n{}", format, checked.unwrap_err(), file);
        }
    }
}

/// The record without what no two parsers of BibTeX read alike: braces behind backslashes in
/// values that are written as they are.
fn sober(mut record: Record) -> Record {
    record.doi = record.doi.filter(|doi| !doi.as_str().contains('\\'));
    record
}
