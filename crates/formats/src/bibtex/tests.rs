//! Whole entries: the worked examples, each field and each choice.

use biblatex::{Bibliography, ChunksExt, DateValue, PermissiveType};
use model::{Code, Date, Kind, Month, Name, Point, Record, Season, Status, Text};

use super::{Bibtex, Dialect};
use crate::citekey::Template;
use crate::options::Options;
use crate::samples::{file, sample, samples};

mod kinds;
mod read_back;

use kinds::preprint;

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

/// Options with some of them chosen.
fn options(choose: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    choose(&mut options);
    options
}

/// A field of BibTeX; empty if it is not there.
fn bibtex(record: &Record, options: &Options, name: &str) -> String {
    field(&written(record, Dialect::Bibtex, options), name)
}

/// A field of BibLaTeX; empty if it is not there.
fn biblatex(record: &Record, options: &Options, name: &str) -> String {
    field(&written(record, Dialect::Biblatex, options), name)
}

fn field(bib: &str, name: &str) -> String {
    let found = fields(bib).into_iter().find(|(found, _)| *found == name);
    found.map_or_else(String::new, |(_, value)| value.to_owned())
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

#[test]
fn with_unicode_the_nasty_title_keeps_its_signs() {
    let unicode = options(|options| options.bibtex_text = "unicode".parse().expect("a value"));
    let title = r#"Role of α-synuclein and {{\{DNA\}}} repair in {{\textit{Escherichia coli}}} from {Rome}: {ΔF508}, {K$^{+}$} \& {H$_{2}$O}, 50\% of "{HER2}" \#1 in p\_53 {\textasciitilde} \$5 {\textasciicircum} a{\textbackslash}b, x≥5?"#;
    assert_eq!(bibtex(&sample("nasty"), &unicode, "title"), title);
    assert!(bibtex(&sample("nasty"), &unicode, "author").contains("Łuczak-Müller, Émile"));
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
fn an_article_number_is_pages_and_a_field_of_its_own() {
    let with =
        |choice: &str| options(|options| options.article_number = choice.parse().expect("a value"));
    for (choice, biblatex_pages, biblatex_eid) in [
        ("pages", "2023.02.07.1", ""),
        ("field", "", "2023.02.07.1"),
        ("both", "2023.02.07.1", "2023.02.07.1"),
    ] {
        let options = with(choice);
        assert_eq!(bibtex(&preprint(), &options, "pages"), "2023.02.07.1");
        assert_eq!(bibtex(&preprint(), &options, "eid"), "2023.02.07.1");
        assert_eq!(biblatex(&preprint(), &options, "pages"), biblatex_pages);
        assert_eq!(biblatex(&preprint(), &options, "eid"), biblatex_eid);
    }
}

#[test]
fn the_pmid_of_biblatex_goes_where_it_is_asked_for() {
    let record = sample("nasty");
    for (choice, eprint, pmid) in
        [("eprint", "99999999", ""), ("pmid", "", "99999999"), ("both", "99999999", "99999999")]
    {
        let options = options(|options| options.biblatex_pmid = choice.parse().expect("a value"));
        assert_eq!(biblatex(&record, &options, "eprint"), eprint);
        assert_eq!(biblatex(&record, &options, "eprinttype").is_empty(), eprint.is_empty());
        assert_eq!(biblatex(&record, &options, "pmid"), pmid);
        assert_eq!(bibtex(&record, &options, "pmid"), "99999999");
    }
}

#[test]
fn orcids_are_annotations_if_asked_for() {
    let mut record = sample("seed");
    record.authors[1].orcid = "0000-0002-1825-0097".parse().ok();
    assert_eq!(biblatex(&record, &Options::default(), "author+an:orcid"), "");
    let annotated =
        options(|options| options.biblatex_orcid = "annotation".parse().expect("a value"));
    assert_eq!(biblatex(&record, &annotated, "author+an:orcid"), r#"2="0000-0002-1825-0097""#);
    record.authors[0].orcid = "0000-0002-8605-9665".parse().ok();
    assert_eq!(
        biblatex(&record, &annotated, "author+an:orcid"),
        r#"1="0000-0002-8605-9665"; 2="0000-0002-1825-0097""#
    );
    assert_eq!(bibtex(&record, &annotated, "author+an:orcid"), "");
}

#[test]
fn an_address_is_written_where_nothing_better_is_or_as_asked() {
    let with =
        |choice: &str| options(|options| options.bibtex_url = choice.parse().expect("a value"));
    let page = "https://pubmed.ncbi.nlm.nih.gov/99999999/";
    let article = sample("nasty");
    assert_eq!(bibtex(&article, &with("auto"), "url"), "");
    assert_eq!(biblatex(&article, &with("always"), "url"), page);
    let without_doi = Record { doi: None, ..sample("nasty") };
    assert_eq!(biblatex(&without_doi, &with("auto"), "url"), page);
    assert_eq!(bibtex(&without_doi, &with("never"), "url"), "");
    let chapter = Record { doi: article.doi, ..sample("chapter") };
    let book = "https://www.ncbi.nlm.nih.gov/books/NBK999999/";
    assert_eq!(bibtex(&chapter, &with("auto"), "url"), book);
}

#[test]
fn a_season_stands_in_the_month_or_beside_the_date() {
    let season = |issue: Option<&str>| Record {
        issue: issue.map(str::to_owned),
        issued: Some(Date {
            raw: Some("2021 Spring".into()),
            ..Date::point(Point { season: Some(Season::Spring), ..Point::new(2021, None, None) })
        }),
        ..Record::default()
    };
    let default = Options::default();
    assert_eq!(bibtex(&season(None), &default, "month"), "Spring");
    assert!(
        written(&season(None), Dialect::Bibtex, &default).contains("  month     = {Spring},\n")
    );
    assert_eq!(biblatex(&season(None), &default, "issue"), "Spring");
    assert_eq!(biblatex(&season(Some("2")), &default, "issue"), "");
    assert_eq!(biblatex(&season(Some("2")), &default, "date"), "2021");
    let edtf = options(|options| options.biblatex_season = "edtf".parse().expect("a value"));
    assert_eq!(biblatex(&season(Some("2")), &edtf, "date"), "2021-21");
    assert_eq!(biblatex(&season(None), &edtf, "issue"), "");
    let january = Record {
        issued: Some(Date::point(Point::new(2021, Month::new(1), Some(7)))),
        ..Record::default()
    };
    assert!(written(&january, Dialect::Bibtex, &default).contains("  month     = jan,\n"));
}

#[test]
fn keywords_with_a_comma_are_held_together_in_biblatex() {
    let mut record = sample("nasty");
    record.keywords.push(Text::plain("a; b"));
    let biblatex_keywords = |separator: &str| {
        let options = options(|options| options.bibtex_keyword_separator = separator.into());
        biblatex(&record, &options, "keywords")
    };
    assert_eq!(
        biblatex_keywords(", "),
        r"{Receptor, ErbB-2/genetics}, $\alpha$-synuclein, R\&D, a; b"
    );
    assert_eq!(
        biblatex_keywords("; "),
        r"{Receptor, ErbB-2/genetics}; $\alpha$-synuclein; R\&D; {a; b}"
    );
    let semicolons = options(|options| options.bibtex_keyword_separator = ";".into());
    assert_eq!(
        bibtex(&record, &semicolons, "keywords"),
        r"Receptor, ErbB-2/genetics;$\alpha$-synuclein;R\&D;a; b"
    );
}

#[test]
fn languages_are_the_names_of_babel() {
    let default = Options::default();
    let record = |codes: &[&str], title_translated| Record {
        languages: codes.iter().map(|&code| code.into()).collect(),
        title_translated,
        title: "Die DNA von Ulm".into(),
        ..Record::default()
    };
    let german = record(&["ger", "eng"], false);
    assert_eq!(bibtex(&german, &default, "language"), "german");
    assert_eq!(biblatex(&german, &default, "language"), "german and english");
    assert_eq!(biblatex(&german, &default, "langid"), "english");
    let german = record(&["ger"], false);
    assert_eq!(biblatex(&german, &default, "langid"), "german");
    assert_eq!(biblatex(&german, &default, "title"), "Die DNA von Ulm");
    assert_eq!(bibtex(&german, &default, "title"), "{Die DNA von Ulm}");
    assert_eq!(biblatex(&record(&["ger"], true), &default, "langid"), "english");
    assert_eq!(bibtex(&record(&["ger"], true), &default, "title"), "Die {DNA} von {Ulm}");
    // Babel does not know Kazakh: only a brace tells BibLaTeX that this is not English.
    let (bib, warnings) = file(&writer(Dialect::Biblatex, &default), &[record(&["kaz"], false)]);
    assert_eq!(field(&bib, "title"), "{Die DNA von Ulm}");
    assert_eq!((field(&bib, "language"), field(&bib, "langid")), Default::default());
    assert_eq!(
        warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(),
        [Code::LanguageUnknown]
    );
}

#[test]
fn case_is_protected_as_asked() {
    let with =
        |choice: &str| options(|options| options.bibtex_case = choice.parse().expect("a value"));
    let chapter = sample("chapter");
    assert_eq!(bibtex(&chapter, &with("auto"), "booktitle"), "Test {Reviews}®");
    assert_eq!(bibtex(&chapter, &with("all"), "booktitle"), "{Test} {Reviews}®");
    assert_eq!(bibtex(&chapter, &with("none"), "booktitle"), "Test Reviews®");
    let german =
        Record { languages: vec!["ger".into()], title: "Die DNA".into(), ..Record::default() };
    assert_eq!(bibtex(&german, &with("none"), "title"), "Die DNA");
    assert_eq!(bibtex(&german, &with("all"), "title"), "{Die DNA}");
    assert_eq!(biblatex(&german, &with("all"), "title"), "{Die} {DNA}");
    let mut nasty = sample("nasty");
    assert_eq!(biblatex(&nasty, &with("none"), "origtitle"), r"Die Rolle von $\alpha$-Synuclein");
    nasty.original_title = "Effets du CO₂".into();
    assert_eq!(biblatex(&nasty, &with("auto"), "origtitle"), "Effets du {CO$_{2}$}");
}

#[test]
fn a_volume_with_a_title_stands_in_a_whole_work() {
    let json = r#"{"schema":1,"kind":"book","title":["Health of the land"],"volume":"2",
        "container":{"book":{"volume_title":["Of the hills"],"series":["Test DNA series"],
        "publisher":"Ulm & Co","report_number":"R-12"}}}"#;
    let book: Record = serde_json::from_str(json).expect("a record");
    let default = Options::default();
    assert_eq!(biblatex(&book, &default, "title"), "Of the hills");
    assert_eq!(biblatex(&book, &default, "maintitle"), "Health of the land");
    assert_eq!(biblatex(&book, &default, "note"), "");
    assert_eq!(bibtex(&book, &default, "title"), "Health of the land");
    assert_eq!(bibtex(&book, &default, "note"), "Volume title: Of the hills");
    assert_eq!(bibtex(&book, &default, "series"), "Test {DNA} series");
    assert_eq!(bibtex(&book, &default, "publisher"), r"Ulm \& Co");
    assert_eq!(bibtex(&book, &default, "number"), "R-12");
    let mut chapter = sample("chapter");
    let Some(model::Container::Book(book)) = &mut chapter.container else { panic!("no book") };
    book.volume_title = "Of the hills".into();
    assert_eq!(biblatex(&chapter, &default, "booktitle"), "Of the hills");
    assert_eq!(biblatex(&chapter, &default, "maintitle"), "Test {Reviews}®");
    assert_eq!(bibtex(&chapter, &default, "booktitle"), "Test {Reviews}®");
}

#[test]
fn the_journal_and_its_numbers_are_written_as_asked() {
    let record = sample("nasty");
    let abbreviated = options(|options| options.journal = "abbr".parse().expect("a value"));
    assert_eq!(bibtex(&record, &abbreviated, "journal"), "Proc Natl Acad Sci U S A");
    assert_eq!(biblatex(&record, &abbreviated, "journaltitle"), "Proc Natl Acad Sci U S A");
    let json = r#"{"schema":1,"container":{"journal":{"title":"Test J","issn":[
        {"value":"0000-0019","kind":"print"},{"value":"0000-0027","kind":"linking"}]}}}"#;
    let record: Record = serde_json::from_str(json).expect("a record");
    for (choice, issn) in
        [("journal", "0000-0019"), ("linking", "0000-0027"), ("all", "0000-0019, 0000-0027")]
    {
        let options = options(|options| options.issn = choice.parse().expect("a value"));
        assert_eq!(bibtex(&record, &options, "issn"), issn);
    }
}

#[test]
fn notes_and_abstracts_are_written_as_asked() {
    let json = r#"{"schema":1,"status":"retracted","title":["On cells"],
        "authors":[{"family":"Doe"}],"authors_complete":false,
        "abstract":[{"label":"AIM","text":["Why?"]},{"label":"LEVEL: 4"},{"text":["So ",{"i":["X"]},"."]}],
        "grants":[{"id":"R01","agency":"NIH"}],
        "links":[{"kind":"erratum-in","source":"Test J. 2021;:"},{"kind":"comment-in","source":"Test J"}]}"#;
    let record: Record = serde_json::from_str(json).expect("a record");
    let default = Options::default();
    let note = "Retracted. Erratum in: Test J. 2021. Author list incomplete";
    assert_eq!(bibtex(&record, &default, "note"), note);
    assert_eq!(bibtex(&record, &default, "author"), "{Doe}");
    assert_eq!(bibtex(&record, &default, "abstract"), r"AIM: Why? LEVEL: 4 So \textit{X}.");
    let other = options(|options| {
        options.links = "all".parse().expect("a value");
        options.notes = "grants".parse().expect("values");
        options.abstract_ = "off".parse().expect("a value");
        options.retraction_title_prefix = "on".parse().expect("a value");
    });
    let note = "Retracted. Erratum in: Test J. 2021. Comment in: Test J. Author list incomplete. Grants: R01/NIH";
    assert_eq!(biblatex(&record, &other, "note"), note);
    assert_eq!(biblatex(&record, &other, "abstract"), "");
    assert_eq!(bibtex(&record, &other, "title"), "{RETRACTED}: On cells");
    let unlinked = options(|options| options.links = "none".parse().expect("a value"));
    assert_eq!(bibtex(&record, &unlinked, "note"), "Retracted. Author list incomplete");
}

#[test]
fn an_identifier_is_written_without_escapes() {
    let doi = "10.1000/0000-0019(2020)12:2<123::aid_t1&x#%>3.0.co;2-2{a}";
    let record =
        Record { doi: doi.parse().ok(), pmcid: "PMC9990001.2".parse().ok(), ..Record::default() };
    assert_eq!(bibtex(&record, &Options::default(), "doi"), doi);
    assert_eq!(bibtex(&record, &Options::default(), "pmcid"), "PMC9990001");
    let alone = Record { doi: "10.1000/a}b{".parse().ok(), ..Record::default() };
    assert_eq!(bibtex(&alone, &Options::default(), "doi"), "10.1000/a%7Db%7B");
}
