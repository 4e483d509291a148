//! What can go wrong with blobs.

use std::error::Error;
use std::io;

use rustix::io::Errno;

/// A blob could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// There is no blob with this key.
    #[error("there is no blob `{key}`")]
    Missing {
        /// The key.
        key: String,
    },
    /// The disk has no room, or less than what has to stay free.
    #[error("there is no room for more blobs")]
    Full,
    /// This is no key: see [`Blobs`](crate::Blobs).
    #[error("this is no key of a blob")]
    InvalidKey,
    /// Something that leads out of the folder stands at this key, or before it.
    #[error("a link or a device stands at `{key}`")]
    Foreign {
        /// The key.
        key: String,
    },
    /// The writer was given up, or a write before this one failed.
    #[error("the blob `{key}` was not written to its end")]
    Broken {
        /// The key.
        key: String,
    },
    /// The settings name no store that can be opened.
    #[error("the settings of the blob store are wrong: {0}")]
    Settings(String),
    /// The store does not answer, or not as it should. Another try may succeed.
    #[error("cannot {operation} `{key}`")]
    Unavailable {
        /// What was tried: `read`, `write`, …
        operation: &'static str,
        /// The key or the prefix.
        key: String,
        /// Why it failed.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl BlobError {
    /// Whether a later try may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Full | Self::Broken { .. } | Self::Unavailable { .. })
    }

    /// What an error of an adapter for [`io::Read`] or [`io::Write`] was before; an error of
    /// another origin becomes [`BlobError::Unavailable`].
    #[must_use]
    pub fn of_io(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(|error| Self::file("reach", "", error))
    }

    /// An operation on a file failed.
    pub(crate) fn file(operation: &'static str, key: &str, error: io::Error) -> Self {
        let key = key.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { key },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ if Errno::from_io_error(&error) == Some(Errno::LOOP) => Self::Foreign { key },
            _ => Self::Unavailable { operation, key, source: error.into() },
        }
    }

    /// An operation on an object failed.
    pub(crate) fn object(operation: &'static str, key: &str, error: object_store::Error) -> Self {
        let key = key.to_owned();
        match error {
            object_store::Error::NotFound { .. } => Self::Missing { key },
            error if is_full(&error) => Self::Full,
            error => Self::Unavailable { operation, key, source: error.into() },
        }
    }

    /// A task that was to do it did not come back.
    pub(crate) fn lost(
        operation: &'static str,
        key: &str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Unavailable { operation, key: key.to_owned(), source: source.into() }
    }
}

impl From<BlobError> for io::Error {
    fn from(error: BlobError) -> Self {
        let kind = match &error {
            BlobError::Missing { .. } => io::ErrorKind::NotFound,
            BlobError::Full => io::ErrorKind::StorageFull,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// Whether the store says that it has no room: a disk by its error, a server by status 507.
fn is_full(error: &object_store::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
            return true;
        }
        next = error.source();
    }
    error.to_string().contains("507 Insufficient Storage")
}
