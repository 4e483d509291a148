//! How a walk ends before it should.

use super::*;

const WHOLE: &str = "<PubmedArticleSet><PubmedArticle>1</PubmedArticle><PubmedArticle>\
                     <MedlineCitation><PMID>2</PMID></MedlineCitation></PubmedArticle>\
                     </PubmedArticleSet>";

#[test]
fn a_cut_record_is_reported_and_then_the_cut_document() {
    let second = WHOLE.rfind("<PubmedArticle>").expect("there are two");
    let end = WHOLE.find("</PubmedArticleSet>").expect("it closes");
    for cut in second + "<PubmedArticle ".len()..end {
        let pmid = (cut > WHOLE.find("2</").expect("it has a PMID") + 1).then_some(2);
        let expected = [
            record("<PubmedArticle>1</PubmedArticle>"),
            Found::Fault(Code::RecordTruncated, second, pmid),
            Found::Fault(Code::DocumentTruncated, cut, None),
        ];
        assert_eq!(found(&WHOLE[..cut]), expected, "cut at {cut}");
    }
}

#[test]
fn a_document_that_is_cut_between_records_is_reported() {
    for cut in [WHOLE.find("</PubmedArticleSet>").expect("it closes"), WHOLE.len() - 1] {
        let faults = found(&WHOLE[..cut]).split_off(2);
        assert_eq!(faults, [Found::Fault(Code::DocumentTruncated, cut, None)]);
    }
}

#[test]
fn an_input_that_cannot_be_read_further_is_not_called_truncated() {
    let (cut, limits) = (WHOLE.len() - 25, Limits::default());
    let found = found_in_parts(&WHOLE.as_bytes()[..cut], 5, limits, After::Failure);
    let second = WHOLE.rfind("<PubmedArticle>").expect("there are two");
    let expected = [
        record("<PubmedArticle>1</PubmedArticle>"),
        Found::Fault(Code::RecordTruncated, second, Some(2)),
    ];
    assert_eq!(found, expected);
}

#[test]
fn damage_outside_of_records_ends_the_walk() {
    for damage in ["</a>", "<a", "</PubmedArticle>", "< ", "<!ELEMENT a>", "<a b='</a>'>"] {
        let before = "<PubmedArticleSet><PubmedArticle/>";
        let input = format!("{before}{damage}<PubmedArticle/></PubmedArticleSet>");
        let expected =
            [record("<PubmedArticle/>"), Found::Fault(Code::DocumentMalformed, before.len(), None)];
        assert_eq!(found(&input), expected, "{damage}");
    }
}

#[test]
fn bytes_outside_of_records_that_are_no_text_end_the_walk() {
    for damage in [&b" \xff"[..], b"<!-- \xff -->", b"<a b='\xff'/>", b"<![CDATA[\xe2\x82]]>"] {
        let before = b"<PubmedArticleSet><PubmedArticle/>";
        let input = [before, damage, b"<PubmedArticle/></PubmedArticleSet>"].concat();
        let at = damage.iter().position(|byte| *byte >= 0x80).expect("one is no text");
        let expected = [
            record("<PubmedArticle/>"),
            Found::Fault(Code::EncodingInvalid, before.len() + at, None),
        ];
        assert_eq!(found_within(&input, Limits::default()), expected);
    }
}

#[test]
fn nothing_at_all_is_an_empty_input() {
    assert_eq!(found(""), [fault(Code::InputEmpty, Some(0))]);
    assert_eq!(found("\u{feff} \n"), [fault(Code::InputEmpty, Some(5))]);
}

#[test]
fn a_prolog_without_a_root_is_a_cut_document() {
    for prolog in ["<?xml version='1.0'?>", "<?xml version='1.0'?><!DOCTYPE a [", "<!-- a"] {
        assert_eq!(found(prolog), [fault(Code::DocumentTruncated, Some(prolog.len()))]);
    }
}

#[test]
fn text_without_an_element_is_refused() {
    assert_eq!(found("PMID- 1"), [fault(Code::InputRefused, Some(7))]);
}
