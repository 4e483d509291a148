//! The store of blobs, whatever it stands on.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use tokio::task::spawn_blocking;

use crate::files::Files;
use crate::key::Key;
use crate::objects::Objects;
use crate::{BlobError, Space};

mod read;
mod write;

/// Bytes at rest under keys such as `in/2026-11-23/0193580e-7c1a-7d43-9a51-3c2f6f0b8e11`.
///
/// A key is up to 12 words with slashes between them; a word is up to 200 letters, digits, `.`,
/// `-` and `_`, and does not begin with a stop. Anything else is [`BlobError::InvalidKey`].
///
/// A blob is seen whole or not at all, and once it is written it outlasts a power cut.
#[derive(Clone)]
pub struct Blobs {
    pub(crate) place: Place,
    /// Who signs addresses of blobs, where the store hands them out itself.
    signer: Option<Arc<dyn Sign>>,
    space: Option<Arc<dyn Space>>,
    min_free: u64,
}

#[derive(Clone, Debug)]
pub(crate) enum Place {
    Files(Arc<Files>),
    Objects(Objects),
}

/// Who signs addresses at which a store hands out blobs itself.
pub(crate) trait Sign: Send + Sync {
    /// An address of the blob for so long, with these parameters for the answer.
    fn sign(
        &self,
        key: &Key,
        valid: Duration,
        answer: [(&'static str, String); 2],
    ) -> BoxFuture<'static, Result<String, BlobError>>;
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
        let place = Place::Files(files.clone());
        Ok(Self { place, signer: None, space: Some(files), min_free: 0 })
    }

    /// Blobs in memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self::over(Arc::new(InMemory::new()))
    }

    /// Blobs in any store of objects.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { place: Place::Objects(Objects(store)), signer: None, space: None, min_free: 0 }
    }

    /// The same, with somebody who signs addresses.
    #[cfg(feature = "s3")]
    pub(crate) fn with_signer(self, signer: Arc<dyn Sign>) -> Self {
        Self { signer: Some(signer), ..self }
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

impl fmt::Debug for Blobs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Blobs").field("place", &self.place).finish_non_exhaustive()
    }
}
