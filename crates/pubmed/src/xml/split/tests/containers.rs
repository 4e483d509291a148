//! Which elements hold records, and which are records.

use super::*;

#[test]
fn every_set_holds_records_of_every_kind() {
    let mixed = "<PubmedArticle/><MedlineCitation/><PubmedBookArticle/><BookDocument/>";
    for set in [
        "PubmedArticleSet",
        "PubMedArticleSet",
        "MedlineCitationSet",
        "PubmedBookArticleSet",
        "BookDocumentSet",
    ] {
        assert_eq!(records(&format!("<{set}>{mixed}</{set}>")).concat(), mixed);
    }
}

#[test]
fn a_record_may_be_the_root() {
    for root in ["PubmedArticle", "MedlineCitation", "PubmedBookArticle", "BookDocument"] {
        let bare = format!("<{root} Status=\"MEDLINE\"><PMID>99000001</PMID></{root}>");
        assert_eq!(records(&bare), [bare.as_str()]);
    }
}

#[test]
fn a_citation_inside_an_article_is_no_record_of_its_own() {
    let article = "<PubmedArticle><MedlineCitation></MedlineCitation></PubmedArticle>";
    let book = "<PubmedBookArticle><BookDocument></BookDocument></PubmedBookArticle>";
    let set = format!("<PubmedArticleSet>{article}\n{book}\n</PubmedArticleSet>");
    assert_eq!(records(&set), [article, book]);
}

#[test]
fn a_namespace_prefix_does_not_matter() {
    let set = "<p:PubmedArticleSet xmlns:p='u'><p:PubmedArticle><p:PubmedData/>\
               </p:PubmedArticle ></p:PubmedArticleSet>";
    assert_eq!(records(set), ["<p:PubmedArticle><p:PubmedData/></p:PubmedArticle >"]);
}

#[test]
fn names_that_only_begin_alike_are_others() {
    let set = "<PubmedArticleSet><PubmedArticle><PubmedArticles/></xPubmedArticle>\
               Pubmed /PubmedArticle> </PubmedArticle></PubmedArticleSet>";
    assert_eq!(records(set).len(), 1);
}

#[test]
fn records_under_a_foreign_root_are_read_with_a_remark() {
    let input = "<answer><batch><PubmedArticleSet><PubmedArticle/></PubmedArticleSet></batch>\
                 <batch><PubmedArticle/></batch></answer>";
    let expected = [
        remark(Code::ContainerUnknown, "answer"),
        record("<PubmedArticle/>"),
        record("<PubmedArticle/>"),
    ];
    assert_eq!(found(input), expected);
}

#[test]
fn a_set_without_records_is_no_fault() {
    assert_eq!(found("<PubmedArticleSet></PubmedArticleSet>"), []);
    assert_eq!(found("<?xml version=\"1.0\"?>\n<PubmedArticleSet/>\n"), []);
}

#[test]
fn withdrawn_pmids_are_no_records() {
    let input = "<PubmedArticleSet><PubmedArticle/><DeleteCitation><PMID Version=\"1\"> \
                 99000001\n</PMID><!-- <PMID>1</PMID> --><PMID>99<![CDATA[00]]>0002</PMID>\
                 <PMID/><x><PMID>3</PMID></x></DeleteCitation><DeleteDocument/>\
                 </PubmedArticleSet>";
    let expected = [record("<PubmedArticle/>"), Found::Deleted(vec![99_000_001, 99_000_002])];
    assert_eq!(found(input), expected);
}

#[test]
fn a_withdrawn_pmid_that_is_none_is_reported() {
    let input = "<MedlineCitationSet><DeleteCitation><PMID>Text2</PMID></DeleteCitation>\
                 </MedlineCitationSet>";
    assert_eq!(found(input), [remark(Code::PmidInvalid, "Text2")]);
}

#[test]
fn the_length_of_a_list_of_withdrawn_pmids_does_not_matter() {
    let pmids = (1..=10_000).map(|pmid| format!("<PMID>{pmid}</PMID>"));
    let pmids = pmids.collect::<Vec<_>>().concat();
    let input =
        format!("<BookDocumentSet><DeleteDocument>{pmids}</DeleteDocument></BookDocumentSet>");
    let found = found_in_parts(input.as_bytes(), 1000, Limits::default(), After::End);
    let numbers = found.into_iter().flat_map(|found| match found {
        Found::Deleted(pmids) => pmids,
        other => panic!("not a list: {other:?}"),
    });
    assert!(numbers.eq(1..=10_000));
}
