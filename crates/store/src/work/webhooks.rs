//! Deliveries of webhooks.

use std::time::Duration;

use jobs::JobId;
use uuid::Uuid;

use crate::contract::{Delivery, DeliveryOutcome, Result};
use crate::kept::readable;
use crate::policy::later;
use crate::session::Tx;
use crate::value::{Number, Time};
use crate::work::read;

/// How long a delivery belongs to who took it.
const LEASE: Duration = Duration::from_mins(1);

/// Takes due deliveries and leases them.
pub(crate) async fn take(tx: &mut Tx, max: usize) -> Result<Vec<Delivery>> {
    let now = tx.now;
    let rows = tx
        .query(
            "UPDATE webhook_deliveries SET next_at = $1, tries = tries + 1 WHERE id IN \
             (SELECT id FROM webhook_deliveries WHERE done_at IS NULL AND next_at <= $2 \
             ORDER BY next_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) \
             RETURNING id, job_id, url, tries",
        )
        .bind(Time(later(now, LEASE)))
        .bind(Time(now))
        .bind(i64::try_from(max).unwrap_or(i64::MAX))
        .all()
        .await?;
    let mut deliveries = Vec::with_capacity(rows.len());
    for row in rows {
        let job = JobId::from_uuid(row.get("job_id")?);
        // Deliveries go with their job.
        let job = readable(read::job(&mut tx.link, job, None).await)?.flatten();
        let Some(job) = job else { continue };
        let tries = row.get::<Number>("tries")?.0.saturating_sub(1);
        deliveries.push(Delivery {
            id: row.get("id")?,
            url: row.get("url")?,
            tries: u32::try_from(tries).unwrap_or(u32::MAX),
            job: Box::new(job),
        });
    }
    deliveries.sort_by_key(|delivery| delivery.id);
    Ok(deliveries)
}

/// Notes how a delivery went.
pub(crate) async fn settle(tx: &mut Tx, id: Uuid, outcome: DeliveryOutcome) -> Result<()> {
    let now = tx.now;
    let (done, next, status, error) = match outcome {
        DeliveryOutcome::Done { status, error } => (Some(now), None, status, error),
        DeliveryOutcome::Again { after, status, error } => {
            (None, Some(later(now, after)), status, error)
        }
        DeliveryOutcome::Later { after } => return put_off(tx, id, after).await,
    };
    tx.query(
        "UPDATE webhook_deliveries SET done_at = $2, next_at = $3, last_status = $4, \
         last_error = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(done.map(Time))
    .bind(next.map(Time))
    .bind(status.map(|status| Number(status.into())))
    .bind(error)
    .execute()
    .await?;
    Ok(())
}

/// Puts a delivery off that was not tried.
async fn put_off(tx: &mut Tx, id: Uuid, after: Duration) -> Result<()> {
    let next = later(tx.now, after);
    tx.query(
        "UPDATE webhook_deliveries SET next_at = $2, tries = tries - 1 \
         WHERE id = $1 AND done_at IS NULL AND tries > 0",
    )
    .bind(id)
    .bind(Time(next))
    .execute()
    .await?;
    Ok(())
}
