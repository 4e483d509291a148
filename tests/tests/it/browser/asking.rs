//! A service that asks for a key.

use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use super::visit::{Visit, converted, example};

/// A key, and its digest as it stands in the file of keys.
const KEY: &str = "rm_visitor_kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";
const DIGEST: &str = "f993707753473080b2c378c8ef51034e92ef78586db17cc193605feecf151a59";

#[test]
fn a_key_is_asked_for_and_opens_everything_from_then_on() {
    let (mut visit, _keys) = visit("");
    visit.browser.until("!document.getElementById('form-problem').hidden");
    assert!(visit.text("#form-problem").starts_with("Not authorized: "));

    let file = example("examples/article.xml");
    visit.drop_files(&[&file]);
    visit.click("#key");
    for key in [&KEY[..KEY.len() - 1], KEY] {
        visit.browser.js("document.getElementById('key').select()");
        visit.browser.call("Input.insertText", json!({"text": key}));
        visit.press("Tab", "");
        let is_right = key == KEY;
        visit
            .browser
            .until(&format!("document.getElementById('form-problem').hidden === {is_right}"));
    }
    visit.click("#submit");
    visit.ends(&["done"]);
    visit.browser.until("document.querySelector('#jobs .references li')");
    let (name, bytes) = visit.downloaded(|visit| visit.click("#jobs a[href$='/ris']"));
    assert_eq!(name, "article.ris");
    assert_eq!(String::from_utf8(bytes).expect("text"), converted(&file, "ris", &[]));

    // The key is in the memory of the page alone.
    let kept = visit.browser.js("[localStorage.length, sessionStorage.length]");
    assert_eq!(kept, json!([0, 0]));
    let cookies = visit.browser.call("Network.getCookies", json!({}));
    assert_eq!(cookies["cookies"], json!([]));
    visit.open("/");
    visit.browser.until("!document.getElementById('access').hidden");
    assert_eq!(visit.browser.js("document.querySelectorAll('#recent .job').length"), 0);
    visit.is_quiet(&["401 (Unauthorized)"]);
}

/// More files than connections, more calls than the key may make: each waits for its turn, the
/// streams of the first leave room for uploads, and nothing is lost.
#[test]
fn many_files_wait_until_the_service_has_room() {
    let (mut visit, _keys) = visit(r#","rate_per_second":10,"rate_burst":6,"max_streams":3"#);
    visit.browser.until("!document.getElementById('access').hidden");
    visit.click("#key");
    visit.browser.call("Input.insertText", json!({"text": KEY}));
    let text = std::fs::read(example("examples/article.xml")).expect("an example");
    let files: Vec<PathBuf> = (0..10).map(|at| visit.file(&format!("f{at}.xml"), &text)).collect();
    visit.drop_files(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    visit.click("#submit");
    visit.ends(&["done"; 10]);
    let is_refused = |event: &serde_json::Value| event["params"]["response"]["status"] == 429;
    assert!(visit.browser.events().iter().any(is_refused), "the key was not too slow");
    visit.is_quiet(&["401 (Unauthorized)", "429 (Too Many Requests)"]);
}

/// Opens the page of a service that knows the key.
fn visit(more: &str) -> (Visit, TempDir) {
    let line = format!(
        r#"{{"id":"visitor","sha256":"{DIGEST}","owner":"visitor","scopes":["submit","read"]{more}}}"#
    );
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    std::fs::write(&keys, line).expect("a file");
    let words = format!("--set auth.mode=keys --set auth.keys_file={}", keys.display());
    (Visit::with(&words), folder)
}
