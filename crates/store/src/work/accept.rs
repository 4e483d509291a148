//! Taking jobs, at once or while they are still uploaded.

use jiff::Timestamp;
use jobs::{
    Asked, Body, Digest, Event, Input, Job, JobId, Lane, Life, Origin, Owner, Progress,
    fingerprint, place,
};

use crate::contract::{Accepted, Applied, Begun, NewJob, Result, Upload};
use crate::kept::{Kept, columns, digest, readable};
use crate::moves::Follow;
use crate::policy::{SILENT_UPLOAD, earlier, later};
use crate::session::Tx;
use crate::value::{Number, Time};
use crate::work::{read, save};

/// Takes a job whose input is complete.
pub(crate) async fn accept(tx: &mut Tx, new: NewJob) -> Result<Accepted> {
    let print = fingerprint(&new.asked, new.input.kind.as_deref(), &new.input.sha256);
    if let Some(key) = &new.idempotency_key {
        match claim_key(tx, &new.owner, key, new.id, Some(&print)).await? {
            Key::Mine => {}
            Key::Receiving => return Ok(Accepted::InProgress),
            Key::Of(_, known) if known != print => return Ok(Accepted::Mismatch),
            Key::Of(job, _) => return Ok(Accepted::Replayed(job)),
        }
    }
    let mut kept = new_kept(new.id, new.owner, new.asked, Life::queued(), tx.now);
    kept.job.lane = new.lane;
    kept.job.origin = new.origin;
    kept.job.input = new.input;
    kept.job.webhook = new.webhook;
    kept.job.trace = new.trace;
    kept.reply_to = new.reply_to;
    kept.correlation_id = new.correlation_id;
    kept.notify_accepted = new.notify_accepted;
    save::insert(tx, &kept).await?;
    if tx.policy.relays {
        save::follow(tx, &kept, &Follow::Publish(0), None).await?;
    }
    if kept.reply_to.is_some() && kept.notify_accepted {
        save::follow(tx, &kept, &Follow::Reply { accepted: true }, None).await?;
    }
    Ok(Accepted::New(Box::new(kept.job)))
}

/// Notes an upload that goes on.
pub(crate) async fn begin(tx: &mut Tx, upload: Upload) -> Result<Begun> {
    if let Some(key) = &upload.idempotency_key {
        match claim_key(tx, &upload.owner, key, upload.id, None).await? {
            Key::Mine => {}
            Key::Receiving => return Ok(Begun::InProgress),
            Key::Of(job, fingerprint) => return Ok(Begun::Known { job, fingerprint }),
        }
    }
    let mut kept = new_kept(upload.id, upload.owner, upload.asked, Life::receiving(), tx.now);
    kept.job.webhook = upload.webhook;
    kept.job.trace = upload.trace;
    kept.boot = Some(tx.policy.boot.clone());
    save::insert(tx, &kept).await?;
    Ok(Begun::New)
}

/// An upload shows a sign of life; says whether it still goes on.
pub(crate) async fn touch(tx: &mut Tx, id: JobId) -> Result<bool> {
    let now = tx.now;
    let query = tx.query("UPDATE jobs SET updated_at = $2 WHERE id = $1 AND state = 'receiving'");
    Ok(query.bind(id.as_uuid()).bind(Time(now)).execute().await? > 0)
}

/// An upload is complete.
pub(crate) async fn complete(
    tx: &mut Tx,
    id: JobId,
    input: Input,
    lane: Lane,
    print: Digest,
) -> Result<Applied> {
    let Some(kept) = read::locked(tx, id, None).await? else { return Ok(Applied::Unknown) };
    let Some(mut moved) = kept.after(&Event::Received, None, tx.now, &tx.policy) else {
        return read::with_results(&mut tx.link, kept).await.map(Box::new).map(Applied::Stale);
    };
    let (blob, inline) = columns(&input.body);
    tx.query(
        "UPDATE jobs SET lane = $2, input_name = $3, input_type = $4, input_coding = $5, \
         input_bytes = $6, input_sha256 = $7, input_blob = $8, input_inline = $9 WHERE id = $1",
    )
    .bind(id.as_uuid())
    .bind(lane.as_str())
    .bind(&input.filename)
    .bind(&input.kind)
    .bind(input.coding.map(|_| "gzip"))
    .bind(Number(input.bytes))
    .bind(&input.sha256.0[..])
    .bind(blob)
    .bind(inline)
    .execute()
    .await?;
    tx.query("UPDATE idempotency_keys SET fingerprint = $2 WHERE job_id = $1")
        .bind(id.as_uuid())
        .bind(&print.0[..])
        .execute()
        .await?;
    moved.kept.job.lane = lane;
    moved.kept.job.input = input;
    if save::moved(tx, &moved, None).await? {
        Ok(Applied::Done(Box::new(moved.kept.job)))
    } else {
        Ok(Applied::Stale(Box::new(kept.job)))
    }
}

/// Whose an idempotency key is.
enum Key {
    /// It was free and is this submission's now.
    Mine,
    /// It is an upload's that goes on.
    Receiving,
    /// It made this job, with that fingerprint.
    Of(Box<Job>, Digest),
}

/// Takes a key. Two that come at once wait for each other here.
async fn claim_key(
    tx: &mut Tx,
    owner: &Owner,
    key: &str,
    id: JobId,
    print: Option<&Digest>,
) -> Result<Key> {
    if insert_key(tx, owner, key, id, print).await? {
        return Ok(Key::Mine);
    }
    let (job, known) = of_key(tx, owner, key).await?;
    let Some(known) = known else {
        // Whoever asks again has lost the answer; if nothing has come since, that upload is dead.
        if give_up_if_silent(tx, job).await? && insert_key(tx, owner, key, id, print).await? {
            return Ok(Key::Mine);
        }
        return Ok(Key::Receiving);
    };
    let known = digest("idempotency_keys", job.as_uuid(), known)?;
    // A key goes with its job.
    let job = read::job(&mut tx.link, job, Some(owner)).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Key::Of(Box::new(job), known))
}

/// Gives a key to a job if it is free. Says whether it was.
async fn insert_key(
    tx: &mut Tx,
    owner: &Owner,
    key: &str,
    id: JobId,
    print: Option<&Digest>,
) -> Result<bool> {
    let now = tx.now;
    let expires = later(now, tx.policy.keep.keys);
    let taken = tx
        .query(
            "INSERT INTO idempotency_keys (owner, key, fingerprint, job_id, expires_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (owner, key) DO UPDATE SET fingerprint = excluded.fingerprint, \
             job_id = excluded.job_id, expires_at = excluded.expires_at \
             WHERE idempotency_keys.expires_at <= $6",
        )
        .bind(&owner.0)
        .bind(key)
        .bind(print.map(|print| &print.0[..]))
        .bind(id.as_uuid())
        .bind(Time(expires))
        .bind(Time(now))
        .execute()
        .await?;
    Ok(taken > 0)
}

/// The job that a key was given to, and its fingerprint unless it is an upload that goes on.
async fn of_key(tx: &mut Tx, owner: &Owner, key: &str) -> Result<(JobId, Option<Vec<u8>>)> {
    let row = tx
        .query("SELECT fingerprint, job_id FROM idempotency_keys WHERE owner = $1 AND key = $2")
        .bind(&owner.0)
        .bind(key)
        .one()
        .await?;
    Ok((JobId::from_uuid(row.get("job_id")?), row.get("fingerprint")?))
}

/// Gives an upload up that has shown no sign of life for so long that whoever takes it must be gone.
/// Says whether it is given up.
async fn give_up_if_silent(tx: &mut Tx, id: JobId) -> Result<bool> {
    let silent_since = earlier(tx.now, SILENT_UPLOAD);
    // One that is being completed now is locked, and not waited for: its key is held here.
    let silent = tx
        .query(
            "SELECT id FROM jobs WHERE id = $1 AND state = 'receiving' AND updated_at <= $2 \
             FOR UPDATE SKIP LOCKED",
        )
        .bind(id.as_uuid())
        .bind(Time(silent_since))
        .first()
        .await?;
    if silent.is_none() {
        return Ok(false);
    }
    abandon(tx, id).await
}

/// Gives an upload up. Says whether there was one.
pub(crate) async fn abandon(tx: &mut Tx, id: JobId) -> Result<bool> {
    let kept = readable(read::locked(tx, id, None).await)?.flatten();
    let moved = kept.and_then(|kept| kept.after(&Event::Abandoned, None, tx.now, &tx.policy));
    match moved {
        Some(moved) => save::moved(tx, &moved, None).await,
        None => Ok(false),
    }
}

/// A job of which nothing is known yet but what is asked.
fn new_kept(id: JobId, owner: Owner, asked: Asked, life: Life, now: Timestamp) -> Kept {
    let input = Input {
        filename: None,
        kind: None,
        coding: None,
        bytes: 0,
        sha256: Digest::of(b""),
        body: Body::Blob(place::input(id)),
    };
    let job = Job {
        id,
        owner,
        life,
        version: 1,
        lane: Lane::Bulk,
        origin: Origin::Http,
        created_at: now,
        updated_at: now,
        run_at: now,
        started_at: None,
        finished_at: None,
        input,
        asked,
        progress: Progress::default(),
        records: None,
        warnings: None,
        results: Vec::new(),
        diagnostics: None,
        webhook: None,
        results_expire_at: None,
        trace: None,
    };
    Kept {
        job,
        reply_to: None,
        correlation_id: None,
        notify_accepted: false,
        boot: None,
        beat: 0,
        republished: false,
        input_expires_at: None,
        row_expires_at: None,
    }
}
