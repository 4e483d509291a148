//! The mark of an attempt that is done (`service.md` section 4.3).
//!
//! Whoever writes `done.json` first has done the attempt: its event is the one that counts, and
//! what another run has written is removed. An attempt that has written no blobs needs no mark,
//! for doing it again costs less than the mark does, and the store takes one event of two.

use std::time::Duration;

use blobs::{BlobError, Blobs};
use jobs::message::{Finished, JobMessage, MAX_BYTES};
use jobs::{Body, place};
use tokio::time::timeout;

/// How long the end of a job waits until its blobs are removed.
const PATIENCE: Duration = Duration::from_secs(2);

/// The event of an attempt that is done.
pub(crate) async fn find(blobs: &Blobs, message: &JobMessage) -> Option<Finished> {
    let found = read(blobs, &place::done(&message.output, message.attempt)).await;
    match found {
        Ok(Some(finished))
            if (finished.job, finished.attempt) == (message.job, message.attempt) =>
        {
            Some(Finished { trace: message.trace.clone(), ..finished })
        }
        Ok(_) | Err(BlobError::Missing { .. }) => None,
        Err(error) => {
            // If the store is away, the run will find that as well.
            tracing::warn!(%error, "the mark of the attempt cannot be read");
            None
        }
    }
}

/// Marks an attempt as done by this run, unless another one was first: then its event counts, and
/// the blobs of this run are removed. A run without blobs is not marked.
///
/// # Errors
///
/// If the store does not take the mark; then nothing of the run can be used.
pub(crate) async fn mark(
    blobs: &Blobs,
    message: &JobMessage,
    finished: Finished,
) -> Result<Finished, BlobError> {
    let product = &finished.product;
    let diagnostics = product.diagnostics.iter().map(|file| &file.body);
    let mut bodies = product.results.iter().map(|file| &file.body).chain(diagnostics);
    if !bodies.any(|body| matches!(body, Body::Blob(_))) {
        return Ok(finished);
    }
    let key = place::done(&message.output, message.attempt);
    if blobs.create_new(&key, finished.encode().into()).await? {
        return Ok(finished);
    }
    match find(blobs, message).await {
        Some(first) if first.run != finished.run => {
            tracing::info!("another run has done the attempt");
            sweep(blobs, message, &finished).await;
            Ok(first)
        }
        _ => Ok(finished),
    }
}

/// Removes the blobs of a run. What cannot be removed now is an orphan, and found by the sweeper.
pub(crate) async fn sweep(blobs: &Blobs, message: &JobMessage, finished: &Finished) {
    let key = place::diagnostics(&message.output, message.attempt, finished.run);
    let folder = key.rsplit_once('/').map_or("", |(folder, _)| folder);
    match timeout(PATIENCE, blobs.delete(&format!("{folder}/"))).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the blobs of a run are left to the sweeper"),
        Err(_) => tracing::warn!("the store is slow: the blobs of a run are left to the sweeper"),
    }
}

async fn read(blobs: &Blobs, key: &str) -> Result<Option<Finished>, BlobError> {
    let reader = blobs.read(key, None).await?;
    if reader.bytes > MAX_BYTES as u64 {
        return Ok(None);
    }
    let bytes = reader.all().await?;
    Ok(Finished::decode(&bytes).map_err(|error| tracing::warn!(%error, "a mark is no event")).ok())
}
