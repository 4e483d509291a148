//! Titles, abstracts and the markup in them.

use super::*;

fn title(inside: &str) -> Text {
    article(&format!("<ArticleTitle>{inside}</ArticleTitle>")).title
}

#[test]
fn markup_in_titles_is_kept_and_nests() {
    let expected: Text = [
        Inline::Plain("An ".into()),
        Inline::Styled(
            Style::Italic,
            [Inline::Plain("E".into()), Inline::Styled(Style::Subscript, Text::plain("1"))]
                .into_iter()
                .collect(),
        ),
        Inline::Plain("-lock".into()),
    ]
    .into_iter()
    .collect();
    assert_eq!(title("An <i>E<sub>1</sub></i>-lock"), expected);
    assert_eq!(title(" An\n  <i><i>E<?x y?><sub>1</sub></i></i>-<!-- -->lock. "), expected);
}

#[test]
fn an_unknown_element_loses_its_tag_and_keeps_its_text() {
    let record = article(
        "<ArticleTitle><document><s id=\"1\">A <e><w>lock</w></e></s></document></ArticleTitle>",
    );
    assert_eq!(words(&record.title), "A lock");
    assert_eq!(codes(&record).iter().filter(|code| **code == Code::ElementUnknown).count(), 4);
}

#[test]
fn mathematics_is_one_run_under_any_prefix() {
    let math = "<m:math xmlns:m=\"http://www.w3.org/1998/Math/MathML\">\n <m:mi>T</m:mi> </m:math>";
    for math in [math.to_owned(), math.replace("m:", ""), format!("<b>{math}</b>")] {
        let text = title(&format!("At {math}, always"));
        let markup = format!("{text:?}");
        assert!(markup.contains("Math(\"<math><mi>T</mi></math>\")"), "{markup}");
    }
}

#[test]
fn a_title_of_cdata_is_text() {
    assert_eq!(words(&title("<![CDATA[p < 0.05 & <i>]]> x")), "p < 0.05 & <i> x");
}

#[test]
fn what_was_escaped_twice_stays_or_is_repaired() {
    let inside = "<ArticleTitle>&amp;#945;-lock &amp;lt; 1</ArticleTitle>\
                  <Journal><Title>A &amp;amp; B</Title></Journal>";
    let record = article(inside);
    assert_eq!(words(&record.title), "&#945;-lock &lt; 1");
    assert_eq!(codes(&record)[..2], [Code::DoubleEscaped; 2]);
    let options = Options { entities: crate::options::Entities::Repair, ..Options::default() };
    let text = format!(
        "<PubmedArticle><MedlineCitation><Article>{inside}</Article></MedlineCitation>\
         </PubmedArticle>"
    );
    let record = read_as(Root::PubmedArticle, &text, options).expect("a record");
    assert_eq!(words(&record.title), "α-lock < 1");
    let Some(Container::Journal(journal)) = record.container else { panic!("no journal") };
    assert_eq!(journal.title.as_deref(), Some("A & B"));
}

#[test]
fn an_empty_title_gives_way_to_the_vernacular_one() {
    let record = article(
        "<ArticleTitle/><VernacularTitle>Les <i>écluses</i>.</VernacularTitle>\
         <Language>fre</Language>",
    );
    assert_eq!(record.title.flatten(), "Les écluses");
    assert!(!record.title_translated && record.original_title.is_empty());
}

#[test]
fn an_abstract_keeps_its_parts_in_order() {
    let record = article(
        "<Abstract><AbstractText>First.</AbstractText>\
         <AbstractText Label=\"AIM &amp; SCOPE\" NlmCategory=\"OBJECTIVE\">To <b>see</b>.\
         </AbstractText><AbstractText Label=\"UNLABELLED\">Then.</AbstractText>\
         <AbstractText Label=\"LEVEL OF EVIDENCE: 4\"/><AbstractText/>\
         <CopyrightInformation>Nobody.</CopyrightInformation></Abstract>",
    );
    let labels: Vec<_> = record.abstract_.iter().map(|part| part.label.as_deref()).collect();
    assert_eq!(labels, [None, Some("AIM & SCOPE"), None, None]);
    let texts: Vec<_> = record.abstract_.iter().map(|part| part.text.flatten()).collect();
    assert_eq!(texts, ["First.", "To see.", "Then.", "LEVEL OF EVIDENCE: 4"]);
    assert_eq!(record.copyright.as_deref(), Some("Nobody."));
}

#[test]
fn other_abstracts_stay_apart() {
    let record = citation(
        "<OtherAbstract Type=\"Publisher\" Language=\"ger\"><AbstractText Label=\"ZIEL\">Sehen.\
         </AbstractText></OtherAbstract><OtherAbstract Type=\"PIP\"/>",
    );
    assert!(record.abstract_.is_empty());
    let [other] = record.other_abstracts.as_slice() else { panic!("one other abstract") };
    assert_eq!(
        (other.kind.as_deref(), other.language.as_deref()),
        (Some("Publisher"), Some("ger"))
    );
    assert_eq!(other.sections[0].label.as_deref(), Some("ZIEL"));
}
