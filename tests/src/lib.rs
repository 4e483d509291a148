//! What the tests of the whole share: a file of invented records, the binary, the shared corpus.

pub mod generate;
