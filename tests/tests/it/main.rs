//! The tests of the whole, as one binary.

mod browser;
mod corpus;
mod deploy;
mod endings;
mod fences;
mod golden;
mod laws;
mod program;
mod rules;
mod security;
mod service;
mod supply;
