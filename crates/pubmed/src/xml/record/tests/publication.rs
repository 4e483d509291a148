//! Journals, issues, dates and pages.

use super::*;

fn issue(inside: &str) -> Record {
    article(&format!("<Journal><JournalIssue>{inside}</JournalIssue></Journal>"))
}

#[test]
fn the_issue_and_the_electronic_date_are_never_mixed() {
    let record = article(
        "<Journal><JournalIssue><PubDate><Year>2021</Year></PubDate></JournalIssue></Journal>\
         <ArticleDate><Year>2019</Year><Month>04</Month><Day>26</Day></ArticleDate>\
         <ArticleDate><Year>2018</Year></ArticleDate>",
    );
    assert_eq!(record.issued, Some(Date::point(Point::new(2021, None, None))));
    let day = Point::new(2019, Month::new(4), Some(26));
    assert_eq!(record.electronic, Some(Date::point(day)));
}

#[test]
fn dates_of_processing_are_history_alone() {
    let record = pubmed_article(
        "<MedlineCitation><PMID>31</PMID><DateRevised><Year>2003</Year></DateRevised>\
         </MedlineCitation><PubmedData><History><PubMedPubDate PubStatus=\"pubmed\">\
         <Year>1979</Year><Month>6</Month><Day>1</Day><Hour>0</Hour></PubMedPubDate></History>\
         </PubmedData>",
    );
    assert_eq!((record.issued, record.updated), (None, None));
    assert_eq!(record.history[0].status, "pubmed");
    assert_eq!(record.history[0].date, Point::new(1979, Month::new(6), Some(1)));
}

#[test]
fn volume_and_issue_are_text() {
    let record = issue("<Volume>56 ( Pt 10)</Volume><Issue> 12 Pt 1\n</Issue>");
    assert_eq!(record.volume.as_deref(), Some("56 ( Pt 10)"));
    assert_eq!(record.issue.as_deref(), Some("12 Pt 1"));
    let record = issue("<Volume>ahead-of-print</Volume>");
    assert_eq!((record.volume, record.status), (None, Some(Status::AheadOfPrint)));
}

#[test]
fn ahead_of_print_is_the_word_and_neither_volume_nor_issue() {
    for (volume, status) in [("", Some(Status::AheadOfPrint)), ("<Volume>7</Volume>", None)] {
        let record = pubmed_article(&format!(
            "<MedlineCitation><Article><Journal><JournalIssue>{volume}</JournalIssue></Journal>\
             </Article></MedlineCitation><PubmedData><PublicationStatus>aheadofprint\
             </PublicationStatus></PubmedData>"
        ));
        assert_eq!(record.status, status);
    }
}

#[test]
fn a_journal_has_its_own_number_before_the_linking_one() {
    let linking = "<MedlineJournalInfo><Country>NOWHERE</Country><MedlineTA>Ann Harb</MedlineTA>\
                   <ISSNLinking>12345679</ISSNLinking></MedlineJournalInfo>";
    let own = "<Article><Journal><ISSN IssnType=\"Electronic\">0000-0019</ISSN>\
               <Title>Annals : AH = Jahrbuch (Port)</Title><ISOAbbreviation>Ann. Harb.\
               </ISOAbbreviation></Journal></Article>";
    for inside in [format!("{linking}{own}"), format!("{own}{linking}")] {
        let Some(Container::Journal(journal)) = citation(&inside).container else {
            panic!("no journal")
        };
        let kinds: Vec<_> = journal.issn.iter().map(|issn| issn.kind).collect();
        assert_eq!(kinds, [Some(IssnKind::Electronic), Some(IssnKind::Linking)]);
        assert_eq!(journal.title.as_deref(), Some("Annals : AH = Jahrbuch (Port)"));
        assert_eq!(journal.abbreviation.as_deref(), Some("Ann Harb"));
    }
}

#[test]
fn an_article_number_may_stand_in_a_location() {
    let record = article(
        "<ELocationID EIdType=\"pii\">S0896-6273(14)01133-7</ELocationID>\
         <ELocationID EIdType=\"pii\">e228092</ELocationID>",
    );
    let pages = record.pages.expect("an article number");
    assert_eq!(pages.article_number(), Some("e228092"));
    assert_eq!(record.pii.len(), 2);
}

#[test]
fn several_languages_are_kept_in_order() {
    let record =
        article("<Language>ENG</Language><Language>fre</Language><Language>und</Language>");
    assert_eq!(record.languages, ["eng", "fre"]);
}
