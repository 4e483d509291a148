//! What stands before, between and behind the roots.

use super::*;

#[test]
fn whatever_stands_before_the_root_is_passed_over() {
    let prolog = "<?xml version=\"1.0\"?>\n<!-- <a> -- > --><?x <PubmedArticle> ?>\n\
                  <!DOCTYPE PubmedArticleSet PUBLIC \"-//>//\" '<PubmedArticle/>' [\n\
                  <!ENTITY a \"]><PubmedArticle/>\"> <!-- ]> ' --> <?y ]> \" ?>\n] >\n";
    let input = format!("{prolog}<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>");
    assert_eq!(records(&input), ["<PubmedArticle/>"]);
}

#[test]
fn documents_may_follow_one_another() {
    let document = "\u{feff}<?xml version=\"1.0\"?><!DOCTYPE a><PubmedArticleSet>\
                    <PubmedArticle/></PubmedArticleSet>\n";
    let second = document.len() + document.find("<PubmedArticleSet>").expect("it has a root");
    let place = format!("`PubmedArticleSet` at byte {second}");
    let expected = [
        record("<PubmedArticle/>"),
        remark(Code::DocumentConcatenated, &place),
        record("<PubmedArticle/>"),
        record("<PubmedArticle/>"),
    ];
    assert_eq!(found(&document.repeat(3)), expected);
}

#[test]
fn bare_records_may_follow_one_another() {
    let expected = [
        record("<BookDocument></BookDocument>"),
        remark(Code::DocumentConcatenated, "`MedlineCitation` at byte 30"),
        record("<MedlineCitation/>"),
    ];
    assert_eq!(found("<BookDocument></BookDocument>\n<MedlineCitation/>"), expected);
}

#[test]
fn text_outside_of_the_root_is_reported_once() {
    let input = "Results: <PubmedArticleSet><PubmedArticle/> a </PubmedArticleSet> bye\n";
    let expected = [remark(Code::ContentOutsideRoot, "Results:"), record("<PubmedArticle/>")];
    assert_eq!(found(input), expected);
    let input = "<BookDocument/>\n<![CDATA[bye]]>";
    let expected = [record("<BookDocument/>"), remark(Code::ContentOutsideRoot, "bye")];
    assert_eq!(found(input), expected);
}
