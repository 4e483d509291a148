//! The store: what is asked of it, and which transaction answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{Stream, stream};
use jiff::SignedDuration;
use jobs::message::{Beat, JobMessage, Product};
use jobs::{Digest, Event, Input, Job, JobId, Lane, Owner, RunId};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::base::Base;
use crate::contract::{
    Accepted, Applied, Backlog, Begun, Delivery, DeliveryOutcome, JobStore, Keep, NewJob, Outgoing,
    Page, Result, Swept, Upload,
};
use crate::options::StoreOptions;
use crate::policy::Policy;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::work::{accept, apply, claim, counts, outbox, read, remove, sweep, webhooks};

/// Jobs in SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    base: Base,
    policy: Arc<Policy>,
}

impl Store {
    /// Opens the database of these options. SQLite is brought up to date; PostgreSQL is expected
    /// to be, see [`Store::migrate`].
    ///
    /// # Errors
    ///
    /// If the database cannot be reached, or has a schema older than this release needs; for
    /// SQLite also if another process holds the data directory.
    pub async fn open(options: &StoreOptions) -> Result<Self> {
        let policy = Arc::new(Policy::new(options));
        let base = match &options.settings.url {
            None => Base::Sqlite(Arc::new(Sqlite::open(options, policy.clone()).await?)),
            Some(url) => {
                let opened = Postgres::open(url, &options.settings, policy.clone()).await?;
                Base::Postgres(Arc::new(opened))
            }
        };
        Ok(Self { base, policy })
    }

    /// Brings the schema up to date, one process at a time.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached or changed.
    pub async fn migrate(options: &StoreOptions) -> Result<()> {
        match &options.settings.url {
            // Opening does it.
            None => {
                Self::open(options).await?.close().await;
                Ok(())
            }
            Some(url) => Postgres::migrate(url, &options.settings).await,
        }
    }

    /// Ends what is going on and lets the database go. Calls that come later fail.
    pub async fn close(&self) {
        match &self.base {
            Base::Sqlite(base) => base.close().await,
            Base::Postgres(base) => base.close().await,
        }
    }

    /// Transactions that this process has committed, for metrics.
    #[must_use]
    pub fn commits(&self) -> u64 {
        match &self.base {
            Base::Sqlite(base) => base.commits(),
            Base::Postgres(base) => base.commits(),
        }
    }

    /// Puts the clock of the database wrong by so much, as this store and its clones see it: for
    /// tests.
    pub fn shift_clock(&self, by: SignedDuration) {
        let microseconds = i64::try_from(by.as_micros()).unwrap_or(0);
        self.policy.shift.store(microseconds, Ordering::Relaxed);
    }
}

/// A transaction that writes, or reads on a connection of its own.
macro_rules! ask {
    ($store:ident writes |$tx:ident| $work:expr) => {
        $store.base.write(move |$tx| Box::pin(async move { $work.await })).await
    };
    ($store:ident reads |$link:ident| $work:expr) => {{
        let reading = Box::pin(async {
            let mut reader = $store.base.reader().await?;
            let $link = &mut reader;
            $work.await
        });
        $store.base.in_time(reading).await
    }};
}

impl JobStore for Store {
    async fn accept(&self, job: NewJob) -> Result<Accepted> {
        ask!(self writes |tx| accept::accept(tx, job))
    }

    async fn begin(&self, upload: Upload) -> Result<Begun> {
        ask!(self writes |tx| accept::begin(tx, upload))
    }

    async fn touch(&self, id: JobId) -> Result<bool> {
        ask!(self writes |tx| accept::touch(tx, id))
    }

    async fn complete(
        &self,
        id: JobId,
        input: Input,
        lane: Lane,
        fingerprint: Digest,
    ) -> Result<Applied> {
        ask!(self writes |tx| accept::complete(tx, id, input, lane, fingerprint))
    }

    async fn apply(
        &self,
        id: JobId,
        owner: Option<&Owner>,
        event: &Event,
        product: Option<&Product>,
    ) -> Result<Applied> {
        let (owner, event, product) = (owner.cloned(), event.clone(), product.cloned());
        ask!(self writes |tx| apply::apply(tx, id, owner.as_ref(), &event, product.as_ref()))
    }

    async fn beats(&self, beats: &[Beat]) -> Result<usize> {
        let beats = beats.to_vec();
        ask!(self writes |tx| apply::beats(tx, beats))
    }

    async fn get(&self, id: JobId, owner: Option<&Owner>) -> Result<Option<Job>> {
        ask!(self reads |link| read::job(link, id, owner))
    }

    async fn list(&self, owner: &Owner, page: &Page) -> Result<Vec<Job>> {
        ask!(self reads |link| read::list(link, owner, page))
    }

    async fn delete(&self, id: JobId, owner: &Owner) -> Result<Applied> {
        let owner = owner.clone();
        ask!(self writes |tx| remove::delete(tx, id, &owner))
    }

    async fn message(&self, id: JobId) -> Result<Option<JobMessage>> {
        let kept = ask!(self reads |link| read::kept(link, id, None))?;
        Ok(kept.map(|kept| kept.message(&self.policy)))
    }

    async fn claim(&self, lane: Lane, run: RunId) -> Result<Option<JobMessage>> {
        ask!(self writes |tx| claim::claim(tx, lane, run))
    }

    async fn recover(&self) -> Result<u64> {
        ask!(self writes |tx| claim::recover(tx))
    }

    async fn next_due(&self, lane: Lane) -> Result<Option<Duration>> {
        ask!(self reads |link| claim::next_due(link, &self.policy, lane))
    }

    async fn take_outbox(&self, max: usize) -> Result<Vec<Outgoing>> {
        ask!(self writes |tx| outbox::take(tx, max))
    }

    async fn confirm_outbox(&self, rows: &[i64]) -> Result<()> {
        let rows = rows.to_vec();
        ask!(self writes |tx| outbox::confirm(tx, &rows))
    }

    async fn postpone_outbox(&self, row: i64, by: Duration) -> Result<()> {
        ask!(self writes |tx| outbox::postpone(tx, row, by))
    }

    async fn take_webhooks(&self, max: usize) -> Result<Vec<Delivery>> {
        ask!(self writes |tx| webhooks::take(tx, max))
    }

    async fn settle_webhook(&self, id: Uuid, outcome: DeliveryOutcome) -> Result<()> {
        ask!(self writes |tx| webhooks::settle(tx, id, outcome))
    }

    async fn running(&self) -> Result<Vec<(JobId, u32, u64)>> {
        ask!(self reads |link| counts::running(link))
    }

    async fn waiting(
        &self,
        lane: Lane,
        due_for: Duration,
        max: usize,
    ) -> Result<(u64, Vec<(JobId, u32)>)> {
        ask!(self reads |link| counts::waiting(link, &self.policy, lane, due_for, max))
    }

    async fn backlog(&self, owner: Option<&Owner>) -> Result<Backlog> {
        ask!(self reads |link| counts::backlog(link, &self.policy, owner))
    }

    async fn sweep(&self, keep: &Keep, max: usize) -> Result<Swept> {
        let keep = *keep;
        ask!(self writes |tx| sweep::sweep(tx, &keep, max))
    }

    async fn names_blob(&self, id: JobId, key: &str) -> Result<bool> {
        ask!(self reads |link| remove::names_blob(link, id, key))
    }

    async fn check(&self) -> Result<()> {
        ask!(self writes |tx| remove::check(tx))
    }

    fn changes(&self) -> impl Stream<Item = JobId> + Send + Unpin + 'static {
        let changes = stream::unfold(self.base.changes(), |mut changes| async move {
            loop {
                match changes.recv().await {
                    Ok(job) => return Some((job, changes)),
                    // What was missed, the listener finds when it looks for itself.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        });
        Box::pin(changes)
    }

    async fn lead(&self) -> Result<bool> {
        match &self.base {
            Base::Sqlite(_) => Ok(true),
            Base::Postgres(base) => base.lead().await,
        }
    }
}
