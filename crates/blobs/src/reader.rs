//! Reading a blob, or a part of it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::task::spawn_blocking;

use crate::BlobError;
use crate::key::Key;

/// Bytes that are read from a file at a time.
const CHUNK_BYTES: u64 = 256 << 10;

/// A blob that is being read.
pub struct Reader {
    /// Bytes of the whole blob, also if only a part is read.
    pub bytes: u64,
    /// The bytes that were asked for. A range that leads beyond the end ends there.
    pub stream: BoxStream<'static, Result<Bytes, BlobError>>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Reader").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Reader {
    /// All that was asked for, at once: for blobs that are known to be small.
    ///
    /// # Errors
    ///
    /// [`BlobError::Unavailable`] if the store fails in its midst.
    pub async fn all(mut self) -> Result<Bytes, BlobError> {
        let Some(first) = self.stream.next().await.transpose()? else { return Ok(Bytes::new()) };
        let mut all = Vec::new();
        while let Some(next) = self.stream.next().await.transpose()? {
            if all.is_empty() {
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&next);
        }
        Ok(if all.is_empty() { first } else { all.into() })
    }

    pub(crate) fn file(mut file: File, key: &Key, range: Option<Range<u64>>) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        let range = range.unwrap_or(0..bytes);
        let start = range.start.min(bytes);
        let left = range.end.min(bytes).saturating_sub(start);
        if start > 0 {
            file.seek(SeekFrom::Start(start))?;
        }
        let key = key.as_str().to_owned();
        let stream = stream::try_unfold((file, left, key), |(file, left, key)| async move {
            if left == 0 {
                return Ok(None);
            }
            let name = key.clone();
            let read = spawn_blocking(move || {
                let chunk = read_chunk(file, left);
                chunk.map_err(|error| BlobError::file("read", &key, error))
            });
            let (chunk, file) =
                read.await.map_err(|error| BlobError::lost("read", &name, error))??;
            let left = left - chunk.len() as u64;
            Ok(Some((chunk, (file, left, name))))
        });
        Ok(Self { bytes, stream: stream.boxed() })
    }
}

fn read_chunk(mut file: File, left: u64) -> io::Result<(Bytes, File)> {
    let wanted = left.min(CHUNK_BYTES);
    let mut chunk = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
    let read = file.by_ref().take(wanted).read_to_end(&mut chunk)?;
    if read as u64 != wanted {
        // Blobs do not change; somebody has cut this one.
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((chunk.into(), file))
}
