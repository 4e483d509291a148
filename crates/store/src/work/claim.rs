//! The table of jobs as a queue.

use std::time::Duration;

use jobs::message::JobMessage;
use jobs::{Event, JobId, Lane, RunId};
use uuid::Uuid;

use crate::contract::Result;
use crate::kept::{Kept, job_columns, readable};
use crate::policy::{LONGEST_DELAY, Policy, absurd, later};
use crate::session::{Link, Tx};
use crate::value::Time;
use crate::work::{accept, read, save};

/// Claims the next due job of a lane.
pub(crate) async fn claim(tx: &mut Tx, lane: Lane, run: RunId) -> Result<Option<JobMessage>> {
    loop {
        match next(tx, lane, run).await? {
            Next::Job(message) => return Ok(Some(*message)),
            Next::Nothing => return Ok(None),
            Next::PassedOver => {}
        }
    }
}

/// What was first in line.
enum Next {
    Job(Box<JobMessage>),
    Nothing,
    PassedOver,
}

async fn next(tx: &mut Tx, lane: Lane, run: RunId) -> Result<Next> {
    let now = tx.now;
    let row = tx
        .query(concat!(
            "SELECT ",
            job_columns!(),
            " FROM jobs WHERE state = 'queued' AND lane = $1 AND (run_at <= $2 OR run_at > $3) \
             ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"
        ))
        .bind(lane.as_str())
        .bind(Time(now))
        .bind(Time(absurd(now)))
        .first()
        .await?;
    let Some(row) = row else { return Ok(Next::Nothing) };
    let Some(kept) = readable(Kept::read(&row))? else {
        // Out of the way of the others, and tried again later.
        let id: Uuid = row.get("id")?;
        let query = tx.query("UPDATE jobs SET run_at = $2 WHERE id = $1");
        query.bind(id).bind(Time(later(now, LONGEST_DELAY))).execute().await?;
        return Ok(Next::PassedOver);
    };
    let started = Event::Started { attempt: kept.job.life.attempt, run };
    let Some(mut moved) = kept.after(&started, None, now, &tx.policy) else {
        return Ok(Next::Nothing);
    };
    moved.kept.boot = Some(tx.policy.boot.clone());
    let message = Box::new(moved.kept.message(&tx.policy));
    let is_mine = save::moved(tx, &moved, None).await?;
    Ok(if is_mine { Next::Job(message) } else { Next::Nothing })
}

/// Hands out jobs anew that another start of this process was running, and gives up what was being
/// uploaded to it: nobody sends the rest.
pub(crate) async fn recover(tx: &mut Tx) -> Result<u64> {
    let boot = tx.policy.boot.clone();
    let rows = tx
        .query(
            "SELECT id, state FROM jobs WHERE state IN ('running', 'receiving') \
             AND (boot IS NULL OR boot <> $1) ORDER BY id",
        )
        .bind(boot)
        .all()
        .await?;
    let mut recovered = 0;
    for row in rows {
        let id = JobId::from_uuid(row.get("id")?);
        if row.get::<String>("state")? == "receiving" {
            recovered += u64::from(accept::abandon(tx, id).await?);
            continue;
        }
        let kept = readable(read::locked(tx, id, None).await)?.flatten();
        let Some(kept) = kept else { continue };
        let Some(moved) = kept.after(&Event::Orphaned, None, tx.now, &tx.policy) else { continue };
        recovered += u64::from(save::moved(tx, &moved, None).await?);
    }
    Ok(recovered)
}

/// How long until the next queued job of a lane is due.
pub(crate) async fn next_due(
    link: &mut Link,
    policy: &Policy,
    lane: Lane,
) -> Result<Option<Duration>> {
    let now = link.now(policy).await?;
    let row = link
        .query(
            // Each by itself is one step of the index; both at once are a walk over all of it.
            "SELECT (SELECT min(run_at) FROM jobs WHERE state = 'queued' AND lane = $1) AS first, \
             (SELECT max(run_at) FROM jobs WHERE state = 'queued' AND lane = $1) AS last",
        )
        .bind(lane.as_str())
        .one()
        .await?;
    let first = row.get::<Option<Time>>("first")?;
    let last = row.get::<Option<Time>>("last")?;
    let (Some(Time(first)), Some(Time(last))) = (first, last) else { return Ok(None) };
    if last > absurd(now) {
        return Ok(Some(Duration::ZERO));
    }
    Ok(Some(Duration::try_from(first.duration_since(now)).unwrap_or_default()))
}
