//! `POST /v1/jobs`.

use serde_json::json;
use servers::http::Request;

use super::visitor::{RECORD, Visitor, converted, packed, records, sha256};

pub(crate) async fn a_body_becomes_a_job(visitor: Visitor) {
    let xml = records(3, 1);
    let request = Request::new("POST", "/v1/jobs?formats=ris,jsonl&filename=a%20set.xml");
    let answer = visitor.send(request.xml(xml.as_str())).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let view = answer.json();
    let href = format!("/v1/jobs/{}", view["id"].as_str().expect("an id"));
    assert_eq!(answer.header("location"), Some(href.as_str()));
    assert_eq!((answer.header("etag"), answer.header("retry-after")), (Some("\"v1\""), Some("1")));
    assert_eq!((&view["state"], &view["lane"]), (&"queued".into(), &"interactive".into()));
    assert_eq!(view["input"]["filename"], "a set.xml");
    assert_eq!(view["input"]["sha256"], sha256(xml.as_bytes()));
    assert_eq!(view["formats"], json!(["ris", "jsonl"]));

    let job = visitor.end(&href).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!(job["records"], json!({"read": 3, "written": 3, "skipped": 0}));
    for (number, format) in ["ris", "jsonl"].into_iter().enumerate() {
        let result = &job["results"][number];
        assert_eq!(result["format"], format);
        let bytes = visitor.get(result["href"].as_str().expect("an address")).await.body;
        assert_eq!(result["sha256"], sha256(&bytes));
        assert!(bytes == converted(&xml, format), "{format} is not what the command line makes");
    }
}

pub(crate) async fn a_form_becomes_a_job(visitor: Visitor) {
    let xml = records(2, 2);
    let form = Request::new("POST", "/v1/jobs").form(&[
        ("formats", "", "bibtex"),
        ("citekey", "", "{pmid}"),
        ("file", "; filename=\"form.xml\"\r\nContent-Type: text/xml", &xml),
    ]);
    let answer = visitor.send(form).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let view = answer.json();
    assert_eq!(view["input"]["filename"], "form.xml");
    assert_eq!(
        (&view["formats"], &view["options"]["citekey"]),
        (&json!(["bibtex"]), &"{pmid}".into())
    );
    let href = answer.header("location").expect("an address");
    assert_eq!(visitor.end(href).await["state"], "succeeded");
    let result = visitor.get(&format!("{href}/results/bibtex")).await;
    let name = "attachment; filename=\"form.bib\"";
    assert_eq!((result.status, result.header("content-disposition")), (200, Some(name)));
    assert!(result.text().contains("{90000001,"), "{}", result.text());
}

pub(crate) async fn packed_bodies_become_jobs(visitor: Visitor) {
    let xml = records(4, 3);
    let bytes = packed(xml.as_bytes());
    // A file may have several members.
    let (front, back) = xml.as_bytes().split_at(xml.len() / 3);
    let members = [packed(front), packed(back)].concat();
    let post = || Request::new("POST", "/v1/jobs?input=pubmed-xml");
    let gzip = |bytes: &[u8]| post().header("Content-Type", "application/gzip").body(bytes);
    let coded = post().header("Content-Encoding", "gzip").xml(bytes.as_slice());
    for (request, sent) in [(coded, &bytes), (gzip(&bytes), &bytes), (gzip(&members), &members)] {
        let answer = visitor.send(request).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let view = answer.json();
        assert_eq!(
            (&view["input"]["coding"], &view["input"]["bytes"]),
            (&"gzip".into(), &sent.len().into())
        );
        assert_eq!(view["input"]["sha256"], sha256(sent));
        let href = answer.header("location").expect("an address");
        assert_eq!(visitor.end(href).await["state"], "succeeded");
        let result = visitor.get(&format!("{href}/results/ris")).await;
        assert!(result.body == converted(&xml, "ris"));
    }
}

/// Larger than what is kept in a row, in pieces, into results that are larger than that as well.
pub(crate) async fn a_large_body_becomes_a_job(visitor: Visitor) {
    let xml = records(300, 4);
    assert!(xml.len() > 1 << 20);
    let chunks: Vec<u8> = xml
        .as_bytes()
        .chunks(100_000)
        .flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())
        .chain(*b"0\r\n\r\n")
        .collect();
    let request = Request::new("POST", "/v1/jobs?formats=ris,csl-json&lane=interactive");
    let answer = visitor.send(request.header("Transfer-Encoding", "chunked").xml(chunks)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(answer.json()["input"]["bytes"], xml.len());
    let href = answer.header("location").expect("an address");
    let job = visitor.end(href).await;
    assert_eq!((&job["state"], &job["records"]["written"]), (&"succeeded".into(), &300.into()));
    for format in ["ris", "csl-json"] {
        let result = visitor.get(&format!("{href}/results/{format}")).await;
        assert!(result.body == converted(&xml, format), "{format}");
        assert!(result.body.len() > 64 << 10);
        let part = Request::new("GET", &format!("{href}/results/{format}"));
        let part = visitor.send(part.header("Range", "bytes=70000-70099")).await;
        assert_eq!((part.status, part.body.as_slice()), (206, &result.body[70_000..70_100]));
    }
}

pub(crate) async fn whoever_prefers_to_wait_gets_the_end(visitor: Visitor) {
    let post = Request::new("POST", "/v1/jobs").xml(RECORD);
    let answer = visitor.send(post.header("Prefer", "wait=30")).await;
    assert_eq!((answer.status, answer.header("preference-applied")), (200, Some("wait=30")));
    assert_eq!(answer.json()["state"], "succeeded");
    assert!(answer.header("location").is_some());
}

pub(crate) async fn the_same_key_makes_one_job(visitor: Visitor) {
    for (name, body) in [("short", RECORD.to_owned()), ("long", records(30, 5))] {
        let request = |key: &str, query: &str, body: &str| {
            let request = Request::new("POST", &format!("/v1/jobs{query}"));
            request.xml(body).header("Idempotency-Key", key)
        };
        let first = visitor.send(request(name, "", &body)).await;
        assert_eq!(first.status, 202, "{first:?}");
        let again = visitor.send(request(&format!("\"{name}\""), "", &body)).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
        assert_eq!(again.json()["id"], first.json()["id"]);
        let other = visitor.send(request(name, "?formats=jsonl", &body)).await;
        assert_eq!((other.status, other.problem()), (422, "idempotency-mismatch".to_owned()));
        // Everybody has keys of his own.
        let stranger = visitor.send_as("two", request(name, "", &body)).await;
        assert_eq!(stranger.status, 202, "{stranger:?}");
    }
}

pub(crate) async fn odd_submissions_are_refused(visitor: Visitor) {
    let post = |query: &str| Request::new("POST", &format!("/v1/jobs{query}"));
    let pdf = post("").header("Content-Type", "application/pdf").body("%PDF");
    let brotli = post("").header("Content-Encoding", "br").xml("x");
    let broken = post("")
        .header("Content-Type", "multipart/form-data; boundary=limit")
        .body("--limit\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n<a");
    for (request, status, code) in [
        (post("?formats=rtf").xml(RECORD), 400, "invalid-option"),
        (post("?colour=red").xml(RECORD), 400, "invalid-option"),
        (post("?webhook=https://hooks.example/").xml(RECORD), 400, "webhook-refused"),
        (post("").xml(""), 400, "invalid-request"),
        (broken, 400, "invalid-request"),
        (pdf, 415, "unsupported-media-type"),
        (brotli, 415, "unsupported-coding"),
    ] {
        let answer = visitor.send(request).await;
        assert_eq!((answer.status, answer.problem()), (status, code.to_owned()));
    }
}
