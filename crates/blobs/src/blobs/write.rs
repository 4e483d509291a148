//! Writing and removing.

use bytes::Bytes;
use tokio::runtime::Handle;

use super::{Blobs, Place};
use crate::files::Draft;
use crate::key::{Key, Prefix};
use crate::{BlobError, BlockingWriter, Writer};

impl Blobs {
    /// Begins a blob.
    ///
    /// # Errors
    ///
    /// [`BlobError::Full`] if there is too little room, [`BlobError::Unavailable`].
    pub async fn writer(&self, key: &str) -> Result<Writer, BlobError> {
        let key = Key::new(key)?;
        match &self.place {
            Place::Files(files) => {
                let (blobs, files) = (self.clone(), files.clone());
                let name = key.clone();
                let draft = self.blocking("write", key.as_str(), move || {
                    blobs.room()?;
                    files.draft(&name)
                });
                let draft = draft.await?;
                Ok(Writer::file(draft, key, self.space.clone()))
            }
            Place::Objects(objects) => {
                self.room().map_err(|error| BlobError::file("write", key.as_str(), error))?;
                Ok(Writer::object(objects.upload(&key), key, self.space.clone()))
            }
        }
    }

    /// Writes a blob that is in memory, over an older one with the same key.
    ///
    /// # Errors
    ///
    /// [`BlobError::Full`], [`BlobError::Unavailable`].
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), BlobError> {
        let key = Key::new(key)?;
        let blobs = self.clone();
        match &self.place {
            Place::Files(files) => {
                let (files, name) = (files.clone(), key.clone());
                let written = self.blocking("write", key.as_str(), move || {
                    blobs.room()?;
                    blobs.take(bytes.len())?;
                    let mut draft = files.draft(&name)?;
                    draft.write(&bytes)?;
                    draft.publish()
                });
                written.await.map(drop)
            }
            Place::Objects(objects) => {
                let taken = self.room().and_then(|()| self.take(bytes.len()));
                taken.map_err(|error| BlobError::file("write", key.as_str(), error))?;
                objects.put(&key, bytes).await
            }
        }
    }

    /// Writes a blob if there is none with this key; `false` if there is. Of several that try at
    /// the same time, one wins.
    ///
    /// # Errors
    ///
    /// [`BlobError::Full`], [`BlobError::Unavailable`].
    pub async fn create_new(&self, key: &str, bytes: Bytes) -> Result<bool, BlobError> {
        let key = Key::new(key)?;
        let blobs = self.clone();
        match &self.place {
            Place::Files(files) => {
                let (files, name) = (files.clone(), key.clone());
                let created = self.blocking("create", key.as_str(), move || {
                    blobs.take(bytes.len())?;
                    let mut draft = files.draft(&name)?;
                    draft.write(&bytes)?;
                    draft.publish_new()
                });
                created.await
            }
            Place::Objects(objects) => {
                let taken = self.take(bytes.len());
                taken.map_err(|error| BlobError::file("create", key.as_str(), error))?;
                objects.create_new(&key, bytes).await
            }
        }
    }

    /// Removes the blob with this key, or, if the key ends with a slash, everything below it.
    /// Answers how many blobs there were.
    ///
    /// # Errors
    ///
    /// [`BlobError::Unavailable`]; some may have gone then.
    pub async fn delete(&self, prefix_or_key: &str) -> Result<u64, BlobError> {
        if prefix_or_key.ends_with('/') {
            let prefix = Prefix::new(prefix_or_key)?;
            if prefix.as_str().is_empty() {
                return Err(BlobError::InvalidKey);
            }
            return match &self.place {
                Place::Files(files) => {
                    let files = files.clone();
                    self.blocking("delete", prefix_or_key, move || files.clear(&prefix)).await
                }
                Place::Objects(objects) => objects.clear(&prefix).await,
            };
        }
        let key = Key::new(prefix_or_key)?;
        match &self.place {
            Place::Files(files) => {
                let files = files.clone();
                let removed = self.blocking("delete", prefix_or_key, move || files.remove(&key));
                removed.await.map(u64::from)
            }
            Place::Objects(objects) => objects.remove(&key).await,
        }
    }

    /// Writes a blob from a thread that may wait; `handle` is that of a running runtime. An error
    /// comes with the first write, or with the end.
    #[must_use]
    pub fn blocking_writer(&self, handle: Handle, key: &str) -> BlockingWriter {
        BlockingWriter::new(self.clone(), handle, key)
    }

    /// A file that is to become a blob, where blobs are files. It may wait for the disk.
    pub(crate) fn draft(&self, key: &str) -> Result<Option<Draft>, BlobError> {
        let name = Key::new(key)?;
        let Place::Files(files) = &self.place else { return Ok(None) };
        let draft = self.room().and_then(|()| files.draft(&name));
        draft.map(Some).map_err(|error| BlobError::file("write", key, error))
    }
}
