//! Documents that are not PubMed's.

use super::*;

fn refusals(input: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let window = Window { bytes: input.as_bytes(), offset: 0, after: After::End };
    Splitter::new(Limits::default()).walk(window, &mut pieces);
    let message = |piece| match piece {
        Piece::Fault { code: Code::InputRefused, message, .. } => Some(message),
        _ => None,
    };
    pieces.into_iter().filter_map(message).collect()
}

#[test]
fn a_foreign_root_without_records_is_refused_by_its_name() {
    let input = "<greeting><a/></greeting>";
    let expected = "not a PubMed document: no record stands under its root `greeting`";
    assert_eq!(refusals(input), [expected]);
}

#[test]
fn a_known_foreign_root_is_refused_with_advice() {
    let input = "<?xml version=\"1.0\"?><eSummaryResult><DocSum/></eSummaryResult>";
    assert!(refusals(input)[0].contains("ask for efetch XML"));
    let input = "<xml><records><record/></records></xml>";
    assert!(refusals(input)[0].contains("EndNote"));
}

#[test]
fn a_foreign_document_that_is_broken_is_refused_all_the_same() {
    assert!(refusals("<html><body><br></body></html>")[0].contains("HTML"));
    assert!(refusals("<eSearchResult><Id>1</Id>")[0].contains("ESearch"));
}

#[test]
fn a_foreign_document_among_others_is_refused_at_the_end() {
    let input = "<ERROR>no</ERROR><PubmedArticleSet><PubmedArticle/></PubmedArticleSet>";
    let expected = [
        remark(Code::DocumentConcatenated, "`PubmedArticleSet` at byte 17"),
        record("<PubmedArticle/>"),
        fault(Code::InputRefused, Some(input.len())),
    ];
    assert_eq!(found(input), expected);
}

#[test]
fn a_name_cannot_make_a_message_long_or_break_its_line() {
    let input = format!("<a\u{1b}{}/>", "b".repeat(500));
    let refusals = refusals(&input);
    assert!(refusals[0].len() < 200 && !refusals[0].contains(char::is_control));
}
