//! Moving jobs.

use jobs::message::{Beat, Product};
use jobs::{Event, JobId, Owner};

use crate::contract::{Applied, Result};
use crate::session::Tx;
use crate::value::{Number, Time};
use crate::work::{read, save};

/// Moves a job, with its product and all effects.
pub(crate) async fn apply(
    tx: &mut Tx,
    id: JobId,
    owner: Option<&Owner>,
    event: &Event,
    product: Option<&Product>,
) -> Result<Applied> {
    let Some(kept) = read::locked(tx, id, owner).await? else { return Ok(Applied::Unknown) };
    if let Some(moved) = kept.after(event, product, tx.now, &tx.policy)
        && save::moved(tx, &moved, product).await?
    {
        return Ok(Applied::Done(Box::new(moved.kept.job)));
    }
    read::with_results(&mut tx.link, kept).await.map(Box::new).map(Applied::Stale)
}

/// Takes signs of life, and says how many were stale.
pub(crate) async fn beats(tx: &mut Tx, mut beats: Vec<Beat>) -> Result<usize> {
    // In one order everywhere, so that two who write the same jobs wait, and not for each other.
    beats.sort_by_key(|beat| (beat.job, beat.attempt, beat.beat));
    let mut stale = 0;
    for beat in &beats {
        if progress(tx, beat).await? {
            continue;
        }
        let started = Event::Started { attempt: beat.attempt, run: beat.run };
        match apply(tx, beat.job, None, &started, None).await? {
            Applied::Done(_) => _ = progress(tx, beat).await?,
            Applied::Stale(_) | Applied::Unknown => stale += 1,
        }
    }
    Ok(stale)
}

/// Shows how far a running job is. Another run of the same attempt, delivered twice, is heard too:
/// the job is alive as long as one of them is.
async fn progress(tx: &mut Tx, beat: &Beat) -> Result<bool> {
    let now = tx.now;
    let rows = tx
        .query(
            "UPDATE jobs SET run = $3, beat = $4, records_read = $5, bytes_done = $6, \
             updated_at = $7, version = version + 1 \
             WHERE id = $1 AND attempt = $2 AND state = 'running' AND (run <> $3 OR beat < $4)",
        )
        .bind(beat.job.as_uuid())
        .bind(Number(beat.attempt.into()))
        .bind(beat.run.to_string())
        .bind(Number(beat.beat))
        .bind(Number(beat.records))
        .bind(Number(beat.bytes))
        .bind(Time(now))
        .execute()
        .await?;
    if rows > 0 {
        tx.changed.push(beat.job);
    }
    Ok(rows > 0)
}
