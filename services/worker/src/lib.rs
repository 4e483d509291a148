//! The role that converts.
