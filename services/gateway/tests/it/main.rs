//! The door, opened on a free port over SQLite and files, and asked over plain sockets.

mod conversion;
mod described;
mod ending;
mod events;
mod examples;
mod hostile;
mod keys;
mod limits;
mod listing;
mod pages;
mod results;
mod server;
mod status;
mod submission;
