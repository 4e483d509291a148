//! Blobs for threads that may wait: [`Read`] and [`Write`].

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::ahead::Ahead;
use crate::files::Draft;
use crate::writer::BATCH_BYTES;
use crate::{BlobError, Blobs};

/// Bytes that travel to an object store at a time, and how many such pieces may be on the way.
const PIECE_BYTES: usize = 256 << 10;
const PIECES: usize = 3;
/// Bytes that are worth a write of their own, without a copy.
const DIRECT_BYTES: usize = 64 << 10;

/// Writes a blob from a thread that may wait. Dropping it gives the blob up.
///
/// Files are written directly; what goes to an object store passes a pipe of 1 MiB. Errors are
/// [`BlobError`]s inside of [`io::Error`]s: see [`BlobError::of_io`].
pub struct BlockingWriter {
    blobs: Blobs,
    handle: Handle,
    key: String,
    buffer: Vec<u8>,
    sink: Sink,
}

enum Sink {
    /// Nothing was written yet.
    Closed,
    File(Draft, Ahead),
    Pipe(mpsc::Sender<Piece>, JoinHandle<Result<u64, BlobError>>),
    /// A write failed.
    Broken,
}

enum Piece {
    Bytes(Bytes),
    End,
}

impl BlockingWriter {
    pub(crate) fn new(blobs: Blobs, handle: Handle, key: &str) -> Self {
        Self { blobs, handle, key: key.to_owned(), buffer: Vec::new(), sink: Sink::Closed }
    }

    /// Makes the blob last and shows it. Answers its size in bytes.
    ///
    /// # Errors
    ///
    /// [`BlobError::Full`], [`BlobError::Unavailable`]; [`BlobError::Broken`] if a write failed.
    pub fn finish(mut self) -> Result<u64, BlobError> {
        self.flush_buffer()?;
        match std::mem::replace(&mut self.sink, Sink::Broken) {
            Sink::File(draft, mut ahead) => {
                let published = ahead.settle(&self.handle).and_then(|()| draft.publish());
                published.map_err(|error| BlobError::file("write", &self.key, error))
            }
            Sink::Pipe(pipe, task) => {
                // Whether the other end has gone is said by the task.
                let _gone = pipe.blocking_send(Piece::End);
                self.result(task)
            }
            Sink::Closed | Sink::Broken => Err(BlobError::Broken { key: self.key.clone() }),
        }
    }

    fn flush_buffer(&mut self) -> Result<(), BlobError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.put(&buffer)?;
        buffer.clear();
        self.buffer = buffer;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let sink = match std::mem::replace(&mut self.sink, Sink::Broken) {
            Sink::Closed => self.open()?,
            sink => sink,
        };
        self.sink = match sink {
            _ if bytes.is_empty() => sink,
            Sink::File(mut draft, mut ahead) => {
                let written = self.blobs.take(bytes.len()).and_then(|()| {
                    draft.write(bytes)?;
                    ahead.grown(bytes.len(), draft.file(), &self.handle)
                });
                written.map_err(|error| BlobError::file("write", &self.key, error))?;
                Sink::File(draft, ahead)
            }
            Sink::Pipe(pipe, task) => {
                let piece = Piece::Bytes(Bytes::copy_from_slice(bytes));
                if pipe.blocking_send(piece).is_err() {
                    self.result(task)?;
                    return Err(BlobError::Broken { key: self.key.clone() });
                }
                Sink::Pipe(pipe, task)
            }
            Sink::Closed | Sink::Broken => {
                return Err(BlobError::Broken { key: self.key.clone() });
            }
        };
        Ok(())
    }

    fn open(&self) -> Result<Sink, BlobError> {
        if let Some(draft) = self.blobs.draft(&self.key)? {
            return Ok(Sink::File(draft, Ahead::default()));
        }
        let (pipe, mut pieces) = mpsc::channel(PIECES);
        let (blobs, key) = (self.blobs.clone(), self.key.clone());
        let task = self.handle.spawn(async move {
            let mut writer = blobs.writer(&key).await?;
            while let Some(piece) = pieces.recv().await {
                match piece {
                    Piece::Bytes(bytes) => writer.write(bytes).await?,
                    Piece::End => return writer.finish().await,
                }
            }
            writer.abort().await;
            Err(BlobError::Broken { key })
        });
        Ok(Sink::Pipe(pipe, task))
    }

    fn result(&self, task: JoinHandle<Result<u64, BlobError>>) -> Result<u64, BlobError> {
        let result = self.handle.block_on(task);
        result.map_err(|error| BlobError::lost("write", &self.key, error))?
    }

    fn piece_bytes(&self) -> usize {
        if self.blobs.is_files() { BATCH_BYTES } else { PIECE_BYTES }
    }
}

impl Write for BlockingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.piece_bytes() - self.buffer.len();
        let now = &bytes[..bytes.len().min(room)];
        if self.buffer.is_empty() && now.len() >= DIRECT_BYTES {
            self.put(now)?;
            return Ok(now.len());
        }
        self.buffer.extend_from_slice(now);
        if self.buffer.len() == self.piece_bytes() {
            self.flush_buffer()?;
        }
        Ok(now.len())
    }

    /// Does nothing: what is not finished is not there.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for BlockingWriter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("BlockingWriter").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Reads a blob from a thread that may wait. It is opened by the first read.
///
/// Files are read directly. Errors are [`BlobError`]s inside of [`io::Error`]s: see
/// [`BlobError::of_io`].
pub struct BlockingReader {
    blobs: Blobs,
    handle: Handle,
    key: String,
    source: Source,
}

enum Source {
    Closed,
    File(File),
    Pipe(mpsc::Receiver<Result<Piece, BlobError>>, Bytes),
    End,
    /// A read failed.
    Broken,
}

impl BlockingReader {
    pub(crate) fn new(blobs: Blobs, handle: Handle, key: &str) -> Self {
        Self { blobs, handle, key: key.to_owned(), source: Source::Closed }
    }

    fn open(&self) -> Result<Source, BlobError> {
        if let Some(file) = self.blobs.local_file(&self.key)? {
            return Ok(Source::File(file));
        }
        let (sender, pipe) = mpsc::channel(PIECES);
        let (blobs, key) = (self.blobs.clone(), self.key.clone());
        self.handle.spawn(async move {
            let end = match pump(&blobs, &key, &sender).await {
                Ok(()) => Ok(Piece::End),
                Err(error) => Err(error),
            };
            // Whoever read it may have gone.
            let _gone = sender.send(end).await;
        });
        Ok(Source::Pipe(pipe, Bytes::new()))
    }
}

impl Read for BlockingReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if matches!(self.source, Source::Closed) {
            self.source = self.open()?;
        }
        let broken = || BlobError::Broken { key: self.key.clone() };
        let end = match &mut self.source {
            Source::File(file) => return file.read(into),
            Source::End => return Ok(0),
            Source::Closed | Source::Broken => return Err(broken().into()),
            Source::Pipe(pipe, left) => loop {
                if !left.is_empty() || into.is_empty() {
                    let now = into.len().min(left.len());
                    left.copy_to_slice(&mut into[..now]);
                    return Ok(now);
                }
                match pipe.blocking_recv() {
                    Some(Ok(Piece::Bytes(bytes))) => *left = bytes,
                    Some(Ok(Piece::End)) => break Ok(()),
                    Some(Err(error)) => break Err(error),
                    // The task was ended with its runtime: this is not the end of the blob.
                    None => break Err(broken()),
                }
            },
        };
        self.source = if end.is_ok() { Source::End } else { Source::Broken };
        Ok(end.map(|()| 0)?)
    }
}

/// Sends a blob through a pipe, as long as somebody takes it.
async fn pump(
    blobs: &Blobs,
    key: &str,
    pipe: &mpsc::Sender<Result<Piece, BlobError>>,
) -> Result<(), BlobError> {
    let mut stream = blobs.read(key, None).await?.stream;
    while let Some(bytes) = stream.next().await.transpose()? {
        if pipe.send(Ok(Piece::Bytes(bytes))).await.is_err() {
            break;
        }
    }
    Ok(())
}

impl fmt::Debug for BlockingReader {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("BlockingReader").field("key", &self.key).finish_non_exhaustive()
    }
}
