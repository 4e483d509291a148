//! Reading jobs.

use jobs::{Job, JobId, Owner, ResultFile};
use uuid::Uuid;

use crate::contract::{Page, Result};
use crate::error::StoreError;
use crate::kept::{Kept, body, digest, job_columns, readable};
use crate::session::{Link, Row, Tx};
use crate::value::Number;

/// The job with this name, if it is the owner's, and until the end of the transaction nobody
/// else's to write.
pub(crate) async fn locked(tx: &mut Tx, id: JobId, owner: Option<&Owner>) -> Result<Option<Kept>> {
    let query = tx.query(concat!(
        "SELECT ",
        job_columns!(),
        " FROM jobs WHERE id = $1 AND ($2 IS NULL OR owner = $2) FOR UPDATE"
    ));
    query
        .bind(id.as_uuid())
        .bind(owner.map(|owner| &owner.0))
        .first()
        .await?
        .map(|row| Kept::read(&row))
        .transpose()
}

/// The job with this name, without its results.
pub(crate) async fn kept(
    link: &mut Link,
    id: JobId,
    owner: Option<&Owner>,
) -> Result<Option<Kept>> {
    let query = link.query(concat!(
        "SELECT ",
        job_columns!(),
        " FROM jobs WHERE id = $1 AND ($2 IS NULL OR owner = $2)"
    ));
    query
        .bind(id.as_uuid())
        .bind(owner.map(|owner| &owner.0))
        .first()
        .await?
        .map(|row| Kept::read(&row))
        .transpose()
}

/// The job with this name and its results.
pub(crate) async fn job(link: &mut Link, id: JobId, owner: Option<&Owner>) -> Result<Option<Job>> {
    match kept(link, id, owner).await? {
        Some(kept) => with_results(link, kept).await.map(Some),
        None => Ok(None),
    }
}

/// A job with its results, which it has once it has ended.
pub(crate) async fn with_results(link: &mut Link, kept: Kept) -> Result<Job> {
    let mut job = kept.job;
    if job.life.state.is_final() && job.results.is_empty() {
        let query = link.query(
            "SELECT job_id, format, blob, inline, bytes, sha256 FROM results WHERE job_id = $1",
        );
        for row in query.bind(job.id.as_uuid()).all().await? {
            attach(&mut job, &row)?;
        }
        in_order(&mut job);
    }
    Ok(job)
}

/// What stands for bytes that are not read. It is a parameter, since both databases spell it in
/// another way, and `substr` of no bytes is null in SQLite.
pub(super) const NO_BYTES: Option<&[u8]> = Some(&[]);

/// Jobs of an owner, the newest first, without the bytes that travel inline.
pub(crate) async fn list(link: &mut Link, owner: &Owner, page: &Page) -> Result<Vec<Job>> {
    // Without a job to begin before, the newest of all.
    let before = page.before.map_or(Uuid::max(), JobId::as_uuid);
    let query = link.query(concat!(
        "SELECT ",
        job_columns!("CASE WHEN input_inline IS NULL THEN NULL ELSE $5 END AS input_inline"),
        " FROM jobs WHERE owner = $1 AND id < $2 AND ($3 IS NULL OR state = $3) \
         ORDER BY id DESC LIMIT $4"
    ));
    let query = query.bind(&owner.0).bind(before).bind(&page.state);
    let rows = query.bind(i64::from(page.limit)).bind(NO_BYTES).all().await?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in &rows {
        jobs.extend(readable(Kept::read(row))?.map(|kept| kept.job));
    }
    let (Some(newest), Some(oldest)) = (jobs.first(), jobs.last()) else { return Ok(jobs) };

    let query = link.query(
        "SELECT job_id, format, blob, CASE WHEN inline IS NULL THEN NULL ELSE $4 END AS inline, \
         bytes, sha256 FROM results \
         WHERE job_id IN (SELECT id FROM jobs WHERE owner = $1 AND id >= $2 AND id <= $3)",
    );
    let query = query.bind(&owner.0).bind(oldest.id.as_uuid()).bind(newest.id.as_uuid());
    for row in query.bind(NO_BYTES).all().await? {
        let id = JobId::from_uuid(row.get("job_id")?);
        // Sorted as the names are, backwards.
        let found = jobs.binary_search_by(|job| id.cmp(&job.id));
        if let Some(job) = found.ok().and_then(|at| jobs.get_mut(at))
            && job.life.state.is_final()
        {
            attach(job, &row)?;
        }
    }
    jobs.iter_mut().for_each(in_order);
    Ok(jobs)
}

/// Adds a row of the table of results to its job.
fn attach(job: &mut Job, row: &Row) -> Result<()> {
    let id = job.id.as_uuid();
    let body = body("results", id, row.get("blob")?, row.get("inline")?)?;
    let bytes = row.get::<Number>("bytes")?.0;
    let sha256 = digest("results", id, row.get("sha256")?)?;
    let format = row.get::<String>("format")?;
    if format == "diagnostics" {
        job.diagnostics = Some(ResultFile { of: (), body, bytes, sha256 });
        return Ok(());
    }
    let of = format.parse().map_err(|error: formats::UnknownValue| StoreError::Corrupt {
        table: "results",
        id: id.to_string(),
        reason: error.to_string(),
    })?;
    job.results.push(ResultFile { of, body, bytes, sha256 });
    Ok(())
}

/// Puts results in the order in which they were asked for.
fn in_order(job: &mut Job) {
    let asked = &job.asked.formats;
    job.results.sort_by_key(|file| asked.iter().position(|format| *format == file.of));
}
