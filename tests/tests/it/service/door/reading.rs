//! Looking at jobs and at what they have made.

use serde_json::Value;
use servers::http::Request;

use super::visitor::{RECORD, Visitor, converted, records, sha256, unpacked};

pub(crate) async fn the_status_is_waited_for_and_tagged(visitor: Visitor) {
    let href = visitor.submit("", RECORD).await;
    let job = visitor.get(&format!("{href}?wait=30")).await;
    assert_eq!((job.status, &job.json()["state"]), (200, &"succeeded".into()));
    let link = format!("<{href}/results/ris>; rel=\"item\"");
    assert_eq!((job.header("link"), job.header("retry-after")), (Some(link.as_str()), None));
    let tag = job.header("etag").expect("a tag");
    let known = |query: &str, tag: &str| {
        Request::new("GET", &format!("{href}{query}")).header("If-None-Match", tag)
    };
    let answer = visitor.send(known("", tag)).await;
    assert_eq!((answer.status, answer.body.len(), answer.header("etag")), (304, 0, Some(tag)));
    // It has changed since its first version: there is nothing to wait for.
    let answer = visitor.send(known("?wait=30", "\"v1\"")).await;
    assert_eq!((answer.status, answer.header("etag")), (200, Some(tag)));
    let answer = visitor.send(known("?wait=1", tag)).await;
    assert_eq!(answer.status, 304);
    let answer = visitor.get(&format!("{href}?wait=soon")).await;
    assert_eq!((answer.status, answer.problem()), (400, "invalid-option".to_owned()));
}

pub(crate) async fn results_come_whole_in_parts_and_packed(visitor: Visitor) {
    for (count, name) in [(1, "small"), (40, "large")] {
        let xml = records(count, 6);
        let href = visitor.submit(&format!("?filename={name}.xml.gz"), &xml).await;
        let early = visitor.get(&format!("{href}/results/bibtex")).await;
        assert_eq!((early.status, early.problem()), (404, "not-found".to_owned()));
        visitor.end(&href).await;
        let ris = converted(&xml, "ris");
        let target = format!("{href}/results/ris");
        let get = || Request::new("GET", &target);
        let whole = visitor.send(get()).await;
        assert!(whole.status == 200 && whole.body == ris, "{name}");
        let tag = format!("\"{}\"", sha256(&ris));
        let length = ris.len().to_string();
        let disposition = format!("attachment; filename=\"{name}.ris\"");
        for (header, value) in [
            ("etag", tag.as_str()),
            ("content-length", &length),
            ("accept-ranges", "bytes"),
            ("cache-control", "private, immutable"),
            ("content-type", "application/x-research-info-systems; charset=utf-8"),
            ("content-disposition", &disposition),
        ] {
            assert_eq!(whole.header(header), Some(value));
        }
        assert!(whole.header("repr-digest").is_some_and(|digest| digest.starts_with("sha-256=:")));

        for (range, part) in [
            ("bytes=4-7", 4..8),
            ("bytes=-4", ris.len() - 4..ris.len()),
            ("bytes=9-", 9..ris.len()),
        ] {
            let answer = visitor.send(get().header("Range", range)).await;
            assert_eq!((answer.status, answer.body.as_slice()), (206, &ris[part.clone()]));
            let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            assert_eq!(answer.header("content-range"), Some(range.as_str()));
        }
        let answer = visitor.send(get().header("Range", "bytes=99999999-")).await;
        assert_eq!((answer.status, answer.problem()), (416, "range-not-satisfiable".to_owned()));
        let other = get().header("Range", "bytes=0-3").header("If-Range", "\"other\"");
        assert_eq!(visitor.send(other).await.body.len(), ris.len());
        assert_eq!(visitor.send(get().header("If-None-Match", &tag)).await.status, 304);
        let head = visitor.send(Request::new("HEAD", &target)).await;
        assert_eq!((head.body.len(), head.header("content-length")), (0, Some(length.as_str())));
        let packed = visitor.send(get().header("Accept-Encoding", "gzip")).await;
        if packed.header("content-encoding") == Some("gzip") {
            assert!(unpacked(&packed.body) == ris);
        } else {
            assert!(name == "small" && packed.body == ris);
        }
    }
}

pub(crate) async fn diagnostics_name_what_was_left_out(visitor: Visitor) {
    let broken = RECORD.replace("</PubmedArticleSet>", "<PubmedArticle/></PubmedArticleSet>");
    let href = visitor.submit("", &broken).await;
    let job = visitor.end(&href).await;
    assert_eq!((&job["state"], &job["records"]["skipped"]), (&"succeeded".into(), &1.into()));
    let answer = visitor.get(&format!("{href}/diagnostics")).await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines = answer.text();
    let lines: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(job["warnings"]["total"], lines.len());
    let rejected = lines.iter().find(|line| line["severity"] == "error").expect("an error");
    let code = rejected["code"].as_str().expect("a code");
    assert_eq!(job["warnings"]["by_code"][code], 1);
    let part = Request::new("GET", &format!("{href}/diagnostics")).header("Range", "bytes=0-0");
    let part = visitor.send(part).await;
    assert_eq!((part.status, part.text()), (206, "{".to_owned()));
}

pub(crate) async fn a_failed_job_says_why(visitor: Visitor) {
    let href = visitor.submit("", &RECORD[..RECORD.len() - 20]).await;
    let job = visitor.end(&href).await;
    let found = (&job["state"], &job["error"]["code"]);
    assert_eq!(found, (&"failed".into(), &"truncated-input".into()));
    let answer = visitor.get(&format!("{href}/results/ris")).await;
    assert_eq!((answer.status, answer.problem()), (409, "job-failed".to_owned()));
}

pub(crate) async fn events_tell_the_life_of_a_job(visitor: Visitor) {
    let href = visitor.submit("", RECORD).await;
    let events = format!("{href}/events");
    let mut listener = visitor.listen(Request::new("GET", &events)).await;
    listener.finish().await;
    let heard = &listener.heard;
    assert!(heard.contains("content-type: text/event-stream"), "{heard}");
    assert!(heard.contains("event: state\nid: "), "{heard}");
    let end = heard.split("event: end\n").nth(1).expect("an end");
    assert!(end.contains("\"state\":\"succeeded\""), "{end}");
    let version = visitor.end(&href).await["version"].to_string();
    let known = Request::new("GET", &events).header("Last-Event-ID", &version);
    let mut knowing = visitor.listen(known).await;
    knowing.finish().await;
    assert!(!knowing.heard.contains("event: state") && knowing.heard.contains("event: end"));
}

pub(crate) async fn lists_lead_to_every_job_once(visitor: Visitor) {
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(visitor.submit("", RECORD).await);
    }
    made.reverse();
    let (mut found, mut target) = (Vec::new(), "/v1/jobs?limit=2".to_owned());
    loop {
        let page = visitor.get(&target).await.json();
        let jobs = page["jobs"].as_array().expect("jobs");
        assert!(jobs.len() <= 2);
        found.extend(jobs.iter().map(|job| job["links"]["self"].as_str().expect("it").to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        target = format!("/v1/jobs?limit=2&cursor={next}");
    }
    assert_eq!(found, made, "the newest first, each once, nobody else's");
    for href in &made {
        visitor.end(href).await;
    }
    let count = async |state: &str| {
        let page = visitor.get(&format!("/v1/jobs?state={state}")).await.json();
        page["jobs"].as_array().map(Vec::len)
    };
    assert_eq!((count("succeeded").await, count("failed").await), (Some(5), Some(0)));
    for (query, code) in [
        ("limit=0", "invalid-option"),
        ("limit=501", "invalid-option"),
        ("state=lost", "invalid-option"),
        ("cursor=AAAA", "invalid-cursor"),
    ] {
        let answer = visitor.get(&format!("/v1/jobs?{query}")).await;
        assert_eq!((answer.status, answer.problem()), (400, code.to_owned()), "{query}");
    }
}

pub(crate) async fn pages_and_health_are_there_for_everybody(visitor: Visitor) {
    for (target, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/openapi.json", "application/json"),
        ("/healthz", "application/json"),
        ("/readyz", "application/json"),
    ] {
        let answer = visitor.send_bare(Request::new("GET", target)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{target}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(
            answer.header("x-request-id").is_some() && answer.header("cache-control").is_some()
        );
    }
}
