//! What holds for every input: order, counting, independence of the number of threads.

use convert::Report;
use proptest::prelude::*;

use crate::support::{Left, convert, padded, request, set};

/// Something that stands in a set.
#[derive(Clone, Debug)]
enum Piece {
    Article { pmid: u64, version: u32, bytes: usize },
    Unclosed,
    Foreign,
    Deleted(u64),
    Unknown(&'static str),
}

fn piece() -> impl Strategy<Value = Piece> {
    let article = (1..40_u64, 1..4_u32, prop_oneof![0..200_usize, 100_000..300_000_usize]);
    prop_oneof![
        8 => article.prop_map(|(pmid, version, bytes)| Piece::Article { pmid, version, bytes }),
        1 => Just(Piece::Unclosed),
        1 => Just(Piece::Foreign),
        1 => (1..40_u64).prop_map(Piece::Deleted),
        1 => prop_oneof![Just("Novelty"), Just("Rarity")].prop_map(Piece::Unknown),
    ]
}

fn written(piece: &Piece) -> String {
    match piece {
        Piece::Article { pmid, version, bytes } => {
            padded(*pmid, *version, &format!("Invented work {pmid} v{version}"), *bytes)
        }
        Piece::Unclosed => "<PubmedArticle><MedlineCitation><PMID>77</PMID><Article><Journal>\
             </Article></MedlineCitation></PubmedArticle>"
            .to_owned(),
        Piece::Foreign => "<PubmedArticle><PubmedData/></PubmedArticle>".to_owned(),
        Piece::Deleted(pmid) => format!("<DeleteCitation><PMID>{pmid}</PMID></DeleteCitation>"),
        Piece::Unknown(name) => format!(
            "<PubmedArticle><MedlineCitation><PMID>88</PMID><Article><ArticleTitle>Invented\
             </ArticleTitle><{name}/></Article></MedlineCitation></PubmedArticle>"
        ),
    }
}

/// All that a conversion says but how long it took.
fn timeless(left: &Left) -> (&Vec<Vec<u8>>, String, Report, &Vec<Vec<u64>>) {
    let report = Report { seconds: 0.0, ..left.report.clone() };
    (&left.outputs, format!("{:?}", left.diagnostics), report, &left.fingerprints)
}

fn settings() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    (
        prop_oneof![Just("ris"), Just("jsonl,csl-json"), Just("ris,endnote-xml")],
        prop_oneof![Just("all"), Just("latest")],
        prop_oneof![Just("keep"), Just("first")],
        prop_oneof![Just("{auth}{year}-{pmid}"), Just("{auth}{year}")],
    )
        .prop_map(|(formats, versions, duplicates, key)| {
            vec![
                ("formats", formats),
                ("versions", versions),
                ("duplicates", duplicates),
                ("citekey", key),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_threads_gives_the_same(
        pieces in prop::collection::vec(piece(), 0..30),
        cut in prop::option::weighted(0.3, 0.0..1.0_f64),
        settings in settings(),
    ) {
        let mut input = set(&pieces.iter().map(written).collect::<Vec<_>>());
        if let Some(cut) = cut {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss,
                clippy::cast_precision_loss, reason = "any place will do")]
            input.truncate((input.len() as f64 * cut) as usize);
        }
        let request = request(&settings);
        let one = convert(&request, 1, &[input.as_bytes()]).expect("no failure");
        for threads in [2, 5] {
            let many = convert(&request, threads, &[input.as_bytes()]).expect("no failure");
            prop_assert_eq!(timeless(&many), timeless(&one));
        }

        let report = &one.report;
        for (at, output) in report.outputs.iter().enumerate() {
            prop_assert_eq!(
                report.records_read,
                output.records + report.records_omitted + report.records_rejected
            );
            prop_assert_eq!(output.bytes, one.outputs[at].len() as u64);
            prop_assert_eq!(output.records, one.fingerprints[at].len() as u64);
            let found = formats::verify::check(
                output.format, &one.outputs[at][..], &one.fingerprints[at]);
            prop_assert!(found.is_ok(), "{found:?}");
        }
        if cut.is_none() {
            let is_record = |piece: &&Piece| !matches!(piece, Piece::Deleted(_));
            prop_assert_eq!(report.records_read, pieces.iter().filter(is_record).count() as u64);
        }
        let unsaid = report.records_omitted + report.records_rejected;
        let lines = one.diagnostics.iter().filter(|line| {
            line.severity == model::Severity::Error
                || line.message == "left out"
                || line.code == model::Code::VersionSuperseded
        });
        prop_assert_eq!(unsaid, lines.count() as u64);
    }
}
