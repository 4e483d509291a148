//! What the tests of the whole share: a file of invented records, where things are, and what they are made of.

pub mod conversion;
pub mod generate;
pub mod places;
pub mod sbom;
