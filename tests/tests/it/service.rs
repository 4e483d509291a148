//! The service as its users meet it: the program, alone and spread over processes.

mod alone;
mod attacks;
mod bench;
mod client;
mod crowd;
mod door;
mod processes;
mod secrets;
mod spread;
