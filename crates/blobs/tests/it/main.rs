//! What every store of blobs does, and what files do besides.

mod conformance;
mod disk;
mod files;
#[cfg(feature = "s3")]
mod s3;
mod stores;
