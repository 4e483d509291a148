//! One invented article in three kinds of input, and an invented list.

use std::io::{self, Read};

use model::{Code, Container, Date, LinkKind, Name, Record, Section, Status};
use pubmed::{Limits, Options, Outcome, Runs};

use crate::hostile::TEXT;

const XML: &str = include_str!("../pages/article.xml");
const PAGE: &str = include_str!("../pages/article.html");
const MEDLINE: &str = include_str!("../pages/article.nbib");
const LIST: &str = include_str!("../pages/list.html");

fn records(mut runs: Runs<impl Read>) -> (Vec<Record>, Vec<Code>) {
    let (mut records, mut codes) = (Vec::new(), Vec::new());
    // An error: whoever has made the input wanted it to fail.
    while let Ok(Some(run)) = runs.next_run() {
        run.read(&Options::default(), &Limits::default(), &mut |outcome| match outcome {
            Outcome::Record(record) => records.push(*record),
            Outcome::Remark(warning) => codes.push(warning.code),
            Outcome::Fault(fault) => codes.push(fault.code),
            Outcome::Deleted(_) => {}
        });
    }
    (records, codes)
}

fn one(runs: Runs<&[u8]>) -> Record {
    let (mut records, codes) = records(runs);
    assert_eq!((records.len(), codes.len()), (1, 0), "{codes:?}");
    records.remove(0)
}

fn journal(record: &Record) -> (Option<&str>, Option<&str>, Vec<&str>) {
    match record.container.as_ref().expect("a container") {
        Container::Journal(journal) => (
            journal.title.as_deref(),
            journal.abbreviation.as_deref(),
            journal.issn.iter().map(|issn| issn.value.as_str()).collect(),
        ),
        Container::Book(_) => panic!("a journal"),
    }
}

fn people(record: &Record) -> Vec<(Name, Vec<&str>)> {
    let places = |author: &'_ model::Author| author.affiliations.len();
    assert_eq!(record.authors.iter().map(places).collect::<Vec<_>>(), [1, 2, 0]);
    let authors = record.authors.iter();
    authors
        .map(|a| (a.name.clone(), a.affiliations.iter().map(|p| p.text.as_str()).collect()))
        .collect()
}

fn points(record: &Record) -> [Option<model::Point>; 2] {
    [&record.issued, &record.electronic].map(|date| date.as_ref().map(|date: &Date| date.start))
}

fn terms(record: &Record) -> Vec<(String, bool, Vec<String>)> {
    let headings = record.mesh.iter();
    let names =
        |heading: &model::Heading| heading.qualifiers.iter().map(|q| q.name.clone()).collect();
    headings.map(|h| (h.descriptor.clone(), h.major, names(h))).collect()
}

fn chemicals(record: &Record) -> Vec<&str> {
    record.chemicals.iter().map(|chemical| chemical.name.as_str()).collect()
}

fn labels(sections: &[Section]) -> Vec<Option<String>> {
    sections.iter().map(|section| section.label.as_ref().map(|l| l.to_uppercase())).collect()
}

/// What all three kinds carry is the same in all three.
#[test]
fn one_article_gives_one_record_from_xml_from_its_page_and_from_medline_text() {
    let xml = one(Runs::xml(XML.as_bytes(), Limits::default()));
    let page = one(Runs::html(PAGE.as_bytes()));
    let medline = one(Runs::medline(MEDLINE.as_bytes(), Limits::default()));
    assert_eq!(page.title, xml.title, "markup included");
    assert_eq!(page.abstract_.len(), 2);
    assert_eq!(page.abstract_[0].text, xml.abstract_[0].text);
    for other in [&page, &medline] {
        assert_eq!(other.pmid, xml.pmid);
        assert_eq!(other.doi, xml.doi);
        assert_eq!(other.pmcid, xml.pmcid);
        assert_eq!(other.title.flatten(), xml.title.flatten());
        assert_eq!(people(other), people(&xml));
        assert_eq!(journal(other), journal(&xml));
        assert_eq!((&other.volume, &other.issue), (&xml.volume, &xml.issue));
        assert_eq!(other.pages.as_ref().map(|p| &p.ranges), xml.pages.as_ref().map(|p| &p.ranges));
        assert_eq!(points(other), points(&xml));
        assert_eq!(labels(&other.abstract_), labels(&xml.abstract_));
        assert_eq!(other.keywords, xml.keywords);
        assert_eq!(terms(other), terms(&xml));
        assert_eq!((other.kind, &other.genre, other.status), (xml.kind, &xml.genre, xml.status));
        assert_eq!(other.copyright, xml.copyright);
        assert_eq!(other.conflict_of_interest, xml.conflict_of_interest);
        assert_eq!(other.links, xml.links);
        assert_eq!(chemicals(other), chemicals(&xml));
        assert_eq!((&other.grants, &other.accessions), (&xml.grants, &xml.accessions));
        assert_eq!(other.person_subjects, xml.person_subjects);
        let types = |record: &Record| -> Vec<String> {
            let types = record.types.iter().map(|kind| kind.text.clone());
            types.filter(|text| text != "Journal Article").collect()
        };
        assert_eq!(types(other), types(&xml));
        assert_eq!(other.title_translated, xml.title_translated);
        assert_eq!(other.authors_complete, xml.authors_complete);
        assert_eq!(other.warnings, []);
    }
    assert_eq!(medline.chemicals[0].registry, xml.chemicals[0].registry);
    assert_eq!(medline.languages, xml.languages);
    assert_eq!((chemicals(&xml).len(), xml.grants.len(), xml.accessions.len()), (2, 1, 1));
    assert_eq!(xml.status, Some(Status::Retracted));
    assert_eq!(xml.links[0].kind, LinkKind::RetractionIn);
}

#[test]
fn a_list_gives_its_items_and_says_that_there_are_more() {
    let (records, codes) = records(Runs::html(LIST.as_bytes()));
    assert_eq!((records.len(), codes), (2, vec![Code::ListIncomplete]));
    let [first, second] = &records[..] else { panic!("two records") };
    assert_eq!(first.title.flatten(), "Role of mills in M. vera");
    assert_eq!(first.title.runs().len(), 2, "hit marks vanish, italics stay");
    let suffix = Name::Person {
        family: "Stone".into(),
        given: Some("B".into()),
        suffix: Some("3rd".into()),
    };
    let names: Vec<Name> = first.authors.iter().map(|author| author.name.clone()).collect();
    assert_eq!(
        names,
        [Name::person("De Mill", Some("R")), suffix, Name::group("Society of Mills")]
    );
    assert_eq!(first.doi.as_ref().map(model::Doi::as_str), Some("10.5555/MILL.1.2"));
    assert_eq!(
        (first.genre.as_deref(), first.abstract_.len(), first.pmcid),
        (Some("Review"), 0, None)
    );
    assert!(second.title_translated && second.authors.is_empty());
    assert_eq!(second.languages, ["ger"]);
    assert_eq!(second.status, Some(Status::AheadOfPrint));
    assert_eq!(second.warnings, []);
}

#[test]
fn a_page_cut_in_half_gives_what_is_there() {
    for length in (0..PAGE.len()).step_by(97) {
        if PAGE.is_char_boundary(length) {
            let (found, codes) = records(Runs::html(&PAGE.as_bytes()[..length]));
            assert_eq!(
                found.len() + usize::from(!codes.is_empty()),
                1,
                "cut at {length}: {codes:?}"
            );
        }
    }
}

#[test]
fn pages_that_are_too_large_or_too_deep_are_refused() {
    let large = "<p>x</p>".repeat((65 << 20) / 8);
    let deep = "<div>".repeat(100_000);
    for page in [large, deep] {
        let (records, codes) = records(Runs::html(page.as_bytes()));
        assert_eq!((records.len(), codes), (0, vec![Code::InputRefused]));
    }
}

#[test]
fn a_text_of_a_page_that_is_too_large_is_refused() {
    for (padding, expected) in [(0, (1, vec![])), (4 << 20, (0, vec![Code::InputRefused]))] {
        let text = TEXT.to_owned() + &" ".repeat(padding);
        let (records, codes) = records(Runs::text(text.as_bytes()));
        assert_eq!((records.len(), codes), expected, "{padding}");
    }
}

#[test]
fn a_medline_record_over_the_limit_is_one_fault_and_the_next_is_read() {
    let limits = Limits { record_bytes: 2000, ..Limits::default() };
    // At its end, and while it comes in.
    for bytes in [3000, 1 << 20] {
        let long = "x".repeat(bytes);
        let text = format!("PMID- 99000561\nTI  - {long}\n\nPMID- 99000562\nTI  - Short.\n");
        let (records, codes) = records(Runs::medline(text.as_bytes(), limits));
        assert_eq!(codes, [Code::RecordTooLarge], "{bytes}");
        let pmids: Vec<_> = records.iter().map(|record| record.pmid).collect();
        assert_eq!(pmids, ["99000562".parse().ok()], "{bytes}");
    }
}

#[test]
fn the_end_of_a_medline_record_over_the_limit_is_not_waited_for() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("it fails"))
        }
    }
    let limits = Limits { record_bytes: 2000, ..Limits::default() };
    let begun = "PMID- 99000561\nTI  - ".to_owned() + &"x".repeat(1 << 20);
    let (records, codes) = records(Runs::medline(begun.as_bytes().chain(Failing), limits));
    assert_eq!((records.len(), codes), (0, vec![Code::RecordTooLarge]));
}

#[test]
fn et_al_in_medline_text_is_no_author() {
    let text = "PMID- 99000560\nTI  - Mills.\nDP  - 1990\nFAU - Mill, A\nAU  - Mill A\nFAU - et al.\nAU  - et al.\n";
    let record = one(Runs::medline(text.as_bytes(), Limits::default()));
    assert_eq!(record.authors.len(), 1);
    assert_eq!(record.authors_complete, model::Completeness::Shortened);
    assert_eq!(record.warnings[0].code, Code::AuthorsIncomplete);
}
