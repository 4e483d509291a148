//! Making a file last while it still grows.

use std::fs::File;
use std::io;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Bytes after which a file is synchronized while it grows, so that little is left for its end.
const STRETCH: u64 = 16 << 20;

/// Synchronizes a file in the background, stretch by stretch.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    /// Bytes that no synchronization knows of.
    fresh: u64,
    running: Option<JoinHandle<io::Result<()>>>,
}

impl Ahead {
    /// Notes so many new bytes of the file, and begins to synchronize it where they are many.
    pub(crate) fn grown(&mut self, bytes: usize, file: &File, handle: &Handle) -> io::Result<()> {
        self.fresh += bytes as u64;
        let is_busy = self.running.as_ref().is_some_and(|running| !running.is_finished());
        if self.fresh < STRETCH || is_busy {
            return Ok(());
        }
        self.settle(handle)?;
        let file = file.try_clone()?;
        self.running = Some(handle.spawn_blocking(move || file.sync_data()));
        self.fresh = 0;
        Ok(())
    }

    /// Waits for what has begun. A disk tells of bytes that it has lost only once: what it told
    /// here must not be forgotten before the file is shown.
    pub(crate) fn settle(&mut self, handle: &Handle) -> io::Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        handle.block_on(running).unwrap_or_else(|lost| Err(io::Error::other(lost)))
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_the_disk_tells_in_the_background_is_told_in_the_end() {
        // A pipe cannot be synchronized: that stands for a disk that loses what it took.
        let (_reader, writer) = io::pipe().expect("a pipe");
        let (file, handle) = (File::from(OwnedFd::from(writer)), Handle::current());
        let told = tokio::task::spawn_blocking(move || {
            let mut ahead = Ahead::default();
            ahead.grown(1, &file, &handle).expect("too little to begin");
            ahead.settle(&handle).expect("nothing has begun");
            ahead.grown(1 << 30, &file, &handle).expect("it has begun");
            ahead.settle(&handle)
        });
        assert!(told.await.expect("no panic").is_err());
    }
}
