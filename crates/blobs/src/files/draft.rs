//! A file that is being written: it lies beside its place until it is whole.

use std::fs::File;
use std::io::{self, Write};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::folder::Folder;

/// A file that nobody sees yet. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Draft {
    file: File,
    staged: Staged,
    name: String,
    bytes: u64,
}

/// The name of a draft; it is removed in the end, unless it has been renamed.
#[derive(Debug)]
struct Staged {
    folder: Folder,
    name: String,
    stays: bool,
}

impl Draft {
    /// A draft of the file with this name.
    pub(super) fn new(folder: Folder, name: &str) -> io::Result<Self> {
        loop {
            let staged = staged_name(name);
            match folder.create(&staged) {
                Ok(file) => {
                    let staged = Staged { folder, name: staged, stays: false };
                    return Ok(Self { file, staged, name: name.to_owned(), bytes: 0 });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// The file itself.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Makes the file last and shows it, over whatever stood in its place. Answers its size.
    pub(crate) fn publish(mut self) -> io::Result<u64> {
        self.file.sync_all()?;
        self.staged.folder.rename(&self.staged.name, &self.name)?;
        self.staged.stays = true;
        self.staged.folder.sync()?;
        Ok(self.bytes)
    }

    /// The same if nothing stands in its place yet; `false` if something does.
    pub(crate) fn publish_new(self) -> io::Result<bool> {
        self.file.sync_all()?;
        let is_new = self.staged.folder.link(&self.staged.name, &self.name)?;
        // Whoever loses must be able to rely on the winner's file.
        self.staged.folder.sync()?;
        Ok(is_new)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.stays {
            return;
        }
        if let Err(error) = self.folder.remove(&self.name) {
            tracing::warn!(name = self.name, %error, "an unfinished file is left to the sweeper");
        }
    }
}

/// A name that no key has and that no other draft is likely to have.
fn staged_name(name: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!(".{name}.{:x}-{:x}-{count:x}", process::id(), now.subsec_nanos())
}
