//! What the page says when something cannot be done.

use super::visit::Visit;

#[test]
fn files_that_cannot_be_read_are_told_in_a_sentence() {
    let mut visit = Visit::begin();
    let paper = visit.file("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n");
    let cut = visit.file("cut.xml", "<PubmedArticleSet><PubmedArticle><MedlineCitation>");
    for (file, sentences) in [
        (&paper, ["Unreadable input: this is a PDF document.", "refmill reads PubMed XML"]),
        (&cut, ["Truncated input: the input ends before its root has closed", "byte 50"]),
    ] {
        visit.drop_files(&[file]);
        visit.click("#submit");
        visit.ends(&["failed"]);
        let problem = visit.text("#jobs .problem");
        let spoken = visit.text("#announce");
        for sentence in sentences {
            assert!(problem.contains(sentence), "{problem}");
            assert!(spoken.contains(sentence), "{spoken}");
        }
        let downloads = visit.browser.js("document.querySelectorAll('#jobs a[download]').length");
        assert_eq!(downloads, 0);
        visit.click("#jobs .delete");
        visit.browser.until("document.querySelectorAll('#jobs .job').length === 0");
    }
    visit.is_quiet(&[]);
}

#[test]
fn a_form_that_lacks_something_says_what_and_keeps_the_rest() {
    let mut visit = Visit::begin();
    visit.click("#submit");
    assert_eq!(visit.text("#form-problem"), "Choose a file or paste something first.");
    assert_eq!(visit.browser.js("document.activeElement.id"), "files");
    // A list of recent jobs that arrives late takes nothing back.
    let from = visit.browser.events().len();
    visit.browser.js("document.getElementById('key').dispatchEvent(new Event('change'))");
    visit.lists_recent(from);
    visit.browser.js("new Promise((done) => setTimeout(done, 100))");
    assert_eq!(visit.text("#form-problem"), "Choose a file or paste something first.");

    visit.browser.js("document.getElementById('paste').value = 'PMID- 1'");
    visit.formats(&[]);
    visit.click("#submit");
    assert_eq!(visit.text("#form-problem"), "Choose a format first.");
    assert_eq!(visit.browser.js("document.activeElement.name"), "format");
    assert_eq!(visit.browser.js("document.getElementById('paste').value"), "PMID- 1");
    assert_eq!(visit.browser.js("document.querySelectorAll('#jobs .job').length"), 0);
    visit.is_quiet(&[]);
}

#[test]
fn a_service_that_has_gone_is_told() {
    let mut visit = Visit::begin();
    visit.end_service();
    visit.browser.js("document.getElementById('paste').value = 'PMID- 1'");
    visit.click("#submit");
    visit.ends(&["failed"]);
    assert_eq!(visit.text("#jobs .problem"), "The service cannot be reached.");
    // Refused or reset: that depends on which connection was left.
    visit.is_quiet(&["Failed to load resource: net::ERR_"]);
}
