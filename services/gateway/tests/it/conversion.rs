//! `POST /v1/convert`.

use gateway::ConvertMode;

use crate::server::{RECORD, Server};
use servers::http::Request;

/// Name, head and value of a part of a form.
type Part<'a> = (&'a str, &'a str, &'a str);

const RIS: &str = "application/x-research-info-systems; charset=utf-8";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_becomes_ris_unless_something_else_is_wished_for() {
    let server = Server::start().await;
    let answer = server.post("/v1/convert?filename=set.xml", RECORD).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some(RIS)));
    assert!(answer.text().starts_with("TY  - JOUR\r\n"), "{}", answer.text());
    let records = answer.header("refmill-records").expect("numbers");
    assert!(records.starts_with("1; skipped=0; warnings="), "{records}");
    assert_eq!(answer.header("vary"), Some("Accept"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"set.ris\""));

    let wish = Request::new("POST", "/v1/convert").xml(RECORD);
    let wish = wish.header("Accept", "application/x-bibtex, */*;q=0.1");
    let answer = server.send(wish).await;
    assert!(answer.text().contains('@'), "{}", answer.text());
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"pubmed.bib\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_formats_come_in_an_envelope() {
    let server = Server::start().await;
    let wish = Request::new("POST", "/v1/convert?formats=ris,jsonl").xml(RECORD);
    let answer = server.send(wish.clone().header("Accept", "application/json")).await;
    let envelope = answer.json();
    assert_eq!(envelope["records"]["read"], 1);
    assert!(envelope["results"]["ris"].as_str().is_some_and(|ris| ris.contains("ER  -")));
    assert!(envelope["results"]["jsonl"].as_str().is_some_and(|line| line.starts_with('{')));
    assert!(envelope["diagnostics"].is_array());
    let answer = server.send(wish).await;
    assert_eq!((answer.status, answer.problem()), (400, "invalid-request".to_owned()));
    let html = Request::new("POST", "/v1/convert").xml(RECORD).header("Accept", "text/html");
    let answer = server.send(html).await;
    assert_eq!((answer.status, answer.problem()), (406, "not-acceptable".to_owned()));
    assert!(answer.json()["formats"].as_array().is_some_and(|formats| formats.len() == 6));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inputs_that_cannot_be_converted_are_refused_by_name() {
    let server = Server::start().await;
    for (body, code) in [
        ("", "no-records"),
        ("<PubmedArticleSet></PubmedArticleSet>", "no-records"),
        (&RECORD[..RECORD.len() - 20], "truncated-input"),
        ("{}", "unreadable-input"),
    ] {
        let answer = server.post("/v1/convert?input=auto", body).await;
        assert_eq!((answer.status, answer.problem()), (422, code.to_owned()), "{body}");
    }
    let twice = RECORD.replace("</PubmedArticleSet>", "<PubmedArticle/></PubmedArticleSet>");
    let answer = server.post("/v1/convert?on_error=fail", &twice).await;
    assert_eq!((answer.status, answer.problem()), (422, "record-failed".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_taken_with_one_file_in_it() {
    let server = Server::start().await;
    let form = |parts: &[Part]| Request::new("POST", "/v1/convert").form(parts);
    let file = ("file", "; filename=\"a.xml\"\r\nContent-Type: text/xml", RECORD);
    let answer = server.send(form(&[file, ("formats", "", "bibtex")])).await;
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"a.bib\""));
    let long = "x".repeat(1025);
    let refused: [(&[Part], &str); 5] = [
        (&[("formats", "", "ris")], "invalid-request"),
        (&[file, file], "invalid-request"),
        (&[("filename", "", &long), file], "invalid-request"),
        (&[("colour", "", "red"), file], "invalid-option"),
        (&[("formats", "", "ris"), ("formats", "", "ris"), file], "invalid-option"),
    ];
    for (parts, code) in refused {
        let answer = server.send(form(parts)).await;
        assert_eq!((answer.status, answer.problem()), (400, code.to_owned()));
    }
    let defaults: Vec<(&str, String)> =
        convert::SETTINGS.iter().take(17).map(|one| (one.name, one.default())).collect();
    let parts: Vec<_> = defaults.iter().map(|(name, value)| (*name, "", value.as_str())).collect();
    let answer = server.send(form(&parts)).await;
    assert!(answer.json()["detail"].as_str().is_some_and(|text| text.contains("16 parts")));
    let broken = Request::new("POST", "/v1/convert")
        .header("Content-Type", "multipart/form-data; boundary=limit")
        .body("--limit\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n<a");
    assert_eq!(server.send(broken).await.problem(), "invalid-request");
    let endless = Request::new("POST", "/v1/convert")
        .header("Content-Type", "multipart/form-data")
        .body("--limit--\r\n");
    assert_eq!(server.send(endless).await.problem(), "invalid-request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_refused_with_its_limit() {
    let server = Server::with(|settings| {
        settings.limits.sync_bytes = 1000;
        settings.limits.sync_decoded_bytes = 300;
    })
    .await;
    let long = "x".repeat(1001);
    let whole = server.post("/v1/convert", &long).await;
    let chunked = format!("3e9\r\n{long}\r\n0\r\n\r\n");
    let chunked =
        Request::new("POST", "/v1/convert").header("Transfer-Encoding", "chunked").xml(chunked);
    for answer in [whole, server.send(chunked).await] {
        assert_eq!((answer.status, answer.problem()), (413, "too-large".to_owned()));
        let problem = answer.json();
        assert_eq!(
            (&problem["limit"], &problem["config_key"]),
            (&1000.into(), &"limits.sync_bytes".into())
        );
    }
    let spaced = RECORD.replace("<Article>", &format!("<Article>{}", " ".repeat(300)));
    let answer = server.post("/v1/convert", &spaced).await;
    assert_eq!((answer.status, answer.problem()), (413, "decoded-too-large".to_owned()));
    assert_eq!(answer.json()["config_key"], "limits.sync_decoded_bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_time_and_the_switch_are_kept() {
    let busy = Server::with(|settings| settings.convert.slots = 0).await;
    let answer = busy.post("/v1/convert", RECORD).await;
    assert_eq!((answer.status, answer.problem()), (503, "overloaded".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    let hasty = Server::with(|settings| settings.limits.sync_seconds = 0).await;
    let answer = hasty.post("/v1/convert", RECORD).await;
    assert_eq!((answer.status, answer.problem()), (503, "convert-timeout".to_owned()));
    let off = Server::with(|settings| settings.convert.mode = ConvertMode::Off).await;
    let answer = off.post("/v1/convert", RECORD).await;
    assert_eq!((answer.status, answer.problem()), (501, "convert-disabled".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_types_and_codings_are_those_of_the_table() {
    let server = Server::start().await;
    let send = |name: &str, value: &str| {
        server.send(Request::new("POST", "/v1/convert").header(name, value).body(RECORD))
    };
    for kind in ["application/xml", "text/xml", "application/octet-stream", "text/plain"] {
        assert_eq!(send("Content-Type", kind).await.status, 200, "{kind}");
    }
    let answer = send("Content-Type", "application/pdf").await;
    assert_eq!((answer.status, answer.problem()), (415, "unsupported-media-type".to_owned()));
    let answer = send("Content-Encoding", "br").await;
    assert_eq!((answer.status, answer.problem()), (415, "unsupported-coding".to_owned()));
    assert_eq!(answer.header("accept-encoding"), Some("gzip"));
}
