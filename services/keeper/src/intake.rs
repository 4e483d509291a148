//! Jobs that producers publish straight to the broker (`service.md` section 5.3).

mod reply_to;
mod submission;
mod words;

pub(crate) use reply_to::is_direct;
