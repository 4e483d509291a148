//! Where a record ends, however hostile what is in it.

use super::*;

fn in_set(content: &str) -> String {
    format!("<PubmedArticleSet>{content}</PubmedArticleSet>")
}

#[test]
fn tags_that_are_none_do_not_end_a_record() {
    for hidden in [
        "<!-- </PubmedArticle> <PubmedArticle> -->",
        "<!-- > --->  <!----> <!-- - -- </PubmedArticle> -->",
        "<![CDATA[ </PubmedArticle> <![CDATA[ ]] > ]>]]>",
        "<?pmcsd </PubmedArticle> > ? > ?>",
        "<a b='Pubmed' c=\"/PubmedArticle>\">&lt;/PubmedArticle></a>",
        "a < b </ PubmedArticle> <! </> <!-",
    ] {
        let hostile = format!("<PubmedArticle a='>' b=\"/>\">{hidden}</PubmedArticle\n>");
        assert_eq!(records(&in_set(&hostile.repeat(2))), [hostile.as_str(); 2]);
    }
}

#[test]
fn a_record_may_be_an_empty_element() {
    assert_eq!(records(&in_set("<PubmedArticle a='/>' />")), ["<PubmedArticle a='/>' />"]);
}

#[test]
fn a_record_without_its_end_tag_costs_itself_alone() {
    let input = in_set(
        "<PubmedArticle>1</PubmedArticle><PubmedArticle><MedlineCitation><PMID>2</PMID><a \
         <PubmedArticle>3</PubmedArticle>",
    );
    let expected = [
        record("<PubmedArticle>1</PubmedArticle>"),
        Found::Fault(Code::RecordMalformed, 50, Some(2)),
        record("<PubmedArticle>3</PubmedArticle>"),
    ];
    assert_eq!(found(&input), expected);
}

#[test]
fn a_record_without_its_end_tag_does_not_take_one_of_another_kind_along() {
    let input = in_set(
        "<MedlineCitation><a><PubmedArticle><MedlineCitation></MedlineCitation>\
         </PubmedArticle><BookDocument><b><DeleteCitation><PMID>3</PMID></DeleteCitation>",
    );
    let expected = [
        fault(Code::RecordMalformed, input.find("<MedlineCitation><a>")),
        record("<PubmedArticle><MedlineCitation></MedlineCitation></PubmedArticle>"),
        fault(Code::RecordMalformed, input.find("<BookDocument>")),
        Found::Deleted(vec![3]),
    ];
    assert_eq!(found(&input), expected);
}

#[test]
fn the_last_record_without_its_end_tag_does_not_truncate_the_document() {
    let input = "<answer><batch><PubmedArticle><a></batch><b></b></answer>";
    let expected = [
        remark(Code::ContainerUnknown, "answer"),
        fault(Code::RecordMalformed, input.find("<PubmedArticle")),
    ];
    assert_eq!(found(input), expected);
}

#[test]
fn a_record_inside_another_is_a_record_and_the_other_is_broken() {
    let input = in_set(
        "<PubmedArticle><a><PubmedArticle>2</PubmedArticle></a></PubmedArticle>\
         <PubmedArticle>3</PubmedArticle>",
    );
    let expected = [
        fault(Code::RecordMalformed, input.find("<PubmedArticle><a>")),
        record("<PubmedArticle>2</PubmedArticle>"),
        record("<PubmedArticle>3</PubmedArticle>"),
    ];
    assert_eq!(found(&input), expected);
}

#[test]
fn a_broken_tag_costs_one_record() {
    let broken = "<PubmedArticle a=\"1><b c='></PubmedArticle>";
    let whole = "<PubmedArticle>2</PubmedArticle>";
    assert_eq!(records(&in_set(&format!("{broken}{whole}"))), [broken, whole]);
}

#[test]
fn a_comment_that_never_ends_costs_one_record() {
    for opening in ["<!--", "<![CDATA[", "<?pmcsd"] {
        let broken = format!("<PubmedArticle>{opening}</PubmedArticle>");
        let whole = "<PubmedArticle>2</PubmedArticle>";
        let input = in_set(&format!("{broken}{whole}{broken}{whole}"));
        assert_eq!(records(&input), [broken.as_str(), whole, &broken, whole]);
    }
}

#[test]
fn bytes_that_are_no_text_cost_one_record() {
    let input = b"<PubmedArticleSet><PubmedArticle>\xff</PubmedArticle><PubmedArticle/>\
                  </PubmedArticleSet>";
    let expected = [record("<PubmedArticle>\u{fffd}</PubmedArticle>"), record("<PubmedArticle/>")];
    assert_eq!(found_within(input, Limits::default()), expected);
}
