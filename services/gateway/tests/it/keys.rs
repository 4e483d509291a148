//! Keys: S13 and S14 of `service.md` section 11.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use blobs::Blobs;
use gateway::{AuthMode, Settings, Unfit};
use store::{Store, StoreOptions};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::server::{RECORD, Server, until};
use servers::http::Request;

/// A server that asks for keys, and a way to write them.
struct Locked {
    server: Server,
    file: PathBuf,
}

impl Locked {
    async fn start(lines: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("keys");
        std::fs::write(&file, lines.join("\n")).expect("written");
        let keys_file = file.clone();
        let server = Server::in_folder(folder, |settings| {
            settings.auth.mode = AuthMode::Keys;
            settings.auth.keys_file = Some(keys_file);
            settings.auth.reread_seconds = 1;
        })
        .await;
        Self { server, file }
    }

    async fn submit(&self, key: &str) -> String {
        let answer = self.server.send(Request::new("POST", "/v1/jobs").xml(RECORD).key(key)).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.header("location").expect("an address").to_owned()
    }
}

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_asks_for_a_key_of_its_scope() {
    let (reader, reader_line) = gateway::new_key("a");
    let (writer, writer_line) = gateway::new_key("a");
    let (all, all_line) = gateway::new_key("a");
    let both = "\"scopes\":[\"submit\",\"read\"]";
    let locked = Locked::start(&[
        &reader_line.replace(both, "\"scopes\":[\"read\"]"),
        &writer_line.replace(both, "\"scopes\":[\"submit\"]"),
        &all_line.replace(both, "\"scopes\":[\"admin\"]"),
    ])
    .await;
    let href = locked.submit(&all).await;
    let id = href.rsplit('/').next().expect("an id").parse().expect("an id");
    locked.server.succeed(id, b"TY").await;
    for (method, target, scope) in routes(&href) {
        let request = || Request::new(method, &target);
        for keyless in [
            request(),
            request().key("rm_x_y"),
            request().header("Authorization", &format!("Basic {all}")),
            request().key(&all).key(&all),
        ] {
            let answer = locked.server.send(keyless).await;
            assert_eq!(
                (answer.status, answer.problem()),
                (401, "unauthorized".to_owned()),
                "{target}"
            );
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        let wrong = if scope == "read" { &writer } else { &reader };
        let answer = locked.server.send(request().key(wrong)).await;
        assert_eq!((answer.status, answer.problem()), (403, "forbidden".to_owned()), "{target}");
        let right = if scope == "read" { &reader } else { &writer };
        let answer = locked.server.send(request().key(right).body("")).await;
        assert!(![401, 403].contains(&answer.status), "{target} {answer:?}");
    }
    for open in ["/", "/docs", "/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(locked.server.get(open).await.status, 200, "{open}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_the_job_of_another() {
    let ((one, line_of_one), (two, line_of_two)) = (gateway::new_key("a"), gateway::new_key("b"));
    let locked = Locked::start(&[&line_of_one, &line_of_two]).await;
    let href = locked.submit(&one).await;
    for (method, target, _) in routes(&href).into_iter().skip(3) {
        let answer = locked.server.send(Request::new(method, &target).key(&two)).await;
        assert_eq!((answer.status, answer.problem()), (404, "not-found".to_owned()), "{target}");
    }
    let list = locked.server.send(Request::new("GET", "/v1/jobs").key(&two)).await;
    assert_eq!(list.json()["jobs"].as_array().map(Vec::len), Some(0));
    let list = locked.server.send(Request::new("GET", "/v1/jobs").key(&one)).await;
    assert_eq!(list.json()["jobs"].as_array().map(Vec::len), Some(1));
    // The same idempotency key belongs to each owner apart.
    for key in [&one, &two] {
        let request = Request::new("POST", "/v1/jobs").xml(RECORD).key(key);
        let answer = locked.server.send(request.header("Idempotency-Key", "k")).await;
        assert_eq!(answer.status, 202);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_struck_out_is_refused_soon() {
    let (key, line) = gateway::new_key("a");
    let locked = Locked::start(&[&line]).await;
    let list = || locked.server.send(Request::new("GET", "/v1/jobs").key(&key));
    assert_eq!(list().await.status, 200);
    std::fs::write(&locked.file, "").expect("written");
    until("the key was refused", || async { list().await.status == 401 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_key_has_its_own_rate_and_room() {
    let ((fast, line_of_fast), (slow, line_of_slow)) =
        (gateway::new_key("a"), gateway::new_key("b"));
    let line_of_slow = line_of_slow.replace('}', ",\"rate_per_second\":1,\"rate_burst\":2}");
    let line_of_fast = line_of_fast.replace('}', ",\"queued\":1}");
    let locked = Locked::start(&[&line_of_fast, &line_of_slow]).await;
    let list = |key: &str| locked.server.send(Request::new("GET", "/v1/jobs").key(key));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(list(&slow).await);
    }
    let refused = statuses.iter().find(|answer| answer.status == 429).expect("a refusal");
    assert_eq!(refused.problem(), "rate-limited");
    assert_eq!(list(&fast).await.status, 200);
    locked.submit(&fast).await;
    let second = Request::new("POST", "/v1/jobs").xml(RECORD).key(&fast);
    let answer = locked.server.send(second).await;
    assert_eq!((answer.status, answer.problem()), (429, "too-many-jobs".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_keys_the_door_is_on_this_machine_alone() {
    let folder = TempDir::new().expect("a folder");
    let store = Store::open(&StoreOptions::embedded(folder.path())).await.expect("a store");
    let bind = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        settings.http.bind = (Ipv4Addr::UNSPECIFIED, 0).into();
        change(&mut settings);
        let stop = CancellationToken::new();
        gateway::bind(store.clone(), Blobs::memory(), settings, stop).map(|_| ())
    };
    assert!(matches!(bind(|_| {}), Err(Unfit::Open { .. })));
    assert!(matches!(bind(|settings| settings.auth.mode = AuthMode::Keys), Err(Unfit::NoKeysFile)));
    assert!(bind(|settings| settings.http.allow_anonymous = true).is_ok());
    let odd = bind(|settings| {
        settings.http.allow_anonymous = true;
        settings.http.public_url = Some("refmill.example".to_owned());
    });
    assert!(matches!(odd, Err(Unfit::PublicUrl { .. })));
}
