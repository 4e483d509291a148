//! Every kind of page that the specification names, on invented pages of its form.

use model::{Code, Container, Kind, LinkKind, Name, Record, Status};

use crate::read::{Found, codes};

fn pmid(record: &Record) -> Option<u64> {
    record.pmid.map(model::Pmid::number)
}

fn abbreviation(record: &Record) -> Option<&str> {
    match record.container.as_ref()? {
        Container::Journal(journal) => journal.abbreviation.as_deref(),
        Container::Book(_) => None,
    }
}

fn names(record: &Record) -> Vec<Name> {
    record.authors.iter().map(|author| author.name.clone()).collect()
}

fn year(date: Option<&model::Date>) -> Option<u16> {
    date.map(|date| date.start.year)
}

#[test]
fn an_erratum_of_a_group_ahead_of_print() {
    let record = Found::html(include_str!("../pages/notice.html")).one();
    assert_eq!(names(&record), [Name::group("Nordic Mill Group")]);
    assert_eq!(record.title.flatten(), "Turning mills at night");
    assert!(record.title_translated && record.languages.is_empty());
    assert_eq!(
        (record.status, record.genre.as_deref()),
        (Some(Status::AheadOfPrint), Some("Published Erratum"))
    );
    assert_eq!(record.pages.as_ref().map(|pages| pages.kind), Some(model::PageKind::ArticleNumber));
    assert_eq!(record.doi.as_ref().map(model::Doi::as_str), Some("10.5555/S0999-1702(31)00001-2"));
    assert_eq!(
        (year(record.issued.as_ref()), year(record.electronic.as_ref())),
        (Some(2031), Some(2031))
    );
    assert_eq!(record.other_abstracts[0].language.as_deref(), Some("ger"));
    assert_eq!(record.abstract_[0].label.as_deref(), Some("Trial registration"));
    assert_eq!(record.keywords, []);
    let links: Vec<_> = record
        .links
        .iter()
        .map(|link| (link.kind.clone(), link.pmid.map(model::Pmid::number)))
        .collect();
    assert_eq!(
        links,
        [
            (LinkKind::ErratumFor, Some(99_000_702)),
            (LinkKind::ExpressionOfConcernIn, Some(99_000_703))
        ]
    );
    assert_eq!(codes(&record), []);
}

#[test]
fn sections_are_known_by_their_headings_and_disagreements_are_told() {
    let record = Found::html(include_str!("../pages/terms.html")).one();
    assert_eq!(pmid(&record), Some(99_000_722), "the identifiers stand above the head");
    let chemicals: Vec<&str> =
        record.chemicals.iter().map(|chemical| chemical.name.as_str()).collect();
    assert_eq!(chemicals, ["Flour, Fine"]);
    let mesh: Vec<_> =
        record.mesh.iter().map(|h| (h.descriptor.as_str(), h.major, h.qualifiers.len())).collect();
    assert_eq!(mesh, [("Mills", true, 1), ("Rye", true, 0), ("Stone, Old", false, 1)]);
    assert!(record.mesh[2].qualifiers[0].major);
    assert_eq!(record.grants.len(), 2);
    assert_eq!(record.grants[0].acronym.as_deref(), Some("MI"));
    assert_eq!(record.grants[1].id.as_deref(), Some("123-2004-000001C"));
    assert_eq!(record.accessions[0].number.as_deref(), Some("NCT00000000"));
    assert_eq!(record.conflict_of_interest.as_deref(), Some("None."));
    assert_eq!(record.references[0].citation.flatten(), "Old M. Mills. 1999.");
    assert_eq!(year(record.electronic.as_ref()), Some(2030), "the sentence stands in the citation");
    assert_eq!(record.notes, [] as [String; 0]);
    let families: Vec<String> = names(&record)
        .into_iter()
        .map(|name| match name {
            Name::Person { family, given, .. } => {
                format!("{family}, {}", given.unwrap_or_default())
            }
            Name::Group(group) => group,
        })
        .collect();
    assert_eq!(families, ["Mill, Ada", "Stone, B", "Rye, C"]);
    let codes = codes(&record);
    for code in [Code::AuthorsShortened, Code::ReferencesTruncated, Code::SourcesDisagree] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    let told = |words: &str| record.warnings.iter().any(|warning| warning.text.contains(words));
    assert!(told("99000721") && told("date: 2031 Mar, 2029"), "{:?}", record.warnings);
    assert!(told("1 of 1026"), "{:?}", record.warnings);
}

#[test]
fn a_page_of_several_abstracts_gives_each_and_tells_the_empty_one() {
    let found = Found::html(include_str!("../pages/abstracts.html"));
    let [first, second] = &found.records[..] else { panic!("{found:?}") };
    assert_eq!((pmid(first), pmid(second)), (Some(99_000_711), Some(99_000_712)));
    assert_eq!((abbreviation(first), abbreviation(second)), (Some("J Mill"), Some("J Stone")));
    assert_eq!(names(first), [Name::person("Mill", Some("Ada"))]);
    assert_eq!(first.authors[0].affiliations[0].text, "Mill House.");
    assert_eq!(
        (year(first.issued.as_ref()), year(first.electronic.as_ref())),
        (Some(2032), Some(2031))
    );
    assert_eq!(first.keywords[0].flatten(), "Mola vera");
    assert_eq!((first.keywords[0].as_plain(), first.keywords.len()), (None, 2));
    assert_eq!((second.authors.len(), second.abstract_.len()), (0, 0));
    assert_eq!(codes(second), []);
    assert_eq!(
        found.faults.iter().map(|fault| fault.code).collect::<Vec<_>>(),
        [Code::RecordForeign]
    );
}

#[test]
fn an_older_article_page() {
    let record = Found::html(include_str!("../pages/legacy.html")).one();
    assert_eq!(pmid(&record), Some(99_000_731));
    assert_eq!(record.pmcid.map(|id| id.to_string()).as_deref(), Some("PMC9990731"));
    assert_eq!(record.title.flatten(), "Mills of the north and what they grind");
    assert_eq!(record.languages, ["nor"]);
    assert_eq!(names(&record)[2], Name::group("Nordic Mills"));
    let places: Vec<usize> =
        record.authors.iter().map(|author| author.affiliations.len()).collect();
    assert_eq!(places, [1, 2, 0]);
    let labels: Vec<_> =
        record.abstract_.iter().map(|s| (s.label.as_deref(), s.category.as_deref())).collect();
    assert_eq!(labels, [(Some("AIMS"), Some("OBJECTIVE")), (Some("RESULTS"), None)]);
    assert!(record.copyright.is_some());
    assert_eq!(record.conflict_of_interest.as_deref(), Some("None, says the miller."));
    let words: Vec<String> = record.keywords.iter().map(model::Text::flatten).collect();
    assert_eq!(words, ["rye", "stones, old"]);
    assert_eq!((record.mesh.len(), record.chemicals.len(), record.grants.len()), (2, 1, 1));
    let types: Vec<&str> = record.types.iter().map(|kind| kind.text.as_str()).collect();
    assert_eq!(types, ["Clinical Trial", "Multicenter Study"], "from the description");
    assert_eq!(
        (record.status, record.links[0].kind.clone()),
        (Some(Status::Retracted), LinkKind::RetractionIn)
    );
    assert_eq!(record.doi.as_ref().map(model::Doi::as_str), Some("10.5555/old.31"));
    assert_eq!(
        (year(record.issued.as_ref()), year(record.electronic.as_ref())),
        (Some(2012), Some(2011))
    );
    assert_eq!(codes(&record), []);
}

#[test]
fn an_older_list() {
    let found = Found::html(include_str!("../pages/legacy-list.html"));
    let [first, second] = &found.records[..] else { panic!("{found:?}") };
    assert_eq!((pmid(first), pmid(second)), (Some(99_000_741), Some(99_000_742)));
    assert_eq!(names(first)[2], Name::group("Society of Mills"));
    assert_eq!((abbreviation(first), first.volume.as_deref()), (Some("J Mill"), Some("2014")));
    assert_eq!(first.pages.as_ref().map(|pages| pages.raw.as_str()), Some("0608"));
    assert_eq!(year(first.electronic.as_ref()), Some(2013));
    assert!(second.title_translated && second.authors.is_empty());
    assert_eq!((codes(first), codes(second)), (vec![], vec![]));
}

#[test]
fn the_page_used_until_2009() {
    let record = Found::html(include_str!("../pages/abstractplus.html")).one();
    assert_eq!(
        (pmid(&record), record.title.flatten().as_str()),
        (Some(99_000_751), "Mills of before")
    );
    assert_eq!((abbreviation(&record), record.authors.len()), (Some("Arch Mill"), 2));
    assert_eq!(record.authors[0].affiliations.len(), 1);
    assert_eq!(record.abstract_.len(), 1);
    assert_eq!((year(record.issued.as_ref()), record.issue.as_deref()), (Some(2004), Some("2")));
}

#[test]
fn a_bibliography_keeps_what_has_no_pmid() {
    let found = Found::html(include_str!("../pages/bibliography.html"));
    let [first, second] = &found.records[..] else { panic!("{found:?}") };
    assert_eq!(pmid(first), Some(99_000_761));
    assert_eq!(first.pmcid.map(|id| id.to_string()).as_deref(), Some("PMC9990761"));
    assert_eq!(first.authors.len(), 2);
    assert_eq!(first.pages.as_ref().map(|pages| pages.raw.as_str()), Some("e12345"));
    assert_eq!((second.title.flatten().as_str(), second.kind), ("A thesis on mills", Kind::Book));
    assert_eq!((second.pmid, codes(second)), (None, vec![Code::PmidMissing]));
    assert_eq!(found.faults.len(), 1, "the empty item is told");
}

#[test]
fn a_book_in_a_list() {
    let record = Found::html(include_str!("../pages/book-list.html")).one();
    let Some(Container::Book(book)) = &record.container else { panic!("{record:?}") };
    assert_eq!(book.place.as_deref(), Some("Oslo, Norway"));
    assert_eq!(book.publisher.as_deref(), Some("Centre of Mills at the Fjord"));
    assert_eq!((record.kind, year(record.issued.as_ref())), (Kind::Book, Some(2017)));
    assert_eq!(record.notes, ["Report of the Centre No. 2017-01."]);
    assert_eq!(codes(&record), []);
}

#[test]
fn medline_text_in_a_page_is_decoded_once() {
    let text = "<div id=article-details><pre class='article-details'>\nPMID- 99000781\nTI  - Mills &lt;1 &amp;amp; rye.\nDP  - 2031\n\nPMID- 99000782\nTI  - Two.\nDP  - 2031\n</pre></div>";
    let found = Found::html(text);
    assert_eq!(found.records.len(), 2);
    assert_eq!(found.records[0].title.flatten(), "Mills <1 &amp; rye");
}

#[test]
fn pages_that_hold_no_record_are_refused_by_what_they_are() {
    for (page, words) in [
        ("<pre class='search-results-chunk'>99000001\n99000002\n</pre>", "PMIDs only"),
        ("<meta name=ncbi_pdid content=book-toc><p>x", "Bookshelf"),
        (
            "<link rel=canonical href='https://pmc.ncbi.nlm.nih.gov/articles/PMC1/'><p>x",
            "PubMed Central",
        ),
        (
            "<meta name=citation_author content='A Mill'><meta name=citation_author content=B><p>x",
            "another site",
        ),
        (
            "<title>NCBI - WWW Error Blocked Diagnostic</title><p>x",
            "NCBI - WWW Error Blocked Diagnostic",
        ),
        (
            "<title>Not found - PubMed</title><meta name=ncbi_app content=pubmed><p>x",
            "Not found - PubMed",
        ),
        ("<title>Checking your browser - reCAPTCHA</title><p>x", "reCAPTCHA"),
        ("<title>Cake</title><p>flour", "not of PubMed"),
    ] {
        let sentence = Found::html(page).refusal();
        assert!(sentence.contains(words), "{page}: {sentence}");
    }
    assert!(Found::text("A letter about mills.\n").refusal().contains("citation line"));
}

#[test]
fn a_page_that_is_recognised_and_empty_is_an_error() {
    let found = Found::html(
        "<meta name=ncbi_app content=pubmed><meta name=ncbi_pdid content=abstract><p>x",
    );
    assert_eq!(found.records.len(), 0);
    assert_eq!(found.faults[0].code, Code::RecordForeign);
    assert!(found.faults[0].message.starts_with("recognised as a PubMed article page"));
}
