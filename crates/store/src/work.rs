//! What stores do, statement by statement, the same for both databases.

pub(crate) mod accept;
pub(crate) mod apply;
pub(crate) mod claim;
pub(crate) mod counts;
pub(crate) mod outbox;
pub(crate) mod read;
pub(crate) mod remove;
pub(crate) mod save;
pub(crate) mod sweep;
pub(crate) mod webhooks;
