//! `POST /v1/jobs/{id}/cancel` and `DELETE /v1/jobs/{id}`.

use jobs::JobId;

use crate::server::Server;
use servers::http::Request;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_cancelled_at_once_or_soon() {
    let server = Server::start().await;
    let (_, waiting) = server.submit("").await;
    let cancel = |href: &str| server.send(Request::new("POST", &format!("{href}/cancel")));
    let answer = cancel(&waiting).await;
    assert_eq!((answer.status, &answer.json()["state"]), (200, &"cancelled".into()));
    let answer = cancel(&waiting).await;
    assert_eq!((answer.status, answer.problem()), (409, "already-finished".to_owned()));

    let (id, running) = server.submit("").await;
    server.begin(id).await;
    for _ in 0..2 {
        let answer = cancel(&running).await;
        assert_eq!((answer.status, &answer.json()["cancel_requested"]), (202, &true.into()));
    }
    let answer = cancel(&format!("/v1/jobs/{}", JobId::new())).await;
    assert_eq!((answer.status, answer.problem()), (404, "not-found".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_ended_can_be_deleted() {
    let server = Server::start().await;
    let (id, href) = server.submit("").await;
    let delete = || server.send(Request::new("DELETE", &href));
    let answer = delete().await;
    assert_eq!((answer.status, answer.problem()), (409, "not-finished".to_owned()));
    server.succeed(id, b"TY").await;
    let answer = delete().await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(delete().await.status, 404);
    assert_eq!(server.get(&href).await.status, 404);
}
