//! Why a store cannot answer.

use std::io;
use std::path::PathBuf;

/// Why a store cannot answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database is away, locked or full; the same call may succeed later.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// The database holds what this release cannot read.
    #[error("row {id} of table `{table}` cannot be read: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The key of the row.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The schema is not the one that this release knows.
    #[error("the schema of the database cannot be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The schema is older than this release needs: `refmill migrate` was not run.
    #[error("the schema of the database is older than {needed}: run `refmill migrate`")]
    Outdated {
        /// The migration that this release needs.
        needed: i64,
    },
    /// The data directory cannot be used.
    #[error("the data directory cannot be used: {}", path.display())]
    Folder {
        /// What of it.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Another process holds the data directory.
    #[error("the data directory is in use by another process")]
    Locked,
}

impl From<sqlx::Error> for StoreError {
    fn from(source: sqlx::Error) -> Self {
        Self::Unavailable(source)
    }
}
