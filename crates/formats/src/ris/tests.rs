use model::{Code, Name, Text};
use proptest::prelude::*;

use super::*;
use crate::arbitrary;
use crate::options::{ArticleNumber, Markup, NoteKinds, RisEpubDate, RisId, Switch};
use crate::samples::{file, sample, samples};

fn writer(options: &Options) -> Ris {
    let citekey = Template::parse(&options.citekey).expect("a template of keys");
    Ris::new(options, citekey)
}

fn lines(record: &Record, options: &Options) -> Vec<String> {
    let (file, _) = file(&writer(options), std::slice::from_ref(record));
    file.split_terminator("\r\n").map(str::to_owned).collect()
}

/// The lines of the default dialect that another one does not have, and those that it adds.
fn difference(record: &Record, options: &Options) -> (Vec<String>, Vec<String>) {
    let [before, after] = [&Options::default(), options].map(|options| lines(record, options));
    let without = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|line| !others.contains(line)).cloned().collect()
    };
    (without(&before, &after), without(&after, &before))
}

#[test]
fn the_samples_are_written_as_specified() {
    for sample in samples("ris") {
        let (file, warnings) = file(&writer(&Options::default()), &[sample.record]);
        assert_eq!(file, sample.file, "{}", sample.name);
        assert_eq!(warnings, [], "{}", sample.name);
    }
}

#[test]
fn zotero_gets_the_pmid_in_its_extra_field() {
    let options = Options { ris: Zotero, ..Options::default() };
    let (gone, new) = difference(&sample("nasty"), &options);
    assert_eq!((gone, new), (vec![], vec!["M2  - PMID: 99999999".to_owned()]));
}

#[test]
fn jabref_gets_the_pmid_in_c2_and_editors_in_ed() {
    let options = Options { ris: Jabref, ..Options::default() };
    let (gone, new) = difference(&sample("nasty"), &options);
    assert_eq!(gone, ["AN  - 99999999", "C2  - PMC99999999"]);
    assert_eq!(new, ["C2  - 99999999", "N1  - PMC99999999"]);
    let (gone, new) = difference(&sample("chapter"), &options);
    assert_eq!(
        gone,
        [
            "A2  - Poe, Ann P",
            "A2  - van der Moe, Jerry, 3rd",
            "T2  - Test Reviews®",
            "AN  - 99999998"
        ]
    );
    assert_eq!(new, ["ED  - Poe, Ann P", "ED  - van der Moe, Jerry, 3rd", "C2  - 99999998"]);
}

#[test]
fn ctxp_writes_as_the_exporter_of_ncbi() {
    let options = Options { ris: Ctxp, ..Options::default() };
    let mut record = sample("nasty");
    record.electronic = sample("chapter").issued;
    let (gone, new) = difference(&record, &options);
    let title = &gone[0]["TI  - ".len()..];
    assert_eq!(
        gone[1..],
        [
            "T2  - Proceedings of the National Academy of Sciences of the United States of America",
            "PY  - 1998",
            "DA  - 1998/12//Dec-1999 Jan",
            "C2  - PMC99999999",
        ]
    );
    assert_eq!(
        new,
        [
            &format!("T1  - {title}"),
            "Y1  - 1998/12//Dec-1999 Jan",
            "U1  - 99999999[pmid]",
            "U2  - PMC99999999[pmcid]",
            "ET  - 2006/02/15",
            "L2  - https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99999999/",
        ]
    );
    let lines = lines(&sample("chapter"), &options);
    assert!(lines.contains(&"Y1  - 2006/02/15/".to_owned()));
    assert!(!lines.iter().any(|line| line.starts_with("BT")));
}

#[test]
fn options_add_what_they_name() {
    let mut record = sample("nasty");
    record.electronic = sample("chapter").issued;
    for (options, line) in [
        (Options { ris_epub_date: RisEpubDate::Et, ..Options::default() }, "ET  - 2006/02/15"),
        (Options { ris_id: RisId::Key, ..Options::default() }, "ID  - Smith1998-99999999"),
        (
            Options { ris_group_comma: Switch(false), ..Options::default() },
            "AU  - COVID-19 Genomics UK (COG-UK) Consortium",
        ),
        (
            Options {
                retraction_title_prefix: Switch(true),
                markup: Markup::Html,
                ..Options::default()
            },
            "TI  - RETRACTED: Role of α-synuclein and {DNA} repair in <i>Escherichia coli</i> from Rome: \
             ΔF508, K<sup>+</sup> & H<sub>2</sub>O, 50% of \"HER2\" #1 in p_53 ~ $5 ^ a\\b, x≥5?",
        ),
    ] {
        assert_eq!(difference(&record, &options).1[0], line);
    }
    let silent = Options { abstract_: Switch(false), ..Options::default() };
    assert!(difference(&record, &silent).0[0].starts_with("AB  - "));
}

#[test]
fn an_article_number_goes_where_it_is_asked_for() {
    let pages = r#"{"raw":"e0124501","ranges":[{"first":"e0124501"}],"kind":"article-number"}"#;
    let pages = Some(serde_json::from_str(pages).expect("pages in JSON"));
    let record = Record { pages, issue: Some("4".into()), ..Record::default() };
    let written =
        |article_number| lines(&record, &Options { article_number, ..Options::default() });
    assert_eq!(written(ArticleNumber::Pages)[1..3], ["IS  - 4", "SP  - e0124501"]);
    assert_eq!(written(ArticleNumber::Field)[1..4], ["C7  - e0124501", "IS  - 4", "ER  - "]);
    assert_eq!(written(ArticleNumber::Both)[1..4], ["C7  - e0124501", "IS  - 4", "SP  - e0124501"]);
}

#[test]
fn a_last_page_is_never_the_first_one() {
    let pages = r#"{"raw":"7-7","ranges":[{"first":"7","last":"7"}]}"#;
    let pages = Some(serde_json::from_str(pages).expect("pages in JSON"));
    let record = Record { pages, ..Record::default() };
    assert_eq!(lines(&record, &Options::default())[1..], ["SP  - 7", "ER  - ", ""]);
}

#[test]
fn a_replaced_comma_is_reported() {
    let record =
        Record { authors: vec![Name::group("A Group, and B Group").into()], ..Record::default() };
    let (file, warnings) = file(&writer(&Options::default()), &[record]);
    assert!(file.contains("AU  - A Group - and B Group,\r\n"));
    assert_eq!(warnings[0].code, Code::GroupCommaReplaced);
}

#[test]
fn no_record_at_all_is_an_empty_file() {
    assert_eq!(file(&writer(&Options::default()), &[]).0, "");
}

/// `^[A-Z][A-Z0-9]  - .*\r\n$` or empty, with a value that is clean and not empty but in `ER`.
fn is_line(line: &str) -> bool {
    let Some((tag, value)) = line.split_at_checked(6) else { return line.is_empty() };
    let tag = tag.as_bytes();
    let well_tagged = tag[0].is_ascii_uppercase()
        && (tag[1].is_ascii_uppercase() || tag[1].is_ascii_digit())
        && &tag[2..] == b"  - ";
    let clean = !value.contains(char::is_control)
        && !value.contains(['\u{2028}', '\u{2029}', '\u{feff}', '\u{200b}', '\u{ad}'])
        && !value.contains("  ")
        && value.trim() == value;
    well_tagged && clean && (value.is_empty() == (tag == b"ER  - "))
}

fn dialect() -> impl Strategy<Value = Options> {
    let dialect = prop::sample::select(EVERY);
    let markup = prop::sample::select(vec![Markup::Unicode, Markup::Plain, Markup::Html]);
    (dialect, markup, any::<bool>()).prop_map(|(ris, markup, much)| {
        let all = "grants,accessions,conflict,general,copyright";
        Options {
            ris,
            markup,
            ris_id: if much { RisId::Key } else { RisId::Off },
            affiliations: Switch(much),
            notes: if much { all.parse().expect("kinds of notes") } else { NoteKinds::default() },
            ..Options::default()
        }
    })
}

proptest! {
    /// Whatever the values hold, there are as many records as there were, and nothing but lines.
    #[test]
    fn no_value_forges_a_line(
        records in prop::collection::vec(arbitrary::record(), 1..4),
        options in dialect(),
    ) {
        let (file, _) = file(&writer(&options), &records);
        let lines: Vec<&str> = file.split_terminator("\r\n").collect();
        for line in &lines {
            prop_assert!(is_line(line), "{line:?}");
        }
        let count = |tag: &str| lines.iter().filter(|line| line.starts_with(tag)).count();
        prop_assert_eq!(count("TY  - "), records.len());
        prop_assert_eq!(count("ER  - "), records.len());
        prop_assert_eq!(lines.iter().filter(|line| line.is_empty()).count(), records.len());
        prop_assert!(file.starts_with("TY  - ") && file.ends_with("\r\nER  - \r\n\r\n"));
    }

    /// A record's lines are the same alone and in company.
    #[test]
    fn records_do_not_know_their_neighbours(one in arbitrary::record(), other in arbitrary::record()) {
        let write = |records: &[Record]| file(&writer(&Options::default()), records).0;
        let [first, second] = [&one, &other].map(|record| write(std::slice::from_ref(record)));
        prop_assert_eq!(write(&[one, other]), first + &second);
    }

    /// Words that need no cleaning stand in the file as they are.
    #[test]
    fn clean_words_are_written_as_they_are(title in "[A-Za-z0-9&<>{}%$#_~^\\\\αβΔ]{1,30}") {
        let record = Record { title: Text::plain(title.as_str()), ..Record::default() };
        let lines = lines(&record, &Options::default());
        prop_assert_eq!(&lines[1], &format!("TI  - {title}"));
    }
}
