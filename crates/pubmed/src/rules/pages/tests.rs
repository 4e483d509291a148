use model::{Code, PageKind, Pages, Warning};
use proptest::prelude::*;

use super::{Printed, article_number, is_electronic, pages};

/// What the text means in a printed journal, and the codes of what was doubtful.
fn read(medline: &str) -> (Pages, Vec<Code>) {
    let mut warnings = Vec::new();
    let pages = pages(Printed { medline, ..Printed::default() }, &mut warnings);
    let codes = warnings.iter().map(|warning: &Warning| warning.code).collect();
    (pages.expect(medline), codes)
}

/// The ranges as the specification writes them: `3–4; 11`.
fn ranges(pages: &Pages) -> String {
    let shown = pages.ranges.iter().map(|range| match &range.last {
        Some(last) => format!("{}–{last}", range.first),
        None => range.first.clone(),
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn ranges_are_expanded_and_nothing_is_compared() {
    for (printed, expected) in [
        ("187-94", "187–194"),
        ("87-5", "87–85"),
        ("988-86", "988–986"),
        ("682-1", "682–681"),
        ("1008-7", "1008–1007"),
        ("780-779", "780–779"),
        ("48-43", "48–43"),
        ("407-418", "407–418"),
        ("S123-9", "S123–S129"),
        ("A1-7", "A1–A7"),
        ("II104-10", "II104–II110"),
        ("S51-60", "S51–S60"),
        ("e1001-4", "e1001–e1004"),
        ("e247-346", "e247–e346"),
        ("S32-S34", "S32–S34"),
        ("F62-F73", "F62–F73"),
        ("NP456-NP461", "NP456–NP461"),
        ("e157-e161", "e157–e161"),
        ("1S-20S", "1S–20S"),
        ("160S-162S", "160S–162S"),
        ("160S-2S", "160S–162S"),
        ("45d-51d", "45d–51d"),
        ("24a-24d", "24a–24d"),
        ("(82)15d-(82)23d", "(82)15d–(82)23d"),
        ("(80) 23d-35d", "(80) 23d–(80) 35d"),
        ("1161.e1-1161.e2", "1161.e1–1161.e2"),
        ("1595-603.e9", "1595–1603.e9"),
        ("465-e917", "465–e917"),
        ("iii-v", "iii–v"),
        ("vii-xxii", "vii–xxii"),
        ("CLIV-CLXIV", "CLIV–CLXIV"),
        ("ORL-704-9", "ORL-704–ORL-709"),
        ("187–94", "187–194"),
        ("187 — 94", "187–194"),
        ("187−94", "187–194"),
    ] {
        let (pages, codes) = read(printed);
        assert_eq!(ranges(&pages), expected, "{printed}");
        assert_eq!((pages.kind, codes.as_slice()), (PageKind::Pages, [].as_slice()), "{printed}");
        assert_eq!((pages.raw.as_str(), pages.rest.len()), (printed, 0));
    }
}

#[test]
fn a_value_may_hold_several_ranges() {
    for (printed, expected) in [
        ("3-4, 11", "3–4; 11"),
        ("1825-34, 1839-40", "1825–1834; 1839–1840"),
        ("724-6. 728, 730-1", "724–726; 728; 730–731"),
        ("207,210", "207; 210"),
        ("77-95, viii", "77–95; viii"),
        ("I-V, 1-50", "I–V; 1–50"),
    ] {
        let (pages, codes) = read(printed);
        assert_eq!((ranges(&pages).as_str(), pages.kind), (expected, PageKind::Pages), "{printed}");
        assert_eq!((pages.rest.len(), codes.len()), (0, 0), "{printed}");
    }
}

#[test]
fn words_beside_the_pages_are_the_rest() {
    for (printed, expected, rest) in [
        ("Suppl 2:17-8", "17–18", "Suppl 2"),
        ("suppl 116-8", "116–118", "suppl"),
        ("SUPPL:4309-22", "4309–4322", "SUPPL"),
        ("SUPPL 7-8", "7–8", "SUPPL"),
        ("suppl 7", "7", "suppl"),
        ("Suppl. 64-6", "64–66", "Suppl."),
        ("1475-6; author reply 1475-6", "1475–1476", "author reply 1475-6"),
        ("S1-29; quiz S30", "S1–S29", "quiz S30"),
        ("12-3; quiz 4; discussion 5", "12–13", "quiz 4|discussion 5"),
        ("20, 22, 24, passim", "20; 22; 24", "passim"),
        ("5-7 contd", "5–7", "contd"),
        ("129-30 cont", "129–130", "cont"),
        ("1268-71 CONCL", "1268–1271", "CONCL"),
        ("633, 635-9 concl", "633; 635–639", "concl"),
        ("105-6, 108, 110passim", "105–106; 108; 110", "passim"),
        ("suppl 5-6 contd; quiz 7", "5–6", "suppl|contd|quiz 7"),
    ] {
        let (pages, codes) = read(printed);
        assert_eq!((ranges(&pages).as_str(), pages.kind), (expected, PageKind::Pages), "{printed}");
        assert_eq!((pages.rest.join("|").as_str(), codes.len()), (rest, 0), "{printed}");
    }
}

#[test]
fn a_single_value_is_a_page_or_an_article_number() {
    for page in ["S1", "12A", "2237", "522P", "72A", "F6", "ii", "20a", "A-24", "12345"] {
        let (pages, codes) = read(page);
        assert_eq!((ranges(&pages).as_str(), pages.kind), (page, PageKind::Pages), "{page}");
        assert!(codes.is_empty(), "{page}");
    }
    for number in [
        "e0124501",
        "e408",
        "E17",
        "CD002020",
        "101886",
        "Doc01",
        "eade0385",
        "026002",
        "0608",
        "1358863X211017641",
        "101097JU0000000000001784",
        "CIRCINTERVENTIONS121010884",
        "neurintsurg-2019-015347",
        "e01571-20",
    ] {
        let (pages, codes) = read(number);
        assert_eq!(pages.article_number(), Some(number));
        assert_eq!((pages.ranges[0].last.as_ref(), codes.len()), (None, 0), "{number}");
    }
}

#[test]
fn any_single_value_of_an_electronic_work_is_its_number() {
    assert!(is_electronic("Electronic-eCollection") && is_electronic("Electronic"));
    assert!(!is_electronic("Electronic-Print") && !is_electronic("Print-Electronic"));
    for (medline, kind) in [
        ("2237", PageKind::ArticleNumber),
        ("12A", PageKind::ArticleNumber),
        ("12-4", PageKind::Pages),
        ("12, 14", PageKind::Pages),
    ] {
        let printed = Printed { medline, electronic: true, ..Printed::default() };
        let read = pages(printed, &mut Vec::new()).expect(medline);
        assert_eq!(read.kind, kind, "{medline}");
    }
}

#[test]
fn an_extent_is_no_page() {
    for printed in ["62 p.", "62 p", "[34457 words; 185 paragraphs]"] {
        let (pages, codes) = read(printed);
        assert_eq!((pages.kind, pages.ranges.len()), (PageKind::Extent, 0), "{printed}");
        assert_eq!((pages.raw.as_str(), codes.len()), (printed, 0));
    }
}

#[test]
fn what_is_not_understood_is_kept_as_printed() {
    for printed in [
        "389-392-5",
        "10-6-19",
        "63-420.9",
        "71-430.9",
        "341 6",
        "e20.00181-12",
        "12-ii",
        "cover",
        "; discussion 5",
        "passim",
        "-",
        "12-",
        "10.1000/182",
    ] {
        let (pages, codes) = read(printed);
        assert_eq!((pages.kind, codes), (PageKind::Unparsed, vec![Code::PagesUnparsed]));
        assert_eq!((pages.raw.as_str(), pages.ranges.len(), pages.rest.len()), (printed, 0, 0));
    }
}

#[test]
fn a_question_mark_is_a_doubt() {
    let (pages, codes) = read("?31-40");
    assert_eq!((ranges(&pages).as_str(), codes), ("31–40", vec![Code::PagesUnsure]));
}

#[test]
fn nothing_printed_is_no_pages() {
    for medline in ["", " \n\t "] {
        let printed = Printed { medline, ..Printed::default() };
        assert_eq!(pages(printed, &mut Vec::new()), None);
    }
}

#[test]
fn first_and_last_page_are_believed_before_the_text() {
    for (medline, start, end, expected, kind) in [
        ("12-4; quiz 15", "12", "14", "12–14", PageKind::Pages),
        ("12-4, 20-1", "112", "114", "112–114; 20–21", PageKind::Pages),
        ("341 6", "341", "346", "341–346", PageKind::Pages),
        ("e17", "e17", "", "e17", PageKind::ArticleNumber),
        ("e17", "e17", "e17", "e17", PageKind::ArticleNumber),
        ("", "12", "14", "12–14", PageKind::Pages),
        ("", "e17", "", "e17", PageKind::ArticleNumber),
    ] {
        let printed = Printed { medline, start, end, electronic: false };
        let mut warnings = Vec::new();
        let pages = pages(printed, &mut warnings).expect(expected);
        assert_eq!((ranges(&pages).as_str(), pages.kind), (expected, kind), "{medline} {start}");
        assert!(warnings.is_empty() && !pages.raw.is_empty(), "{medline} {start}");
    }
}

#[test]
fn a_short_item_identifier_stands_for_missing_pages() {
    let number = |piis: &[&'static str], preprint| {
        let pages = article_number(piis.iter().copied(), preprint);
        pages.and_then(|pages| pages.article_number().map(str::to_owned))
    };
    assert_eq!(number(&["576"], false).as_deref(), Some("576"));
    assert_eq!(number(&["S0190-9622(18)30721-7", "e228092"], false).as_deref(), Some("e228092"));
    assert_eq!(number(&["S0190-9622(18)30721-7"], false), None);
    assert_eq!(number(&["12345678901"], false), None);
    assert_eq!(number(&["arXiv:2304.02112v2"], true).as_deref(), Some("arXiv:2304.02112v2"));
    assert_eq!(number(&[], true), None);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,24}", electronic: bool) {
        let printed = Printed { medline: &text, electronic, ..Printed::default() };
        pages(printed, &mut Vec::new());
    }

    #[test]
    fn expansion_changes_nothing_that_is_complete(
        text in "[A-Za-z]{0,2}-?[0-9]{1,4}[a-z]?(-[A-Z]{0,2}[0-9]{1,4}[a-z]?)?(, ?[0-9]{1,3}(-[0-9]{1,3})?)?",
    ) {
        let once = read(&text).0;
        // What is no pages but one number stays as it is.
        if once.kind != PageKind::Pages {
            prop_assert_eq!(once.raw, text);
            return Ok(());
        }
        let joined = once.ranges.iter().map(|range| match &range.last {
            Some(last) => format!("{}-{last}", range.first),
            None => range.first.clone(),
        });
        let twice = read(&joined.collect::<Vec<_>>().join(", ")).0;
        prop_assert_eq!(&twice.ranges, &once.ranges);
    }

    #[test]
    fn a_complete_range_stays(first in 1_u32..99_999, more in 0_u32..500, prefix in "[A-Z]{0,2}") {
        let (first, last) = (format!("{prefix}{first}"), format!("{prefix}{}", first + more));
        let pages = read(&format!("{first}-{last}")).0;
        prop_assert_eq!(ranges(&pages), format!("{first}–{last}"));
    }
}
