//! Jobs in a file: SQLite for a service of one process.
//!
//! Readers have connections of their own and never wait. All that writes is sent to one writer,
//! which commits whatever waits in one transaction: a commit that is safe on the disk costs
//! milliseconds, whether it holds one job or a hundred.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jobs::JobId;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::base::CHANGES;
use crate::contract::Result;
use crate::error::StoreError;
use crate::options::StoreOptions;
use crate::policy::Policy;
use crate::session::{Link, Tx};

mod folder;
mod writer;

use folder::Folder;
use writer::{Command, Errand, Writer};

/// Commands that may wait for the writer.
const WAITING: usize = 1024;

/// Connections that read.
const READERS: u32 = 4;

/// A file of jobs.
#[derive(Debug)]
pub(crate) struct Sqlite {
    commands: mpsc::Sender<Box<dyn Command>>,
    readers: SqlitePool,
    changes: broadcast::Sender<JobId>,
    commits: Arc<AtomicU64>,
    writer: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens the file in the data directory, brings it up to date and starts its writer.
    pub(crate) async fn open(options: &StoreOptions, policy: Arc<Policy>) -> Result<Self> {
        let folder = Folder::open(&options.folder)?;
        let connect = connect_options(&folder);
        let mut link = connect.connect().await?;
        migrate(&mut link).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(options.settings.acquire_seconds))
            .connect_lazy_with(connect.clone().read_only(true));
        let (commands, waiting) = mpsc::channel(WAITING);
        let (changes, _) = broadcast::channel(CHANGES);
        let commits = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            tx: Tx {
                link: Link::SqliteWriter(link),
                now: Timestamp::UNIX_EPOCH,
                policy,
                changed: Vec::new(),
            },
            connect,
            changes: changes.clone(),
            commits: commits.clone(),
            folder,
        };
        let writer = std::sync::Mutex::new(Some(tokio::spawn(writer.run(waiting))));
        Ok(Self { commands, readers, changes, commits, writer })
    }

    /// Lets the writer do this in its next transaction, and waits for the commit.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let command = Box::new(Errand::new(work, tell));
        self.commands.send(command).await.map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }

    /// A connection that reads.
    pub(crate) async fn reader(&self) -> Result<Link> {
        Ok(Link::SqliteReader(self.readers.acquire().await?))
    }

    /// Jobs that change from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<JobId> {
        self.changes.subscribe()
    }

    /// Transactions that were committed since the start.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Ends the writer after what waits for it, and the readers.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        let writer = self.writer.lock().ok().and_then(|mut writer| writer.take());
        // The writer may be gone already; then there is nothing to end.
        let (tell, _told) = oneshot::channel::<Result<()>>();
        let sent = self.commands.send(Box::new(writer::Close(tell))).await;
        if let (Ok(()), Some(writer)) = (sent, writer)
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the writer of the store has not ended well");
        }
    }
}

fn connect_options(folder: &Folder) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.database())
        .journal_mode(SqliteJournalMode::Wal)
        // A job that was accepted outlives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
}

async fn migrate(link: &mut SqliteConnection) -> Result<()> {
    let mut migrator = sqlx::migrate!("migrations/sqlite");
    // An older release runs with the schema of the next one.
    migrator.set_ignore_missing(true);
    migrator.run(link).await.map_err(StoreError::Migration)
}

fn closed() -> StoreError {
    StoreError::Unavailable(sqlx::Error::PoolClosed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::remove;

    #[tokio::test]
    async fn a_transaction_that_breaks_fails_for_all_in_it_and_for_nobody_after() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions::embedded(folder.path());
        let policy = Arc::new(Policy::new(&options));
        let sqlite = Sqlite::open(&options, policy).await.expect("a file");
        let checks = async || {
            let mut link = sqlite.reader().await.expect("a reader");
            link.query("SELECT at FROM checks").all().await.expect("rows").len()
        };
        let before = sqlite.commits();
        // As a full disk does it: the transaction is gone in the middle.
        let (checked, broken) = tokio::join!(
            sqlite.write(|tx| Box::pin(remove::check(tx))),
            sqlite.write(|tx| Box::pin(async { tx.query("ROLLBACK").execute().await })),
        );
        assert!(checked.is_err() && broken.is_err(), "{checked:?}, {broken:?}");
        assert_eq!((checks().await, sqlite.commits()), (0, before));
        sqlite.write(|tx| Box::pin(remove::check(tx))).await.expect("an answer");
        assert_eq!(checks().await, 1);
        sqlite.close().await;
    }
}
