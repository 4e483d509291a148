//! The service over processes: gateway, keeper and two workers, RabbitMQ and PostgreSQL.

use std::path::Path;

use servers::{Postgres, RabbitMq};

use super::client::{agree, files, submit};
use super::processes::{Process, answers, free_port, run};

/// A service with its servers.
pub(crate) struct Spread {
    pub(crate) gateway: Process,
    pub(crate) keeper: Process,
    pub(crate) workers: [Process; 2],
    _broker: RabbitMq,
    _database: Postgres,
    pub(crate) port: u16,
}

/// How a service is set up.
pub(crate) struct Setup<'a> {
    /// Settings of all roles.
    pub(crate) settings: &'a str,
    /// Settings of the workers.
    pub(crate) workers: &'a str,
    /// How often a message is delivered again before it is a dead letter.
    pub(crate) delivery_limit: u32,
}

impl Spread {
    pub(crate) fn start(folder: &Path) -> Self {
        let settings = "--set jobs.max_failures=50";
        Self::with(folder, &Setup { settings, workers: "", delivery_limit: 5 })
    }

    pub(crate) fn with(folder: &Path, setup: &Setup<'_>) -> Self {
        let broker = RabbitMq::start();
        let database = Postgres::start_with_fsync();
        let name = database.create_database(None);
        let port = free_port();
        let shared = format!(
            "--set metrics.enabled=false --set store.url={} --set amqp.url={} \
             --set blobs.folder={} --set keeper.reconcile_seconds=1 \
             --set keeper.lost_after_seconds=5 --set jobs.silent_seconds=5 \
             --set http.bind=127.0.0.1:{port} {}",
            database.url(&name),
            broker.url(),
            folder.join("blobs").display(),
            setup.settings,
        );
        let role = |role: &str, more: &str| -> Vec<String> {
            format!("{role} {shared} {more}").split_whitespace().map(str::to_owned).collect()
        };
        let migrated = run(&role("migrate", "")).1;
        assert_eq!(migrated, Some(0), "the database and the broker are prepared");
        limit_deliveries(&broker, folder, setup.delivery_limit);
        // What was declared a moment ago must have been written down before the broker is killed.
        broker.stop();
        broker.restart();
        let start = |name: &str, role: &[String]| Process::start(folder, name, role);
        let keeper = start("keeper", &role("keeper", ""));
        let workers =
            ["worker-1", "worker-2"].map(|name| start(name, &role("worker", setup.workers)));
        let gateway = start("gateway", &role("gateway", ""));
        answers(port, &gateway);
        Self { gateway, keeper, workers, _broker: broker, _database: database, port }
    }
}

/// Declares the queues of jobs anew with another limit of deliveries.
fn limit_deliveries(broker: &RabbitMq, folder: &Path, limit: u32) {
    const LIMIT: &str = "x-delivery-limit";
    let path = folder.join("definitions.json");
    let file = path.to_str().expect("text");
    broker.ctl(&["export_definitions", file]);
    let text = std::fs::read(&path).expect("definitions");
    let mut definitions: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let queues = definitions["queues"].as_array_mut().expect("queues");
    let is_other = |queue: &&mut serde_json::Value| {
        let name = queue["name"].as_str().expect("a name");
        name.starts_with("refmill.jobs.") && queue["arguments"][LIMIT] != limit
    };
    let mut names = Vec::new();
    for queue in queues.iter_mut().filter(is_other) {
        queue["arguments"][LIMIT] = limit.into();
        names.push(queue["name"].as_str().expect("a name").to_owned());
    }
    for name in &names {
        broker.ctl(&["delete_queue", name]);
    }
    if !names.is_empty() {
        std::fs::write(&path, definitions.to_string()).expect("a file");
        broker.ctl(&["import_definitions", file]);
    }
}

#[test]
fn many_processes_make_what_the_command_line_makes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut service = Spread::start(folder.path());
    let inputs = files(folder.path(), 40, 200);
    let out = folder.path().join("out");
    assert_eq!(submit(&inputs, service.port, &out), Some(1));
    agree(&inputs, &out, folder.path());
    // The same submission again makes no second job and the same files.
    let again = folder.path().join("again");
    assert_eq!(submit(&inputs, service.port, &again), Some(1));
    agree(&inputs, &again, folder.path());
    for process in service.workers.iter_mut().chain([&mut service.gateway, &mut service.keeper]) {
        assert_eq!(process.terminate().code(), Some(0), "{}", process.said());
    }
}
