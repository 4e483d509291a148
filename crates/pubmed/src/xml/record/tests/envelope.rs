//! Envelopes, order, and what is broken.

use super::*;

#[test]
fn a_record_may_hold_a_pmid_or_a_title_alone() {
    let record = citation("");
    assert_eq!(record.pmid.map(model::Pmid::number), Some(31));
    assert_eq!(codes(&record), [Code::TitleMissing, Code::DateMissing]);
    let record = pubmed_article(
        "<MedlineCitation><Article><ArticleTitle>Locks</ArticleTitle></Article>\
         </MedlineCitation>",
    );
    assert_eq!(words(&record.title), "Locks");
    assert_eq!(codes(&record), [Code::PmidMissing, Code::DateMissing]);
}

#[test]
fn a_record_without_a_citation_is_foreign() {
    for (root, text) in [
        (Root::PubmedArticle, "<PubmedArticle><PubmedData/></PubmedArticle>"),
        (Root::PubmedArticle, "<PubmedArticle/>"),
        (Root::PubmedBookArticle, "<PubmedBookArticle></PubmedBookArticle>"),
    ] {
        let flaw = read_as(root, text, Options::default()).expect_err("no citation");
        assert_eq!(flaw.code, Code::RecordForeign);
    }
}

#[test]
fn the_order_of_elements_is_free() {
    let ids = "<PubmedData><ArticleIdList><ArticleId IdType=\"pubmed\">31</ArticleId>\
               <ArticleId IdType=\"doi\">10.1/a</ArticleId></ArticleIdList></PubmedData>";
    let citation = "<MedlineCitation><Article><Language>ger</Language><VernacularTitle>Schleusen\
                    </VernacularTitle><ArticleTitle>[Locks].</ArticleTitle></Article><PMID>31\
                    </PMID></MedlineCitation>";
    let turned = "<MedlineCitation><PMID>31</PMID><Article><ArticleTitle>[Locks].\
                  </ArticleTitle><VernacularTitle>Schleusen</VernacularTitle><Language>ger\
                  </Language></Article></MedlineCitation>";
    let record = pubmed_article(&format!("{ids}{citation}"));
    assert_eq!(record, pubmed_article(&format!("{turned}{ids}")));
    assert!(record.title_translated);
}

#[test]
fn padding_in_every_node_is_no_content() {
    let dense = "<MedlineCitation><PMID>31</PMID><Article><Journal><Title>Annals</Title></Journal>\
                 <ArticleTitle>A lock</ArticleTitle><AuthorList><Author><LastName>Quayle\
                 </LastName><Suffix/></Author></AuthorList></Article></MedlineCitation>";
    let padded = dense.replace('>', ">\r\n\t ").replace('<', "\n   <");
    assert_eq!(pubmed_article(dense), pubmed_article(&padded));
}

#[test]
fn the_first_of_two_pmids_counts() {
    let record = citation("<PMID>32</PMID>");
    assert_eq!(record.pmid.map(model::Pmid::number), Some(31));
    let record =
        pubmed_article("<MedlineCitation><PMID Version=\"4\"> 31\n</PMID></MedlineCitation>");
    assert_eq!(record.version, Some(4));
    let record = pubmed_article("<MedlineCitation><PMID>31-a</PMID></MedlineCitation>");
    assert_eq!((record.pmid, record.warnings[0].code), (None, Code::PmidInvalid));
}

#[test]
fn unknown_elements_are_named_once_and_their_content_is_not_looked_at() {
    let record = citation(
        "<NewThing><PMID>7</PMID><Article/></NewThing><NewThing/><Article><Other/></Article>",
    );
    let unknown: Vec<&str> = record
        .warnings
        .iter()
        .filter(|warning| warning.code == Code::ElementUnknown)
        .map(|warning| &*warning.text)
        .collect();
    assert_eq!(unknown, ["NewThing", "Other"]);
    assert_eq!(record.pmid.map(model::Pmid::number), Some(31));
}

#[test]
fn a_bad_byte_is_named_with_its_place_and_its_record() {
    let mut bytes = b"<PubmedArticle><MedlineCitation><PMID>31</PMID><Note>".to_vec();
    let offset = bytes.len();
    bytes.extend(b"\xff</Note></MedlineCitation></PubmedArticle>");
    let options = Options::default();
    let flaw = read(&bytes, Root::PubmedArticle, options, &Limits::default());
    let flaw = flaw.expect_err("a bad byte");
    assert_eq!((flaw.code, flaw.offset), (Code::RecordMalformed, offset));
    assert_eq!(flaw.pmid.map(model::Pmid::number), Some(31));
}

#[test]
fn broken_markup_tells_whose_record_it_is() {
    let text = "<PubmedArticle><MedlineCitation><PMID>31</PMID><Article></MedlineCitation>";
    let flaw = read_as(Root::PubmedArticle, text, Options::default()).expect_err("broken");
    assert_eq!((flaw.code, flaw.offset), (Code::RecordMalformed, 56));
    assert_eq!(flaw.pmid.map(model::Pmid::number), Some(31));
}

#[test]
fn control_characters_become_visible() {
    let record = article("<ArticleTitle>A\u{1F} lock&#x1F;\u{FFFE}</ArticleTitle>");
    assert_eq!(words(&record.title), "A\u{FFFD} lock\u{FFFD}\u{FFFD}");
    assert_eq!(codes(&record)[..2], [Code::CharacterIllegal; 2]);
}
