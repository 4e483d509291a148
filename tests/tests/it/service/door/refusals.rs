//! Keys, owners, and the form of errors.

use servers::http::Request;

use super::visitor::{RECORD, Visitor};

/// Every route that asks for a key, with what a key must be made for.
fn routes(href: &str) -> [(&'static str, String, &'static str); 9] {
    [
        ("POST", "/v1/convert".to_owned(), "submit"),
        ("POST", "/v1/jobs".to_owned(), "submit"),
        ("GET", "/v1/jobs".to_owned(), "read"),
        ("GET", href.to_owned(), "read"),
        ("GET", format!("{href}/events"), "read"),
        ("GET", format!("{href}/results/ris"), "read"),
        ("GET", format!("{href}/diagnostics"), "read"),
        ("POST", format!("{href}/cancel"), "submit"),
        ("DELETE", href.to_owned(), "submit"),
    ]
}

pub(crate) async fn nobody_sees_the_job_of_another(visitor: Visitor) {
    let href = visitor.submit("", RECORD).await;
    visitor.end(&href).await;
    for (method, target, _) in routes(&href).into_iter().skip(3) {
        let answer = visitor.send_as("two", Request::new(method, &target)).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found".to_owned()), "{target}");
    }
    let list = visitor.send_as("two", Request::new("GET", "/v1/jobs")).await.json();
    assert_eq!(list["jobs"].as_array().map(Vec::len), Some(0));
    assert_eq!(visitor.get(&href).await.status, 200, "its owner still has it");
}

pub(crate) async fn every_route_asks_for_a_key_of_its_scope(visitor: Visitor) {
    let href = visitor.submit("", RECORD).await;
    visitor.end(&href).await;
    for (method, target, scope) in routes(&href) {
        let request = || Request::new(method, &target);
        for keyless in [request(), request().key("rm_0one_wrong"), request().key("nonsense")] {
            let answer = visitor.send_bare(keyless).await;
            assert_eq!((answer.status, answer.problem()), (401, "unauthorized".to_owned()));
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        let (right, wrong) =
            if scope == "read" { ("reader", "writer") } else { ("writer", "reader") };
        let answer = visitor.send_as(wrong, request()).await;
        assert_eq!((answer.status, answer.problem()), (403, "forbidden".to_owned()), "{target}");
        let answer = visitor.send_as(right, request().body("")).await;
        assert!(![401, 403].contains(&answer.status), "{target} {answer:?}");
    }
}

pub(crate) async fn every_error_is_a_problem(visitor: Visitor) {
    let unknown = "/v1/jobs/0193580e-7c1a-7d43-9a51-3c2f6f0b8e11";
    for (request, status, code) in [
        (Request::new("GET", "/nowhere"), 404, "not-found"),
        (Request::new("GET", unknown), 404, "not-found"),
        (Request::new("GET", "/v1/jobs/7"), 404, "not-found"),
        (Request::new("GET", &format!("{unknown}/results/rtf")), 404, "not-found"),
        (Request::new("PUT", "/v1/jobs"), 405, "method-not-allowed"),
        (Request::new("GET", "/v1/convert"), 405, "method-not-allowed"),
        (Request::new("GET", "/v1/jobs").header("Host", "evil.example"), 421, "misdirected"),
    ] {
        let target = request.target.clone();
        let answer = visitor.send(request).await;
        assert_eq!((answer.status, answer.problem()), (status, code.to_owned()), "{target}");
        assert_eq!(answer.header("allow").is_some(), status == 405);
    }
    let named = Request::new("GET", "/nowhere").header("X-Request-Id", "batch-7");
    let answer = visitor.send(named).await;
    assert_eq!(answer.json()["request_id"], "batch-7");
}
