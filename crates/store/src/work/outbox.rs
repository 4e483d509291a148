//! Errands: what has to be done outside the database.

use std::collections::HashMap;
use std::time::Duration;

use jobs::{JobId, State};
use sqlx::types::Json;

use crate::contract::{Errand, Outgoing, Result};
use crate::error::StoreError;
use crate::kept::{Kept, job_columns, readable};
use crate::policy::{LONGEST_DELAY, absurd, later};
use crate::session::{Row, Tx};
use crate::value::{Number, Time};
use crate::work::read;

/// How long an errand belongs to who took it.
const LEASE: Duration = Duration::from_secs(30);

/// Takes due errands and leases them.
pub(crate) async fn take(tx: &mut Tx, max: usize) -> Result<Vec<Outgoing>> {
    let now = tx.now;
    let lease = later(now, LEASE);
    let mut rows = tx
        .query(
            "UPDATE outbox SET due_at = $1, tries = tries + 1 WHERE id IN \
             (SELECT id FROM outbox WHERE due_at <= $2 OR due_at > $3 ORDER BY due_at, id \
             LIMIT $4 FOR UPDATE SKIP LOCKED) \
             RETURNING id, kind, job_id, attempt, delay_s, payload, tries",
        )
        .bind(Time(lease))
        .bind(Time(now))
        .bind(Time(absurd(now)))
        .bind(i64::try_from(max).unwrap_or(i64::MAX))
        .all()
        .await?
        .iter()
        .map(Taken::read)
        .collect::<Result<Vec<Taken>>>()?;
    rows.sort_by_key(|taken| taken.row);

    let mut jobs = HashMap::new();
    if rows.iter().any(|taken| taken.kind != "blob_delete") {
        // Whoever else took errands in the same microsecond is read for nothing.
        let query = tx.query(concat!(
            "SELECT ",
            job_columns!(),
            " FROM jobs WHERE id IN (SELECT job_id FROM outbox WHERE due_at = $1)"
        ));
        for row in query.bind(Time(lease)).all().await? {
            let id = JobId::from_uuid(row.get("id")?);
            jobs.insert(id, readable(Kept::read(&row))?);
        }
    }
    let mut outgoing = Vec::with_capacity(rows.len());
    for taken in rows {
        let (row, tries) = (taken.row, taken.tries.saturating_sub(1));
        // What cannot be read stays, and comes back with its lease.
        if let Some(errand) = errand(tx, taken, &jobs).await? {
            outgoing.push(Outgoing { row, tries, errand });
        }
    }
    Ok(outgoing)
}

/// What is to be done; `None` if that cannot be read.
async fn errand(
    tx: &mut Tx,
    taken: Taken,
    jobs: &HashMap<JobId, Option<Kept>>,
) -> Result<Option<Errand>> {
    let kept = match (taken.kind.as_str(), jobs.get(&taken.job)) {
        ("blob_delete", _) => {
            let prefix = taken.text("prefix").ok_or_else(|| taken.corrupt("it has no prefix"));
            return Ok(readable(prefix)?.map(|prefix| Errand::DeleteBlobs { prefix }));
        }
        ("cancel", _) => {
            return Ok(Some(Errand::Cancel { job: taken.job, attempt: taken.attempt }));
        }
        (_, None) => return Ok(Some(Errand::Nothing)),
        (_, Some(None)) => return Ok(None),
        (_, Some(Some(kept))) => kept,
    };
    let errand = match taken.kind.as_str() {
        "job" => {
            let is_wanted = kept.job.life.attempt == taken.attempt
                && matches!(kept.job.life.state, State::Queued);
            if is_wanted {
                let message = Box::new(kept.message(&tx.policy));
                Ok(Errand::Publish { message, delay: taken.delay })
            } else {
                Ok(Errand::Nothing)
            }
        }
        "reply" => match kept.reply_to.clone() {
            Some(to) => {
                let accepted = taken.payload["accepted"].as_bool().unwrap_or(false);
                let job = read::with_results(&mut tx.link, kept.clone()).await;
                let correlation_id = kept.correlation_id.clone();
                job.map(|job| Errand::Reply { to, correlation_id, accepted, job: Box::new(job) })
            }
            None => Ok(Errand::Nothing),
        },
        other => Err(taken.corrupt(&format!("unknown kind {other}"))),
    };
    readable(errand)
}

/// Removes errands that are done.
pub(crate) async fn confirm(tx: &mut Tx, rows: &[i64]) -> Result<()> {
    tx.query("DELETE FROM outbox WHERE id = ANY($1)").bind_all(rows).execute().await?;
    Ok(())
}

/// Puts an errand off, by ten minutes at most.
pub(crate) async fn postpone(tx: &mut Tx, row: i64, by: Duration) -> Result<()> {
    let due = later(tx.now, by.min(LONGEST_DELAY));
    let query = tx.query("UPDATE outbox SET due_at = $2 WHERE id = $1");
    query.bind(row).bind(Time(due)).execute().await?;
    Ok(())
}

/// A row of the outbox that was taken.
struct Taken {
    row: i64,
    kind: String,
    job: JobId,
    attempt: u32,
    delay: u32,
    payload: serde_json::Value,
    tries: u32,
}

impl Taken {
    fn read(row: &Row) -> Result<Self> {
        let id = row.get("id")?;
        let small = |column| {
            let number = row.get::<Number>(column)?.0;
            u32::try_from(number).map_err(|error| corrupt(id, error.to_string()))
        };
        let payload = row.get::<Option<Json<serde_json::Value>>>("payload")?;
        Ok(Self {
            row: id,
            kind: row.get("kind")?,
            job: JobId::from_uuid(row.get("job_id")?),
            attempt: small("attempt")?,
            delay: small("delay_s")?,
            payload: payload.map(|json| json.0).unwrap_or_default(),
            tries: small("tries")?,
        })
    }

    fn text(&self, name: &str) -> Option<String> {
        self.payload[name].as_str().map(str::to_owned)
    }

    fn corrupt(&self, reason: &str) -> StoreError {
        corrupt(self.row, reason.to_owned())
    }
}

fn corrupt(row: i64, reason: String) -> StoreError {
    StoreError::Corrupt { table: "outbox", id: row.to_string(), reason }
}
