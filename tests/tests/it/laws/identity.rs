//! A record's identifiers are its own, whatever stands in its references and corrections.

use std::ops::Range;

use formats::Format;
use model::Record;
use tests::conversion::convert;

use super::{inputs, invented};

/// What holds other people's identifiers.
const FOREIGN: [&str; 2] = ["ReferenceList", "CommentsCorrectionsList"];

#[test]
fn identifiers_do_not_come_from_references_or_corrections() {
    let mut files = inputs();
    files.push(("an invented file".to_owned(), invented(500, 7)));
    for (name, input) in files {
        let text = String::from_utf8(input).expect("cases are UTF-8");
        let without = FOREIGN.iter().fold(text.clone(), |text, element| cut(&text, element));
        let (whole, bare) = (identifiers(&text), identifiers(&without));
        assert_eq!(whole, bare, "{name}");
    }
}

#[test]
fn references_do_not_change_a_byte() {
    for (name, input) in inputs() {
        let text = String::from_utf8(input).expect("cases are UTF-8");
        let without = cut(&text, "ReferenceList");
        let (whole, bare) = (convert(text.as_bytes()), convert(without.as_bytes()));
        for format in Format::ALL {
            assert_eq!(whole.text(format), bare.text(format), "{name}");
        }
    }
}

/// Unique identifiers are put wherever others' identifiers may stand; none may come out as one.
#[test]
fn identifiers_of_others_reach_no_field_of_an_identifier() {
    let foreign = "<ReferenceList><Reference><Citation>x</Citation><ArticleIdList>\
        <ArticleId IdType=\"pubmed\">77777771</ArticleId><ArticleId IdType=\"pmc\">PMC77777772</ArticleId>\
        <ArticleId IdType=\"doi\">10.7777/foreign.3</ArticleId></ArticleIdList></Reference></ReferenceList>";
    let link = "<CommentsCorrections RefType=\"CommentIn\"><RefSource>x doi: 10.7777/foreign.4</RefSource>\
        <PMID Version=\"1\">77777775</PMID></CommentsCorrections>";
    for (name, input) in inputs() {
        let text = String::from_utf8(input).expect("cases are UTF-8");
        let text = text
            .replace("</PubmedData>", &format!("{foreign}</PubmedData>"))
            .replace("<CommentsCorrectionsList>", &format!("<CommentsCorrectionsList>{link}"));
        let converted = convert(text.as_bytes());
        for format in Format::ALL.into_iter().filter(|format| *format != Format::Jsonl) {
            let text = converted.text(format);
            for id in ["77777771", "77777772", "10.7777", "77777775"] {
                assert!(!text.contains(id), "{name}: {id} in {format}");
            }
        }
    }
}

/// All identifiers of all records.
fn identifiers(input: &str) -> Vec<String> {
    let converted = convert(input.as_bytes());
    let lines = converted.text(Format::Jsonl).lines();
    lines
        .map(|line| serde_json::from_str::<Record>(line).expect("JSON Lines are records"))
        .map(|Record { pmid, doi, pmcid, manuscript_ids, pii, bookshelf, other_ids, .. }| {
            format!(
                "{pmid:?} {doi:?} {pmcid:?} {manuscript_ids:?} {pii:?} {bookshelf:?} {other_ids:?}"
            )
        })
        .collect()
}

/// The text without any element of that name, also nested ones.
fn cut(text: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut out = text.to_owned();
    while let Some(found) = outermost(&out, &open, &close) {
        out.replace_range(found, "");
    }
    out
}

fn outermost(text: &str, open: &str, close: &str) -> Option<Range<usize>> {
    let start = text.find(open)?;
    let (mut depth, mut at) = (1, start + open.len());
    while depth > 0 {
        let end = at + text[at..].find(close)?;
        depth += text[at..end].matches(open).count();
        depth -= 1;
        at = end + close.len();
    }
    Some(start..at)
}
