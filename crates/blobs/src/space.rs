//! Room on the disk.

use std::io;

/// Who knows how much room there is. Tests put a stub in the place of the disk.
pub trait Space: Send + Sync {
    /// The free bytes, or `None` where that has no meaning.
    ///
    /// # Errors
    ///
    /// If the disk does not say.
    fn free(&self) -> io::Result<Option<u64>>;

    /// Called before each write of so many bytes; an error is the answer to that write.
    ///
    /// # Errors
    ///
    /// What a stub wants: [`io::ErrorKind::StorageFull`] for a full disk, any other for a store
    /// that is away.
    fn take(&self, bytes: u64) -> io::Result<()> {
        let _ = bytes;
        Ok(())
    }
}
