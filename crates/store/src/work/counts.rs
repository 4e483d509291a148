//! What runs, what waits and how much of it.

use std::time::Duration;

use jobs::{JobId, Lane, Owner, State};

use crate::contract::{Backlog, Result};
use crate::error::StoreError;
use crate::policy::{Policy, earlier};
use crate::session::{Link, Row};
use crate::value::{Number, Time};

/// Jobs that run, with their attempt and last beat.
pub(crate) async fn running(link: &mut Link) -> Result<Vec<(JobId, u32, u64)>> {
    // Both states, as the index has them.
    let query = link.query(
        "SELECT id, attempt, beat FROM jobs \
         WHERE state IN ('running', 'receiving') AND state = 'running' ORDER BY id",
    );
    let rows = query.all().await?;
    rows.iter().map(|row| Ok((id(row)?, attempt(row)?, row.get::<Number>("beat")?.0))).collect()
}

/// Queued jobs that have been due for so long and have no errand; and how many there are.
pub(crate) async fn waiting(
    link: &mut Link,
    policy: &Policy,
    lane: Lane,
    due_for: Duration,
    max: usize,
) -> Result<(u64, Vec<(JobId, u32)>)> {
    let due = earlier(link.now(policy).await?, due_for);
    let count = link
        .query(
            "SELECT count(*) AS jobs FROM jobs WHERE state = 'queued' AND lane = $1 \
             AND run_at <= $2 AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = jobs.id \
             AND outbox.kind = 'job')",
        )
        .bind(lane.as_str())
        .bind(Time(due))
        .one()
        .await?;
    let rows = link
        .query(
            "SELECT id, attempt FROM jobs WHERE state = 'queued' AND lane = $1 \
             AND run_at <= $2 AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = jobs.id \
             AND outbox.kind = 'job') ORDER BY run_at, id LIMIT $3",
        )
        .bind(lane.as_str())
        .bind(Time(due))
        .bind(i64::try_from(max).unwrap_or(i64::MAX))
        .all()
        .await?;
    let jobs = rows.iter().map(|row| Ok((id(row)?, attempt(row)?))).collect::<Result<_>>()?;
    Ok((count.get::<Number>("jobs")?.0, jobs))
}

/// How much waits.
pub(crate) async fn backlog(
    link: &mut Link,
    policy: &Policy,
    owner: Option<&Owner>,
) -> Result<Backlog> {
    let now = link.now(policy).await?;
    let mut backlog = Backlog::default();
    // Each by the index that holds these rows alone.
    let query = link.query(
        "SELECT lane, count(*) AS jobs, min(run_at) AS oldest FROM jobs \
         WHERE state = 'queued' GROUP BY lane ORDER BY lane",
    );
    for row in query.all().await? {
        let (lane, jobs) = (lane(&row)?, row.get::<Number>("jobs")?.0);
        let age = now.duration_since(row.get::<Time>("oldest")?.0);
        backlog.oldest_queued.push((lane, Duration::try_from(age).unwrap_or_default()));
        backlog.jobs.push((State::Queued.name(), lane, jobs));
        backlog.queued += jobs;
    }
    let query = link.query(
        "SELECT state, lane, count(*) AS jobs FROM jobs \
         WHERE state IN ('running', 'receiving') GROUP BY state, lane ORDER BY state, lane",
    );
    for row in query.all().await? {
        let state = row.get::<String>("state")?;
        let name = State::NAMES.into_iter().find(|name| *name == state);
        let name = name.ok_or_else(|| corrupt(format!("unknown state {state}")))?;
        backlog.jobs.push((name, lane(&row)?, row.get::<Number>("jobs")?.0));
    }
    if let Some(owner) = owner {
        let query =
            link.query("SELECT count(*) AS jobs FROM jobs WHERE state = 'queued' AND owner = $1");
        backlog.queued_by_owner = query.bind(&owner.0).one().await?.get::<Number>("jobs")?.0;
    }
    let query = link.query(
        "SELECT kind, count(*) AS errands, min(created_at) AS oldest FROM outbox \
         GROUP BY kind ORDER BY kind",
    );
    for row in query.all().await? {
        let oldest = row.get::<Time>("oldest")?.0;
        backlog.outbox_oldest =
            Some(backlog.outbox_oldest.map_or(oldest, |other| other.min(oldest)));
        backlog.outbox.push((row.get("kind")?, row.get::<Number>("errands")?.0));
    }
    Ok(backlog)
}

fn id(row: &Row) -> Result<JobId> {
    Ok(JobId::from_uuid(row.get("id")?))
}

fn attempt(row: &Row) -> Result<u32> {
    let attempt = row.get::<Number>("attempt")?.0;
    u32::try_from(attempt).map_err(|error| corrupt(error.to_string()))
}

fn lane(row: &Row) -> Result<Lane> {
    row.get::<String>("lane")?
        .parse()
        .map_err(|error: jobs::InvalidLane| corrupt(error.to_string()))
}

fn corrupt(reason: String) -> StoreError {
    StoreError::Corrupt { table: "jobs", id: "of a count".to_owned(), reason }
}
