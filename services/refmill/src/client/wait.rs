//! Waiting for jobs, and bringing their results home.

use std::io::Write;
use std::path::Path;
use std::pin::pin;

use anyhow::Context;
use formats::Format;
use futures_util::StreamExt;
use indicatif::ProgressBar;
use jobs::Digest;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::api::{Api, Job, Refusal};

/// Seconds that the server is asked to wait before it answers.
const WAIT: u64 = 2;

/// The job when it has ended.
pub(super) async fn ended(api: &Api, mut job: Job, bar: &ProgressBar) -> Result<Job, Refusal> {
    bar.set_message("converting");
    while !job.is_final() {
        if job.progress.total_bytes > 0 {
            bar.set_length(job.progress.total_bytes);
            bar.set_position(job.progress.bytes);
        }
        job = api.job(&job.id, Some(WAIT)).await?;
    }
    Ok(job)
}

/// Downloads the results of a job into a folder, each under a temporary name until it is whole.
pub(super) async fn download(
    api: &Api,
    job: &Job,
    folder: &Path,
    stem: &str,
) -> anyhow::Result<Result<(), Refusal>> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for result in &job.results {
        let extension = result.format.parse().map_or("out", Format::extension);
        let path = folder.join(format!("{stem}.{extension}"));
        let cannot = || format!("cannot write {}", path.display());
        let mut file = NamedTempFile::new_in(folder).with_context(cannot)?;
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let body = match api.result(&job.id, &result.format).await {
            Ok(body) => body,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut body = pin!(body);
        while let Some(part) = body.next().await {
            let part = match part {
                Ok(part) => part,
                Err(refusal) => return Ok(Err(refusal)),
            };
            hash.update(&part);
            bytes += part.len() as u64;
            file.write_all(&part).with_context(cannot)?;
        }
        if bytes != result.bytes || Digest(hash.finalize().into()) != result.sha256 {
            let words = format!("the {} of {} came damaged", result.format, job.id);
            return Ok(Err(Refusal::Unexpected(words)));
        }
        file.persist(&path).with_context(cannot)?;
    }
    Ok(Ok(()))
}
