//! From a file to a reference manager.

use std::fs;
use std::io::BufWriter;
use std::path::PathBuf;

use serde_json::json;

use super::visit::{Visit, converted, example};

#[test]
fn a_dropped_file_becomes_what_the_command_line_makes_of_it() {
    let mut visit = Visit::begin();
    let file = example("examples/awkward.xml");
    visit.drop_files(&[&file]);
    visit.browser.until("document.querySelector('#chosen').innerText.includes('awkward.xml')");
    visit.formats(&["ris", "csl-json"]);
    visit.click("#submit");
    visit.ends(&["done"]);
    assert_eq!(visit.text("#jobs .name"), "awkward.xml");
    assert_eq!(visit.text("#jobs .counts").split_whitespace().collect::<String>(), COUNTS);

    let ris = converted(&file, "ris", &[]);
    visit.browser.until("document.querySelector('#jobs .raw').textContent !== ''");
    let raw = visit.browser.js("document.querySelector('#jobs .raw').textContent");
    assert_eq!(raw, ris, "the preview of a small file is the whole of it");
    let reference = visit.text("#jobs .references li");
    for part in ["van der Berg JW 3rd, Müller KH, Sukarno", "1998;56", "PMID 99000401"] {
        assert!(reference.contains(part), "{reference}");
    }
    assert_eq!(visit.text("#jobs .references i"), "Escherichia coli");

    let (name, bytes) = visit.downloaded(|visit| visit.click("#jobs a[href$='/ris']"));
    assert_eq!((name.as_str(), String::from_utf8(bytes).expect("text")), ("awkward.ris", ris));
    let (name, bytes) = visit.downloaded(|visit| visit.click("#jobs a[href$='/csl-json']"));
    assert_eq!(name, "awkward.json");
    assert_eq!(String::from_utf8(bytes).expect("text"), converted(&file, "csl-json", &[]));

    visit.click("#jobs .findings summary");
    visit.browser.until("document.querySelectorAll('#jobs tbody tr').length === 5");
    let table = visit.text("#jobs .findings");
    for part in ["suffix-dropped", "kept as credentials", "PMID 99000401", "Müller: MSN, MPH"] {
        assert!(table.contains(part), "{table}");
    }
    visit.is_quiet(&[]);
}

const COUNTS: &str = "read1written1rejected0";

#[test]
fn raw_output_is_copied() {
    let mut visit = Visit::begin();
    let granted = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
    visit.browser.call("Browser.grantPermissions", granted);
    let file = example("examples/article.xml");
    visit.drop_files(&[&file]);
    visit.formats(&["ris", "bibtex"]);
    visit.click("#submit");
    visit.ends(&["done"]);
    let choose = "(() => { const list = document.querySelector('#jobs .raw-format'); \
        list.value = 'bibtex'; list.dispatchEvent(new Event('change')); })()";
    visit.browser.js(choose);
    visit.browser.until("document.querySelector('#jobs .raw').textContent.startsWith('@')");
    visit.click("#jobs .copy");
    visit.browser.until("document.querySelector('#announce').textContent.includes('copied')");
    let copied = visit.browser.js("navigator.clipboard.readText()");
    assert_eq!(copied, converted(&file, "bibtex", &[]));
    visit.is_quiet(&[]);
}

#[test]
fn a_pasted_page_is_converted_with_the_options_that_were_chosen() {
    let mut visit = Visit::begin();
    let page = example("crates/pubmed/tests/pages/article.html");
    let text = fs::read_to_string(&page).expect("a page");
    visit.click("#paste");
    visit.browser.call("Input.insertText", json!({"text": text}));
    visit.click("#options summary");
    let choose = "(() => { const list = document.getElementById('set-abstract'); \
        list.value = 'off'; list.dispatchEvent(new Event('input', { bubbles: true })); })()";
    visit.browser.js(choose);
    assert_eq!(visit.text("#changed"), "1 changed");
    visit.click("#submit");
    visit.ends(&["done"]);
    let (name, bytes) = visit.downloaded(|visit| visit.click("#jobs a[href$='/ris']"));
    assert_eq!(name, "pasted.ris");
    let ris = String::from_utf8(bytes).expect("text");
    assert_eq!(ris, converted(&page, "ris", &["--abstract", "off"]));
    assert!(!ris.contains("AB  - "), "{ris}");
    visit.is_quiet(&[]);
}

/// Every format tells its records as references, also the ones that are no text of fields.
#[test]
fn records_are_shown_as_references_whatever_the_format_is() {
    let mut visit = Visit::begin();
    let file = example("tests/golden/one-record-in-every-format/input.xml");
    for format in ["ris", "csl-json", "jsonl", "endnote-xml", "bibtex", "biblatex"] {
        visit.drop_files(&[&file]);
        visit.formats(&[format]);
        visit.click("#submit");
        visit.browser.until(
            "document.querySelectorAll('#jobs .job').length === 1 \
             && document.querySelector('#jobs .references li')",
        );
        let shown = visit.text("#jobs .references li").replace('₂', "2");
        let expected = "van der Berg J 3rd, Müller KH, Sukarno, Health and Safety Group. \
            Effects of CO2 on E. coli & mRNA. Annales de test (Paris, France). \
            2020;12(2 Suppl 3):S123–S129. \
            doi:10.1000/0000-0019(2020)12:2<123::aid-t1>3.0.co;2-2 · PMID 99000001";
        assert_eq!(shown, expected, "{format}");
        visit.click("#jobs .delete");
        visit.browser.until("document.querySelectorAll('#jobs .job').length === 0");
    }
    visit.is_quiet(&[]);
}

#[test]
fn a_large_file_shows_how_far_it_is_and_its_preview_ends_with_a_whole_record() {
    let mut visit = Visit::begin();
    let large = large(&visit, 3000);
    let watch = "window.seen = []; new MutationObserver(() => { \
        const card = document.querySelector('#jobs .job'); if (!card) return; \
        window.seen.push(card.querySelector('.state').textContent + ' ' \
            + card.querySelector('.doing').textContent); \
        }).observe(document.getElementById('jobs'), \
            { subtree: true, childList: true, characterData: true })";
    visit.browser.js(watch);
    visit.drop_files(&[&large]);
    visit.formats(&["ris", "csl-json", "jsonl"]);
    visit.click("#submit");
    visit.ends(&["done"]);
    let seen = visit.browser.js("window.seen");
    let seen: Vec<&str> =
        seen.as_array().expect("a list").iter().filter_map(|one| one.as_str()).collect();
    let count = |begin: &str, part: &str| {
        seen.iter().filter(|said| said.starts_with(begin) && said.contains(part)).count()
    };
    assert!(count("converting", " records, ") >= 2, "{seen:?}");
    let is_stream = |event: &serde_json::Value| {
        event["method"] == "Network.requestWillBeSent"
            && event["params"]["request"]["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("/events"))
    };
    assert_eq!(visit.browser.events().iter().filter(|event| is_stream(event)).count(), 1);
    let counts = visit.text("#jobs .counts");
    assert!(counts.contains("3,000"), "{counts}");

    for (format, end) in [("ris", "\r\nER  - "), ("csl-json", "}"), ("jsonl", "}\n")] {
        let choose = format!(
            "(() => {{ const list = document.querySelector('#jobs .raw-format'); \
             list.value = '{format}'; list.dispatchEvent(new Event('change')); }})()"
        );
        visit.browser.js("document.querySelector('#jobs .raw').textContent = ''");
        visit.browser.js(&choose);
        visit.browser.until("document.querySelector('#jobs .raw').textContent !== ''");
        let raw = visit.browser.js("document.querySelector('#jobs .raw').textContent");
        let raw = raw.as_str().expect("text");
        assert!(
            raw.ends_with(end) && raw.len() > 30_000 && raw.len() < 65_537,
            "{format}: {}",
            raw.len()
        );
    }
    let shown = visit.browser.js("document.querySelectorAll('#jobs .references li').length");
    assert_eq!(shown, 10);
    visit.is_quiet(&[]);
}

/// A proxy may break streams: the page looks at the list then.
#[test]
fn without_events_the_page_looks_for_itself() {
    let mut visit = Visit::begin();
    visit.browser.call("Network.setBlockedURLs", json!({"urls": ["*/events"]}));
    let large = large(&visit, 1500);
    visit.drop_files(&[&large]);
    visit.click("#submit");
    visit.ends(&["done"]);
    assert!(visit.text("#jobs .counts").contains("1,500"));
    visit.is_quiet(&["ERR_BLOCKED_BY_CLIENT"]);
}

#[test]
fn a_conversion_can_be_cancelled_and_deleted_and_is_found_again() {
    let mut visit = Visit::begin();
    let large = large(&visit, 6000);
    visit.drop_files(&[&large]);
    visit.click("#submit");
    visit.browser.until("document.querySelector('#jobs .state')?.textContent === 'converting'");
    visit.click("#jobs .cancel");
    visit.ends(&["cancelled"]);
    let small = example("examples/article.xml");
    visit.drop_files(&[&small]);
    visit.click("#submit");
    visit.ends(&["done", "cancelled"]);

    visit.open("/");
    visit.browser.until("document.querySelectorAll('#recent .job').length === 2");
    assert_eq!(visit.text("#recent .job:first-child .name"), "article.xml");
    let (name, bytes) = visit.downloaded(|visit| visit.click("#recent a[href$='/ris']"));
    assert_eq!(name, "article.ris");
    assert_eq!(String::from_utf8(bytes).expect("text"), converted(&small, "ris", &[]));
    for left in [1, 0] {
        visit.click("#recent .delete");
        visit
            .browser
            .until(&format!("document.querySelectorAll('#recent .job').length === {left}"));
    }
    let focus = visit.browser.js("document.activeElement.id");
    assert_eq!(focus, "jobs-title", "the focus does not fall out of the page");
    visit.is_quiet(&[]);
}

/// A file of so many invented records.
fn large(visit: &Visit, records: u32) -> PathBuf {
    let path = visit.folder.path().join("large.xml");
    let mut out = BufWriter::new(fs::File::create(&path).expect("a file"));
    tests::generate::baseline(records, 1, &mut out).expect("records");
    path
}
