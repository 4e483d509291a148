//! One open folder. Everything goes through descriptors and no link is followed, so that nothing
//! that is put into the folder leads out of it.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

/// An open folder.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Folder {
    /// The folder at this path, whose last word may be a link: the operator wrote it.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let flags = FOLDER.difference(OFlags::NOFOLLOW);
        Ok(Self(fs::open(path, flags, Mode::empty())?))
    }

    /// A folder in it.
    pub(super) fn enter(&self, name: &str) -> io::Result<Self> {
        enter(self.0.as_fd(), name)
    }

    /// Makes a folder in it, for the owner alone. `false`: it was there.
    pub(super) fn make(&self, name: &str) -> io::Result<bool> {
        match fs::mkdirat(&self.0, name, Mode::RWXU) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// A file in it, for reading.
    pub(super) fn open(&self, name: &str) -> io::Result<File> {
        // A pipe that somebody put there must not make us wait.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(fs::openat(&self.0, name, flags, Mode::empty())?);
        let found = file.metadata()?.file_type();
        if found.is_dir() {
            return Err(Errno::NOENT.into());
        }
        if found.is_file() { Ok(file) } else { Err(Errno::LOOP.into()) }
    }

    /// A new file in it, for the owner alone.
    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Gives a file another name, over whatever had it.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(fs::renameat(&self.0, from, &self.0, to)?)
    }

    /// Gives a file one more name. `false`: something has that name.
    pub(super) fn link(&self, from: &str, to: &str) -> io::Result<bool> {
        match fs::linkat(&self.0, from, &self.0, to, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file, or a link and not what it leads to. `false`: there was none.
    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        match fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT | Errno::ISDIR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the names in it last beyond a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(fs::fsync(&self.0)?)
    }

    /// Whether it still has a name.
    pub(super) fn is_there(&self) -> io::Result<bool> {
        Ok(fs::fstat(&self.0)?.st_nlink > 0)
    }

    /// Bytes that are free on its disk for a program without privileges.
    pub(super) fn free(&self) -> io::Result<u64> {
        let disk = fs::fstatvfs(&self.0)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// What is in it.
    pub(super) fn list(self) -> io::Result<Listing> {
        Ok(Listing(Dir::new(self.0)?))
    }
}

/// The content of a folder, one after another and in no order.
#[derive(Debug)]
pub(super) struct Listing(Dir);

/// What stands in a folder.
#[derive(Debug)]
pub(super) enum Found {
    Folder(String),
    File(String),
    /// A link, a device, or a name that no key can have.
    Foreign(Vec<u8>),
}

impl Listing {
    pub(super) fn enter(&self, name: &str) -> io::Result<Folder> {
        enter(self.0.fd()?, name)
    }

    /// Bytes and time of the last change of a file in the folder.
    pub(super) fn stat(&self, name: &str) -> io::Result<fs::Stat> {
        Ok(fs::statat(self.0.fd()?, name, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    pub(super) fn remove(&self, name: &[u8]) -> io::Result<()> {
        Ok(fs::unlinkat(self.0.fd()?, name, AtFlags::empty())?)
    }

    /// Removes a folder. `false`: it is not empty, or is gone.
    pub(super) fn remove_folder(&self, name: &str) -> io::Result<bool> {
        match fs::unlinkat(self.0.fd()?, name, AtFlags::REMOVEDIR) {
            Ok(()) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn found(&self, name: &[u8], kind: FileType) -> io::Result<Option<Found>> {
        if matches!(name, b"." | b"..") {
            return Ok(None);
        }
        let Ok(text) = std::str::from_utf8(name) else {
            return Ok(Some(Found::Foreign(name.to_owned())));
        };
        // Some file systems do not say what a name stands for.
        let kind = match kind {
            FileType::Unknown => FileType::from_raw_mode(self.stat(text)?.st_mode),
            kind => kind,
        };
        Ok(Some(match kind {
            FileType::Directory => Found::Folder(text.to_owned()),
            FileType::RegularFile => Found::File(text.to_owned()),
            _ => Found::Foreign(name.to_owned()),
        }))
    }
}

impl Iterator for Listing {
    type Item = io::Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entry = match self.0.read()? {
                Ok(entry) => entry,
                Err(error) => return Some(Err(error.into())),
            };
            match self.found(entry.file_name().to_bytes(), entry.file_type()) {
                Ok(Some(found)) => return Some(Ok(found)),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Some(Err(error)),
                // A folder's own names, or what has gone meanwhile.
                Ok(None) | Err(_) => {}
            }
        }
    }
}

fn enter(folder: BorrowedFd<'_>, name: &str) -> io::Result<Folder> {
    match fs::openat(folder, name, FOLDER, Mode::empty()) {
        Ok(inner) => Ok(Folder(inner)),
        // Linux says of a link that it is no folder.
        Err(Errno::NOTDIR) => {
            let found = fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let is_file = FileType::from_raw_mode(found.st_mode) == FileType::RegularFile;
            Err(if is_file { Errno::NOENT } else { Errno::LOOP }.into())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of a draft would have to be guessed, and even then nothing is gained.
    #[test]
    fn a_new_file_is_never_written_through_a_link() {
        let (inside, outside) = [(); 2].map(|()| tempfile::tempdir().expect("a folder")).into();
        let (there, new) = (outside.path().join("there"), outside.path().join("new"));
        std::fs::write(&there, "kept").expect("a file");
        let folder = Folder::at(inside.path()).expect("a folder");
        for (name, target) in [("a", &there), ("b", &new)] {
            std::os::unix::fs::symlink(target, inside.path().join(name)).expect("a link");
            let made = folder.create(name).map(drop).map_err(|error| error.kind());
            assert_eq!(made, Err(io::ErrorKind::AlreadyExists), "{name}");
        }
        assert!(!new.exists());
        let made = folder.create("c").map(drop);
        assert!(made.is_ok(), "{made:?}");
        assert_eq!(
            folder.create("c").map(drop).map_err(|error| error.kind()),
            Err(io::ErrorKind::AlreadyExists)
        );
    }
}
