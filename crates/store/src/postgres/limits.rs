//! How long PostgreSQL may be silent.
//!
//! The server ends a statement that takes too long, and says so. Over a network that is half open
//! nobody says anything: whoever waits for an answer waits on a clock of this process.

use std::io;
use std::time::Duration;

use sqlx::{Connection, PgConnection};

use crate::options::Settings;

/// How long a connection may take to show that it lives.
const LOOK: Duration = Duration::from_secs(5);

/// How long an answer may be on its way.
const WAY: Duration = Duration::from_secs(5);

/// How long PostgreSQL may be silent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// To give a connection.
    pub(super) acquire: Duration,
    /// To give a connection and to answer: 45 seconds unless the settings say otherwise.
    pub(super) whole: Duration,
    /// To say nothing to whoever only listens, before it is asked whether it is there.
    pub(super) quiet: Duration,
    /// To show that a connection lives.
    pub(super) look: Duration,
}

impl Limits {
    pub(super) fn of(settings: &Settings) -> Self {
        let acquire = Duration::from_secs(settings.acquire_seconds);
        let statement = Duration::from_secs(settings.statement_seconds.max(1));
        let whole = acquire.saturating_add(statement).saturating_add(WAY);
        // A connection that is gone leaves time for another one.
        Self { acquire, whole, quiet: whole / 2, look: LOOK.min(acquire / 2) }
    }

    /// Whether a connection lives; the pool closes one that does not.
    pub(super) async fn look(self, link: &mut PgConnection) -> Result<bool, sqlx::Error> {
        within(self.look, link.ping()).await?;
        Ok(true)
    }
}

/// Waits for an answer for so long.
pub(super) async fn within<T, E: From<sqlx::Error>>(
    most: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::time::timeout(most, answer).await.unwrap_or_else(|_| Err(silent().into()))
}

/// Nobody has answered.
fn silent() -> sqlx::Error {
    let silence = "PostgreSQL is silent: it or the network to it is away";
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, silence))
}
