//! The data directory: for its owner's eyes alone, and for one process at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use crate::contract::Result;
use crate::error::StoreError;

/// A data directory that is this process's until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// How long a lock is waited for that somebody else has.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(10);

/// The file of jobs. SQLite gives its side files the permissions of this one.
const DATABASE: &str = "refmill.db";

/// What may stand beside it, and must be no link to elsewhere.
const SIDE_FILES: [&str; 2] = ["refmill.db-wal", "refmill.db-shm"];

impl Folder {
    /// Makes the directory if need be, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let folder = |source| StoreError::Folder { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(folder)?;
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(folder)?;
        let lock = open(&path.join("lock"))?;
        let begun = Instant::now();
        loop {
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                // A process that is just being started by the last holder has it for a moment.
                Err(Errno::WOULDBLOCK) if begun.elapsed() < PATIENCE => thread::sleep(PAUSE),
                Err(Errno::WOULDBLOCK) => return Err(StoreError::Locked),
                Err(error) => return Err(folder(error.into())),
            }
        }
        open(&path.join(DATABASE))?;
        for name in SIDE_FILES {
            let file = path.join(name);
            match fs::symlink_metadata(&file) {
                Ok(found) if !found.is_file() => {
                    let source = io::Error::other("this is no plain file");
                    return Err(StoreError::Folder { path: file, source });
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(StoreError::Folder { path: file, source }),
            }
        }
        // A file outlives a power cut once its folder knows it.
        File::open(path).and_then(|opened| opened.sync_all()).map_err(folder)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The file of jobs.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }
}

/// Opens a file of the directory for its owner alone; a link is refused.
fn open(path: &Path) -> Result<File> {
    let file = |source| StoreError::Folder { path: path.to_owned(), source };
    let no_link = i32::try_from(OFlags::NOFOLLOW.bits()).map_err(|_| file(Errno::INVAL.into()))?;
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_link)
        .open(path)
        .map_err(file)?;
    opened.set_permissions(Permissions::from_mode(0o600)).map_err(file)?;
    Ok(opened)
}
