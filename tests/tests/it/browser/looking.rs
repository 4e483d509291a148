//! What is seen and heard: names, structure, contrast and sizes, at several widths and in both
//! colour schemes. Screenshots are left in `target/browser`.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tests::places;

use super::visit::{Visit, example};

/// An expression whose value is a list of faults.
const CHECKS: &str = include_str!("checks.js");

/// Roles of what can be operated or read as a region: each needs a name.
const NAMED: [&str; 14] = [
    "button",
    "checkbox",
    "combobox",
    "form",
    "group",
    "image",
    "link",
    "navigation",
    "progressbar",
    "region",
    "spinbutton",
    "textbox",
    "DisclosureTriangle",
    "table",
];

#[test]
fn the_page_is_for_everybody_at_every_width_and_in_both_schemes() {
    let mut visit = Visit::begin();
    looks_right(&mut visit, "empty");
    let awkward = example("examples/awkward.xml");
    let paper = visit.file("a-paper-with-a-long-name-that-has-no-place-to-break.pdf", "%PDF-1.7\n");
    visit.drop_files(&[&paper, &awkward]);
    visit.formats(&["ris", "bibtex", "csl-json", "endnote-xml"]);
    visit.click("#submit");
    visit.ends(&["done", "failed"]);
    visit.browser.until("document.querySelector('#jobs .references li')");
    visit.drop_files(&[&paper]);
    visit.click("#submit");
    visit.ends(&["failed", "done", "failed"]);
    // Everything that can be opened is.
    let open =
        "document.querySelectorAll('details:not([hidden])').forEach((one) => { one.open = true; })";
    visit.drop_files(&[&awkward]);
    visit.browser.js(open);
    visit.browser.until("document.querySelectorAll('#jobs tbody tr').length >= 8");
    looks_right(&mut visit, "jobs");
    visit.is_quiet(&[]);
}

#[test]
fn the_description_of_the_calls_is_for_everybody_too() {
    let mut visit = Visit::begin();
    visit.open("/docs");
    visit.browser.until("document.querySelectorAll('section').length > 20");
    for path in ["/v1/convert", "/v1/jobs/{id}/results/{format}", "/healthz"] {
        let is_told = format!("document.querySelector('#operations').innerText.includes('{path}')");
        assert_eq!(visit.browser.js(&is_told), true, "{path}");
    }
    looks_right(&mut visit, "docs");
    visit.browser.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    looks_right(&mut visit, "docs-open");
    visit.is_quiet(&[]);
}

#[test]
fn nothing_moves_for_those_who_do_not_want_it() {
    let mut visit = Visit::begin();
    let moving = "[...document.querySelectorAll('*')].filter((one) => \
        parseFloat(getComputedStyle(one).transitionDuration) > 0 \
        || getComputedStyle(one).animationName !== 'none').length";
    let set = |visit: &mut Visit, value: &str| {
        let features = json!([{"name": "prefers-reduced-motion", "value": value}]);
        visit.browser.call("Emulation.setEmulatedMedia", json!({"features": features}));
    };
    set(&mut visit, "no-preference");
    assert_ne!(visit.browser.js(moving), 0, "there is something to be stopped");
    set(&mut visit, "reduce");
    assert_eq!(visit.browser.js(moving), 0);
}

/// Checks the page as it is now, and leaves a screenshot of each width and scheme.
fn looks_right(visit: &mut Visit, name: &str) {
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}]);
        visit.browser.call("Emulation.setEmulatedMedia", json!({"features": features}));
        for (width, height) in [(320, 640), (375, 812), (1280, 900)] {
            visit.size(width, height);
            let faults = visit.browser.js(CHECKS);
            assert_eq!(faults, json!([]), "{name}, {scheme}, {width}");
            if width > 320 {
                keep_screenshot(visit, &format!("{name}-{width}-{scheme}"));
            }
        }
        grounds.push(visit.browser.js("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(grounds[0], grounds[1], "the schemes differ");
    let without_name = nameless(visit);
    assert!(without_name.is_empty(), "{name}: {without_name:?}");
}

/// What the browser tells a screen reader that has a role but no name.
fn nameless(visit: &mut Visit) -> Vec<Value> {
    let tree = visit.browser.call("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().expect("nodes");
    let role = |node: &Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let with_role: Vec<&Value> = nodes
        .iter()
        .filter(|node| node["ignored"] == false && NAMED.contains(&role(node).as_str()))
        .collect();
    assert!(with_role.len() > 10, "only {} were looked at", with_role.len());
    let is_nameless = |node: &&Value| node["name"]["value"].as_str().is_none_or(str::is_empty);
    // A table in a region has the name of its region; a group is named where it is a set of boxes.
    let may_be = |node: &&Value| ["table", "group"].contains(&role(node).as_str());
    with_role.into_iter().filter(|node| is_nameless(node) && !may_be(node)).cloned().collect()
}

fn keep_screenshot(visit: &mut Visit, name: &str) {
    let folder = places::refmill()
        .parent()
        .and_then(|folder| folder.parent())
        .map(|target| target.join("browser"));
    let folder = folder.expect("the program is in the folder of its profile");
    fs::create_dir_all(&folder).expect("a folder");
    let asked = json!({"format": "png", "captureBeyondViewport": true});
    let shot = visit.browser.call("Page.captureScreenshot", asked);
    let png = STANDARD.decode(shot["data"].as_str().expect("an image")).expect("base64");
    assert!(png.starts_with(b"\x89PNG"), "a screenshot");
    fs::write(folder.join(format!("{name}.png")), png).expect("a screenshot");
}
