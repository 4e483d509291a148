//! The worker at work: a queue made of channels, blobs in memory and in files.

mod fake;
mod isolation;
mod support;

mod cancelling;
mod draining;
mod endings;
mod metrics;
mod results;
mod twice;
