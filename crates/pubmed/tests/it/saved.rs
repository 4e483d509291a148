//! Ways of saving a page: the same record comes out of each.

use std::fmt::Write;

use model::{Code, Record};

use crate::read::{Found, codes};

const PAGE: &str = include_str!("../pages/article.html");

fn plain() -> Record {
    Found::html(PAGE).one()
}

#[test]
fn absolute_links_and_comments_of_browsers_change_nothing() {
    let page = PAGE
        .replace("href=\"/", "href=\"https://pubmed.ncbi.nlm.nih.gov/")
        .replace("href=\"#full", "href=\"https://pubmed.ncbi.nlm.nih.gov/99000555/#full")
        .replace(
            "<html",
            "<!-- saved from url=(0041)https://pubmed.ncbi.nlm.nih.gov/99000555/ -->\n<html",
        );
    assert_eq!(Found::html(page).one(), plain());
}

#[test]
fn a_new_indentation_changes_nothing() {
    let page = PAGE.replace("><", ">\n        <").replace(", Oslo", ",\n            Oslo");
    assert_eq!(Found::html(page).one(), plain());
}

#[test]
fn what_extensions_put_into_a_page_is_not_read() {
    let junk = "<div class='ranking'><b>Journal of Junk</b> IF 99 <a href='/1/'>1</a> doi: 10.9999/junk</div>";
    let page = PAGE
        .replace("<div class=\"dropdown\">", &format!("{junk}<div class=\"dropdown\">"))
        .replace(
            "<span class=\"period\">",
            &format!("<x-rank>Q1 99.9</x-rank>{junk}<span class=\"period\">"),
        )
        .replace("<ul class=\"identifiers\"", &format!("{junk}<ul class=\"identifiers\""))
        .replace("</body>", &format!("<div id='translator'>{junk}</div></body>"))
        .replace(
            "</span><span class=\"secondary-date\">",
            "<a href='#'>10.9999/junk</a></span><span class=\"secondary-date\">",
        );
    assert_eq!(Found::html(page).one(), plain());
}

#[test]
fn a_single_file_with_everything_embedded() {
    let image = "QUJD".repeat(100_000);
    let page = PAGE.replace(
        "</head>",
        &format!(
            "<!--\n Page saved with SingleFile \n url: https://pubmed.ncbi.nlm.nih.gov/99000555/ \n-->\
             <style>a{{background:url(data:image/png;base64,{image})}}</style>\
             <link rel=icon href=\"data:image/png;base64,{image}\"></head>"
        ),
    );
    assert_eq!(Found::html(page).one(), plain());
}

#[test]
fn a_web_archive_in_quoted_printable() {
    let mut quoted = String::new();
    let mut width = 0;
    for byte in PAGE.bytes() {
        if byte == b'\n' {
            quoted.push_str("\r\n");
            width = 0;
            continue;
        }
        let before = quoted.len();
        if byte == b'=' || !byte.is_ascii() {
            write!(quoted, "={byte:02X}").expect("strings take all");
        } else {
            quoted.push(char::from(byte));
        }
        width += quoted.len() - before;
        if width > 70 {
            quoted.push_str("=\r\n");
            width = 0;
        }
    }
    let archive = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://pubmed.ncbi.nlm.nih.gov/99000555/\r\n\
         Subject: Mills\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\
         \tboundary=\"----Mill----\"\r\n\r\n------Mill----\r\nContent-Type: text/css\r\n\r\na{{}}\r\n\
         ------Mill----\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\
         Content-Location: https://pubmed.ncbi.nlm.nih.gov/99000555/\r\n\r\n{quoted}\r\n------Mill------\r\n"
    );
    assert_eq!(Found::html(archive).one(), plain());
}

/// What a page of another encoding holds is read by what it declares; a wrong declaration costs
/// signs, never the page.
#[test]
fn other_encodings() {
    let named = PAGE.replace("Mill House, Oslo", "Mühle, Oslo");
    let expected = Found::html(&named).one();
    let utf_16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(named.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(Found::html(utf_16).one(), expected);
    let latin = |page: &str| -> Vec<u8> {
        page.chars().map(|sign| u8::try_from(u32::from(sign)).unwrap_or(b'?')).collect()
    };
    let declared = named.replace("charset=\"utf-8\"", "charset=\"iso-8859-1\"").replace('…', "");
    assert_eq!(Found::html(latin(&declared)).one(), expected);
    assert_eq!(Found::html(format!("\u{feff}{named}")).one(), expected);
    for wrong in ["shift_jis", "utf-8", "gb18030", "no-such-charset", "iso-2022-kr", "utf-16"] {
        let page = declared.replace("iso-8859-1", wrong);
        let record = Found::html(latin(&page)).one();
        assert_eq!(record.pmid, expected.pmid, "{wrong}");
        assert_eq!(record.authors.len(), expected.authors.len(), "{wrong}");
    }
}

#[test]
fn a_page_reached_by_a_search_is_the_same_page() {
    let page = PAGE.replace(
        "<header id=\"heading\"",
        "<div class=\"applied-filters-message\">Filters applied. Clear filters</div>\
         <div class=\"single-result-redirect-message\">Found 1 result for mills</div><header id=\"heading\"",
    );
    assert_eq!(Found::html(page).one(), plain());
}

#[test]
fn a_piece_without_its_head_gives_what_is_in_it() {
    let body = PAGE.split_once("<body>").expect("a body").1;
    let record = Found::html(format!("</html>{body}")).one();
    let plain = plain();
    assert_eq!((record.pmid, &record.title), (plain.pmid, &plain.title));
    assert_eq!(record.authors, plain.authors);
    assert_eq!(codes(&record), []);
}

#[test]
fn the_trial_site_of_2019() {
    let page = PAGE
        .replace("<span class=\"cit\">2031 Sep;33(5 Suppl 1):407-418.</span>", "<time class=\"citation-year\" datetime=\"2031-09-02\">2031</time><span class=\"volume-issue-pages\">;33(5 Suppl 1):407-418.</span>")
        .replace("eng-abstract", "en-abstract")
        .replace("h2 class=\"title\"", "h3 class=\"title\"")
        .replace("full-view-affiliation-", "affiliation-");
    let record = Found::html(page).one();
    let plain = plain();
    assert_eq!(
        (&record.volume, &record.issue, &record.pages),
        (&plain.volume, &plain.issue, &plain.pages)
    );
    assert_eq!(record.issued.as_ref().and_then(|date| date.start.day), Some(2));
    assert_eq!((record.authors, record.abstract_), (plain.authors, plain.abstract_));
}

/// Values in two places that differ are told, and the first is taken.
#[test]
fn disagreements_are_told() {
    for (from, to, words) in [
        (
            "citation_pmid\" content=\"99000555",
            "citation_pmid\" content=\"99000556",
            "PMID: 99000555",
        ),
        ("data-article-pmid=\"99000555", "data-article-pmid=\"99000557", "99000557 (article)"),
        ("citation_doi\" content=\"10.5555/Mill", "citation_doi\" content=\"10.5555/Hill", "DOI: "),
        ("citation_title\" content=\"Grinding", "citation_title\" content=\"Milling", "title: "),
        ("citation_volume\" content=\"33", "citation_volume\" content=\"34", "volume: 33, 34"),
        ("citation_issue\" content=\"5", "citation_issue\" content=\"6", "issue: "),
        ("citation_date\" content=\"09/01/2031", "citation_date\" content=\"09/01/2033", "date: "),
        (
            "citation_publisher\" content=\"J",
            "citation_publisher\" content=\"K",
            "journal abbreviation: ",
        ),
        (
            "citation_journal_title\" content=\"Journal",
            "citation_journal_title\" content=\"Magazine",
            "journal: ",
        ),
    ] {
        assert!(PAGE.contains(from), "{from}");
        let mut record = Found::html(PAGE.replace(from, to)).one();
        let warnings = std::mem::take(&mut record.warnings);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0].code, Code::SourcesDisagree);
        assert!(
            warnings[0].text.starts_with(words) || warnings[0].text.contains(words),
            "{warnings:?}"
        );
        assert_eq!(record, plain(), "{from}");
    }
}

/// Nothing of other works, of menus and of descriptions gets into the record.
#[test]
fn nothing_is_made_up() {
    let record = plain();
    let written = format!("{record:?}");
    for other in [
        "99000557",
        "10.5555/old\"",
        "et al",
        "Menu",
        "Search in",
        "Add to Search",
        "Actions",
        "To grind at 106 turns …",
    ] {
        assert!(!written.contains(other), "{other}");
    }
    let nameless = PAGE.replace("99000555", "").replace("<ul class=\"identifiers\"", "<ul hidden");
    let record = Found::html(nameless).one();
    assert_eq!(record.pmid, None);
    assert!(codes(&record).contains(&Code::PmidMissing));
}
