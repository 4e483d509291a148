//! Blobs as files in a folder.
//!
//! `object_store` has files too, but follows links, makes folders and files for everybody whom the
//! umask lets in, and leaves what a crash interrupted where no listing shows it. Here each blob is
//! written beside its place, synchronized, renamed, and its folder is synchronized; every folder
//! is entered by descriptor and no link is followed.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::Space;
use crate::key::{Key, Prefix};

mod draft;
mod folder;
mod walk;

pub(crate) use draft::Draft;
use folder::Folder;
pub(crate) use walk::Walk;

/// How many folders are remembered to be there for good.
const REMEMBERED: usize = 4096;
/// How often a folder is made again that somebody removes at the same time.
const TRIES: usize = 16;

/// A folder of blobs.
#[derive(Debug)]
pub(crate) struct Files {
    root: Folder,
    path: PathBuf,
    /// Folders whose own names are known to outlast a power cut.
    lasting: Mutex<BTreeSet<String>>,
}

impl Files {
    /// Opens the folder, makes it if it is not there, and closes it to others.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let path = path.canonicalize()?;
        let mode = path.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            std::fs::set_permissions(&path, Permissions::from_mode(0o700))?;
        }
        let root = Folder::at(&path)?;
        if let Some(above) = path.parent() {
            Folder::at(above)?.sync()?;
        }
        Ok(Self { root, path, lasting: Mutex::default() })
    }

    /// Where the file of a blob lies.
    pub(crate) fn path(&self, key: &Key) -> PathBuf {
        self.path.join(key.as_str())
    }

    /// A file that is to become this blob.
    pub(crate) fn draft(&self, key: &Key) -> io::Result<Draft> {
        let (_, name) = key.split();
        let mut tries = 0;
        loop {
            tries += 1;
            // Somebody may remove the folder while it is empty.
            match self.make(key).and_then(|folder| Draft::new(folder, name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < TRIES => {}
                result => return result,
            }
        }
    }

    /// The file of a blob, for reading.
    pub(crate) fn read(&self, key: &Key) -> io::Result<File> {
        let (folders, name) = key.split();
        match self.enter(folders)? {
            Some(folder) => folder.open(name),
            None => self.root.open(name),
        }
    }

    /// Removes a blob. `false`: there was none.
    pub(crate) fn remove(&self, key: &Key) -> io::Result<bool> {
        let (folders, name) = key.split();
        match self.enter(folders) {
            Ok(Some(folder)) => folder.remove(name),
            Ok(None) => self.root.remove(name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes everything below a prefix. Answers how many blobs there were.
    pub(crate) fn clear(&self, prefix: &Prefix) -> io::Result<u64> {
        let Some(folder) = self.below(prefix)? else { return Ok(0) };
        let removed = walk::clear(folder)?;
        let (above, name) = prefix.as_str().rsplit_once('/').unwrap_or(("", prefix.as_str()));
        let above = self.folder(above.split('/').filter(|word| !word.is_empty()))?;
        if let Some(above) = above.filter(|_| !name.is_empty()) {
            above.list()?.remove_folder(name)?;
        }
        Ok(removed)
    }

    /// All blobs below a prefix.
    pub(crate) fn walk(&self, prefix: &Prefix) -> io::Result<Walk> {
        Walk::new(prefix.as_str(), self.below(prefix)?)
    }

    /// The words that follow a prefix in keys that go on after them, in order.
    pub(crate) fn folders(&self, prefix: &Prefix) -> io::Result<Vec<String>> {
        self.below(prefix)?.map_or_else(|| Ok(Vec::new()), walk::folders)
    }

    /// Removes what crashes have left below a prefix before that time, and folders that have been
    /// empty since.
    /// Only folders of the prefix with such a name are looked at.
    pub(crate) fn tidy(
        &self,
        prefix: &Prefix,
        before: SystemTime,
        is_looked_at: impl Fn(&str) -> bool,
    ) -> io::Result<u64> {
        self.below(prefix)?.map_or(Ok(0), |folder| walk::tidy(folder, before, is_looked_at))
    }

    /// Writes a file and removes it again.
    pub(crate) fn check(&self) -> io::Result<()> {
        if !self.root.is_there()? {
            return Err(io::Error::other("the folder was removed"));
        }
        let root = Folder::at(&self.path)?;
        Draft::new(root, "check")?.write(b"check")
    }

    /// Enters folders one by one. `None`: no folder was named.
    fn enter<'a>(&self, mut words: impl Iterator<Item = &'a str>) -> io::Result<Option<Folder>> {
        let Some(first) = words.next() else { return Ok(None) };
        let first = self.root.enter(first)?;
        words.try_fold(first, |folder, word| folder.enter(word)).map(Some)
    }

    /// A folder, if it is there.
    fn folder<'a>(&self, words: impl Iterator<Item = &'a str>) -> io::Result<Option<Folder>> {
        match self.enter(words) {
            Ok(Some(folder)) => Ok(Some(folder)),
            Ok(None) => self.root.enter(".").map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn below(&self, prefix: &Prefix) -> io::Result<Option<Folder>> {
        self.folder(prefix.words())
    }

    /// Enters the folder of a blob, making what is not there.
    fn make(&self, key: &Key) -> io::Result<Folder> {
        let (words, _) = key.split();
        let mut folder = self.root.enter(".")?;
        let mut path = String::new();
        for word in words {
            path.push('/');
            path.push_str(word);
            let made = folder.make(word)?;
            // Another process may have made it and not have synchronized it yet.
            if made || !self.lasts(&path) {
                folder.sync()?;
                self.remember(&path);
            }
            folder = folder.enter(word)?;
        }
        Ok(folder)
    }

    fn lasts(&self, path: &str) -> bool {
        self.lasting.lock().unwrap_or_else(PoisonError::into_inner).contains(path)
    }

    fn remember(&self, path: &str) {
        let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
        if lasting.len() >= REMEMBERED {
            lasting.clear();
        }
        lasting.insert(path.to_owned());
    }
}

impl Space for Files {
    fn free(&self) -> io::Result<Option<u64>> {
        self.root.free().map(Some)
    }
}
