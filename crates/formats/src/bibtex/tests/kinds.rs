//! The types of entries.

use super::*;

fn begins(record: &Record, dialect: Dialect, options: &Options) -> String {
    let bib = written(record, dialect, options);
    bib.split(['@', '{']).nth(1).expect("a type").to_owned()
}

#[test]
fn each_kind_has_its_type_in_each_dialect() {
    let editors = vec![Name::person("Poe", Some("Ann P")).into()];
    let record = |kind, with_editors| Record {
        kind,
        editors: if with_editors { editors.clone() } else { Vec::new() },
        ..Record::default()
    };
    for (kind, with_editors, bibtex, biblatex) in [
        (Kind::Article, false, "article", "article"),
        (Kind::Newspaper, false, "article", "article"),
        (Kind::Chapter, true, "incollection", "incollection"),
        (Kind::Chapter, false, "incollection", "inbook"),
        (Kind::Book, false, "book", "book"),
        (Kind::Book, true, "book", "collection"),
        (Kind::Report, false, "techreport", "report"),
        (Kind::Thesis, false, "phdthesis", "thesis"),
        (Kind::Preprint, false, "misc", "online"),
        (Kind::Dataset, false, "misc", "dataset"),
    ] {
        let record = record(kind, with_editors);
        assert_eq!(begins(&record, Dialect::Bibtex, &Options::default()), bibtex);
        assert_eq!(begins(&record, Dialect::Biblatex, &Options::default()), biblatex);
    }
    let with_both = Record { authors: editors.clone(), ..record(Kind::Book, true) };
    assert_eq!(begins(&with_both, Dialect::Biblatex, &Options::default()), "book");
}

#[test]
fn a_kind_without_a_type_of_its_own_is_named_in_biblatex() {
    let default = Options::default();
    for (kind, name, value) in [
        (Kind::Report, "type", "techreport"),
        (Kind::Thesis, "type", "phdthesis"),
        (Kind::Newspaper, "entrysubtype", "newspaper"),
        (Kind::Preprint, "entrysubtype", "preprint"),
        (Kind::Preprint, "pubstate", "prepublished"),
    ] {
        let record = Record { kind, ..Record::default() };
        assert_eq!(biblatex(&record, &default, name), value);
        assert_eq!(bibtex(&record, &default, name), "");
    }
    let ahead = Record { status: Some(Status::AheadOfPrint), ..Record::default() };
    assert_eq!(biblatex(&ahead, &default, "pubstate"), "inpress");
    assert_eq!(biblatex(&ahead, &default, "note"), "");
    assert_eq!(bibtex(&ahead, &default, "note"), "Epub ahead of print");
}

pub(super) fn preprint() -> Record {
    let json = r#"{"schema":1,"kind":"preprint","title":["On cells"],
        "container":{"journal":{"title":"testRxiv : the preprint server","abbreviation":"testRxiv"}},
        "pages":{"raw":"2023.02.07.1","ranges":[{"first":"2023.02.07.1"}],"kind":"article-number"}}"#;
    serde_json::from_str(json).expect("a record")
}

#[test]
fn a_preprint_is_on_a_server_or_an_article_as_asked() {
    let default = Options::default();
    assert_eq!(bibtex(&preprint(), &default, "howpublished"), "testRxiv");
    assert_eq!(bibtex(&preprint(), &default, "journal"), "");
    assert_eq!(bibtex(&preprint(), &default, "note"), "Preprint");
    assert_eq!(biblatex(&preprint(), &default, "organization"), "testRxiv");
    assert_eq!(biblatex(&preprint(), &default, "shortjournal"), "");
    let article = options(|options| {
        options.preprint_bibtex = "article".parse().expect("a value");
        options.preprint_biblatex = "article".parse().expect("a value");
    });
    assert_eq!(bibtex(&preprint(), &article, "journal"), "testRxiv");
    assert_eq!(bibtex(&preprint(), &article, "howpublished"), "");
    assert_eq!(biblatex(&preprint(), &article, "journaltitle"), "testRxiv");
    assert_eq!(begins(&preprint(), Dialect::Biblatex, &article), "article");
    let other = options(|options| {
        options.preprint_bibtex = "unpublished".parse().expect("a value");
        options.preprint_biblatex = "misc".parse().expect("a value");
    });
    assert_eq!(begins(&preprint(), Dialect::Bibtex, &other), "unpublished");
    assert_eq!(begins(&preprint(), Dialect::Biblatex, &other), "misc");
}
