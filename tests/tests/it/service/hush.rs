//! S19, over processes: gateway, keeper, worker and migration tell no secret, neither while all goes
//! well nor when passwords are wrong or servers are gone.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use servers::http::{Answer, Request, exchange};
use servers::{Postgres, RabbitMq};
use tests::places;

use super::processes::{PATIENCE, Process, answers, free_port};
use super::secrets::{KEY, PASSWORD, USER, holds_its_tongue, record, settings};

/// The roles, each with a port for its metrics.
const ROLES: [&str; 3] = ["gateway", "keeper", "worker"];

/// A broker and a database with a user whose password is the one that nobody may read.
struct Servers {
    broker: RabbitMq,
    database: Postgres,
    name: String,
}

impl Servers {
    fn start() -> Self {
        let (broker, database) = (RabbitMq::start(), Postgres::start());
        broker.ctl(&["add_user", USER, PASSWORD]);
        broker.ctl(&["set_permissions", USER, ".*", ".*", ".*"]);
        let name = database.create_database(None);
        let role = format!("CREATE ROLE {USER} LOGIN SUPERUSER PASSWORD '{PASSWORD}'");
        database.execute(&name, &role);
        Self { broker, database, name }
    }

    fn settings(&self) -> String {
        let broker = self.broker.url_for(USER, PASSWORD, self.broker.port());
        let (port, name) = (self.database.port(), &self.name);
        format!(
            "--set amqp.url={broker} \
             --set store.url=postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"
        )
    }
}

fn start(folder: &Path, name: &str, line: &str) -> Process {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    Process::start(folder, name, &words)
}

/// Sends a request and keeps what is said of it, if it is refused.
fn send(port: u16, request: &Request, told: &mut String) -> Answer {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let answer = runtime.block_on(exchange(([127, 0, 0, 1], port).into(), &request.bytes()));
    if answer.status >= 400 {
        told.extend([format!("{answer:?}"), answer.text()]);
    }
    answer
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn no_role_tells_a_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let servers = Servers::start();
    let common = format!(
        "{} --set blobs.folder={} --set keeper.reconcile_seconds=1 --set webhooks.allow_insecure=true",
        settings(folder.path()),
        folder.path().join("blobs").display(),
    );
    let shared = format!("{common} {}", servers.settings());
    let mut told = String::new();
    let mut migration = start(folder.path(), "migrate", &format!("migrate {shared}"));
    migration.ended();
    told += &migration.said();

    let port = free_port();
    let ports = ROLES.map(|_| free_port());
    let mut roles: Vec<Process> = ROLES
        .iter()
        .zip(ports)
        .map(|(role, metrics)| {
            let line = format!(
                "{role} {shared} --set http.bind=127.0.0.1:{port} \
                 --set metrics.bind=127.0.0.1:{metrics}"
            );
            start(folder.path(), role, &line)
        })
        .collect();
    answers(port, &roles[0]);
    let asked = |target: &str| Request::new("POST", target).key(KEY).header("X-Request-Id", KEY);

    // One job that succeeds, small enough to travel in its message, and one that fails; the end of
    // each is announced to somebody who does not answer.
    let webhook = "webhook=https://127.0.0.1:1/hook";
    let cut = record()[..record().len() - 30].to_owned();
    for (body, state) in [(record(), "succeeded"), (cut, "failed")] {
        let target = format!("/v1/jobs?input=pubmed-xml&{webhook}");
        let job = send(port, &asked(&target).xml(body.as_str()), &mut told);
        assert_eq!(job.status, 202, "{job:?}");
        let href = job.header("location").expect("an address").to_owned();
        let look = Request::new("GET", &format!("{href}?wait=20")).key(KEY);
        until("the end of a job", || {
            let end = send(port, &look, &mut told);
            end.status == 200 && end.json()["state"] == state
        });
    }
    until("a webhook", || roles[1].said().contains("webhook"));
    for metrics in ports {
        let page = send(metrics, &Request::new("GET", "/metrics"), &mut told);
        assert!(page.text().contains("refmill_build_info"), "{page:?}");
        told += &page.text();
    }

    // Who has the wrong password, or asks for a database that is not there, is told so without it.
    let wrong = servers.settings().replace(USER, "nobody");
    let nowhere = servers.settings().replace(&servers.name, "nowhere");
    for (number, role, urls) in
        [(1, "worker", &wrong), (2, "keeper", &wrong), (3, "gateway", &nowhere)]
    {
        let line = format!(
            "{role} {common} {urls} --set metrics.bind=127.0.0.1:0 --set http.bind=127.0.0.1:0"
        );
        let mut process = start(folder.path(), &format!("wrong-{number}"), &line);
        until("a complaint", || {
            let said = process.said();
            process.has_ended() || said.contains("ERROR") || said.contains("WARN")
        });
        assert!(!process.said().is_empty());
        told += &process.said();
    }

    // Both servers go.
    let lengths: Vec<usize> = roles.iter().map(|role| role.said().len()).collect();
    servers.broker.kill();
    servers.database.kill();
    until("a refusal", || {
        send(port, &asked("/v1/jobs").xml(record().as_str()), &mut told).status == 503
    });
    for (role, length) in roles.iter().zip(lengths) {
        until("a complaint of each", || {
            let said = role.said();
            said[length..].contains("ERROR") || said[length..].contains("WARN")
        });
    }
    for role in &mut roles {
        role.kill();
        assert!(
            role.said().contains("refmill") || role.said().contains("level"),
            "{}",
            role.said()
        );
        told += &role.said();
    }
    holds_its_tongue(&told);
}

/// The specification knows traces as well. As long as there are none, there is nothing to scan.
#[test]
fn no_traces_are_exported() {
    let lock = fs::read_to_string(places::root().join("Cargo.lock")).expect("Cargo.lock");
    assert!(!lock.contains("opentelemetry"), "traces are exported: look for secrets in them too");
}
