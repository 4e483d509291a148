//! The service as its users meet it: the program, alone and spread over processes.

mod alone;
mod client;
mod processes;
mod spread;
