use model::{Book, Chemical, HistoryDate, Issn, Journal, LinkKind, Month, PageRange, Season, Text};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::arbitrary;
use crate::options::{CslCustom, NoteKinds};
use crate::samples::{file, sample, samples};

fn writer(options: &Options) -> CslJson {
    CslJson::new(options, Template::parse(&options.citekey).expect("a template of keys"))
}

fn item_with(record: &Record, options: &Options) -> Value {
    let (file, _) = file(&writer(options), std::slice::from_ref(record));
    let mut items: Vec<Value> = serde_json::from_str(&file).expect("a JSON array");
    assert_eq!(items.len(), 1);
    items.remove(0)
}

fn item(record: &Record) -> Value {
    item_with(record, &Options::default())
}

#[test]
fn the_samples_are_written_as_specified() {
    for sample in samples("csl.json") {
        let (file, warnings) = file(&writer(&Options::default()), &[sample.record]);
        assert_eq!(file, sample.file, "{}", sample.name);
        assert_eq!(warnings, [], "{}", sample.name);
    }
}

#[test]
fn a_file_is_one_array_an_item_a_line() {
    let (empty, _) = file(&writer(&Options::default()), &[]);
    assert_eq!(serde_json::from_str::<Value>(&empty).expect("JSON"), json!([]));
    let two = [sample("seed"), sample("nasty")];
    let (file, _) = file(&writer(&Options::default()), &two);
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!((lines[0], lines.len(), lines[lines.len() - 1]), ("[", 4, "]"));
    assert!(lines[1].starts_with('{') && lines[1].ends_with("},") && lines[2].ends_with('}'));
}

#[test]
fn titles_alone_carry_tags() {
    let rich = |json: &str| -> Text { serde_json::from_str(json).expect("a text") };
    let text = r#"["10",{"sup":["6"]}," ",{"i":["E. coli ",{"b":["x"]}]},{"u":["u"]},{"sc":["s"]}," <5 & more"]"#;
    let record = Record {
        title: rich(text),
        original_title: rich(r#"[{"sub":["2"]}]"#),
        keywords: vec![rich(text)],
        ..Record::default()
    };
    let item = item(&record);
    assert_eq!(item["title"], "10<sup>6</sup> <i>E. coli <b>x</b></i>us <5 & more");
    assert_eq!(item["original-title"], "<sub>2</sub>");
    assert_eq!(item["keyword"], "10⁶ E. coli xus <5 & more");
}

/// The rows of `mapping.md` section 7.5: model, `date-parts`, season.
#[test]
fn dates_are_integers_shortened_from_the_right() {
    let month = |number| Some(Month::new(number).expect("a month"));
    let point = Point::new;
    let season = |year, season| Point { season: Some(season), ..Point::new(year, None, None) };
    let (autumn, winter) = (Season::Autumn, Season::Winter);
    for (start, end, raw, parts, word) in [
        (point(2021, month(1), Some(7)), None, "", json!([[2021, 1, 7]]), None),
        (point(2021, None, None), None, "", json!([[2021]]), None),
        (season(2021, Season::Spring), None, "2021 Spring", json!([[2021]]), Some("Spring")),
        (
            point(1998, month(12), None),
            Some(point(1999, month(1), None)),
            "1998 Dec-1999 Jan",
            json!([[1998, 12], [1999, 1]]),
            None,
        ),
        (
            season(1977, autumn),
            Some(season(1977, winter)),
            "1977 Fall-Winter",
            json!([[1977]]),
            Some("Fall-Winter"),
        ),
        (
            season(2000, Season::Spring),
            Some(season(2001, winter)),
            "2000 Spring-2001 Winter",
            json!([[2000], [2001]]),
            None,
        ),
        (
            point(1979, None, None),
            Some(point(1980, None, None)),
            "1979-1980",
            json!([[1979], [1980]]),
            None,
        ),
    ] {
        let raw = Some(raw.to_owned()).filter(|raw| !raw.is_empty());
        let date = Date { start, end, exact: true, raw };
        let item = item(&Record { issued: Some(date.clone()), ..Record::default() });
        assert_eq!(item["issued"]["date-parts"], parts, "{date:?}");
        assert_eq!(item["issued"].get("season").and_then(Value::as_str), word, "{date:?}");
    }
}

#[test]
fn an_article_number_is_page_and_number() {
    let range = PageRange { first: "e0124501".into(), last: None };
    let pages = Pages {
        raw: "e0124501".into(),
        ranges: vec![range],
        kind: PageKind::ArticleNumber,
        ..Pages::default()
    };
    let mut record = Record { pages: Some(pages), ..Record::default() };
    assert_eq!([&item(&record)["page"], &item(&record)["number"]], ["e0124501", "e0124501"]);
    let field = Options { article_number: ArticleNumber::Field, ..Options::default() };
    let by_number = item_with(&record, &field);
    assert_eq!((by_number.get("page"), &by_number["number"]), (None, &json!("e0124501")));
    record.pages = Some(Pages { raw: "62 p.".into(), kind: PageKind::Extent, ..Pages::default() });
    let extent = item(&record);
    assert_eq!([&extent["number-of-pages"], &extent["note"]], ["62", "Extent: 62 p."]);
}

#[test]
fn a_preprint_is_published_by_its_server() {
    let journal = Journal {
        title: Some("bioRxiv : the preprint server for biology".into()),
        ..Journal::default()
    };
    let record = Record {
        kind: Kind::Preprint,
        pii: vec!["2023.02.07.527548".into()],
        container: Some(Container::Journal(journal)),
        ..Record::default()
    };
    let item = item(&record);
    assert_eq!(
        [&item["type"], &item["genre"], &item["publisher"], &item["container-title"]],
        ["article", "Preprint", "bioRxiv", "bioRxiv"]
    );
    assert_eq!([&item["number"], &item["custom"]["pii"][0]], ["2023.02.07.527548"; 2]);
}

#[test]
fn a_book_has_no_container() {
    let book = Book {
        title: Text::plain("Not written"),
        series: Text::plain("Test Series"),
        medium: Some("Internet".into()),
        report_number: Some("7".into()),
        isbn: vec!["9780000000002".into(), "0000000000".into()],
        ..Book::default()
    };
    let record = Record {
        kind: Kind::Book,
        book_authors: vec![Name::person("Doe", None).into()],
        container: Some(Container::Book(book)),
        ..Record::default()
    };
    assert_eq!(
        item(&record),
        json!({
            "id": "Anonnd-x".to_owned() + &item(&record)["id"].as_str().expect("a key")[8..],
            "citation-key": item(&record)["id"],
            "type": "book",
            "container-author": [{"family": "Doe"}],
            "collection-title": "Test Series",
            "medium": "Internet",
            "ISBN": "9780000000002",
            "number": "7",
        })
    );
}

#[test]
fn all_issns_are_one_string() {
    let issn = |value: &str| Issn { value: value.parse().expect("an ISSN"), kind: None };
    let journal =
        Journal { issn: vec![issn("1533-4406"), issn("0028-4793")], ..Journal::default() };
    let record = Record { container: Some(Container::Journal(journal)), ..Record::default() };
    let all = Options { issn: crate::Issn::All, ..Options::default() };
    assert_eq!(item_with(&record, &all)["ISSN"], "1533-4406, 0028-4793");
    assert_eq!(item(&record)["ISSN"], "1533-4406");
}

#[test]
fn an_unknown_language_is_not_written_and_said_so() {
    let record = Record { languages: vec!["tlh".into()], ..Record::default() };
    let (file, warnings) = file(&writer(&Options::default()), &[record]);
    assert!(!file.contains("language"));
    assert_eq!(warnings, [Warning::new(Code::LanguageUnknown, "language: tlh")]);
}

#[test]
fn notes_that_were_asked_for_are_lines() {
    let record = Record {
        conflict_of_interest: Some("None declared".into()),
        notes: vec!["Title: not a field".into()],
        links: vec![model::Link {
            kind: LinkKind::ErratumIn,
            source: Some("Test J. 1999;:".into()),
            pmid: None,
            note: None,
        }],
        ..Record::default()
    };
    let notes = NoteKinds { conflict: true, general: true, ..NoteKinds::default() };
    assert_eq!(
        item_with(&record, &Options { notes, ..Options::default() })["note"],
        "Erratum in: Test J. 1999\nConflict of interest: None declared\n\
         Remark: Title: not a field"
    );
}

#[test]
fn custom_holds_as_much_as_is_asked_for() {
    let mut record = sample("nasty");
    record.version = Some(2);
    record.manuscript_ids = vec!["NIHMS1".into()];
    record.authors[1].orcid = "0000-0002-1825-0097".parse().ok();
    record.chemicals = vec![Chemical { name: "Water".into(), ..Chemical::default() }];
    record.history =
        vec![HistoryDate { status: "received".into(), date: Point::new(2020, None, None) }];
    let custom = |csl_custom| {
        item_with(&record, &Options { csl_custom, ..Options::default() }).get("custom").cloned()
    };
    let ids = json!({
        "version": 2,
        "mid": ["NIHMS1"],
        "orcid": [{"author": 2, "id": "0000-0002-1825-0097"}],
    });
    assert_eq!(custom(CslCustom::Ids), Some(ids.clone()));
    assert_eq!(custom(CslCustom::Off), None);
    let mut full = ids;
    full["chemicals"] = json!([{"name": "Water"}]);
    full["history"] = json!([{"status": "received", "date": {"year": 2020}}]);
    assert_eq!(custom(CslCustom::Full), Some(full));
}

#[test]
fn the_check_against_the_schema_finds_faults() {
    let Some(schema) = schema::csl_data() else { return };
    assert_eq!(schema::check(&schema, &json!([{"id": "a", "type": "book"}])), Ok(()));
    for wrong in [
        json!({"id": "a", "type": "book"}),
        json!([{"id": "a"}]),
        json!([{"id": "a", "type": "poem"}]),
        json!([{"id": "a", "type": "book", "pages": "1"}]),
        json!([{"id": "a", "type": "book", "title": 1}]),
        json!([{"id": "a", "type": "book", "author": [{"orcid": "x"}]}]),
        json!([{"id": "a", "type": "book", "issued": {"date-parts": []}}]),
        json!([{"id": "a", "type": "book", "issued": {"date-parts": [[1, 2, 3, 4]]}}]),
    ] {
        assert!(schema::check(&schema, &wrong).is_err(), "{wrong}");
    }
}

/// Every string of a value, with the key that it stands under.
fn strings<'v>(key: &'v str, value: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(words) => found.push((key, words)),
        Value::Array(values) => values.iter().for_each(|value| strings(key, value, found)),
        Value::Object(object) => object.iter().for_each(|(key, value)| strings(key, value, found)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_item_is_valid_and_clean(record in arbitrary::record(), full in any::<bool>()) {
        let csl_custom = if full { CslCustom::Full } else { CslCustom::Ids };
        let notes = NoteKinds { grants: true, accessions: true, conflict: true, general: true, copyright: true };
        let options = Options { csl_custom, notes, ..Options::default() };
        let item = item_with(&record, &options);
        let mut found = Vec::new();
        strings("", &item, &mut found);
        for (key, words) in found {
            for line in words.split('\n') {
                prop_assert_eq!(&*clean::one_line(line), line, "{}", key);
                prop_assert!(!line.is_empty(), "{}", key);
            }
            prop_assert!(!words.contains('\n') || matches!(key, "abstract" | "note"), "{}", key);
        }
        let array = json!([item]);
        if let Some(schema) = schema::csl_data() {
            prop_assert_eq!(schema::check(&schema, &array), Ok(()));
        }
    }
}
