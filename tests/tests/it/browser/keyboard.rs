//! The keyboard alone.

use serde_json::json;

use super::visit::{Visit, converted, example};

/// Where the focus is: the id, or what stands on it.
const FOCUS: &str = "(() => { const at = document.activeElement; \
    return at.id || at.value || at.className || at.textContent.trim(); })()";

/// Whether the element with the focus is told apart from the others by a line around it.
const IS_VISIBLE: &str = "(() => { const at = document.activeElement; \
    const shown = at.id === 'files' ? document.querySelector('label[for=files]') : at; \
    const style = getComputedStyle(shown); const box = shown.getBoundingClientRect(); \
    return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2 \
        && box.bottom > 0 && box.top < innerHeight && box.width > 1; })()";

#[test]
fn a_record_is_typed_converted_and_downloaded_without_a_mouse() {
    let mut visit = Visit::begin();
    let file = example("crates/pubmed/tests/pages/article.nbib");
    let text = std::fs::read_to_string(&file).expect("a record");
    let mut passed = Vec::new();
    tab_to(&mut visit, "paste", &mut passed);
    visit.browser.call("Input.insertText", json!({"text": text}));
    tab_to(&mut visit, "bibtex", &mut passed);
    visit.press(" ", " ");
    tab_to(&mut visit, "submit", &mut passed);
    // In the order in which they stand, and none left out.
    let order = ["skip", "files", "paste", "ris", "bibtex", "biblatex", "csl-json", "endnote-xml"];
    let rest = ["jsonl", "Options", "submit"];
    assert_eq!(passed, [&order[..], &rest[..]].concat());
    visit.press("Enter", "\r");
    visit.ends(&["done"]);
    assert_eq!(visit.browser.js("document.activeElement.id"), "jobs-title");
    assert!(visit.text("#announce").starts_with("pasted.txt: done, 1 read, 1 written, 0 rejected"));

    for (format, extension) in [("ris", "ris"), ("bibtex", "bib")] {
        visit.press("Tab", "");
        assert_eq!(visit.browser.js(IS_VISIBLE), true);
        let link = visit.browser.js("document.activeElement.textContent");
        let link = link.as_str().expect("text");
        assert!(link.starts_with(&format!("Download {format} ")), "{link}");
        assert!(link.ends_with(" of pasted.txt"), "{link}");
        let (name, bytes) = visit.downloaded(|visit| visit.press("Enter", "\r"));
        assert_eq!(name, format!("pasted.{extension}"));
        assert_eq!(String::from_utf8(bytes).expect("text"), converted(&file, format, &[]));
    }
    tab_to(&mut visit, "delete", &mut passed);
    visit.press("Enter", "\r");
    visit.browser.until("document.querySelectorAll('#jobs .job').length === 0");
    assert_eq!(visit.browser.js("document.activeElement.id"), "jobs-title");
    visit.is_quiet(&[]);
}

#[test]
fn the_first_stop_leads_past_the_form() {
    let mut visit = Visit::begin();
    visit.press("Tab", "");
    visit.press("Enter", "\r");
    visit.browser.until("document.activeElement.id === 'jobs-title'");
    visit.open("/docs");
    visit.browser.until("document.querySelectorAll('section').length > 20");
    visit.press("Tab", "");
    visit.press("Enter", "\r");
    visit.browser.until("document.activeElement.id === 'operations'");
    visit.is_quiet(&[]);
}

/// Presses the tabulator until the focus is there; every stop on the way can be seen.
fn tab_to(visit: &mut Visit, there: &str, passed: &mut Vec<String>) {
    for _ in 0..40 {
        visit.press("Tab", "");
        let focus = visit.browser.js(FOCUS);
        let focus = focus.as_str().expect("text").to_owned();
        assert_eq!(visit.browser.js(IS_VISIBLE), true, "{focus}");
        let is_there = focus.split(' ').any(|word| word == there);
        passed.push(focus);
        if is_there {
            return;
        }
    }
    panic!("{there} is not reached: {passed:?}");
}
