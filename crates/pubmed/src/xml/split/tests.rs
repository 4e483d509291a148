//! What the walk finds, rule by rule; `law` says that it finds what a parser finds.

use super::*;

/// A piece with its place in the input, as a test compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Record(String),
    Deleted(Vec<u64>),
    Remark(Code, String),
    Fault(Code, usize, Option<u64>),
}

/// What stands in an input that comes in parts of that many bytes.
pub(super) fn found_in_parts(input: &[u8], part: usize, limits: Limits, last: After) -> Vec<Found> {
    let mut splitter = Splitter::new(limits);
    let (mut done, mut read) = (0, 0);
    let mut found = Vec::new();
    while !splitter.is_done() {
        read = (read + part).min(input.len());
        let after = if read == input.len() { last } else { After::More };
        let bytes = &input[done..read];
        let mut pieces = Vec::new();
        let walked = splitter.walk(Window { bytes, offset: done as u64, after }, &mut pieces);
        found.extend(pieces.into_iter().map(|piece| match piece {
            Piece::Record { range, .. } => {
                assert!(range.end <= walked, "the bytes of a piece are done with");
                Found::Record(String::from_utf8_lossy(&bytes[range]).into_owned())
            }
            Piece::Deleted(pmids) => Found::Deleted(pmids.into_iter().map(Pmid::number).collect()),
            Piece::Remark(warning) => Found::Remark(warning.code, warning.text),
            Piece::Fault { at, code, pmid, .. } => {
                Found::Fault(code, done + at, pmid.map(Pmid::number))
            }
        }));
        done += walked;
        assert!(read - done <= limits.record_bytes.max(limits.event_bytes) + part);
    }
    found
}

/// What stands in an input, however it comes in.
fn found_within(input: &[u8], limits: Limits) -> Vec<Found> {
    let whole = found_in_parts(input, input.len().max(1), limits, After::End);
    for part in [1, 2, 3, 7, 64] {
        assert_eq!(found_in_parts(input, part, limits, After::End), whole, "parts of {part}");
    }
    whole
}

fn found(input: &str) -> Vec<Found> {
    found_within(input.as_bytes(), Limits::default())
}

/// The records of an input in which there is nothing else.
fn records(input: &str) -> Vec<String> {
    let record = |found| match found {
        Found::Record(record) => record,
        other => panic!("not a record: {other:?}"),
    };
    found(input).into_iter().map(record).collect()
}

fn record(text: &str) -> Found {
    Found::Record(text.to_owned())
}

fn fault(code: Code, at: Option<usize>) -> Found {
    Found::Fault(code, at.expect("the place is in the input"), None)
}

fn remark(code: Code, text: &str) -> Found {
    Found::Remark(code, text.to_owned())
}

mod containers {
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
        let pmids: String = (1..=10_000).map(|pmid| format!("<PMID>{pmid}</PMID>")).collect();
        let input =
            format!("<BookDocumentSet><DeleteDocument>{pmids}</DeleteDocument></BookDocumentSet>");
        let found = found_in_parts(input.as_bytes(), 1000, Limits::default(), After::End);
        let numbers = found.into_iter().flat_map(|found| match found {
            Found::Deleted(pmids) => pmids,
            other => panic!("not a list: {other:?}"),
        });
        assert!(numbers.eq(1..=10_000));
    }
}

mod prologs {
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
        let expected = [
            record("<PubmedArticle/>"),
            remark(Code::DocumentConcatenated, "`PubmedArticleSet` at byte 102"),
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
}

mod extents {
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
        let expected =
            [record("<PubmedArticle>\u{fffd}</PubmedArticle>"), record("<PubmedArticle/>")];
        assert_eq!(found_within(input, Limits::default()), expected);
    }
}

mod endings {
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
            let expected = [
                record("<PubmedArticle/>"),
                Found::Fault(Code::DocumentMalformed, before.len(), None),
            ];
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
}

mod refusals {
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
}

mod limits {
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
            format!("<PubmedArticle a='{}'/>", "x".repeat(65)),
            format!("<PubmedArticle>{}", "x".repeat(400)),
        ] {
            let input = format!("<PubmedArticleSet>{large}{next}</PubmedArticleSet>");
            let expected = [
                fault(
                    Code::RecordTooLarge,
                    input.find("<PubmedArticle>").or(input.find("<PubmedArticle ")),
                ),
                record(next),
            ];
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
        let expected = [
            fault(Code::RecordTooLarge, Some(0)),
            fault(Code::DocumentTruncated, Some(input.len())),
        ];
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
    fn comments_and_text_outside_of_records_may_be_of_any_length() {
        let long = "é".repeat(300);
        let input = format!(
            "<!-- {long} --><?a {long}?><!DOCTYPE a [<!-- {long} -->]><PubmedArticleSet>{long}\
             <PubmedArticle/><![CDATA[{long}]]></PubmedArticleSet>"
        );
        assert_eq!(found_within(input.as_bytes(), LIMITS), [record("<PubmedArticle/>")]);
    }
}
