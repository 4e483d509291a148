//! Jobs on a server: PostgreSQL for services of many processes.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use jobs::JobId;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::sync::{Mutex, broadcast};

use crate::base::CHANGES;
use crate::contract::Result;
use crate::error::StoreError;
use crate::options::Settings;
use crate::policy::Policy;
use crate::session::{Link, Tx};
use crate::value::Time;

mod limits;
mod news;

use limits::{Limits, within};
use news::News;

/// The lock of the one keeper that reconciles and sweeps: `refmill` in ASCII.
const LEAD: i64 = 0x0072_6566_6d69_6c6c;

/// A server of jobs.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: PgPool,
    policy: Arc<Policy>,
    connect: PgConnectOptions,
    limits: Limits,
    news: News,
    commits: AtomicU64,
    /// The connection that holds the lock, while this process leads.
    lead: Mutex<Option<PgConnection>>,
}

impl Postgres {
    /// Connects, and sees whether the schema is there.
    pub(crate) async fn open(
        url: &SecretString,
        settings: &Settings,
        policy: Arc<Policy>,
    ) -> Result<Self> {
        let connect = connect_options(url, settings)?;
        let limits = Limits::of(settings);
        let pool = PgPoolOptions::new()
            .max_connections(settings.connections)
            .acquire_timeout(limits.acquire)
            // Instead of a look of the library's own, which waits without an end.
            .test_before_acquire(false)
            .before_acquire(move |link, _| Box::pin(limits.look(link)))
            .after_release(move |link, _| Box::pin(limits.look(link)))
            .connect_with(connect.clone())
            .await?;
        check_schema(&mut *pool.acquire().await?).await?;
        let (changes, _) = broadcast::channel(CHANGES);
        let news = News::start(connect.clone(), pool.clone(), limits, changes);
        let (commits, lead) = (AtomicU64::new(0), Mutex::new(None));
        Ok(Self { pool, policy, connect, limits, news, commits, lead })
    }

    /// Brings the schema up to date; who comes second waits.
    pub(crate) async fn migrate(url: &SecretString, settings: &Settings) -> Result<()> {
        let mut link = connect_options(url, settings)?.connect().await?;
        let mut migrator = sqlx::migrate!("migrations/postgres");
        // An older release runs with the schema of the next one.
        migrator.set_ignore_missing(true);
        migrator.run(&mut link).await.map_err(StoreError::Migration)?;
        Ok(link.close().await?)
    }

    /// Runs a transaction.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        self.in_time(Box::pin(self.transact(work))).await
    }

    async fn transact<T, W>(&self, work: W) -> Result<T>
    where
        W: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, Result<T>>,
    {
        let mut transaction = self.pool.begin().await?;
        let now: Time = sqlx::query_scalar("SELECT now()").fetch_one(&mut *transaction).await?;
        let mut tx = Tx {
            link: Link::PostgresWriter(transaction),
            now: self.policy.shifted(now.0),
            policy: self.policy.clone(),
            changed: Vec::new(),
        };
        let done = work(&mut tx).await?;
        if let Link::PostgresWriter(transaction) = tx.link {
            transaction.commit().await?;
        }
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.news.tell(tx.changed);
        Ok(done)
    }

    /// Waits for an answer no longer than a server can need that is there.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        // What is cut off lets its connection go, and that is looked at then.
        within(self.limits.whole, work).await
    }

    /// A connection that reads.
    pub(crate) async fn reader(&self) -> Result<Link> {
        Ok(Link::PostgresReader(self.pool.acquire().await?))
    }

    /// Jobs that change from now on, whoever changes them.
    pub(crate) fn changes(&self) -> broadcast::Receiver<JobId> {
        self.news.changes()
    }

    /// Transactions that were committed since the start.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Takes the lock of the one keeper that reconciles and sweeps, or keeps it. It goes with its
    /// connection.
    pub(crate) async fn lead(&self) -> Result<bool> {
        let mut lead = self.lead.lock().await;
        if let Some(link) = lead.as_mut() {
            if self.limits.look(link).await.is_ok() {
                return Ok(true);
            }
            *lead = None;
        }
        let taking = async {
            let mut link = self.connect.connect().await?;
            let is_mine: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(LEAD)
                .fetch_one(&mut link)
                .await?;
            if is_mine {
                return Ok(Some(link));
            }
            link.close().await?;
            Result::Ok(None)
        };
        *lead = within(self.limits.acquire, taking).await?;
        Ok(lead.is_some())
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) {
        if let Some(link) = self.lead.lock().await.take()
            && let Err(error) = link.close().await
        {
            tracing::warn!(%error, "the connection that leads was not closed well");
        }
        self.news.stop();
        self.pool.close().await;
    }
}

fn connect_options(url: &SecretString, settings: &Settings) -> Result<PgConnectOptions> {
    let timeout = format!("{}s", settings.statement_seconds.max(1));
    let url = url.expose_secret();
    let options = PgConnectOptions::from_str(url)?
        .application_name("refmill")
        .options([
            ("statement_timeout", &timeout),
            ("idle_in_transaction_session_timeout", &timeout),
        ])
        // A client that the network has taken away holds locks until the server notices it.
        .options([
            ("tcp_keepalives_idle", "20"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ]);
    let is_chosen = url.contains("sslmode=") || url.contains("ssl-mode=");
    if is_chosen || is_here(&options) {
        return Ok(options);
    }
    // Over a network, unless the address says otherwise, only to who can prove its name.
    Ok(options.ssl_mode(PgSslMode::VerifyFull))
}

/// Whether the server is on this machine.
fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let is_loopback =
        host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    is_loopback || host == "localhost" || host.starts_with('/') || options.get_socket().is_some()
}

/// Whether every migration of this release was applied.
async fn check_schema(link: &mut PgConnection) -> Result<()> {
    let needed = sqlx::migrate!("migrations/postgres").iter().map(|step| step.version).max();
    let has_any: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *link)
        .await?;
    let found: Option<i64> = if has_any {
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(&mut *link)
            .await?
    } else {
        None
    };
    match needed {
        Some(needed) if found < Some(needed) => Err(StoreError::Outdated { needed }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_proves_its_name_unless_the_address_says_otherwise() {
        let verifies = |url: &str| {
            let options = connect_options(&url.to_owned().into(), &Settings::default());
            matches!(options.expect("an address").get_ssl_mode(), PgSslMode::VerifyFull)
        };
        assert!(verifies("postgres://refmill:hush@db.example/refmill"));
        assert!(verifies("postgres://192.0.2.1/refmill"));
        assert!(!verifies("postgres://db/refmill?sslmode=disable"));
        for here in ["127.0.0.1:5432", "localhost", "[::1]"] {
            assert!(!verifies(&format!("postgres://{here}/refmill")), "{here}");
        }
    }
}
