//! Records, file names and descriptions that carry scripts (`service.md` section 11, S8).

use serde_json::json;

use super::visit::{Visit, converted};

/// Runs in whatever place it is taken for markup, a handler, or a string of a script.
const ATTACK: &str = r#"</title></script></textarea><script>window.pwned=1</script><img src=x onerror="window.pwned=1"><svg onload="window.pwned=1">'";window.pwned=1//<a href="javascript:window.pwned=1">"#;

#[test]
fn a_script_in_a_record_or_a_file_name_does_nothing() {
    let mut visit = Visit::begin();
    let attack = ATTACK.replace('&', "&amp;").replace('<', "&lt;");
    let record = format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>99000901</PMID><Article>\
         <Journal><ISSN>{attack}</ISSN><JournalIssue><Volume>{attack}</Volume>\
         <PubDate><Year>2020</Year></PubDate></JournalIssue><Title>{attack}</Title></Journal>\
         <ArticleTitle>{attack}</ArticleTitle><Abstract><AbstractText>{attack}</AbstractText>\
         </Abstract><AuthorList><Author><LastName>{attack}</LastName></Author></AuthorList>\
         <ELocationID EIdType=\"doi\">{attack}</ELocationID></Article>\
         </MedlineCitation></PubmedArticle></PubmedArticleSet>"
    );
    let file = visit.file("<img src=x onerror=window.pwned=1>.xml", record);
    visit.drop_files(&[&file]);
    let chosen = visit.text("#chosen li span");
    assert!(chosen.starts_with("<img src=x onerror=window.pwned=1>.xml"), "{chosen}");
    let formats = ["ris", "bibtex", "biblatex", "csl-json", "endnote-xml", "jsonl"];
    visit.formats(&formats);
    visit.click("#submit");
    visit.ends(&["done"]);
    visit.browser.until("document.querySelector('#jobs .references li')");
    let reference = visit.text("#jobs .references li");
    assert!(reference.contains("<script>window.pwned=1</script>"), "shown as it is: {reference}");
    for format in formats {
        let choose = format!(
            "(() => {{ const list = document.querySelector('#jobs .raw-format'); \
             document.querySelector('#jobs .raw').textContent = ''; \
             list.value = '{format}'; list.dispatchEvent(new Event('change')); }})()"
        );
        visit.browser.js(&choose);
        visit.browser.until("document.querySelector('#jobs .raw').textContent.includes('pwned')");
    }
    visit.click("#jobs .findings summary");
    visit.browser.until("document.querySelector('#jobs tbody tr')");
    assert!(visit.text("#jobs .findings").contains("onerror"), "the findings quote it");

    // A result that is opened is a download, whatever its name and its bytes are.
    for format in formats {
        let href = format!("document.querySelector('#jobs a[href$=\"/{format}\"]').href");
        let href = visit.browser.js(&href);
        let (_, bytes) = visit.downloaded(|visit| {
            visit.browser.call("Page.navigate", json!({"url": href}));
        });
        assert_eq!(String::from_utf8(bytes).expect("text"), converted(&file, format, &[]));
    }
    stays_a_page(&mut visit);
    // The recent ones, and the calls.
    for page in ["/", "/docs"] {
        visit.open(page);
        visit.browser.until("document.querySelectorAll('.job, section.operation').length > 0");
        stays_a_page(&mut visit);
    }
    visit.is_quiet(&[]);
}

/// The policy is what stops a script that got in all the same: markup with a handler, a script of
/// the page, and one from elsewhere are refused.
#[test]
fn the_content_policy_stops_scripts_that_got_in() {
    let mut visit = Visit::begin();
    for page in ["/", "/docs"] {
        visit.open(page);
        let attack = "(() => { \
            const made = document.createElement('div'); \
            made.innerHTML = '<img src=\"data:,x\" onerror=\"window.pwned = 1\">'; \
            const script = document.createElement('script'); \
            script.textContent = 'window.pwned = 1'; \
            const foreign = document.createElement('script'); \
            foreign.src = 'http://127.0.0.2/x.js'; \
            window.refused = []; \
            document.addEventListener('securitypolicyviolation', \
                (event) => window.refused.push(event.effectiveDirective)); \
            document.body.append(made, script, foreign); \
            fetch('http://127.0.0.2/').catch(() => {}); })()";
        visit.browser.js(attack);
        visit.browser.until("window.refused.length >= 4");
        assert_eq!(visit.browser.js("window.pwned"), json!(null));
        let refused = visit.browser.js("[...new Set(window.refused)].sort()");
        assert_eq!(refused, json!(["connect-src", "script-src-attr", "script-src-elem"]));
    }
}

fn stays_a_page(visit: &mut Visit) {
    assert_eq!(visit.browser.js("window.pwned"), json!(null));
    let made = visit.browser.js(
        "document.querySelectorAll('[onerror], [onload], [href^=\"javascript:\"], img[src=x]').length",
    );
    assert_eq!(made, 0);
}
