//! S19: what nobody may read is nowhere to be read: in no log, no metric, no problem.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use servers::http::{Answer, Request, exchange};
use tests::places;

use super::door::visitor::sha256;
use super::processes::{Process, answers, free_port};

/// A secret of each kind, and a word of a body.
pub(super) const KEY: &str = "rm_k7_Zq3vKEYxW0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456";
const WEBHOOK: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(super) const USER: &str = "hushuser";
pub(super) const PASSWORD: &str = "hushhushpassword";
const BODY: &str = "Quixotic marker of a body";

#[test]
fn no_secret_and_no_body_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (port, metrics) = (free_port(), free_port());
    let more = settings(folder.path());
    let more = format!("{more} --set metrics.bind=127.0.0.1:{metrics}");
    let data = folder.path().join("data");
    let line = format!("serve --data {} --bind 127.0.0.1:{port} {more}", data.display());
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let mut service = Process::start(folder.path(), "serve", &words);
    answers(port, &service);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut told = String::new();
    runtime.block_on(async {
        let mut send = async |request: Request| -> Answer {
            let answer = exchange(([127, 0, 0, 1], port).into(), &request.bytes()).await;
            if answer.status >= 400 {
                told.extend([format!("{answer:?}"), answer.text()]);
            }
            answer
        };
        let record = record();
        let ask = |target: &str| Request::new("POST", target).key(KEY);
        let webhook = "?webhook=https://127.0.0.1:1/hook";
        let job = send(ask(&format!("/v1/jobs{webhook}")).xml(record.as_str())).await;
        assert_eq!(job.status, 202, "{job:?}");
        let href = job.header("location").expect("an address").to_owned();
        let end = send(Request::new("GET", &format!("{href}?wait=30")).key(KEY)).await;
        assert_eq!(end.json()["state"], "succeeded");
        let cut = &record[..record.len() - 30];
        let foreign = format!("{{\"title\": \"{BODY}\"}}");
        for request in [
            ask("/v1/convert").xml(cut),
            ask("/v1/convert?input=auto").xml(foreign.as_str()),
            ask("/v1/convert?on_error=fail").xml(record.replace("<PMID>99000001</PMID>", "")),
            ask("/v1/convert").header("Content-Type", BODY).body(BODY),
            ask("/v1/jobs").header("Content-Encoding", "gzip").xml(record.as_str()),
            ask("/v1/jobs?input=pubmed-xml").xml(cut),
            ask(&format!("/v1/jobs?webhook=https://{USER}:{PASSWORD}@hooks.example/")).xml(BODY),
            ask("/v1/jobs").form(&[("formats", "", "rtf"), ("file", "", &record)]),
            // A key that is nearly right, and one in the wrong place.
            Request::new("GET", "/v1/jobs").key(&format!("{KEY}x")),
            Request::new("GET", "/v1/jobs").header("Authorization", &format!("Basic {KEY}")),
            Request::new("GET", &href).key("rm_k7_").header("X-Request-Id", KEY),
        ] {
            send(request).await;
        }
        let scrape = Request::new("GET", "/metrics").bytes();
        let page = exchange(([127, 0, 0, 1], metrics).into(), &scrape).await;
        assert!(page.text().contains("refmill_http_requests_total"), "{page:?}");
        told += &page.text();
        assert!(!page.text().contains(&href[9..]), "no id of a job is a label");
    });
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
    told += &service.said();
    assert!(told.contains("request_id"), "there is a log: {told}");
    // The configuration that is printed, and what is said of one that is wrong.
    for extra in ["", " --set amqp.prefetch=many"] {
        let line = format!(
            "serve {more}{extra} --set amqp.url=amqp://{USER}:{PASSWORD}@127.0.0.1:1/ --check-config"
        );
        let output = Command::new(places::refmill()).args(line.split_whitespace()).output();
        let output = output.expect("the program can be started");
        for bytes in [output.stdout, output.stderr] {
            told += &String::from_utf8_lossy(&bytes);
        }
    }
    holds_its_tongue(&told);
}

/// Nothing that has been told holds a secret or a piece of a body.
pub(super) fn holds_its_tongue(told: &str) {
    let digest = sha256(KEY.as_bytes());
    // A body travels in base64, where its words begin at any of three places.
    let packed =
        [0, 1, 2].map(|place| STANDARD.encode([&b"xx"[..place], BODY.as_bytes()].concat()));
    let secrets = [&KEY[6..], &WEBHOOK[6..], PASSWORD, BODY, "Quixotic", &digest];
    for secret in secrets.into_iter().chain(packed.iter().map(|packed| &packed[4..28])) {
        let line = told.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "`{secret}` is told: {line:?}");
    }
}

/// A record whose title is the body that nobody may read.
pub(super) fn record() -> String {
    format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>99000001</PMID><Article>\
         <ArticleTitle>{BODY}</ArticleTitle></Article></MedlineCitation></PubmedArticle>\
         </PubmedArticleSet>"
    )
}

/// Settings of a service with all secrets that there are, which logs all that it does.
pub(super) fn settings(folder: &Path) -> String {
    let digest = sha256(KEY.as_bytes());
    let (keys, secrets) = (folder.join("keys"), folder.join("secrets"));
    let line = format!(
        "{{\"id\":\"k7\",\"sha256\":\"{digest}\",\"owner\":\"lab\",\"scopes\":[\"submit\",\"read\"],\
         \"webhooks\":true}}\n"
    );
    fs::write(&keys, line).expect("keys");
    fs::write(&secrets, format!("* {WEBHOOK}\n")).expect("secrets");
    format!(
        "--set auth.mode=keys --set auth.keys_file={} --set webhooks.secrets_file={} \
         --set metrics.enabled=true --set log.level=trace --set log.format=json",
        keys.display(),
        secrets.display(),
    )
}
