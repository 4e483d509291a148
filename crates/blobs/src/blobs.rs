//! The store of blobs, whatever it stands on.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use object_store::memory::InMemory;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::files::{Draft, Files};
use crate::key::{Key, Prefix};
use crate::objects::Objects;
use crate::{BlobError, BlockingReader, BlockingWriter, Reader, Space, Writer};

/// How many blobs are looked for at a time when files are listed.
const LISTED: usize = 512;

/// Bytes at rest under keys such as `in/2026-11-23/0193580e-7c1a-7d43-9a51-3c2f6f0b8e11`.
///
/// A key is up to 12 words with slashes between them; a word is up to 200 letters, digits, `.`,
/// `-` and `_`, and does not begin with a stop. Anything else is [`BlobError::InvalidKey`].
///
/// A blob is seen whole or not at all, and once it is written it outlasts a power cut.
#[derive(Clone)]
pub struct Blobs {
    pub(crate) place: Place,
    space: Option<Arc<dyn Space>>,
    min_free: u64,
}

#[derive(Clone, Debug)]
pub(crate) enum Place {
    Files(Arc<Files>),
    Objects(Objects),
}

/// A blob in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its size.
    pub bytes: u64,
    /// When it was written, by the clock of the store.
    pub modified: SystemTime,
}

impl Blobs {
    /// Blobs as files in a folder, which is made if it is not there and closed to others.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made, entered, or closed to others.
    pub fn files(folder: &Path) -> Result<Self, BlobError> {
        let files = Files::open(folder).map_err(|error| BlobError::Unavailable {
            operation: "open the folder",
            key: folder.display().to_string(),
            source: error.into(),
        })?;
        let files = Arc::new(files);
        Ok(Self { place: Place::Files(files.clone()), space: Some(files), min_free: 0 })
    }

    /// Blobs in memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self::over(Arc::new(InMemory::new()))
    }

    /// Blobs in any store of objects.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { place: Place::Objects(Objects(store)), space: None, min_free: 0 }
    }

    /// Refuses to begin a blob when less than that is free. Markers of [`Blobs::create_new`] are
    /// taken all the same: they end what has been written already.
    #[must_use]
    pub fn with_min_free(self, bytes: u64) -> Self {
        Self { min_free: bytes, ..self }
    }

    /// Asks somebody else than the disk how much room there is: for tests.
    #[must_use]
    pub fn with_space(self, space: Arc<dyn Space>) -> Self {
        Self { space: Some(space), ..self }
    }

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

    /// Free bytes of the disk; `None` where that has no meaning.
    ///
    /// # Errors
    ///
    /// [`BlobError::Unavailable`] if the disk does not say.
    pub async fn free_bytes(&self) -> Result<Option<u64>, BlobError> {
        let Some(space) = self.space.clone() else { return Ok(None) };
        self.blocking("ask for the room of", "", move || space.free()).await
    }

    /// Whether blobs can be written and read: a folder is written to, a server is asked for a blob
    /// that need not be there.
    ///
    /// # Errors
    ///
    /// [`BlobError::Unavailable`], [`BlobError::Full`].
    pub async fn check(&self) -> Result<(), BlobError> {
        match &self.place {
            Place::Files(files) => {
                let files = files.clone();
                self.blocking("write", "check", move || files.check()).await
            }
            Place::Objects(objects) => objects.check().await,
        }
    }

    /// Writes a blob from a thread that may wait; `handle` is that of a running runtime. An error
    /// comes with the first write, or with the end.
    #[must_use]
    pub fn blocking_writer(&self, handle: Handle, key: &str) -> BlockingWriter {
        BlockingWriter::new(self.clone(), handle, key)
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

    /// A file that is to become a blob, where blobs are files. It may wait for the disk.
    pub(crate) fn draft(&self, key: &str) -> Result<Option<Draft>, BlobError> {
        let name = Key::new(key)?;
        let Place::Files(files) = &self.place else { return Ok(None) };
        let draft = self.room().and_then(|()| files.draft(&name));
        draft.map(Some).map_err(|error| BlobError::file("write", key, error))
    }

    pub(crate) fn is_files(&self) -> bool {
        matches!(self.place, Place::Files(_))
    }

    /// Whether a blob may be begun.
    fn room(&self) -> io::Result<()> {
        let free = self.space.as_ref().map_or(Ok(None), |space| space.free())?;
        if free.is_some_and(|free| free < self.min_free) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Whether so many bytes may be written.
    pub(crate) fn take(&self, bytes: usize) -> io::Result<()> {
        self.space.as_ref().map_or(Ok(()), |space| space.take(bytes as u64))
    }

    /// Does what may wait for the disk on a thread for that.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        operation: &'static str,
        key: &str,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, BlobError> {
        match spawn_blocking(work).await {
            Ok(result) => result.map_err(|error| BlobError::file(operation, key, error)),
            Err(error) => Err(BlobError::lost(operation, key, error)),
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
