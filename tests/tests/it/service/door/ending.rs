//! Cancelling and deleting.

use servers::http::Request;

use super::visitor::{RECORD, Visitor, records};

pub(crate) async fn jobs_that_wait_or_run_are_cancelled(visitor: Visitor) {
    let xml = records(3_000, 7);
    let formats = "?lane=bulk&formats=ris,bibtex,biblatex,csl-json,endnote-xml,jsonl";
    let mut hrefs = Vec::new();
    for _ in 0..4 {
        hrefs.push(visitor.submit(formats, &xml).await);
    }
    let cancel = |href: &str| visitor.send(Request::new("POST", &format!("{href}/cancel")));
    // There are fewer slots than jobs: the last one waits.
    let answer = cancel(&hrefs[3]).await;
    assert_eq!((answer.status, &answer.json()["state"]), (200, &"cancelled".into()));
    let answer = cancel(&hrefs[3]).await;
    assert_eq!((answer.status, answer.problem()), (409, "already-finished".to_owned()));
    visitor.until(&hrefs[0], "running").await;
    let answer = visitor.send(Request::new("DELETE", &hrefs[0])).await;
    assert_eq!((answer.status, answer.problem()), (409, "not-finished".to_owned()));
    let answer = cancel(&hrefs[0]).await;
    assert_eq!((answer.status, &answer.json()["cancel_requested"]), (202, &true.into()));
    for href in &hrefs[1..3] {
        assert!([200, 202].contains(&cancel(href).await.status));
    }
    for href in &hrefs {
        assert_eq!(visitor.end(href).await["state"], "cancelled");
        let answer = visitor.get(&format!("{href}/results/ris")).await;
        assert_eq!((answer.status, answer.problem()), (409, "job-failed".to_owned()));
    }
}

pub(crate) async fn what_has_ended_can_be_deleted(visitor: Visitor) {
    let href = visitor.submit("", RECORD).await;
    visitor.end(&href).await;
    let delete = || visitor.send(Request::new("DELETE", &href));
    let answer = delete().await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(delete().await.status, 404);
    for target in [&href, &format!("{href}/results/ris"), &format!("{href}/diagnostics")] {
        let answer = visitor.get(target).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found".to_owned()), "{target}");
    }
}
