//! Records in = records out + diagnostics, also when the input is damaged.

use formats::Format;
use model::Severity;
use proptest::prelude::*;
use tests::conversion::{Converted, convert};

use super::{inputs, invented};
use crate::rules::entries;

#[test]
fn each_record_is_one_entry_in_every_format() {
    let mut files = inputs();
    files.push(("an invented file".to_owned(), invented(500, 13)));
    for (name, input) in files {
        let converted = convert(&input);
        adds_up(&converted, &name);
        assert_eq!(converted.report.records_rejected, 0, "{name}");
    }
}

#[test]
fn an_input_without_records_gives_empty_files() {
    let only_deletions =
        "<PubmedArticleSet><DeleteCitation><PMID>1</PMID></DeleteCitation></PubmedArticleSet>";
    for input in ["<PubmedArticleSet></PubmedArticleSet>", "<PubmedArticleSet/>", only_deletions] {
        let converted = convert(input.as_bytes());
        adds_up(&converted, input);
        assert_eq!(converted.report.records_read, 0);
        assert!(converted.report.ended.is_none(), "{:?}", converted.report.ended);
    }
}

#[test]
fn a_broken_record_is_named_and_the_others_are_written() {
    let record = |pmid: &str, inside: &str| {
        format!(
            "<PubmedArticle>\n<MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>{inside}\
             </ArticleTitle></Article></MedlineCitation></PubmedArticle>\n"
        )
    };
    let records =
        record("11", "One.") + &record("22", "A <i>bad</b> tag.") + &record("33", "Three.");
    let input = format!("<PubmedArticleSet>\n{records}</PubmedArticleSet>");
    let converted = convert(input.as_bytes());
    adds_up(&converted, "a bad tag");
    let pmids: Vec<&str> = converted
        .text(Format::Ris)
        .lines()
        .filter_map(|line| line.strip_prefix("AN  - "))
        .collect();
    assert_eq!(pmids, ["11", "33"]);
    let errors: Vec<_> =
        converted.diagnostics.iter().filter(|said| said.severity == Severity::Error).collect();
    let [error] = errors[..] else { panic!("one error, not {errors:?}") };
    assert_eq!(error.index, Some(2));
    assert_eq!(error.pmid.map(|pmid| pmid.to_string()).as_deref(), Some("22"));
    assert!(error.offset.is_some() && error.line == Some(5), "{error:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Wherever the input is cut off, what was whole before is written, and the cut is reported.
    #[test]
    fn a_cut_input_loses_what_is_behind_the_cut_and_says_so(at in 0.0..1.0_f64) {
        let file = invented(20, 17);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "a place in a short file")]
        let cut = (file.len() as f64 * at) as usize;
        let converted = convert(&file[..cut]);
        adds_up(&converted, "a cut file");
        prop_assert!(converted.report.ended.is_some());
        let whole = file[..cut].windows(16).filter(|end| *end == b"</PubmedArticle>").count();
        prop_assert_eq!(converted.report.records_written["ris"], whole as u64);
    }

    /// Whatever single byte is wrong, nothing is lost without a word.
    #[test]
    fn a_wrong_byte_never_loses_a_record_silently(at in 0.0..1.0_f64, byte in any::<u8>()) {
        let mut file = invented(20, 19);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "a place in a short file")]
        let place = (file.len() as f64 * at) as usize;
        file[place] = byte;
        let converted = convert(&file);
        adds_up(&converted, "a wrong byte");
        let said = converted.diagnostics.iter().any(|said| said.severity >= Severity::Error);
        prop_assert!(converted.report.records_written["ris"] == 20 || said);
    }
}

/// Every format has as many entries as the report says, and the report adds up.
fn adds_up(converted: &Converted, what: &str) {
    let report = &converted.report;
    let rejected = converted.diagnostics.iter().filter(|said| said.severity == Severity::Error);
    assert_eq!(rejected.count() as u64, report.records_rejected, "{what}");
    for format in Format::ALL {
        let written = report.records_written[format.as_str()];
        let accounted = written + report.records_omitted + report.records_rejected;
        assert_eq!(report.records_read, accounted, "{what}: {format}");
        assert_eq!(entries(converted.text(format), format), written, "{what}: {format}");
    }
}
