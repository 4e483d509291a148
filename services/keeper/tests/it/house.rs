//! A keeper with all that it needs, for one test.

use std::future::Future;
use std::time::Duration;

use blobs::Blobs;
use jiff::Timestamp;
use jobs::message::{Finished, Product};
use jobs::{
    Asked, Body, Digest, Input, Job, JobId, Lane, Outcome, Owner, Records, ResultFile, RunId, place,
};
use keeper::{KeeperSettings, Settings};
use store::{Accepted, JobStore, NewJob, Store, StoreOptions};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::fake::Fake;

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(30);

/// A keeper with all that it needs.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) broker: Fake,
    pub(crate) keeper: Keeper,
    pub(crate) _folder: TempDir,
}

/// A keeper that runs.
pub(crate) struct Keeper {
    stop: CancellationToken,
    task: JoinHandle<Result<(), keeper::KeeperError>>,
}

impl House {
    /// A keeper with a broker.
    pub(crate) async fn new(settings: Settings) -> Self {
        Self::build(settings, true).await
    }

    /// A keeper without one.
    pub(crate) async fn without_broker(settings: Settings) -> Self {
        Self::build(settings, false).await
    }

    async fn build(settings: Settings, has_broker: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions { relays: has_broker, ..StoreOptions::embedded(folder.path()) };
        let store = Store::open(&options).await.expect("a store");
        let (blobs, broker) = (Blobs::memory(), Fake::new());
        let keeper = Keeper::start(&store, has_broker.then(|| broker.clone()), &blobs, settings);
        Self { store, blobs, broker, keeper, _folder: folder }
    }

    /// A job that was accepted.
    pub(crate) async fn accept(&self, job: NewJob) -> Job {
        match self.store.accept(job).await.expect("it is accepted") {
            Accepted::New(job) => *job,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn job(&self, id: JobId) -> Job {
        self.store.get(id, None).await.expect("an answer").expect("a job")
    }

    pub(crate) async fn state(&self, id: JobId) -> &'static str {
        self.job(id).await.life.state.name()
    }

    /// Waits until a job is in that state.
    pub(crate) async fn wait_for(&self, id: JobId, state: &str) -> Job {
        eventually(state, || async { self.state(id).await == state }).await;
        self.job(id).await
    }

    /// How many errands wait.
    pub(crate) async fn outbox(&self) -> u64 {
        let backlog = self.store.backlog(None).await.expect("a backlog");
        backlog.outbox.iter().map(|(_, rows)| rows).sum()
    }

    /// Waits until all that was let go is so many.
    pub(crate) async fn wait_for_acks(&self, count: usize) {
        eventually("acks", || async { self.broker.acked() >= count }).await;
        assert_eq!(self.broker.acked(), count);
    }
}

impl Keeper {
    pub(crate) fn start<B: keeper::Broker>(
        store: &Store,
        broker: Option<B>,
        blobs: &Blobs,
        settings: Settings,
    ) -> Self {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let stop = CancellationToken::new();
        let keeper = keeper::run(store.clone(), broker, blobs.clone(), settings, stop.clone());
        Self { stop, task: tokio::spawn(keeper) }
    }

    /// Ends it as it should end.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(DEADLINE, self.task).await.expect("it ends");
        ended.expect("it does not panic").expect("it ends well");
    }

    /// Ends it in the middle of things.
    pub(crate) async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.is_err());
    }
}

/// Settings that look around each second.
pub(crate) fn settings() -> Settings {
    let keeper = KeeperSettings {
        reconcile_seconds: 1,
        lost_after_seconds: 0,
        sweep_seconds: 1,
        reply_retry_seconds: 0,
        grace_seconds: 1,
        ..KeeperSettings::default()
    };
    Settings { keeper, min_free_bytes: 0, ..Settings::default() }
}

/// Settings under which nothing is looked for.
pub(crate) fn calm() -> Settings {
    let keeper = KeeperSettings { reconcile_seconds: 3600, ..settings().keeper };
    Settings { keeper, ..settings() }
}

/// Waits until it is so.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(DEADLINE, waiting).await;
    assert!(waited.is_ok(), "it never came: {what}");
}

/// A small job.
pub(crate) fn new_job() -> NewJob {
    let input = Input::inline(b"<PubmedArticleSet/>".to_vec());
    NewJob { lane: Lane::Bulk, ..NewJob::new(Owner("lab-a".to_owned()), input) }
}

/// A run that has ended with one record in RIS.
pub(crate) fn finished(job: JobId, attempt: u32, outcome: Outcome) -> Finished {
    let text = b"TY  - JOUR\r\nER  - \r\n".to_vec();
    let result = ResultFile {
        of: Asked::default().formats[0],
        bytes: text.len() as u64,
        sha256: Digest::of(&text),
        body: Body::Inline(text.into()),
    };
    let results = if outcome == Outcome::Succeeded { vec![result] } else { Vec::new() };
    Finished {
        job,
        attempt,
        run: RunId::from_bits(attempt.into()),
        worker: "w-1".to_owned(),
        outcome,
        started_at: Timestamp::now(),
        finished_at: Timestamp::now(),
        product: Product {
            records: Records { read: 1, written: 1, skipped: 0 },
            results,
            ..Product::default()
        },
        trace: None,
    }
}

/// The key of a result of a job.
pub(crate) fn result_key(job: JobId, attempt: u32) -> String {
    let run = RunId::from_bits(attempt.into());
    place::result(&place::output(job), attempt, run, Asked::default().formats[0])
}
