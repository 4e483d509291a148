//! Files under temporary names until they are whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, TempPath};

/// All files that are not yet whole. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Staging(Arc<Mutex<Vec<Option<TempPath>>>>);

/// A file that is being written.
#[derive(Debug)]
pub(crate) enum Staged {
    /// It lies under a temporary name beside its place.
    Hidden {
        /// Its place.
        target: PathBuf,
        number: usize,
        staging: Staging,
    },
    /// It is a device or a pipe, and is written as it is.
    Direct,
}

impl Staging {
    /// Begins a file that will replace what stands at `target`.
    ///
    /// A link is followed; what is no file, such as `/dev/null`, is written to and not replaced.
    pub(crate) fn create(&self, target: &Path) -> io::Result<(File, Staged)> {
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        if fs::metadata(&target).is_ok_and(|found| !found.is_file()) {
            return Ok((File::options().write(true).open(&target)?, Staged::Direct));
        }
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let (file, path) = builder()
            .prefix(&format!(".{name}."))
            .suffix(".part")
            .tempfile_in(folder)?
            .into_parts();
        let staged = self.keep(path, target);
        Ok((file, staged))
    }

    fn keep(&self, path: TempPath, target: PathBuf) -> Staged {
        let mut paths = self.paths();
        paths.push(Some(path));
        Staged::Hidden { target, number: paths.len() - 1, staging: self.clone() }
    }

    /// Removes all files that are not yet whole.
    pub(crate) fn discard(&self) {
        self.paths().clear();
    }

    fn paths(&self) -> MutexGuard<'_, Vec<Option<TempPath>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Staged {
    /// Gives the file its name.
    pub(crate) fn commit(self) -> io::Result<()> {
        let Self::Hidden { target, number, staging } = &self else { return Ok(()) };
        // Under the lock: an interrupt comes before or after, never between.
        match staging.paths().get_mut(*number).and_then(Option::take) {
            Some(path) => path.persist(target).map_err(|failed| failed.error),
            None => Err(io::Error::from(io::ErrorKind::Interrupted)),
        }
    }

    /// The file, once more from its beginning.
    pub(crate) fn reopen(&self) -> io::Result<Option<File>> {
        let Self::Hidden { number, staging, .. } = self else { return Ok(None) };
        let paths = staging.paths();
        let path = paths.get(*number).and_then(Option::as_ref);
        path.map(File::open).transpose()
    }
}

impl Drop for Staged {
    /// Removes the file unless it has its name.
    fn drop(&mut self) {
        if let Self::Hidden { number, staging, .. } = self
            && let Some(path) = staging.paths().get_mut(*number)
        {
            drop(path.take());
        }
    }
}

/// Files that others may read as far as the user's mask lets them, unlike temporary ones.
fn builder() -> Builder<'static, 'static> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "nothing is to be set"))]
    let mut builder = Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
            .collect()
    }

    #[test]
    fn a_file_gets_its_name_when_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("out.ris");
        let staging = Staging::default();
        let (mut file, staged) = staging.create(&target).expect("a file");
        file.write_all(b"all of it").expect("room");
        assert!(!target.exists());
        staged.commit().expect("a name");
        assert_eq!(fs::read(&target).expect("the file"), b"all of it");
        assert_eq!(names(folder.path()), ["out.ris"]);
    }

    #[test]
    fn a_file_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let staging = Staging::default();
        let (_, dropped) = staging.create(&folder.path().join("a")).expect("a file");
        let (_, abandoned) = staging.create(&folder.path().join("b")).expect("a file");
        drop(dropped);
        assert_eq!(names(folder.path()).len(), 1);
        staging.discard();
        assert!(names(folder.path()).is_empty());
        assert!(abandoned.commit().is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_devices_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").expect("a file");
        std::os::unix::fs::symlink(&real, &link).expect("a link");
        let staging = Staging::default();
        let (mut file, staged) = staging.create(&link).expect("a file");
        file.write_all(b"new").expect("room");
        staged.commit().expect("a name");
        assert_eq!(fs::read(&real).expect("the file"), b"new");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());

        let (_, staged) = staging.create(Path::new("/dev/null")).expect("the device");
        staged.commit().expect("nothing to do");
        assert!(!fs::metadata("/dev/null").expect("the device").is_file());
    }
}
