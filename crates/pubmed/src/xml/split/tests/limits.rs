//! What is too large or too deep.

use super::*;

const LIMITS: Limits = Limits { event_bytes: 60, record_bytes: 100, depth: 5 };

#[test]
fn a_record_over_the_limit_is_one_fault_and_the_next_is_read() {
    let next = "<PubmedArticle>2</PubmedArticle>";
    for large in [
        format!("<PubmedArticle>{}</PubmedArticle>", "x".repeat(400)),
        format!("<PubmedArticle>{}<!-- </PubmedArticle> --></PubmedArticle>", "x".repeat(80)),
        format!("<PubmedArticle><!--{}</PubmedArticle>--></PubmedArticle>", "x".repeat(400)),
        format!("<PubmedArticle a='{}'></PubmedArticle>", "x".repeat(400)),
        format!("<PubmedArticle a='{}'/>", "x".repeat(400)),
        format!("<PubmedArticle a='{}'/>", "x".repeat(80)),
        format!("<PubmedArticle>{}", "x".repeat(400)),
    ] {
        let input = format!("<PubmedArticleSet>{large}{next}</PubmedArticleSet>");
        let place = "<PubmedArticleSet>".len();
        let expected = [fault(Code::RecordTooLarge, Some(place)), record(next)];
        assert_eq!(found_within(input.as_bytes(), LIMITS), expected, "{large}");
    }
}

#[test]
fn a_record_of_just_the_limit_is_read() {
    let record = format!("<PubmedArticle>{}</PubmedArticle>", "x".repeat(100 - 31));
    let input = format!("<PubmedArticleSet>{record}</PubmedArticleSet>");
    assert_eq!(found_within(input.as_bytes(), LIMITS), [Found::Record(record)]);
}

#[test]
fn a_cut_record_over_the_limit_is_one_fault() {
    let input = format!("<PubmedArticle>{}", "x".repeat(400));
    let expected =
        [fault(Code::RecordTooLarge, Some(0)), fault(Code::DocumentTruncated, Some(input.len()))];
    assert_eq!(found_within(input.as_bytes(), LIMITS), expected);
}

#[test]
fn elements_outside_of_records_may_not_be_too_deep() {
    let nested = |depth: usize| {
        let (open, close) = ("<a>".repeat(depth), "</a>".repeat(depth));
        format!("<PubmedArticleSet>{open}<PubmedArticle/>{close}</PubmedArticleSet>")
    };
    let deepest = found_within(nested(4).as_bytes(), LIMITS);
    assert!(deepest.contains(&record("<PubmedArticle/>")));
    assert_eq!(
        found_within(nested(5).as_bytes(), LIMITS),
        [fault(Code::DocumentMalformed, nested(5).rfind("<a>"))]
    );
}

#[test]
fn tags_outside_of_records_may_not_be_too_large() {
    for tag in ["<a b='", "<a", "</a"] {
        let input = format!("<PubmedArticleSet>{tag}{}'/>", "x".repeat(60));
        let expected = [fault(Code::DocumentMalformed, input.find(tag))];
        assert_eq!(found_within(input.as_bytes(), LIMITS), expected, "{tag}");
    }
}

#[test]
fn names_outside_of_records_may_not_be_too_long() {
    for (length, is_read) in [(1024, true), (1025, false)] {
        let name = "a".repeat(length);
        let input = format!("<{name}><PubmedArticle/></{name}>");
        let found = found(&input);
        assert_eq!(found.contains(&record("<PubmedArticle/>")), is_read, "{length}");
        assert_eq!(found.iter().any(|found| matches!(found, Found::Fault(..))), !is_read);
    }
}

#[test]
fn a_long_list_of_withdrawn_pmids_is_given_out_in_several_pieces() {
    let list: Vec<_> = (1..=5000).map(|pmid| format!("<PMID>{pmid}</PMID>")).collect();
    let list = list.concat();
    let input = format!("<DeleteCitation>{list}</DeleteCitation>");
    let found = found_in_parts(input.as_bytes(), input.len(), Limits::default(), After::End);
    let lengths = found.iter().map(|found| match found {
        Found::Deleted(pmids) => pmids.len(),
        other => panic!("no list: {other:?}"),
    });
    assert_eq!(lengths.collect::<Vec<_>>(), [4096, 904]);
}

#[test]
fn comments_and_text_outside_of_records_may_be_of_any_length() {
    let long = "é".repeat(300);
    let input = format!(
        "<!-- {long} --><?a {long}?><!DOCTYPE a [<!-- {long} -->]><PubmedArticleSet>{long}\
         <PubmedArticle/><![CDATA[{long}]]></PubmedArticleSet>"
    );
    assert_eq!(found_within(input.as_bytes(), LIMITS), [record("<PubmedArticle/>")]);
}
