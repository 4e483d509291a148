//! The record's own identifiers, and others'.

use super::*;

/// What stands in references, corrections and comments is never the record's.
#[test]
fn other_works_identifiers_are_never_taken() {
    let record = pubmed_article(
        "<MedlineCitation><PMID>31</PMID><CommentsCorrectionsList>\
         <CommentsCorrections RefType=\"ErratumIn\"><RefSource>Ann. doi: 10.1/other;:</RefSource>\
         <PMID>7</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation>\
         <PubmedData><ReferenceList><Title>REFERENCES</Title><Reference><Citation>x?</Citation>\
         <ArticleIdList><ArticleId IdType=\"pmc\">PMC9</ArticleId></ArticleIdList></Reference>\
         <ReferenceList><Reference><ArticleIdList><ArticleId IdType=\"doi\">10.1/b</ArticleId>\
         </ArticleIdList></Reference></ReferenceList></ReferenceList>\
         <ArticleIdList><ArticleId IdType=\"pubmed\">31</ArticleId></ArticleIdList></PubmedData>",
    );
    assert_eq!((record.doi, record.pmcid), (None, None));
    assert_eq!(record.links[0].source.as_deref(), Some("Ann. doi: 10.1/other"));
    assert!(record.references.is_empty());
}

#[test]
fn nested_references_are_one_list_on_demand() {
    let text = "<PubmedArticle><MedlineCitation/><PubmedData><ReferenceList><Reference><Citation>A\
                <sup>2</sup></Citation></Reference><ReferenceList><Title>More</Title><Reference>\
                <Citation>B</Citation><ArticleIdList><ArticleId IdType=\"doi\">10.1/b</ArticleId>\
                </ArticleIdList></Reference></ReferenceList><Reference><Citation>C</Citation>\
                </Reference></ReferenceList></PubmedData></PubmedArticle>";
    let options = Options { keep_references: true, ..Options::default() };
    let record = read_as(Root::PubmedArticle, text, options).expect("a record");
    let citations: Vec<_> =
        record.references.iter().map(|cited| cited.citation.flatten()).collect();
    assert_eq!(citations, ["A2", "B", "C"]);
    assert_eq!(record.references[1].identifiers[0].value, "10.1/b");
}

#[test]
fn empty_identifiers_are_absent_and_wrong_ones_are_not_taken() {
    let record = article(
        "<ELocationID EIdType=\"doi\" ValidYN=\"N\">10.1/wrong</ELocationID>\
         <ELocationID EIdType=\"doi\"/>",
    );
    assert_eq!(record.doi, None);
    assert!(!codes(&record).contains(&Code::DoiInvalid));
}

#[test]
fn a_doi_keeps_every_sign() {
    let record = article(
        "<ELocationID EIdType=\"doi\">10.1002/1(1979)15:1&lt;3::aid-x&gt;3.0.co;2-l</ELocationID>",
    );
    let doi = record.doi.expect("a DOI");
    assert_eq!(doi.as_str(), "10.1002/1(1979)15:1<3::aid-x>3.0.co;2-l");
}

#[test]
fn nlms_other_ids_stand_in_for_a_pmcid() {
    let record = citation("<OtherID Source=\"NLM\">PMC373309 [Available on 01/01/99]</OtherID>");
    assert_eq!(record.pmcid.map(|id| id.to_string()).as_deref(), Some("PMC373309"));
}
