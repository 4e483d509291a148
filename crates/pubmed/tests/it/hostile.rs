//! Inputs that mean harm, or were broken on their way: nothing panics, and what was said to be a
//! record is one.

use std::fmt::Write;

use model::{Code, Name};
use proptest::prelude::*;

use crate::read::Found;

const PAGES: &[&str] = &[
    include_str!("../pages/article.html"),
    include_str!("../pages/list.html"),
    include_str!("../pages/notice.html"),
    include_str!("../pages/abstracts.html"),
    include_str!("../pages/terms.html"),
    include_str!("../pages/legacy.html"),
    include_str!("../pages/legacy-list.html"),
    include_str!("../pages/abstractplus.html"),
    include_str!("../pages/bibliography.html"),
    include_str!("../pages/book-list.html"),
];
const MEDLINE: &str = include_str!("../pages/article.nbib");
pub(crate) const TEXT: &str = "Skip to main page content\nFound 1 result for 99000901\nReview\n\
    . 2031 May 2;7(3):e45.\ndoi: 10.5555/h.1. Epub 2031 Apr 30.\n\nMills\n\nAffiliations\n\nMills\n\n\
    Ada van Mill\u{a0}et al. J Test (Oslo). .\n\nAbstract\n\nAims: To mill.\nResults: Milled.\n\n\
    Keywords: mills; rye.\n\nReferences\n\n    1. Other. - DOI\nMeSH terms\nMills / history*\n\
    Comment in\nX.\nPMID: 99000902\n1.\nTitle.\nMill A.\nJ Test. 2017;1:1.\nPMID: 99000903 Review.\n";

/// Pieces that the readers give a meaning to.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "<pre>",
        "PMID- ",
        "PMID:",
        "PMID: 1",
        "\n",
        "\r\n",
        "\n\n",
        "      ",
        ". 2031",
        ". 2031 May 2;7(3):e45.",
        "doi:",
        "doi: 10.",
        "et al. ",
        "(",
        ")",
        "[",
        "]",
        ":",
        ";",
        "/",
        "*",
        "&lt;",
        "\u{a0}",
        "Ü",
        "\u{1F33E}",
        "\u{301}",
        "\0",
        "Skip to main page content\n",
        "Abstract\n",
        "TI  - ",
        "AU  - ",
        "FAU - ,",
        "[Article in ",
        "1 selected item: ",
        "---\ntitle: x\n",
        "](",
        "LID - [doi]",
        "MH  - /*/",
        "RN  -  (",
        "GR  - ///",
        "DP  - -",
        "DEP - ü0190131",
        "IS  - ()",
        "OAB - : ",
        "PG  - -",
        ",",
        "Jr",
        "3rd",
        "class=\"authors-list-item\"",
        "<table>",
        "<svg>",
        "<template>",
        "<select>",
        "=",
        "charset=utf-16",
    ];
    prop_oneof![
        4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

/// A text with some of its bytes cut out and some pieces put in.
fn spoiled(text: &'static str) -> impl Strategy<Value = String> {
    let at = 0..=text.len();
    let change = (at, 0_usize..60, piece());
    prop::collection::vec(change, 1..8).prop_map(move |changes| {
        let mut text = text.to_owned();
        for (at, length, piece) in changes {
            let start = floor(&text, at);
            let end = floor(&text, start + length);
            text.replace_range(start..end, &piece);
        }
        text
    })
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// Whatever came out: something did, and a record has what makes it one.
fn holds(found: &Found) -> Result<(), TestCaseError> {
    for record in &found.records {
        let has_any = !record.title.is_empty()
            || record.pmid.is_some()
            || !record.warnings.is_empty()
            || record.doi.is_some();
        prop_assert!(has_any, "{record:?}");
        for author in &record.authors {
            let name = match &author.name {
                Name::Person { family, .. } => family,
                Name::Group(group) => group,
            };
            prop_assert!(!matches!(name.as_str(), "et al" | "et al."), "{name}");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_hostile_page_never_panics(
        page in (0..PAGES.len()).prop_flat_map(|page| spoiled(PAGES[page])),
    ) {
        let found = Found::html(&page);
        prop_assert!(!found.records.is_empty() || !found.faults.is_empty());
        holds(&found)?;
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for found in [Found::html(&bytes), Found::text(&bytes), Found::medline(&bytes)] {
            prop_assert!(!found.records.is_empty() || !found.faults.is_empty());
        }
    }

    #[test]
    fn a_hostile_text_never_panics(text in spoiled(TEXT)) {
        let found = Found::text(&text);
        prop_assert!(!found.records.is_empty() || !found.faults.is_empty());
        holds(&found)?;
    }

    #[test]
    fn hostile_medline_text_never_panics(text in spoiled(MEDLINE)) {
        let found = Found::medline(&text);
        prop_assert!(!found.records.is_empty() || !found.faults.is_empty());
        holds(&found)?;
        let page = format!("<body><pre>{text}</pre>");
        prop_assert!(!Found::html(page).faults.iter().any(|fault| fault.code == Code::InputEmpty));
    }

    #[test]
    fn nothing_but_pieces(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        for found in [Found::html(&text), Found::text(&text), Found::medline(&text)] {
            prop_assert!(!found.records.is_empty() || !found.faults.is_empty(), "{text:?}");
        }
    }
}

#[test]
fn every_page_cut_anywhere_gives_a_record_or_says_why_not() {
    for page in PAGES {
        for length in (0..page.len()).step_by(61) {
            let found = Found::html(&page.as_bytes()[..length]);
            assert!(!found.records.is_empty() || !found.faults.is_empty(), "cut at {length}");
        }
    }
}

#[test]
fn many_pages_of_text_are_read_one_by_one() {
    let text = TEXT.repeat(20_000);
    let found = Found::text(&text);
    assert_eq!((found.records.len(), found.faults.len()), (20_000, 0));
    let broken = format!("Some words.\n{TEXT}Skip to main page content\nNot found\n{TEXT}");
    let found = Found::text(&broken);
    assert_eq!((found.records.len(), found.remarks.len()), (2, 1));
    let [fault] = &found.faults[..] else { panic!("{:?}", found.faults) };
    assert_eq!((fault.code, fault.line), (Code::RecordForeign, TEXT.lines().count() as u64 + 2));
    let endless = format!("Skip to main page content\n{}", "words ".repeat(1 << 20));
    assert!(Found::text(&endless).refusal().contains("4 MiB"));
}

#[test]
fn fifty_megabytes_in_one_page_are_refused_or_read_at_once() {
    let page = PAGES[0];
    let image = "A".repeat(50 << 20);
    let with_image =
        page.replace("</main>", &format!("<img src=\"data:image/png;base64,{image}\"></main>"));
    assert_eq!(Found::html(with_image).one(), Found::html(page).one());
    let masses = page.replace("</main>", &format!("<p>{}</p></main>", "x ".repeat(25 << 20)));
    assert!(Found::html(masses).refusal().contains("12 MiB"));
}

/// What costs the square of its length when it is read carelessly.
#[test]
fn long_lists_are_read_in_time_that_grows_with_them() {
    const MANY: usize = 20_000;
    let page = PAGES[0];
    let started = |junk: String| {
        page.replace("<h1 class=\"heading-title\">", &format!("{junk}<h1 class=\"heading-title\">"))
    };
    let below = |junk: String| {
        page.replace("<div class=\"references\"", &format!("{junk}<div class=\"references\""))
    };
    let authors = "<span class='authors-list-item'><a class='full-name' href='?term=Mill+A'>A Mill</a>\
        <a class='affiliation-link' href='#nowhere'>1</a></span>";
    let places = "<li id='full-view-affiliation-9'>Mill House.</li>".repeat(MANY);
    let mut buttons = String::new();
    for number in 0..MANY {
        write!(buttons, "<button class='keyword-link'>{number}</button>")
            .expect("strings take all");
    }
    for page in [
        started(format!(
            "<div class='affiliations'><ul>{places}</ul></div>{}",
            authors.repeat(MANY)
        )),
        below("<h2>Comment in</h2>".repeat(MANY) + &"<li class='full-docsum'>x</li>".repeat(MANY)),
        below(buttons),
    ] {
        assert_eq!(Found::html(page).records.len(), 1);
    }
    let marks = "A Mill 1,".repeat(MANY) + "\n" + &"1Mill House.\n".repeat(MANY);
    let copied = format!("J Test\n. 2031 Oct 16;10(2):95-104.\nMills\n{marks}PMID: 99000911\n");
    assert_eq!(Found::text(copied).one().authors.len(), MANY);
    let listed = "Mill A. J Test. 2031;1:1. PMID: 99000912\n".repeat(MANY);
    assert_eq!(Found::text(listed).records.len(), MANY);
}
