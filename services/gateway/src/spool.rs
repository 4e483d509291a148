//! Where an upload goes: into the row of its job if it is short, into the blob store if not.

use actix_web::web::Bytes;
use blobs::{Blobs, Writer};
use jobs::{Body, Bytes64, Digest, JobId, place};
use sha2::{Digest as _, Sha256};

use crate::body::Sink;
use crate::refusal::Refusal;

/// An upload that is being put away.
pub(crate) struct Spool {
    blobs: Blobs,
    key: String,
    most_inline: u64,
    bytes: u64,
    hash: Sha256,
    place: Place,
}

enum Place {
    Memory(Vec<u8>),
    Blob(Box<Writer>),
    /// The bytes are known: they are only counted and hashed.
    Nowhere,
}

/// An upload that was put away.
#[derive(Debug)]
pub(crate) struct Spooled {
    /// Where its bytes are.
    pub(crate) body: Body,
    /// How many.
    pub(crate) bytes: u64,
    /// Their SHA-256.
    pub(crate) sha256: Digest,
}

impl Spool {
    /// Room for the upload of a job.
    pub(crate) fn new(blobs: &Blobs, job: JobId, most_inline: u64) -> Self {
        Self {
            blobs: blobs.clone(),
            key: place::input(job),
            most_inline,
            bytes: 0,
            hash: Sha256::new(),
            place: Place::Memory(Vec::new()),
        }
    }

    /// Whether an upload of so many bytes is short enough for the row of its job.
    pub(crate) fn is_short(&self, bytes: u64) -> bool {
        bytes <= self.most_inline
    }

    /// Bytes that came so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Keeps nothing from now on, and only hashes.
    pub(crate) fn keep_nothing(&mut self) {
        self.place = Place::Nowhere;
    }

    /// The upload is complete.
    pub(crate) async fn finish(self) -> Result<Spooled, Refusal> {
        let body = match self.place {
            Place::Memory(bytes) => Body::Inline(Bytes64(bytes)),
            Place::Blob(writer) => {
                writer.finish().await?;
                Body::Blob(self.key)
            }
            Place::Nowhere => Body::Inline(Bytes64::default()),
        };
        Ok(Spooled { body, bytes: self.bytes, sha256: Digest(self.hash.finalize().into()) })
    }

    /// The upload is given up.
    pub(crate) async fn abort(self) {
        if let Place::Blob(writer) = self.place {
            writer.abort().await;
        }
    }
}

impl Sink for Spool {
    async fn push(&mut self, chunk: Bytes) -> Result<(), Refusal> {
        self.hash.update(&chunk);
        self.bytes += chunk.len() as u64;
        let is_short = self.is_short(self.bytes);
        match &mut self.place {
            Place::Nowhere => {}
            Place::Blob(writer) => writer.write(chunk).await?,
            Place::Memory(bytes) if is_short => bytes.extend_from_slice(&chunk),
            Place::Memory(bytes) => {
                let start = std::mem::take(bytes);
                let mut writer = self.blobs.writer(&self.key).await?;
                writer.write(start.into()).await?;
                writer.write(chunk).await?;
                self.place = Place::Blob(Box::new(writer));
            }
        }
        Ok(())
    }
}
