//! A disk that is small enough to be filled.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system of its own that ends with the test.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// Mounts one of so many MiB; `None` with a word about it where that is not allowed.
    pub(crate) fn mount(folder: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(folder).expect("a folder");
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder.to_owned())),
            failed => {
                eprintln!(
                    "a small disk cannot be mounted here ({failed:?}): what a full one does is \
                     tried with stubs alone, in blobs and worker"
                );
                None
            }
        }
    }

    /// Takes all but so many KiB.
    pub(crate) fn fill(&self, left: usize) {
        self.clear();
        let mut filler = File::create(self.0.join("filler")).expect("a file");
        while filler.write_all(&[7; 4096]).is_ok() {}
        let length = filler.metadata().expect("a file").len();
        filler.set_len(length.saturating_sub(left as u64 * 1024)).expect("it is cut");
    }

    /// Gives it back.
    pub(crate) fn clear(&self) {
        drop(fs::remove_file(self.0.join("filler")));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It is in use until the service has ended.
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{}", self.0.display());
    }
}
