//! What every store of blobs does, and what files do besides.

mod conformance;
mod disk;
mod files;
mod stores;
