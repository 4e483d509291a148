//! The service over processes: gateway, keeper and two workers, RabbitMQ and PostgreSQL.

use std::path::Path;

use servers::{Postgres, RabbitMq};

use super::client::{agree, files, submit};
use super::processes::{Process, answers, free_port, run};

/// A service with its servers.
struct Spread {
    gateway: Process,
    keeper: Process,
    workers: [Process; 2],
    _broker: RabbitMq,
    _database: Postgres,
    port: u16,
}

impl Spread {
    fn start(folder: &Path) -> Self {
        let broker = RabbitMq::start();
        let database = Postgres::start_with_fsync();
        let name = database.create_database(None);
        let port = free_port();
        let shared = format!(
            "--set metrics.enabled=false --set store.url={} --set amqp.url={} \
             --set blobs.folder={} --set jobs.max_failures=50 --set keeper.reconcile_seconds=1 \
             --set keeper.lost_after_seconds=5 --set jobs.silent_seconds=5 --set http.bind=127.0.0.1:{port}",
            database.url(&name),
            broker.url(),
            folder.join("blobs").display()
        );
        let role = |role: &str| -> Vec<String> {
            format!("{role} {shared}").split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(run(&role("migrate")).1, Some(0), "the database and the broker are prepared");
        // What was declared a moment ago must have been written down before the broker is killed.
        broker.stop();
        broker.restart();
        let start = |name: &str, role: &[String]| Process::start(folder, name, role);
        let keeper = start("keeper", &role("keeper"));
        let workers = ["worker-1", "worker-2"].map(|name| start(name, &role("worker")));
        let gateway = start("gateway", &role("gateway"));
        answers(port, &gateway);
        Self { gateway, keeper, workers, _broker: broker, _database: database, port }
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
