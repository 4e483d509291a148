//! Removing jobs, and knowing which blobs are needed.

use jobs::{Body, Job, JobId, Owner, place};

use crate::contract::{Applied, Result};
use crate::moves::Follow;
use crate::session::{Link, Tx};
use crate::value::Time;
use crate::work::{read, save};

/// Removes a job that has ended.
pub(crate) async fn delete(tx: &mut Tx, id: JobId, owner: &Owner) -> Result<Applied> {
    let Some(kept) = read::locked(tx, id, Some(owner)).await? else { return Ok(Applied::Unknown) };
    let job = read::with_results(&mut tx.link, kept.clone()).await?;
    if !job.life.state.is_final() {
        return Ok(Applied::Stale(Box::new(job)));
    }
    for prefix in blobs(&job) {
        save::follow(tx, &kept, &Follow::DeleteBlobs(prefix), None).await?;
    }
    rows(tx, id).await?;
    tx.changed.push(id);
    Ok(Applied::Done(Box::new(job)))
}

/// Removes the row of a job with all that hangs on it.
pub(crate) async fn rows(tx: &mut Tx, id: JobId) -> Result<()> {
    save::free_key(tx, id).await?;
    for sql in [
        "DELETE FROM webhook_deliveries WHERE job_id = $1",
        "DELETE FROM outbox WHERE job_id = $1 AND kind <> 'blob_delete'",
        "DELETE FROM jobs WHERE id = $1",
    ] {
        tx.query(sql).bind(id.as_uuid()).execute().await?;
    }
    Ok(())
}

/// What a job may have in the blob store: its input, and whatever its runs have written.
pub(crate) fn blobs(job: &Job) -> Vec<String> {
    let input = match &job.input.body {
        Body::Blob(key) => Some(key.clone()),
        Body::Inline(_) => None,
    };
    input.into_iter().chain([outputs(job.id)]).collect()
}

/// What stands before all that the runs of a job have written.
pub(crate) fn outputs(job: JobId) -> String {
    format!("{}/", place::output(job))
}

/// Whether a row names this blob, or the run that made it may still be open.
pub(crate) async fn names_blob(link: &mut Link, id: JobId, key: &str) -> Result<bool> {
    let Some(kept) = read::kept(link, id, None).await? else { return Ok(false) };
    if !kept.job.life.state.is_final() {
        return Ok(true);
    }
    if kept.input_expires_at.is_some() && kept.job.input.body == Body::Blob(key.to_owned()) {
        return Ok(true);
    }
    let query = link.query("SELECT blob FROM results WHERE job_id = $1 AND blob = $2");
    Ok(query.bind(id.as_uuid()).bind(key).first().await?.is_some())
}

/// Writes and reads something small.
pub(crate) async fn check(tx: &mut Tx) -> Result<()> {
    let now = tx.now;
    tx.query(
        "INSERT INTO checks (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
    )
    .bind(Time(now))
    .execute()
    .await?;
    tx.query("SELECT at FROM checks WHERE id = 1").one().await?;
    Ok(())
}
