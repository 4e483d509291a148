//! Stores to try things on.

use std::sync::OnceLock;
use std::time::Duration;

use formats::Format;
use futures_util::StreamExt;
use jobs::message::{Beat, Product};
use jobs::{
    Asked, Body, Bytes64, Digest, Event, Input, Job, JobId, Outcome, Owner, Problem, ProblemCode,
    Records, ResultFile, RunId, Warnings, place,
};
use secrecy::ExposeSecret;
use sqlx::{ConnectOptions, Connection};
use store::{Accepted, Applied, JobStore, NewJob, Store, StoreOptions, Upload};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Sqlite,
    Postgres,
}

/// A store of its own, empty at first.
pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) options: StoreOptions,
    _folder: Option<tempfile::TempDir>,
}

pub(crate) const RUN: RunId = RunId::from_bits(0x8f3a_90c1_d2e4_b576);
pub(crate) const OTHER_RUN: RunId = RunId::from_bits(7);

/// The one server of this run of the tests; it ends with the process.
fn server() -> &'static servers::Postgres {
    static SERVER: OnceLock<servers::Postgres> = OnceLock::new();
    SERVER.get_or_init(servers::Postgres::start)
}

/// A database that has the schema, to be copied.
async fn migrated() -> &'static str {
    static MIGRATED: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    MIGRATED
        .get_or_init(|| async {
            let name = server().create_database(None);
            let options = StoreOptions::postgres(server().url(&name));
            Store::migrate(&options).await.expect("a schema");
            name
        })
        .await
}

impl Over {
    /// A store of jobs that a relay publishes.
    pub(crate) async fn relayed(self) -> Bench {
        self.open(|options| options.relays = true).await
    }

    /// A store of jobs that are claimed from the table.
    pub(crate) async fn embedded(self) -> Bench {
        self.open(|options| options.relays = false).await
    }

    /// A store with options of its own.
    pub(crate) async fn open(self, set: impl FnOnce(&mut StoreOptions)) -> Bench {
        let (mut options, folder) = match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                (StoreOptions::embedded(folder.path().join("data")), Some(folder))
            }
            Self::Postgres => {
                let template = migrated().await;
                let create = || server().create_database(Some(template));
                let name = tokio::task::spawn_blocking(create).await.expect("a database");
                let mut options = StoreOptions::postgres(server().url(&name));
                options.settings.connections = 10;
                (options, None)
            }
        };
        set(&mut options);
        let store = Store::open(&options).await.expect("a store");
        Bench { store, options, _folder: folder }
    }
}

impl Bench {
    /// The same database after another start of the process.
    pub(crate) async fn again(&mut self) {
        self.store.close().await;
        self.options.boot = format!("{}+", self.options.boot);
        self.store = Store::open(&self.options).await.expect("a store");
    }

    /// Lets the database do what a statement says, past a store that is closed.
    pub(crate) async fn execute(&self, statement: &'static str) {
        if let Some(url) = &self.options.settings.url {
            let mut link = sqlx::PgConnection::connect(url.expose_secret()).await.expect("a link");
            sqlx::query(statement).execute(&mut link).await.expect("it is done");
            link.close().await.expect("an end");
            return;
        }
        let file = self.options.folder.join("refmill.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut link = options.connect().await.expect("a link");
        sqlx::query(statement).execute(&mut link).await.expect("it is done");
        link.close().await.expect("an end");
    }

    /// Accepts a job.
    pub(crate) async fn accept(&self, new: NewJob) -> Job {
        match self.store.accept(new).await.expect("an answer") {
            Accepted::New(job) => *job,
            other => panic!("not a new job: {other:?}"),
        }
    }

    /// Accepts a job in which nothing is special.
    pub(crate) async fn queued(&self) -> Job {
        self.accept(new_job()).await
    }

    /// What an event makes of a job.
    pub(crate) async fn apply(&self, id: JobId, event: Event) -> Applied {
        self.store.apply(id, None, &event, None).await.expect("an answer")
    }

    /// What an event makes of a job that it moves.
    pub(crate) async fn moved(&self, id: JobId, event: Event) -> Job {
        done(self.apply(id, event).await)
    }

    /// A job that has succeeded, with results in the blob store.
    pub(crate) async fn succeeded(&self, new: NewJob) -> Job {
        let job = self.accept(new).await;
        let product = product(&job);
        let event = finished(job.life.attempt, Outcome::Succeeded);
        let applied = self.store.apply(job.id, None, &event, Some(&product)).await;
        done(applied.expect("an answer"))
    }

    /// A job as anybody reads it.
    pub(crate) async fn get(&self, id: JobId) -> Job {
        self.store.get(id, None).await.expect("an answer").expect("a job")
    }

    /// Sets the clock so many seconds ahead of what it was.
    pub(crate) fn at(&self, seconds: i64) {
        self.store.shift_clock(jiff::SignedDuration::from_secs(seconds));
    }
}

pub(crate) fn done(applied: Applied) -> Job {
    match applied {
        Applied::Done(job) => *job,
        other => panic!("not moved: {other:?}"),
    }
}

pub(crate) fn stale(applied: Applied) -> Job {
    match applied {
        Applied::Stale(job) => *job,
        other => panic!("not stale: {other:?}"),
    }
}

pub(crate) fn owner(name: &str) -> Owner {
    Owner(name.to_owned())
}

/// A small input that travels with its job.
pub(crate) fn inline(bytes: &[u8]) -> Input {
    Input::inline(bytes.to_vec())
}

/// A large input.
pub(crate) fn blob(id: JobId) -> Input {
    Input {
        filename: Some("pubmed26n0001.xml.gz".to_owned()),
        kind: Some("pubmed-xml".to_owned()),
        coding: Some(jobs::Coding::Gzip),
        bytes: 31_850_211,
        sha256: Digest::of(b"large"),
        body: Body::Blob(place::input(id)),
    }
}

pub(crate) fn new_job() -> NewJob {
    NewJob::new(Owner::local(), inline(b"PMID- 1"))
}

pub(crate) fn keyed(key: &str) -> NewJob {
    NewJob { idempotency_key: Some(key.to_owned()), ..new_job() }
}

pub(crate) fn upload(key: Option<&str>) -> Upload {
    Upload {
        id: JobId::new(),
        owner: Owner::local(),
        asked: Asked::default(),
        idempotency_key: key.map(str::to_owned),
        webhook: None,
        trace: None,
    }
}

pub(crate) fn finished(attempt: u32, outcome: Outcome) -> Event {
    Event::Finished { attempt, outcome }
}

pub(crate) fn retry(attempt: u32) -> Event {
    let problem = Problem::new(ProblemCode::StoreUnavailable, "the blobs are away");
    finished(attempt, Outcome::Retry { problem })
}

pub(crate) fn beat(job: JobId, attempt: u32, run: RunId, beat: u64) -> Beat {
    Beat { job, attempt, run, beat, records: beat * 100, bytes: beat * 1000, total_bytes: 9000 }
}

/// What a run has made of a job: a result in the blob store, diagnostics inline.
pub(crate) fn product(job: &Job) -> Product {
    let output = place::output(job.id);
    let result = |format: Format| ResultFile {
        of: format,
        body: Body::Blob(place::result(&output, job.life.attempt, RUN, format)),
        bytes: 1834,
        sha256: Digest::of(b"result"),
    };
    Product {
        records: Records { read: 3, written: 2, skipped: 1 },
        bytes_read: 7,
        warnings: Warnings { total: 4, by_code: [("date-unparsed".to_owned(), 4)].into() },
        results: job.asked.formats.iter().copied().map(result).collect(),
        diagnostics: Some(ResultFile {
            of: (),
            body: Body::Inline(Bytes64(b"{}\n".to_vec())),
            bytes: 3,
            sha256: Digest::of(b"{}\n"),
        }),
    }
}

pub(crate) fn problem() -> Problem {
    Problem::new(ProblemCode::NoRecords, "there is no record")
}

/// An empty database.
pub(crate) async fn without_schema() -> StoreOptions {
    let create = || server().create_database(None);
    let name = tokio::task::spawn_blocking(create).await.expect("a database");
    StoreOptions::postgres(server().url(&name))
}

/// What comes at last; it is a failure if it does not.
pub(crate) async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed().as_secs() < 30, "it did not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until changes of jobs are heard; it is a failure if they are not.
pub(crate) async fn hears_changes(store: &Store) {
    let mut changes = store.changes();
    eventually(async || {
        store.accept(new_job()).await.expect("an answer");
        let heard = tokio::time::timeout(Duration::from_millis(500), changes.next()).await;
        heard.is_ok_and(|heard| heard.is_some()).then_some(())
    })
    .await;
}
