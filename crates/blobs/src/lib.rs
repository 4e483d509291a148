//! Bytes at rest: inputs and results, in files or in a store that speaks S3.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), blobs::BlobError> {
//! let blobs = blobs::Blobs::memory();
//! let mut writer = blobs.writer("in/2026-11-23/job").await?;
//! writer.write("TY  - ".into()).await?;
//! writer.write("JOUR".into()).await?;
//! assert_eq!(blobs.stat("in/2026-11-23/job").await?, None); // not before it is whole
//! assert_eq!(writer.finish().await?, 10);
//! let part = blobs.read("in/2026-11-23/job", Some(6..99)).await?;
//! assert_eq!((part.bytes, part.all().await?), (10, "JOUR".into()));
//! # Ok(())
//! # }
//! ```

mod ahead;
mod blobs;
mod blocking;
mod error;
mod files;
mod key;
mod objects;
mod reader;
#[cfg(feature = "s3")]
mod s3;
mod settings;
mod space;
mod sweep;
mod writer;

pub use blobs::{Blobs, Entry};
pub use blocking::{BlockingReader, BlockingWriter};
pub use error::BlobError;
pub use reader::Reader;
pub use settings::{S3Settings, Settings, StoreKind};
pub use space::Space;
pub use sweep::{AskError, Swept};
pub use writer::Writer;
