//! What the tests of the whole share: a file of invented records, and where things are.

pub mod conversion;
pub mod generate;
pub mod places;
