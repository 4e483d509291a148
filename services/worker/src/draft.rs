//! A file that a run writes: in the event as long as it is small, then a blob.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use blobs::{BlobError, Blobs, BlockingWriter};
use jobs::Body;
use tokio::runtime::Handle;

/// Files that travel in the event only if all of them together are small. Clones share the sum.
#[derive(Clone, Debug)]
pub(crate) struct Bundle {
    bytes: Arc<AtomicU64>,
    most: u64,
}

/// A file that is being written. Nobody sees it before [`Draft::finish`], and dropping it gives
/// it up.
pub(crate) struct Draft {
    key: String,
    bundle: Bundle,
    blobs: Blobs,
    handle: Handle,
    /// Its bytes, as long as it is no blob.
    buffer: Vec<u8>,
    blob: Option<BlockingWriter>,
    #[cfg(feature = "hooks")]
    pub(crate) hooks: crate::settings::TestHooks,
}

impl Bundle {
    /// A bundle that is small up to so many bytes.
    pub(crate) fn new(most: u64) -> Self {
        Self { bytes: Arc::default(), most }
    }

    /// Whether its files are blobs.
    pub(crate) fn is_large(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.most
    }
}

impl Draft {
    pub(crate) fn new(key: String, bundle: &Bundle, blobs: &Blobs, handle: &Handle) -> Self {
        Self {
            key,
            bundle: bundle.clone(),
            blobs: blobs.clone(),
            handle: handle.clone(),
            buffer: Vec::new(),
            blob: None,
            #[cfg(feature = "hooks")]
            hooks: crate::settings::TestHooks::default(),
        }
    }

    /// Closes the file and says where it is.
    pub(crate) fn finish(mut self) -> Result<Body, BlobError> {
        if !self.bundle.is_large() {
            return Ok(Body::Inline(self.buffer.into()));
        }
        self.blob().map_err(BlobError::of_io)?;
        if let Some(blob) = self.blob.take() {
            blob.finish()?;
        }
        Ok(Body::Blob(self.key))
    }

    /// The blob that it is, with everything that was written so far.
    fn blob(&mut self) -> io::Result<&mut BlockingWriter> {
        if self.blob.is_none() {
            let mut blob = self.blobs.blocking_writer(self.handle.clone(), &self.key);
            blob.write_all(&std::mem::take(&mut self.buffer))?;
            self.blob = Some(blob);
        }
        Ok(self.blob.as_mut().expect("it was made above"))
    }

    #[cfg(feature = "hooks")]
    fn obey(&self, bytes: &[u8]) {
        let has = |digits: &str| {
            !digits.is_empty() && bytes.windows(digits.len()).any(|part| part == digits.as_bytes())
        };
        if has(&self.hooks.abort_pmid) {
            std::process::abort();
        }
        assert!(!has(&self.hooks.panic_pmid), "a test has ordered this panic");
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(feature = "hooks")]
        self.obey(bytes);
        self.bundle.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if self.bundle.is_large() {
            self.blob()?.write_all(bytes)?;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
