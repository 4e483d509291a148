//! `GET /v1/jobs`.

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_lead_to_every_job_once() {
    let server = Server::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(server.submit("").await.0.to_string());
    }
    made.reverse();
    let (mut found, mut target) = (Vec::new(), "/v1/jobs?limit=2".to_owned());
    loop {
        let page = server.get(&target).await.json();
        let jobs = page["jobs"].as_array().expect("jobs");
        found.extend(jobs.iter().map(|job| job["id"].as_str().expect("an id").to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        target = format!("/v1/jobs?limit=2&cursor={next}");
    }
    assert_eq!(found, made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_can_be_of_one_state() {
    let server = Server::start().await;
    let (id, _) = server.submit("").await;
    server.submit("").await;
    server.begin(id).await;
    let page = server.get("/v1/jobs?state=running").await.json();
    assert_eq!(
        (page["jobs"].as_array().map(Vec::len), &page["next"]),
        (Some(1), &serde_json::Value::Null)
    );
    assert_eq!(page["jobs"][0]["id"], id.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_lists_are_refused() {
    let server = Server::start().await;
    for (query, code) in [
        ("limit=0", "invalid-option"),
        ("limit=501", "invalid-option"),
        ("limit=many", "invalid-option"),
        ("state=lost", "invalid-option"),
        ("order=asc", "invalid-option"),
        ("cursor=AAAA", "invalid-cursor"),
    ] {
        let answer = server.get(&format!("/v1/jobs?{query}")).await;
        assert_eq!((answer.status, answer.problem()), (400, code.to_owned()), "{query}");
    }
}
