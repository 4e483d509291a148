//! What every store does, whatever database is behind it.

pub(crate) mod accepting;
pub(crate) mod claiming;
pub(crate) mod errands;
pub(crate) mod laws;
pub(crate) mod listing;
pub(crate) mod moving;
pub(crate) mod removing;
pub(crate) mod watching;
pub(crate) mod webhooks;
