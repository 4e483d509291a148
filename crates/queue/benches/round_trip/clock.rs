//! Rates and times, and jobs as clients submit them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jobs::{Input, JobId, Owner};
use store::{Accepted, JobStore, NewJob, Store, StoreOptions};
use tokio::task::JoinSet;

use crate::{Outcome, WINDOW};

/// What was done in some time, and how long each took.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) time: Duration,
    pub(crate) each: Vec<Duration>,
}

impl std::ops::AddAssign for Measured {
    fn add_assign(&mut self, other: Self) {
        self.time += other.time;
        self.each.extend(other.each);
    }
}

impl Measured {
    /// In each second.
    pub(crate) fn rate(&self) -> f64 {
        self.each.len() as f64 / self.time.as_secs_f64()
    }

    /// Milliseconds in which this part of all was done.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let mut each = self.each.clone();
        each.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a length that is no longer than it"
        )]
        let at = (part * each.len() as f64) as usize;
        each.get(at.min(each.len().saturating_sub(1))).map_or(0.0, |took| took.as_secs_f64() * 1e3)
    }
}

/// Lets as many clients as the window has do something again and again for so long.
pub(crate) async fn clients<F>(
    time: Duration,
    act: impl Fn() -> F + Send + Sync + 'static,
) -> Outcome<Measured>
where
    F: Future<Output = Outcome<()>> + Send,
{
    let act = Arc::new(act);
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..WINDOW {
        let act = act.clone();
        clients.spawn(async move {
            let mut each = Vec::new();
            while begun.elapsed() < time {
                let at = Instant::now();
                act().await?;
                each.push(at.elapsed());
            }
            Outcome::Ok(each)
        });
    }
    let mut all = Measured { time, each: Vec::new() };
    while let Some(ended) = clients.join_next().await {
        all.each.extend(ended??);
    }
    all.time = begun.elapsed();
    Ok(all)
}

/// Clients that submit jobs, and nobody who does them.
pub(crate) async fn accept(options: &StoreOptions, time: Duration) -> Outcome<Measured> {
    let store = Store::open(options).await?;
    let accepting = store.clone();
    let measured = clients(time, move || {
        let store = accepting.clone();
        async move { submit(&store).await.map(drop) }
    })
    .await?;
    store.close().await;
    Ok(measured)
}

/// Submits a job of one record.
pub(crate) async fn submit(store: &Store) -> Outcome<JobId> {
    const RECORD: &[u8] = include_bytes!("../../../../examples/article.xml");
    let new = NewJob::new(Owner::local(), Input::inline(RECORD.to_vec()));
    match store.accept(new).await? {
        Accepted::New(job) => Ok(job.id),
        other => Err(format!("not a new job: {other:?}").into()),
    }
}
