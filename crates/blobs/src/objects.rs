//! Blobs as objects: in memory, or in a store that speaks S3.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode,
    PutPayload,
};
use tokio::runtime::Handle;

use crate::key::{Key, Prefix};
use crate::{BlobError, Entry, Reader};

/// S3 takes no smaller part, except the last; and no more than 10,000 of them.
pub(crate) const PART_BYTES: usize = 5 << 20;

/// A store of objects.
#[derive(Clone, Debug)]
pub(crate) struct Objects(pub(crate) Arc<dyn ObjectStore>);

impl Objects {
    pub(crate) async fn put(&self, key: &Key, bytes: Bytes) -> Result<(), BlobError> {
        match self.0.put(&path(key), bytes.into()).await {
            Ok(_) => Ok(()),
            Err(error) => Err(BlobError::object("write", key.as_str(), error)),
        }
    }

    pub(crate) async fn create_new(&self, key: &Key, bytes: Bytes) -> Result<bool, BlobError> {
        match self.0.put_opts(&path(key), bytes.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(BlobError::object("create", key.as_str(), error)),
        }
    }

    pub(crate) async fn read(
        &self,
        key: &Key,
        range: Option<Range<u64>>,
    ) -> Result<Reader, BlobError> {
        let name = key.as_str().to_owned();
        if range.as_ref().is_some_and(Range::is_empty) {
            return Ok(Reader { bytes: self.size(key).await?, stream: stream::empty().boxed() });
        }
        let options = GetOptions::default().with_range(range.clone().map(GetRange::Bounded));
        let got = match self.0.get_opts(&path(key), options).await {
            Ok(got) => got,
            Err(error @ object_store::Error::NotFound { .. }) => {
                return Err(BlobError::object("read", &name, error));
            }
            Err(error) => {
                // A range behind the end is an error of many kinds, and here an empty answer.
                let bytes = match &range {
                    Some(_) => self.size(key).await?,
                    None => return Err(BlobError::object("read", &name, error)),
                };
                if range.is_some_and(|range| range.start >= bytes) {
                    return Ok(Reader { bytes, stream: stream::empty().boxed() });
                }
                return Err(BlobError::object("read", &name, error));
            }
        };
        let bytes = got.meta.size;
        let stream =
            got.into_stream().map_err(move |error| BlobError::object("read", &name, error));
        Ok(Reader { bytes, stream: stream.boxed() })
    }

    async fn size(&self, key: &Key) -> Result<u64, BlobError> {
        self.stat(key).await?.ok_or_else(|| BlobError::Missing { key: key.as_str().to_owned() })
    }

    pub(crate) async fn stat(&self, key: &Key) -> Result<Option<u64>, BlobError> {
        match self.0.head(&path(key)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(BlobError::object("look for", key.as_str(), error)),
        }
    }

    pub(crate) async fn remove(&self, key: &Key) -> Result<u64, BlobError> {
        if self.stat(key).await?.is_none() {
            return Ok(0);
        }
        match self.0.delete(&path(key)).await {
            Ok(()) => Ok(1),
            Err(object_store::Error::NotFound { .. }) => Ok(0),
            Err(error) => Err(BlobError::object("delete", key.as_str(), error)),
        }
    }

    /// Removes everything below a prefix. Answers how many blobs there were.
    pub(crate) async fn clear(&self, prefix: &Prefix) -> Result<u64, BlobError> {
        let listed = self.0.list(folder(prefix).as_ref()).map_ok(|found| found.location).boxed();
        let mut deleted = self.0.delete_stream(listed);
        let mut removed = 0;
        while let Some(result) = deleted.next().await {
            match result {
                Ok(_) => removed += 1,
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(BlobError::object("delete", prefix.as_str(), error)),
            }
        }
        Ok(removed)
    }

    pub(crate) fn list(&self, prefix: &Prefix) -> BoxStream<'static, Result<Entry, BlobError>> {
        let name = prefix.as_str().to_owned();
        let listed = self.0.list(folder(prefix).as_ref()).map_ok(entry);
        listed.map_err(move |error| BlobError::object("list", &name, error)).boxed()
    }

    pub(crate) async fn folders(&self, prefix: &Prefix) -> Result<Vec<String>, BlobError> {
        match self.0.list_with_delimiter(folder(prefix).as_ref()).await {
            Ok(found) => {
                let names = found.common_prefixes.iter().filter_map(Path::filename);
                Ok(names.map(str::to_owned).collect())
            }
            Err(error) => Err(BlobError::object("list", prefix.as_str(), error)),
        }
    }

    pub(crate) async fn check(&self) -> Result<(), BlobError> {
        self.stat(&Key::new("check")?).await.map(drop)
    }

    pub(crate) fn upload(&self, key: &Key) -> Upload {
        Upload { objects: self.clone(), key: key.clone(), parts: None }
    }
}

/// An object that is being written, part by part. Dropping it gives it up.
#[derive(Debug)]
pub(crate) struct Upload {
    objects: Objects,
    key: Key,
    /// `None` as long as all fits into one part.
    parts: Option<Box<dyn MultipartUpload>>,
}

impl Upload {
    /// Sends a part; all but the last must have [`PART_BYTES`].
    pub(crate) async fn part(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        let failed = |error| BlobError::object("write", self.key.as_str(), error);
        if self.parts.is_none() {
            let begun = self.objects.0.put_multipart(&path(&self.key)).await;
            self.parts = Some(begun.map_err(failed)?);
        }
        match &mut self.parts {
            Some(parts) => parts.put_part(PutPayload::from(bytes)).await.map_err(failed),
            None => Ok(()),
        }
    }

    /// Sends what is left and shows the object.
    pub(crate) async fn finish(mut self, rest: Bytes) -> Result<(), BlobError> {
        if self.parts.is_none() {
            return self.objects.put(&self.key, rest).await;
        }
        if !rest.is_empty() {
            self.part(rest).await?;
        }
        if let Some(parts) = &mut self.parts {
            let done = parts.complete().await;
            done.map_err(|error| BlobError::object("write", self.key.as_str(), error))?;
        }
        self.parts = None;
        Ok(())
    }

    pub(crate) async fn abort(mut self) {
        if let Some(parts) = self.parts.take() {
            abort(parts, self.key.as_str().to_owned()).await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(parts) = self.parts.take() else { return };
        let key = self.key.as_str().to_owned();
        if let Ok(handle) = Handle::try_current() {
            handle.spawn(abort(parts, key));
        } else {
            tracing::warn!(key, "an unfinished upload is left to the rule of the bucket");
        }
    }
}

async fn abort(mut parts: Box<dyn MultipartUpload>, key: String) {
    if let Err(error) = parts.abort().await {
        tracing::warn!(key, %error, "an unfinished upload is left to the rule of the bucket");
    }
}

fn entry(found: ObjectMeta) -> Entry {
    Entry { key: found.location.into(), bytes: found.size, modified: found.last_modified.into() }
}

fn path(key: &Key) -> Path {
    Path::from(key.as_str())
}

fn folder(prefix: &Prefix) -> Option<Path> {
    (!prefix.as_str().is_empty()).then(|| Path::from(prefix.as_str()))
}
