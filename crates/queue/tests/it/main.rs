//! The queues against real servers.

mod asyncapi;
mod conformance;
mod definitions;
mod delivering;
mod edge;
mod faults;
mod fuzz;
mod healing;
mod rights;
mod support;
