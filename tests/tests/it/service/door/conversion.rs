//! `POST /v1/convert`.

use servers::http::Request;

use super::visitor::{RECORD, Visitor, converted, packed, records};

fn post(query: &str) -> Request {
    Request::new("POST", &format!("/v1/convert{query}"))
}

pub(crate) async fn a_conversion_gives_what_the_command_line_gives(visitor: Visitor) {
    let xml = records(20, 8);
    for format in ["ris", "bibtex", "biblatex", "csl-json", "endnote-xml", "jsonl"] {
        let answer = visitor.send(post(&format!("?formats={format}")).xml(xml.as_str())).await;
        assert!(answer.status == 200 && answer.body == converted(&xml, format), "{format}");
        let records = answer.header("refmill-records").expect("numbers");
        assert!(records.starts_with("20; skipped=0; warnings="), "{records}");
    }
    let gzip = post("").header("Content-Encoding", "gzip").xml(packed(xml.as_bytes()));
    let form = post("").form(&[("file", "; filename=\"a.xml\"", &xml)]);
    for request in [gzip, form] {
        let answer = visitor.send(request).await;
        assert!(answer.status == 200 && answer.body == converted(&xml, "ris"));
    }
}

pub(crate) async fn the_format_is_negotiated(visitor: Visitor) {
    for (accept, kind) in [
        ("*/*", "application/x-research-info-systems; charset=utf-8"),
        ("application/x-bibtex, */*;q=0.1", "application/x-bibtex; charset=utf-8"),
        (
            "application/x-ndjson;q=0.2, application/x-endnote+xml",
            "application/x-endnote+xml; charset=utf-8",
        ),
    ] {
        let answer = visitor.send(post("").xml(RECORD).header("Accept", accept)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{accept}");
        assert_eq!(answer.header("vary"), Some("Accept"));
    }
    let several = post("?formats=ris,jsonl").xml(RECORD);
    let envelope = visitor.send(several.clone().header("Accept", "application/json")).await.json();
    assert_eq!(envelope["records"]["read"], 1);
    assert!(envelope["results"]["ris"].as_str().is_some_and(|ris| ris.contains("ER  -")));
    assert!(envelope["diagnostics"].is_array());
    let answer = visitor.send(several).await;
    assert_eq!((answer.status, answer.problem()), (400, "invalid-request".to_owned()));
    let answer = visitor.send(post("").xml(RECORD).header("Accept", "text/html")).await;
    assert_eq!((answer.status, answer.problem()), (406, "not-acceptable".to_owned()));
}

pub(crate) async fn what_cannot_be_converted_is_refused_by_name(visitor: Visitor) {
    let cut = &RECORD[..RECORD.len() - 20];
    let broken = RECORD.replace("</PubmedArticleSet>", "<PubmedArticle/></PubmedArticleSet>");
    let long = "x".repeat((4 << 20) + 1);
    let pdf = post("").header("Content-Type", "application/pdf").body("%PDF");
    for (request, status, code) in [
        (post("").xml(""), 422, "no-records"),
        (post("").xml(cut), 422, "truncated-input"),
        (post("?input=auto").xml("{}"), 422, "unreadable-input"),
        (post("?on_error=fail").xml(broken), 422, "record-failed"),
        (post("?colour=red").xml(RECORD), 400, "invalid-option"),
        (post("").xml(long), 413, "too-large"),
        (pdf, 415, "unsupported-media-type"),
        (post("").header("Content-Encoding", "zstd").xml("x"), 415, "unsupported-coding"),
    ] {
        let answer = visitor.send(request).await;
        assert_eq!((answer.status, answer.problem()), (status, code.to_owned()));
    }
}
