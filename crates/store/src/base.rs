//! Where transactions run.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jobs::JobId;
use tokio::sync::broadcast;

use crate::contract::Result;
use crate::postgres::Postgres;
use crate::session::{Link, Tx};
use crate::sqlite::Sqlite;

/// How many changes a listener may be behind before it misses some.
pub(crate) const CHANGES: usize = 4096;

/// Where transactions run.
#[derive(Clone, Debug)]
pub(crate) enum Base {
    /// In a file of this process.
    Sqlite(Arc<Sqlite>),
    /// On a server.
    Postgres(Arc<Postgres>),
}

impl Base {
    /// Runs a transaction that writes. `Ok` comes after the commit.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        match self {
            Self::Sqlite(base) => base.write(work).await,
            Self::Postgres(base) => base.write(work).await,
        }
    }

    /// Waits for what is read, if need be not for ever.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match self {
            // It is in this process, and has limits of its own.
            Self::Sqlite(_) => work.await,
            Self::Postgres(base) => base.in_time(work).await,
        }
    }

    /// A connection that reads.
    pub(crate) async fn reader(&self) -> Result<Link> {
        match self {
            Self::Sqlite(base) => base.reader().await,
            Self::Postgres(base) => base.reader().await,
        }
    }

    /// Jobs that change from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<JobId> {
        match self {
            Self::Sqlite(base) => base.changes(),
            Self::Postgres(base) => base.changes(),
        }
    }
}
