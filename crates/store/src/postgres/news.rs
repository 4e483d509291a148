//! Changes of jobs as PostgreSQL spreads them among processes.
//!
//! They are sent after the commit, many at a time, by a task of their own: a transaction that
//! notifies takes a lock of the whole database until its commit is on the disk, and jobs would be
//! accepted one by one. Whoever dies between commit and notification is made up for by listeners,
//! which look for themselves every second.

use std::collections::BTreeSet;
use std::time::Duration;

use jobs::JobId;
use sqlx::Executor;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

use super::limits::{Limits, within};

/// The name under which changes are spread.
const CHANNEL: &str = "refmill_jobs";

/// A notification has less than 8,000 bytes, and a name 36.
const NAMES: usize = 200;

/// Changes that may wait to be spread; more are left out.
const WAITING: usize = 4096;

/// How long to wait before listening is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// Changes of jobs, told and heard.
#[derive(Debug)]
pub(super) struct News {
    tell: mpsc::Sender<JobId>,
    changes: broadcast::Sender<JobId>,
    tasks: [JoinHandle<()>; 2],
}

impl News {
    /// Begins to tell and to listen.
    pub(super) fn start(
        connect: PgConnectOptions,
        pool: PgPool,
        limits: Limits,
        changes: broadcast::Sender<JobId>,
    ) -> Self {
        let (tell, told) = mpsc::channel(WAITING);
        let tasks = [
            tokio::spawn(spread(pool, limits, told)),
            tokio::spawn(listen(connect, limits, changes.clone())),
        ];
        Self { tell, changes, tasks }
    }

    /// Tells that these have changed, soon.
    pub(super) fn tell(&self, changed: Vec<JobId>) {
        for job in changed {
            if self.tell.try_send(job).is_err() {
                tracing::debug!(%job, "a change is not told: too many wait");
            }
        }
    }

    /// Jobs that change from now on.
    pub(super) fn changes(&self) -> broadcast::Receiver<JobId> {
        self.changes.subscribe()
    }

    /// Ends telling and listening.
    pub(super) fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Notifies of whatever has changed while the last notification was under way.
async fn spread(pool: PgPool, limits: Limits, mut told: mpsc::Receiver<JobId>) {
    let mut changed = Vec::new();
    while told.recv_many(&mut changed, NAMES).await > 0 {
        let names: BTreeSet<String> = changed.drain(..).map(|job| job.to_string()).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(",");
        let query = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(names);
        if let Err(error) = within(limits.whole, query.execute(&pool)).await {
            tracing::warn!(%error, "changes of jobs cannot be told");
        }
    }
}

/// Listens, over lost connections too.
async fn listen(connect: PgConnectOptions, limits: Limits, changes: broadcast::Sender<JobId>) {
    loop {
        if let Err(error) = hear(&connect, limits, &changes).await {
            tracing::warn!(%error, "changes of jobs cannot be heard");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(
    connect: &PgConnectOptions,
    limits: Limits,
    changes: &broadcast::Sender<JobId>,
) -> Result<(), sqlx::Error> {
    // A pool for one connection: it is never given back, and one that is silent would be waited for.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(limits.acquire)
        .connect_lazy_with(connect.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    within(limits.look, listener.listen(CHANNEL)).await?;
    loop {
        let Ok(heard) = tokio::time::timeout(limits.quiet, listener.recv()).await else {
            // Whoever only listens is never told that the network has gone.
            within(limits.look, listener.execute("SELECT 1")).await?;
            continue;
        };
        for name in heard?.payload().split(',') {
            if let Ok(job) = name.parse() {
                // Nobody needs to listen.
                let _ = changes.send(job);
            } else {
                tracing::warn!("a notification names no job");
            }
        }
    }
}
