//! Removing what has outlived its time, step by step and in small parts.

use jobs::{Body, JobId};

use crate::contract::{Keep, Result, Swept};
use crate::kept::readable;
use crate::policy::earlier;
use crate::session::{Row, Tx};
use crate::value::Time;
use crate::work::{accept, read, remove};

/// Removes up to so many of what has outlived its time.
pub(crate) async fn sweep(tx: &mut Tx, keep: &Keep, max: usize) -> Result<Swept> {
    let mut swept = Swept::default();
    let mut left = max;
    for step in [Step::Uploads, Step::Inputs, Step::Results, Step::Rows] {
        let ids = step.due(tx, keep, left).await?;
        left -= ids.len();
        for id in ids {
            step.remove(tx, id, &mut swept).await?;
            swept.rows += 1;
        }
    }
    swept.rows += keys(tx, left).await?;
    Ok(swept)
}

/// What is swept, in this order.
#[derive(Clone, Copy)]
enum Step {
    /// Uploads that have been silent for too long.
    Uploads,
    /// Inputs of jobs that have ended.
    Inputs,
    /// Results.
    Results,
    /// Rows, with all that hangs on them.
    Rows,
}

impl Step {
    /// Jobs whose time has come, locked.
    async fn due(self, tx: &mut Tx, keep: &Keep, max: usize) -> Result<Vec<JobId>> {
        let limit = i64::try_from(max).unwrap_or(i64::MAX);
        let (sql, until) = match self {
            Self::Uploads => (
                "SELECT id FROM jobs WHERE state IN ('running', 'receiving') \
                 AND state = 'receiving' AND updated_at <= $1 ORDER BY id LIMIT $2 \
                 FOR UPDATE SKIP LOCKED",
                earlier(tx.now, keep.uploads),
            ),
            Self::Inputs => (
                "SELECT id FROM jobs WHERE input_expires_at IS NOT NULL \
                 AND input_expires_at <= $1 ORDER BY input_expires_at LIMIT $2 \
                 FOR UPDATE SKIP LOCKED",
                tx.now,
            ),
            Self::Results => (
                "SELECT id FROM jobs WHERE results_expire_at IS NOT NULL AND NOT results_swept \
                 AND results_expire_at <= $1 ORDER BY results_expire_at LIMIT $2 \
                 FOR UPDATE SKIP LOCKED",
                tx.now,
            ),
            Self::Rows => (
                "SELECT id FROM jobs WHERE row_expires_at IS NOT NULL AND row_expires_at <= $1 \
                 ORDER BY row_expires_at LIMIT $2 FOR UPDATE SKIP LOCKED",
                tx.now,
            ),
        };
        let rows = tx.query(sql).bind(Time(until)).bind(limit).all().await?;
        rows.iter().map(|row: &Row| Ok(JobId::from_uuid(row.get("id")?))).collect()
    }

    async fn remove(self, tx: &mut Tx, id: JobId, swept: &mut Swept) -> Result<()> {
        let kept = readable(read::locked(tx, id, None).await)?.flatten();
        let Some(kept) = kept else { return Ok(()) };
        match self {
            Self::Uploads => {
                accept::abandon(tx, id).await?;
            }
            Self::Inputs => {
                if let Body::Blob(key) = kept.job.input.body {
                    swept.blobs.push(key);
                }
                tx.query(
                    "UPDATE jobs SET input_expires_at = NULL, \
                     input_inline = CASE WHEN input_inline IS NULL THEN NULL ELSE $2 END \
                     WHERE id = $1",
                )
                .bind(id.as_uuid())
                .bind(read::NO_BYTES)
                .execute()
                .await?;
            }
            Self::Results => {
                swept.blobs.push(remove::outputs(id));
                tx.query("DELETE FROM results WHERE job_id = $1")
                    .bind(id.as_uuid())
                    .execute()
                    .await?;
                let now = tx.now;
                tx.query(
                    "UPDATE jobs SET results_swept = true, updated_at = $2, \
                     version = version + 1 WHERE id = $1",
                )
                .bind(id.as_uuid())
                .bind(Time(now))
                .execute()
                .await?;
                tx.changed.push(id);
            }
            Self::Rows => {
                // What earlier steps have removed is named again: deleting twice does no harm.
                swept.blobs.extend(remove::blobs(&kept.job));
                remove::rows(tx, id).await?;
                tx.changed.push(id);
            }
        }
        Ok(())
    }
}

async fn keys(tx: &mut Tx, max: usize) -> Result<u64> {
    let now = tx.now;
    tx.query(
        "DELETE FROM idempotency_keys WHERE expires_at <= $1 AND job_id IN (SELECT job_id FROM \
         idempotency_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    )
    .bind(Time(now))
    .bind(i64::try_from(max).unwrap_or(i64::MAX))
    .execute()
    .await
}
