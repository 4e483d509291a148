//! The bytes of an input, wherever they are.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use blobs::{BlobError, Blobs};
use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use jobs::Body;
use jobs::message::MessageInput;
use tokio::runtime::Handle;

use crate::stop::Stop;

/// An input that is being read on a thread that may wait. A stop ends it at once, even when its
/// source is slow.
pub(crate) struct Input {
    source: Source,
    stop: Stop,
    taken: Arc<AtomicU64>,
    left: u64,
}

enum Source {
    Inline(Cursor<Vec<u8>>),
    File(File),
    Stream { handle: Handle, stream: BoxStream<'static, Result<Bytes, BlobError>>, rest: Bytes },
}

/// Why an input cannot be opened.
#[derive(Debug)]
pub(crate) enum Closed {
    /// The store cannot give it.
    Store(BlobError),
    /// It is not as large as the job says.
    Size(u64),
    /// The run is to end.
    Stopped,
}

impl Input {
    /// Opens an input; `taken` counts the bytes that are read.
    pub(crate) fn open(
        input: &MessageInput,
        blobs: &Blobs,
        handle: &Handle,
        stop: &Stop,
        taken: &Arc<AtomicU64>,
    ) -> Result<Self, Closed> {
        let (source, bytes) = match &input.body {
            Body::Inline(bytes) => {
                (Source::Inline(Cursor::new(bytes.0.clone())), bytes.0.len() as u64)
            }
            Body::Blob(key) => Source::of_blob(key, blobs, handle, stop)?,
        };
        if bytes != input.bytes {
            return Err(Closed::Size(bytes));
        }
        Ok(Self { source, stop: stop.clone(), taken: taken.clone(), left: bytes })
    }
}

impl Source {
    /// A blob, and how many bytes it has: its file if it is one, or else what the store sends.
    fn of_blob(
        key: &str,
        blobs: &Blobs,
        handle: &Handle,
        stop: &Stop,
    ) -> Result<(Self, u64), Closed> {
        if let Some(file) = blobs.local_file(key).map_err(Closed::Store)? {
            let found = file.metadata().map_err(|error| Closed::Store(BlobError::of_io(error)))?;
            return Ok((Self::File(file), found.len()));
        }
        let reader = handle.block_on(async {
            tokio::select! {
                () = stop.wait() => Err(Closed::Stopped),
                read = blobs.read(key, None) => read.map_err(Closed::Store),
            }
        })?;
        let (handle, stream, rest) = (handle.clone(), reader.stream, Bytes::new());
        Ok((Self::Stream { handle, stream, rest }, reader.bytes))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.cause().is_some() {
            return Err(stopped());
        }
        let read = match &mut self.source {
            Source::Inline(bytes) => bytes.read(buffer)?,
            Source::File(file) => file.read(buffer)?,
            Source::Stream { handle, stream, rest } => {
                let stop = &self.stop;
                while rest.is_empty() {
                    let next = handle.block_on(async {
                        tokio::select! {
                            () = stop.wait() => Some(Err(stopped())),
                            next = stream.next() => next.map(|next| next.map_err(io::Error::from)),
                        }
                    });
                    match next {
                        Some(bytes) => *rest = bytes?,
                        None => break,
                    }
                }
                let read = rest.len().min(buffer.len());
                rest.copy_to_slice(&mut buffer[..read]);
                read
            }
        };
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            // It was as large as it should be when it was opened.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(read as u64);
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn stopped() -> io::Error {
    io::Error::other("the run is to end")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::stop::Cause;

    fn input(source: Source, stop: &Stop, left: u64) -> Input {
        Input { source, stop: stop.clone(), taken: Arc::default(), left }
    }

    #[tokio::test]
    async fn a_stop_ends_a_reader_whose_source_is_silent() {
        let stop = Stop::default();
        let stream = futures_util::stream::pending().boxed();
        let source = Source::Stream { handle: Handle::current(), stream, rest: Bytes::new() };
        let mut input = input(source, &stop, 9);
        let read = tokio::task::spawn_blocking(move || input.read(&mut [0; 9]));
        stop.now(Cause::Cancelled);
        let read = tokio::time::timeout(Duration::from_secs(10), read).await;
        assert!(read.expect("it ends").expect("no panic").is_err());
    }

    #[test]
    fn an_input_that_is_cut_while_it_is_read_is_no_end() {
        let stop = Stop::default();
        let source = Source::Inline(Cursor::new(b"abc".to_vec()));
        let mut input = input(source, &stop, 5);
        let error = io::copy(&mut input, &mut io::sink()).expect_err("two bytes are missing");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(input.taken.load(Ordering::Relaxed), 3);
    }
}
