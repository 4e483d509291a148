//! The conversion as its callers see it: bytes in, bytes and diagnostics out.

mod endings;
mod kinds;
mod laws;
mod sorting;
mod support;
