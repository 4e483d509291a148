//! The service over processes: gateway, keeper and two workers, RabbitMQ and PostgreSQL.

use std::path::{Path, PathBuf};

use servers::{Postgres, RabbitMq};

use super::client::{agree, files, submit};
use super::processes::{Process, answers, free_port, run};

/// A service with its servers.
pub(crate) struct Spread {
    pub(crate) gateway: Process,
    pub(crate) keeper: Process,
    pub(crate) workers: [Process; 2],
    pub(crate) broker: RabbitMq,
    pub(crate) database: Postgres,
    /// The name of its database.
    pub(crate) name: String,
    pub(crate) port: u16,
}

/// How a service is set up.
pub(crate) struct Setup<'a> {
    /// Settings of all roles.
    pub(crate) settings: &'a str,
    /// Settings of the workers.
    pub(crate) workers: &'a str,
    /// The port at which the keeper shows its metrics.
    pub(crate) metrics: Option<u16>,
}

/// Servers that are prepared, and what all roles over them are told.
pub(crate) struct Ground {
    pub(crate) broker: RabbitMq,
    pub(crate) database: Postgres,
    /// The name of the database.
    pub(crate) name: String,
    /// The port of the gateway.
    pub(crate) port: u16,
    folder: PathBuf,
    shared: String,
}

const NO_METRICS: &str = "--set metrics.enabled=false";

impl Ground {
    /// Starts a broker, makes a database, and migrates both.
    pub(crate) fn prepare(folder: &Path, database: Postgres, settings: &str) -> Self {
        let port = database.port();
        Self::over(folder, RabbitMq::start(), database, port, settings)
    }

    /// The same over a broker that runs, where the roles reach the database at this port: its own,
    /// or that of a relay before it.
    pub(crate) fn over(
        folder: &Path,
        broker: RabbitMq,
        database: Postgres,
        reached: u16,
        settings: &str,
    ) -> Self {
        let (name, port) = (database.create_database(None), free_port());
        let at = |port: u16| format!("@127.0.0.1:{port}/");
        let url = database.url(&name).replace(&at(database.port()), &at(reached));
        let shared = format!(
            "--set store.url={url} --set amqp.url={} --set blobs.folder={} \
             --set http.bind=127.0.0.1:{port} {settings}",
            broker.url(),
            folder.join("blobs").display(),
        );
        let ground = Self { broker, database, name, port, folder: folder.to_owned(), shared };
        let migrated = run(&ground.line("migrate", NO_METRICS)).1;
        assert_eq!(migrated, Some(0), "the database and the broker are prepared");
        ground
    }

    /// Starts a role under a name, with more settings than all have.
    pub(crate) fn start(&self, name: &str, role: &str, more: &str) -> Process {
        Process::start(&self.folder, name, &self.line(role, &format!("{NO_METRICS} {more}")))
    }

    /// Starts a keeper, a worker and a gateway, and waits until that answers.
    pub(crate) fn staff(&self) -> [Process; 3] {
        let staff = ["keeper", "worker", "gateway"].map(|role| self.start(role, role, ""));
        answers(self.port, &staff[2]);
        staff
    }

    /// Starts a role that shows its metrics and its readiness at a port.
    pub(crate) fn start_shown(&self, name: &str, role: &str, metrics: u16) -> Process {
        let shown = format!("--set metrics.bind=127.0.0.1:{metrics}");
        Process::start(&self.folder, name, &self.line(role, &shown))
    }

    fn line(&self, role: &str, more: &str) -> Vec<String> {
        let line = format!("{role} {} {more}", self.shared);
        line.split_whitespace().map(str::to_owned).collect()
    }
}

impl Spread {
    pub(crate) fn start(folder: &Path) -> Self {
        // Whoever falls in these tests does so on purpose: that is no poison.
        let settings =
            "--set jobs.max_failures=50 --set amqp.delivery_limit=50 --set jobs.silent_seconds=5";
        Self::with(folder, &Setup { settings, workers: "", metrics: None })
    }

    pub(crate) fn with(folder: &Path, setup: &Setup<'_>) -> Self {
        let settings = format!(
            "--set keeper.reconcile_seconds=1 --set keeper.lost_after_seconds=5 {}",
            setup.settings
        );
        let ground = Ground::prepare(folder, Postgres::start_with_fsync(), &settings);
        let Ground { broker, port, .. } = &ground;
        // What was declared a moment ago must have been written down before the broker is killed.
        broker.stop();
        broker.restart();
        let keeper = match setup.metrics {
            Some(metrics) => ground.start_shown("keeper", "keeper", metrics),
            None => ground.start("keeper", "keeper", ""),
        };
        let workers =
            ["worker-1", "worker-2"].map(|name| ground.start(name, "worker", setup.workers));
        let gateway = ground.start("gateway", "gateway", "");
        answers(*port, &gateway);
        let Ground { broker, database, name, port, .. } = ground;
        Self { gateway, keeper, workers, broker, database, name, port }
    }

    /// Starts again what has ended by itself.
    pub(crate) fn tend(&mut self) {
        for process in self.workers.iter_mut().chain([&mut self.gateway, &mut self.keeper]) {
            process.revive();
        }
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
