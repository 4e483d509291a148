//! What every store does, whatever database is behind it.

pub(crate) mod accepting;
