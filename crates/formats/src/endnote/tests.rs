use std::collections::BTreeMap;

use model::{Kind, Name, Text};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::arbitrary;
use crate::options::{self, ArticleNumber, EndnoteMarkup, PreprintEndnote, Switch};
use crate::samples::{file, sample, samples};

fn writer(options: &Options) -> EndnoteXml {
    let citekey = Template::parse(&options.citekey).expect("a template of keys");
    EndnoteXml::new(options, citekey)
}

/// The texts of a file, record by record: the path of each element and what stands in it.
type Found = BTreeMap<String, Vec<String>>;

fn read(file: &str) -> Vec<Found> {
    let mut reader = Reader::from_str(file);
    let (mut path, mut records) = (Vec::new(), Vec::<Found>::new());
    let mut words: Option<String> = None;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                if name == "record" {
                    records.push(Found::new());
                }
                if name == "style" {
                    words.get_or_insert_default();
                } else {
                    path.push(name);
                }
            }
            Event::Text(piece) if words.is_some() => {
                words.get_or_insert_default().push_str(&piece);
            }
            Event::GeneralRef(name) => {
                let character = match &*name {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "#xD" => "\r",
                    other => panic!("an unknown reference {other}"),
                };
                words.get_or_insert_default().push_str(character);
            }
            Event::End(end) if end.name().as_ref() == "style" => {}
            Event::End(_) => {
                if let (Some(words), Some(record)) = (words.take(), records.last_mut()) {
                    record.entry(path[3..].join("/")).or_default().push(words);
                }
                path.pop();
            }
            Event::Eof => break,
            Event::Text(_) | Event::Decl(_) => {}
            other => panic!("an unexpected {other:?}"),
        }
    }
    assert!(path.is_empty(), "{path:?}");
    records
}

fn found(record: &Record, options: &Options) -> Found {
    read(&file(&writer(options), std::slice::from_ref(record)).0).remove(0)
}

#[test]
fn the_samples_are_written_as_specified() {
    for sample in samples("endnote.xml") {
        let (file, warnings) = file(&writer(&Options::default()), &[sample.record]);
        assert_eq!(file, sample.file, "{}", sample.name);
        assert_eq!(warnings, [], "{}", sample.name);
    }
}

#[test]
fn the_editors_of_an_edited_book_are_its_authors() {
    let mut book = sample("chapter");
    book.kind = Kind::Book;
    let both = found(&book, &Options::default());
    assert_eq!(both["contributors/tertiary-authors/author"].len(), 2);
    book.authors.clear();
    let (file, _) = file(&writer(&Options::default()), std::slice::from_ref(&book));
    assert!(file.contains(r#"<ref-type name="Edited Book">28</ref-type>"#));
    let edited = found(&book, &Options::default());
    assert_eq!(edited["contributors/authors/author"][0], "Poe, Ann P");
    assert!(!edited.contains_key("contributors/tertiary-authors/author"));
}

#[test]
fn options_change_what_they_name() {
    let record = sample("nasty");
    let plain = Options { endnote_markup: EndnoteMarkup::Plain, ..Options::default() };
    assert!(
        found(&record, &plain)["titles/title"][0].contains("Escherichia coli from Rome: ΔF508, K⁺")
    );
    let (plain_file, _) = file(&writer(&plain), std::slice::from_ref(&record));
    assert!(!plain_file.contains("italic"));

    let mut both = record.clone();
    if let Some(model::Container::Journal(journal)) = &mut both.container {
        let linking = r#"{"value":"1091-6490","kind":"linking"}"#;
        journal.issn.push(serde_json::from_str(linking).expect("an ISSN in JSON"));
    }
    let all = Options { issn: options::Issn::All, ..Options::default() };
    assert_eq!(found(&both, &all)["isbn"], ["0027-8424 (Print)\r1091-6490 (Linking)"]);

    let preprint = Record { kind: Kind::Preprint, ..record };
    let unpublished =
        Options { preprint_endnote: PreprintEndnote::Unpublished, ..Options::default() };
    let (unpublished, _) = file(&writer(&unpublished), &[preprint]);
    assert!(unpublished.contains(r#"<ref-type name="Unpublished Work">34</ref-type>"#));
}

#[test]
fn an_article_number_goes_where_it_is_asked_for() {
    let pages = r#"{"raw":"e0124501","ranges":[{"first":"e0124501"}],"kind":"article-number"}"#;
    let pages = Some(serde_json::from_str(pages).expect("pages in JSON"));
    let record = Record { pages, ..Record::default() };
    for (article_number, in_pages, in_field) in [
        (ArticleNumber::Pages, true, false),
        (ArticleNumber::Field, false, true),
        (ArticleNumber::Both, true, true),
    ] {
        let found = found(&record, &Options { article_number, ..Options::default() });
        assert_eq!(found.contains_key("pages"), in_pages);
        assert_eq!(found.contains_key("custom7"), in_field);
    }
}

#[test]
fn a_file_without_records_is_a_document() {
    let (file, _) = file(&writer(&Options::default()), &[]);
    assert_eq!(
        file,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml><records>\n</records></xml>\n"
    );
}

proptest! {
    /// Whatever the values hold, the file is well-formed, has as many records, and holds no
    /// element without words.
    #[test]
    fn no_value_forges_an_element(
        records in prop::collection::vec(arbitrary::record(), 0..4),
        much in any::<bool>(),
    ) {
        let all = "grants,accessions,conflict,general,copyright";
        let options = Options {
            affiliations: Switch(much),
            notes: if much { all.parse().expect("kinds of notes") } else { Options::default().notes },
            ..Options::default()
        };
        let (file, _) = file(&writer(&options), &records);
        let is_stray = |sign: char| sign != '\n' && (sign.is_control() || "\u{2028}\u{2029}\u{fffe}\u{ffff}".contains(sign));
        prop_assert!(!file.contains(is_stray) && !file.contains("]]>"));
        prop_assert_eq!(file.lines().count(), records.len() + 3);
        let found = read(&file);
        prop_assert_eq!(found.len(), records.len());
        for words in found.iter().flat_map(BTreeMap::values).flatten() {
            prop_assert!(!words.trim().is_empty());
        }
    }

    /// What was written comes back.
    #[test]
    fn values_come_back_from_a_reader(
        title in arbitrary::words(),
        group in "[A-Za-z<>&\"']{1,12}",
        volume in arbitrary::words(),
    ) {
        let record = Record {
            title: Text::plain(title.as_str()),
            authors: vec![Name::group(group.as_str()).into()],
            volume: Some(volume.clone()),
            ..Record::default()
        };
        let found = found(&record, &Options::default());
        let one = |path: &str| found.get(path).map_or("", |values| &values[0]);
        prop_assert_eq!(one("titles/title"), clean::one_line(&title));
        prop_assert_eq!(one("volume"), clean::one_line(&volume));
        prop_assert_eq!(one("contributors/authors/author"), group);
    }
}
