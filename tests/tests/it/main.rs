//! The tests of the whole, as one binary.

mod corpus;
mod deploy;
mod fences;
mod golden;
mod laws;
mod program;
mod rules;
mod security;
mod service;
