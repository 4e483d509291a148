//! The service as its users meet it: the program, alone and spread over processes.

mod alone;
mod away;
mod client;
mod intake;
pub(crate) mod processes;
mod spread;
