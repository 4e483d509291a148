//! Reading and listing.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use tokio::runtime::Handle;

use super::{Blobs, Entry, Place};
use crate::files::Files;
use crate::key::{Key, Prefix};
use crate::{BlobError, BlockingReader, Reader};

/// How many blobs are looked for at a time when files are listed.
const LISTED: usize = 512;

impl Blobs {
    /// Reads a blob, or a part of it. What lies beyond its end is empty, and no error.
    ///
    /// # Errors
    ///
    /// [`BlobError::Missing`], [`BlobError::Unavailable`].
    pub async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Reader, BlobError> {
        let key = Key::new(key)?;
        match &self.place {
            Place::Files(files) => {
                let (files, name) = (files.clone(), key.clone());
                let read = self.blocking("read", key.as_str(), move || {
                    Reader::file(files.read(&name)?, &name, range)
                });
                read.await
            }
            Place::Objects(objects) => objects.read(&key, range).await,
        }
    }

    /// The size of a blob in bytes, if it is there.
    ///
    /// # Errors
    ///
    /// [`BlobError::Unavailable`].
    pub async fn stat(&self, key: &str) -> Result<Option<u64>, BlobError> {
        let key = Key::new(key)?;
        match &self.place {
            Place::Files(files) => {
                let (files, name) = (files.clone(), key.clone());
                let found = self.blocking("look for", key.as_str(), move || {
                    Ok(files.read(&name)?.metadata()?.len())
                });
                match found.await {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(BlobError::Missing { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            }
            Place::Objects(objects) => objects.stat(&key).await,
        }
    }

    /// All blobs below a prefix, in no order; the prefix ends with a whole word. What is written
    /// or removed meanwhile may or may not be among them.
    #[must_use]
    pub fn list(&self, prefix: &str) -> BoxStream<'static, Result<Entry, BlobError>> {
        let prefix = match Prefix::new(prefix) {
            Ok(prefix) => prefix,
            Err(error) => return stream::once(async { Err(error) }).boxed(),
        };
        match &self.place {
            Place::Files(files) => list_files(self.clone(), files.clone(), prefix),
            Place::Objects(objects) => objects.list(&prefix),
        }
    }

    /// Reads a blob from a thread that may wait; `handle` is that of a running runtime. An error
    /// comes with the first read.
    #[must_use]
    pub fn blocking_reader(&self, handle: Handle, key: &str) -> BlockingReader {
        BlockingReader::new(self.clone(), handle, key)
    }

    /// The file of a blob, opened for reading, where blobs are files. It may wait for the disk.
    ///
    /// # Errors
    ///
    /// [`BlobError::Missing`], [`BlobError::Unavailable`].
    pub fn local_file(&self, key: &str) -> Result<Option<File>, BlobError> {
        let name = Key::new(key)?;
        match &self.place {
            Place::Files(files) => {
                files.read(&name).map(Some).map_err(|error| BlobError::file("read", key, error))
            }
            Place::Objects(_) => Ok(None),
        }
    }

    /// An address at which the store itself hands out the blob for so long, with this
    /// `Content-Type` and `Content-Disposition`. `None`: the store hands out nothing.
    ///
    /// # Errors
    ///
    /// [`BlobError::Unavailable`] if there are no credentials to sign it with.
    pub async fn signed_url(
        &self,
        key: &str,
        valid: Duration,
        media_type: &str,
        disposition: &str,
    ) -> Result<Option<String>, BlobError> {
        let name = Key::new(key)?;
        let Some(signer) = &self.signer else { return Ok(None) };
        let answer = [
            ("response-content-type", media_type.to_owned()),
            ("response-content-disposition", disposition.to_owned()),
        ];
        signer.sign(&name, valid, answer).await.map(Some)
    }

    /// Where the file of a blob lies, where blobs are files. It is for reading only, and it need
    /// not be there.
    ///
    /// # Errors
    ///
    /// [`BlobError::InvalidKey`].
    pub fn local_path(&self, key: &str) -> Result<Option<PathBuf>, BlobError> {
        let key = Key::new(key)?;
        match &self.place {
            Place::Files(files) => Ok(Some(files.path(&key))),
            Place::Objects(_) => Ok(None),
        }
    }
}

fn list_files(
    blobs: Blobs,
    files: Arc<Files>,
    prefix: Prefix,
) -> BoxStream<'static, Result<Entry, BlobError>> {
    let state = (blobs, files, prefix, None);
    let batches = stream::try_unfold(state, |(blobs, files, prefix, walk)| async move {
        let (source, at) = (files.clone(), prefix.clone());
        let listed = blobs.blocking("list", prefix.as_str(), move || {
            let mut walk = match walk {
                Some(walk) => walk,
                None => source.walk(&at)?,
            };
            let found = walk.by_ref().take(LISTED).collect::<io::Result<Vec<_>>>()?;
            Ok((walk, found))
        });
        let (walk, found) = listed.await?;
        if found.is_empty() {
            return Ok(None);
        }
        let found = stream::iter(found.into_iter().map(Ok));
        Ok(Some((found, (blobs, files, prefix, Some(walk)))))
    });
    batches.try_flatten().boxed()
}
