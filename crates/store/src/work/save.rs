//! Writing jobs and what follows from their moves.

use jobs::message::Product;
use jobs::{JobId, Trace};
use sqlx::types::Json;
use uuid::Uuid;

use crate::contract::Result;
use crate::kept::{Kept, columns};
use crate::moves::{Follow, Moved};
use crate::session::Tx;
use crate::value::{Number, Time};

/// Writes a new job.
pub(crate) async fn insert(tx: &mut Tx, kept: &Kept) -> Result<()> {
    let job = &kept.job;
    let (blob, inline) = columns(&job.input.body);
    let formats: Vec<&str> = job.asked.formats.iter().map(|format| format.as_str()).collect();
    tx.query(
        "INSERT INTO jobs (id, owner, state, lane, source, created_at, updated_at, run_at, \
         input_name, input_type, input_coding, input_bytes, input_sha256, input_blob, \
         input_inline, formats, options, webhook_url, reply_to, correlation_id, notify, \
         traceparent, tracestate, boot) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
         $17, $18, $19, $20, $21, $22)",
    )
    .bind(job.id.as_uuid())
    .bind(&job.owner.0)
    .bind(job.life.state.name())
    .bind(job.lane.as_str())
    .bind(job.origin.as_str())
    .bind(Time(job.created_at))
    .bind(&job.input.filename)
    .bind(&job.input.kind)
    .bind(job.input.coding.map(|_| "gzip"))
    .bind(Number(job.input.bytes))
    .bind(&job.input.sha256.0[..])
    .bind(blob)
    .bind(inline)
    .bind(Json(formats))
    .bind(Json(&job.asked.options))
    .bind(&job.webhook)
    .bind(&kept.reply_to)
    .bind(&kept.correlation_id)
    .bind(if kept.notify_accepted { "all" } else { "finished" })
    .bind(job.trace.as_ref().map(Trace::parent))
    .bind(job.trace.as_ref().and_then(Trace::state))
    .bind(&kept.boot)
    .execute()
    .await?;
    tx.changed.push(job.id);
    Ok(())
}

/// Writes a job that was moved, if its row still has the version before, and all that follows.
pub(crate) async fn moved(tx: &mut Tx, moved: &Moved, product: Option<&Product>) -> Result<bool> {
    let Moved { kept, follows } = moved;
    let job = &kept.job;
    let life = &job.life;
    // While a job is open, these columns tell its progress.
    let read = job.records.map_or(job.progress.records, |records| records.read);
    let rows = tx
        .query(
            "UPDATE jobs SET state = $3, attempt = $4, failures = $5, cancel_requested = $6, \
             run = $7, boot = $8, beat = $9, republished = $10, run_at = $11, updated_at = $12, \
             started_at = $13, finished_at = $14, error = $15, records_read = $16, \
             records_written = $17, records_skipped = $18, bytes_done = $19, warnings = $20, \
             warnings_by_code = $21, input_expires_at = $22, results_expire_at = $23, \
             row_expires_at = $24, version = version + 1 \
             WHERE id = $1 AND version = $2",
        )
        .bind(job.id.as_uuid())
        .bind(Number(job.version - 1))
        .bind(life.state.name())
        .bind(Number(life.attempt.into()))
        .bind(Number(life.failures.into()))
        .bind(life.cancel_requested)
        .bind(kept.run())
        .bind(&kept.boot)
        .bind(Number(kept.beat))
        .bind(kept.republished)
        .bind(Time(job.run_at))
        .bind(Time(job.updated_at))
        .bind(job.started_at.map(Time))
        .bind(job.finished_at.map(Time))
        .bind(kept.problem().map(Json))
        .bind(Number(read))
        .bind(job.records.map(|records| Number(records.written)))
        .bind(job.records.map(|records| Number(records.skipped)))
        .bind(Number(job.progress.bytes))
        .bind(job.warnings.as_ref().map(|warnings| Number(warnings.total)))
        .bind(job.warnings.as_ref().map(|warnings| Json(&warnings.by_code)))
        .bind(kept.input_expires_at.map(Time))
        .bind(job.results_expire_at.map(Time))
        .bind(kept.row_expires_at.map(Time))
        .execute()
        .await?;
    if rows == 0 {
        return Ok(false);
    }
    for item in follows {
        follow(tx, kept, item, product).await?;
    }
    tx.changed.push(job.id);
    Ok(true)
}

/// Writes something that follows from a move.
pub(crate) async fn follow(
    tx: &mut Tx,
    kept: &Kept,
    follow: &Follow,
    product: Option<&Product>,
) -> Result<()> {
    let job = &kept.job;
    match follow {
        Follow::Publish(delay) => errand(tx, kept, "job", *delay, None).await,
        Follow::StopWorkers => errand(tx, kept, "cancel", 0, None).await,
        Follow::Reply { accepted } => {
            let payload = serde_json::json!({ "accepted": accepted });
            errand(tx, kept, "reply", 0, Some(payload)).await
        }
        Follow::DeleteBlobs(prefix) => {
            let payload = serde_json::json!({ "prefix": prefix });
            errand(tx, kept, "blob_delete", 0, Some(payload)).await
        }
        Follow::Webhook => {
            let now = tx.now;
            tx.query(
                "INSERT INTO webhook_deliveries (id, job_id, url, next_at) VALUES ($1, $2, $3, $4)",
            )
            .bind(Uuid::now_v7())
            .bind(job.id.as_uuid())
            .bind(&job.webhook)
            .bind(Time(now))
            .execute()
            .await?;
            Ok(())
        }
        Follow::FreeKey => free_key(tx, job.id).await,
        Follow::Results => match product {
            Some(product) => results(tx, kept, product).await,
            None => Ok(()),
        },
    }
}

/// Makes the key of a job free for another.
pub(crate) async fn free_key(tx: &mut Tx, job: JobId) -> Result<()> {
    tx.query("DELETE FROM idempotency_keys WHERE job_id = $1")
        .bind(job.as_uuid())
        .execute()
        .await?;
    Ok(())
}

async fn errand(
    tx: &mut Tx,
    kept: &Kept,
    kind: &'static str,
    delay: u32,
    payload: Option<serde_json::Value>,
) -> Result<()> {
    let now = tx.now;
    tx.query(
        "INSERT INTO outbox (kind, job_id, attempt, delay_s, created_at, due_at, payload) \
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
    )
    .bind(kind)
    .bind(kept.job.id.as_uuid())
    .bind(Number(kept.job.life.attempt.into()))
    .bind(Number(delay.into()))
    .bind(Time(now))
    .bind(payload.map(Json))
    .execute()
    .await?;
    Ok(())
}

async fn results(tx: &mut Tx, kept: &Kept, product: &Product) -> Result<()> {
    let job = &kept.job;
    let results =
        job.results.iter().map(|file| (file.of.as_str(), &file.body, file.bytes, file.sha256));
    let diagnostics =
        product.diagnostics.iter().map(|file| ("diagnostics", &file.body, file.bytes, file.sha256));
    for (format, body, bytes, sha256) in results.chain(diagnostics) {
        let (blob, inline) = columns(body);
        tx.query(
            "INSERT INTO results (job_id, format, attempt, blob, inline, bytes, sha256) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(job.id.as_uuid())
        .bind(format)
        .bind(Number(job.life.attempt.into()))
        .bind(blob)
        .bind(inline)
        .bind(Number(bytes))
        .bind(&sha256.0[..])
        .execute()
        .await?;
    }
    Ok(())
}
