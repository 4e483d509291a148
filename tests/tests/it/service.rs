//! The service as its users meet it: the program, alone and spread over processes.

mod accepted;
mod alone;
mod attacks;
mod away;
mod bench;
mod cancelling;
mod client;
mod crowd;
mod disk;
mod door;
mod full;
mod full_servers;
mod half_open;
mod http;
mod huge;
mod hush;
mod intake;
mod kills;
mod load;
mod memory;
mod poison;
pub(crate) mod processes;
mod secrets;
mod spread;
mod steps;
mod stopping;
mod twice;
