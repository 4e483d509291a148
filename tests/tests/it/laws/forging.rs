//! No value can forge structure: a line of RIS, an entry of BibTeX, an element of XML.

use formats::Format;
use proptest::prelude::*;
use tests::conversion::convert;

use super::{inputs, invented};
use crate::rules::{entries, fault};

/// Pieces of text that would be structure if they stood alone.
const PIECES: &[&str] = &[
    "\nER  - \nTY  - JOUR\n",
    "\r\nDO  - 10.1/forged\r\n",
    "TY  - ",
    "\u{2028}AU  - Forged",
    "\u{85}KW  - x",
    "}\n@article{forged,\n",
    "},\n  doi = {10.1/forged}",
    "{",
    "}",
    "\\",
    "\\}",
    "$",
    "$$",
    "%",
    "#",
    "~",
    "^",
    "_",
    "&",
    "@",
    "\"",
    "'",
    ",",
    " and ",
    "and",
    ", ",
    ";",
    "--",
    "\\input{x}",
    "\\end{document}",
    "{\\textit{",
    "^^M",
    "</style></title></record><record>",
    "<!--",
    "]]>",
    "<![CDATA[",
    "<?x?>",
    "&amp;lt;",
    "&#13;",
    "\u{0}",
    "\u{1B}",
    "\",\"id\":\"forged",
    "]\n[",
    "null",
    "\t",
    " ",
    "\u{FEFF}",
    "\u{202E}",
    "\u{AD}",
    "é",
    "e\u{301}",
    "ß",
    "漢字",
    "α",
    "≤",
    "x",
    "A",
    "1",
    "10.1/x",
    ".",
    "?",
    "[",
    "]",
    "[x].",
    "Jr",
    "\u{1F600}",
    "\u{FFFE}",
    "\u{E000}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// A set of two records in which every value is the stranger's.
fn document(values: &[String]) -> String {
    let value = |at: usize| escaped(&values[at % values.len()]);
    let article = |first: usize| {
        let v = |at| value(first + at);
        format!(
            "<PubmedArticle><MedlineCitation><PMID>{first}1</PMID><Article PubModel=\"Print\"><Journal>\
             <ISSN>{}</ISSN><JournalIssue><Volume>{}</Volume><Issue>{}</Issue><PubDate><MedlineDate>2001 {}</MedlineDate>\
             </PubDate></JournalIssue><Title>{}</Title><ISOAbbreviation>{}</ISOAbbreviation></Journal>\
             <ArticleTitle>{}<i>{}</i><sub>{}</sub></ArticleTitle><Pagination><MedlinePgn>{}</MedlinePgn></Pagination>\
             <ELocationID EIdType=\"doi\">10.5555/{}</ELocationID><Abstract><AbstractText Label=\"{}\">{}</AbstractText>\
             </Abstract><AuthorList><Author><LastName>{}</LastName><ForeName>{}</ForeName><Suffix>Jr</Suffix></Author>\
             <Author><LastName>{}</LastName></Author><Author><CollectiveName>{}</CollectiveName></Author></AuthorList>\
             <Language>{}</Language><PublicationTypeList><PublicationType>{}</PublicationType></PublicationTypeList>\
             <VernacularTitle>{}</VernacularTitle></Article><MedlineJournalInfo><MedlineTA>{}</MedlineTA>\
             </MedlineJournalInfo><CommentsCorrectionsList><CommentsCorrections RefType=\"ErratumIn\"><RefSource>{}\
             </RefSource></CommentsCorrections></CommentsCorrectionsList><MeshHeadingList><MeshHeading><DescriptorName>{}\
             </DescriptorName><QualifierName>{}</QualifierName></MeshHeading></MeshHeadingList><KeywordList><Keyword>{}\
             </Keyword></KeywordList></MedlineCitation></PubmedArticle>",
            v(0),
            v(1),
            v(2),
            v(3),
            v(4),
            v(5),
            v(6),
            v(7),
            v(8),
            v(9),
            v(10),
            v(11),
            v(12),
            v(13),
            v(14),
            v(15),
            v(16),
            v(17),
            v(18),
            v(19),
            v(20),
            v(21),
            v(22),
            v(23),
            v(24),
        )
    };
    format!("<PubmedArticleSet>{}{}{}</PubmedArticleSet>", article(1), article(8), chapter(&value))
}

fn chapter(value: &impl Fn(usize) -> String) -> String {
    let v = |at: usize| value(at + 3);
    format!(
        "<PubmedBookArticle><BookDocument><PMID>991</PMID><ArticleIdList><ArticleId IdType=\"bookaccession\">{}\
         </ArticleId></ArticleIdList><Book><Publisher><PublisherName>{}</PublisherName><PublisherLocation>{}\
         </PublisherLocation></Publisher><BookTitle>{}</BookTitle><AuthorList Type=\"editors\"><Author><LastName>{}\
         </LastName><ForeName>{}</ForeName></Author></AuthorList><Edition>{}</Edition><CollectionTitle>{}\
         </CollectionTitle><Isbn>{}</Isbn></Book><LocationLabel Type=\"chapter\">{}</LocationLabel><ArticleTitle>{}\
         </ArticleTitle></BookDocument></PubmedBookArticle>",
        v(0),
        v(1),
        v(2),
        v(3),
        v(4),
        v(5),
        v(6),
        v(7),
        v(8),
        v(9),
        v(10),
    )
}

/// The text as XML holds it; line ends and controls as references, what XML forbids left out.
fn escaped(text: &str) -> String {
    let escaped = |sign| match sign {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' => format!("&#{};", u32::from(sign)),
        '\u{0}'..'\u{20}' | '\u{FFFE}' | '\u{FFFF}' => String::new(),
        _ => sign.to_string(),
    };
    text.chars().map(escaped).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_value_can_forge_structure(values in prop::collection::vec(hostile(), 1..30)) {
        let input = document(&values);
        let converted = convert(input.as_bytes());
        prop_assert_eq!(converted.report.records_written["ris"], 3, "{:?}", converted.diagnostics);
        for format in Format::ALL {
            prop_assert_eq!(entries(converted.text(format), format), 3, "{}", format);
            let fault = fault(converted.text(format), format, 3);
            prop_assert!(fault.is_none(), "{}: {}\n{}", format, fault.unwrap_or_default(), converted.text(format));
        }
    }
}

#[test]
fn every_output_keeps_the_rules_of_its_format() {
    let mut files = inputs();
    files.push(("an invented file".to_owned(), invented(300, 23)));
    for (name, input) in files {
        let converted = convert(&input);
        for format in Format::ALL {
            let text = converted.text(format);
            let fault = fault(text, format, entries(text, format));
            assert!(fault.is_none(), "{name}: {format}: {}", fault.unwrap_or_default());
        }
    }
}
