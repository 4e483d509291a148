//! Writing a blob piece by piece.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::files::Draft;
use crate::key::Key;
use crate::objects::{PART_BYTES, Upload};
use crate::{BlobError, Space};

/// Bytes that a file gets at a time: one batch is filled while another is written.
pub(crate) const BATCH_BYTES: usize = 512 << 10;

/// A blob that is being written. Nobody sees it before [`Writer::finish`]; dropping the writer
/// gives the blob up.
///
/// It holds at most 1 MiB for a file and 5 MiB for an object, since S3 takes no smaller parts.
pub struct Writer {
    sink: Sink,
    key: Key,
    buffer: Vec<u8>,
    bytes: u64,
    /// A write failed, or was broken off in its midst: the blob would have a hole.
    is_broken: bool,
    space: Option<Arc<dyn Space>>,
}

#[derive(Debug)]
enum Sink {
    File(Option<FileSink>),
    Object(Upload),
}

#[derive(Debug)]
enum FileSink {
    Idle(Draft, Vec<u8>),
    Busy(JoinHandle<Result<(Draft, Vec<u8>), BlobError>>),
}

impl Writer {
    pub(crate) fn file(draft: Draft, key: Key, space: Option<Arc<dyn Space>>) -> Self {
        let sink = Sink::File(Some(FileSink::Idle(draft, Vec::new())));
        Self { sink, key, buffer: Vec::new(), bytes: 0, is_broken: false, space }
    }

    pub(crate) fn object(upload: Upload, key: Key, space: Option<Arc<dyn Space>>) -> Self {
        let sink = Sink::Object(upload);
        Self { sink, key, buffer: Vec::new(), bytes: 0, is_broken: false, space }
    }

    /// Bytes that were written.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes the bytes, or keeps them until there are enough of them.
    ///
    /// # Errors
    ///
    /// [`BlobError::Full`], [`BlobError::Unavailable`], and [`BlobError::Broken`] ever after.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        self.unbroken()?;
        self.is_broken = true;
        if let Some(space) = &self.space {
            let taken = space.take(bytes.len() as u64);
            taken.map_err(|error| BlobError::file("write", self.key.as_str(), error))?;
        }
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let batch = self.batch_bytes();
            let (now, later) = rest.split_at(rest.len().min(batch - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            rest = later;
            if self.buffer.len() == batch {
                self.flush().await?;
            }
        }
        self.bytes += bytes.len() as u64;
        self.is_broken = false;
        Ok(())
    }

    /// Makes the blob last and shows it, over an older one with the same key. Answers its size.
    ///
    /// # Errors
    ///
    /// [`BlobError::Full`], [`BlobError::Unavailable`]; [`BlobError::Broken`] if a write failed.
    pub async fn finish(mut self) -> Result<u64, BlobError> {
        self.unbroken()?;
        let rest = std::mem::take(&mut self.buffer);
        match self.sink {
            Sink::File(mut sink) => {
                let (mut draft, _) = idle(&mut sink, &self.key).await?;
                let key = self.key.clone();
                let published = spawn_blocking(move || {
                    let published = draft.write(&rest).and_then(|()| draft.publish());
                    published.map_err(|error| BlobError::file("write", key.as_str(), error))
                });
                published.await.map_err(|error| lost(&self.key, error))?
            }
            Sink::Object(upload) => upload.finish(rest.into()).await.map(|()| self.bytes),
        }
    }

    /// Gives the blob up, and waits until nothing is left of it.
    pub async fn abort(self) {
        match self.sink {
            Sink::File(mut sink) => {
                if let Ok(draft) = idle(&mut sink, &self.key).await
                    && let Err(error) = spawn_blocking(move || drop(draft)).await
                {
                    tracing::warn!(%error, "an unfinished file is left to the sweeper");
                }
            }
            Sink::Object(upload) => upload.abort().await,
        }
    }

    fn batch_bytes(&self) -> usize {
        match self.sink {
            Sink::File(_) => BATCH_BYTES,
            Sink::Object(_) => PART_BYTES,
        }
    }

    async fn flush(&mut self) -> Result<(), BlobError> {
        match &mut self.sink {
            Sink::File(sink) => {
                let (mut draft, empty) = idle(sink, &self.key).await?;
                let full = std::mem::replace(&mut self.buffer, empty);
                let key = self.key.clone();
                *sink = Some(FileSink::Busy(spawn_blocking(move || {
                    let written = draft.write(&full);
                    written.map_err(|error| BlobError::file("write", key.as_str(), error))?;
                    let mut empty = full;
                    empty.clear();
                    Ok((draft, empty))
                })));
                Ok(())
            }
            Sink::Object(upload) => upload.part(std::mem::take(&mut self.buffer).into()).await,
        }
    }

    fn unbroken(&self) -> Result<(), BlobError> {
        if self.is_broken {
            return Err(BlobError::Broken { key: self.key.as_str().to_owned() });
        }
        Ok(())
    }
}

/// Waits for the batch that is being written. Answers the file and an empty buffer.
async fn idle(sink: &mut Option<FileSink>, key: &Key) -> Result<(Draft, Vec<u8>), BlobError> {
    match sink.take() {
        Some(FileSink::Idle(draft, empty)) => Ok((draft, empty)),
        Some(FileSink::Busy(task)) => task.await.map_err(|error| lost(key, error))?,
        None => Err(BlobError::Broken { key: key.as_str().to_owned() }),
    }
}

fn lost(key: &Key, error: tokio::task::JoinError) -> BlobError {
    BlobError::lost("write", key.as_str(), error)
}
