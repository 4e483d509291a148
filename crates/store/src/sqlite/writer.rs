//! The one writer of SQLite.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jobs::JobId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::contract::Result;
use crate::error::StoreError;
use crate::session::{Link, Tx};
use crate::sqlite::folder::Folder;

/// The most commands of one transaction.
const GROUP: usize = 256;

/// The one writer of SQLite.
pub(crate) struct Writer {
    /// Its connection.
    pub(crate) tx: Tx,
    /// How it gets another one if that breaks.
    pub(crate) connect: SqliteConnectOptions,
    /// Who listens.
    pub(crate) changes: broadcast::Sender<JobId>,
    /// Transactions that were committed.
    pub(crate) commits: Arc<AtomicU64>,
    /// Nobody else may open the file before the writer has ended.
    pub(crate) folder: Folder,
}

/// Something that the writer does in a transaction, together with others.
pub(crate) trait Command: Send {
    /// Does it, and says whether what it has written is to stay.
    fn run<'c>(&'c mut self, tx: &'c mut Tx) -> BoxFuture<'c, bool>;

    /// Answers who waits: the transaction was committed, or was not.
    fn answer(self: Box<Self>, failure: Option<&Arc<sqlx::Error>>);

    /// Whether nothing comes after it.
    fn is_last(&self) -> bool {
        false
    }
}

/// A command that somebody waits for.
pub(crate) struct Errand<W, T> {
    work: Option<W>,
    done: Option<Result<T>>,
    tell: oneshot::Sender<Result<T>>,
}

/// The command that ends the writer.
pub(crate) struct Close(pub(crate) oneshot::Sender<Result<()>>);

impl<W, T> Errand<W, T> {
    pub(crate) fn new(work: W, tell: oneshot::Sender<Result<T>>) -> Self {
        Self { work: Some(work), done: None, tell }
    }
}

impl<W, T> Command for Errand<W, T>
where
    T: Send + 'static,
    W: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    fn run<'c>(&'c mut self, tx: &'c mut Tx) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            // Nobody waits any more: what nobody hears of need not happen.
            if self.tell.is_closed() {
                return false;
            }
            let Some(work) = self.work.take() else { return false };
            let done = work(tx).await;
            let stays = done.is_ok();
            self.done = Some(done);
            stays
        })
    }

    fn answer(self: Box<Self>, failure: Option<&Arc<sqlx::Error>>) {
        let answer = match (failure, self.done) {
            (None, Some(done)) => done,
            (Some(failure), _) => Err(shared(failure)),
            (None, None) => return,
        };
        // Who has gone away is not told.
        let _ = self.tell.send(answer);
    }
}

impl Command for Close {
    fn run<'c>(&'c mut self, _tx: &'c mut Tx) -> BoxFuture<'c, bool> {
        Box::pin(async { true })
    }

    fn answer(self: Box<Self>, _failure: Option<&Arc<sqlx::Error>>) {
        let _ = self.0.send(Ok(()));
    }

    fn is_last(&self) -> bool {
        true
    }
}

/// An error that many hear of.
fn shared(failure: &Arc<sqlx::Error>) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Io(io::Error::other(failure.clone())))
}

impl Writer {
    /// Writes until the store is closed or dropped.
    pub(crate) async fn run(mut self, mut waiting: mpsc::Receiver<Box<dyn Command>>) {
        let mut is_last = false;
        while !is_last {
            let Some(first) = waiting.recv().await else { break };
            let mut group = Vec::new();
            let outcome = self.group(first, &mut waiting, &mut group).await;
            is_last = group.iter().any(|command| command.is_last());
            let changed = std::mem::take(&mut self.tx.changed);
            let failure = match outcome {
                Ok(()) => {
                    self.commits.fetch_add(1, Ordering::Relaxed);
                    for job in changed {
                        // Nobody needs to listen.
                        let _ = self.changes.send(job);
                    }
                    None
                }
                Err(error) => {
                    tracing::error!(%error, "a transaction of the store has failed");
                    self.roll_back().await;
                    Some(Arc::new(error))
                }
            };
            for command in group {
                command.answer(failure.as_ref());
            }
        }
        if let Link::SqliteWriter(link) = self.tx.link
            && let Err(error) = link.close().await
        {
            tracing::error!(%error, "the store was not closed well");
        }
        drop(self.folder);
    }

    /// One transaction: the first command and whatever comes while it is written.
    async fn group(
        &mut self,
        first: Box<dyn Command>,
        waiting: &mut mpsc::Receiver<Box<dyn Command>>,
        group: &mut Vec<Box<dyn Command>>,
    ) -> std::result::Result<(), sqlx::Error> {
        let mut next = Some(first);
        let mut outcome = self.statement("BEGIN IMMEDIATE").await;
        while let Some(mut command) = next {
            if outcome.is_ok() {
                outcome = self.one(command.as_mut()).await;
            }
            let goes_on = outcome.is_ok() && group.len() < GROUP && !command.is_last();
            group.push(command);
            next = if goes_on { waiting.try_recv().ok() } else { None };
        }
        outcome?;
        self.statement("COMMIT").await
    }

    /// One command, apart from the others: if it fails, they do not.
    async fn one(&mut self, command: &mut dyn Command) -> std::result::Result<(), sqlx::Error> {
        let policy = &self.tx.policy;
        // To whole microseconds, as the file keeps it.
        self.tx.now = policy.shifted(Timestamp::now());
        let before = self.tx.changed.len();
        self.statement("SAVEPOINT one").await?;
        if !command.run(&mut self.tx).await {
            self.tx.changed.truncate(before);
            self.statement("ROLLBACK TO one").await?;
        }
        self.statement("RELEASE one").await
    }

    async fn statement(&mut self, sql: &'static str) -> std::result::Result<(), sqlx::Error> {
        let Link::SqliteWriter(link) = &mut self.tx.link else {
            return Err(sqlx::Error::PoolClosed);
        };
        sqlx::query(sql).execute(link).await.map(drop)
    }

    /// Leaves nothing of a failed transaction; a connection that cannot do so is replaced.
    async fn roll_back(&mut self) {
        // Fails if SQLite has rolled back already: then the next begin succeeds.
        let _ = self.statement("ROLLBACK").await;
        let is_usable = match self.statement("BEGIN").await {
            Ok(()) => self.statement("ROLLBACK").await.is_ok(),
            Err(_) => false,
        };
        if !is_usable {
            match self.connect.connect().await {
                Ok(link) => self.tx.link = Link::SqliteWriter(link),
                Err(error) => tracing::error!(%error, "the store cannot be opened again"),
            }
        }
    }
}
