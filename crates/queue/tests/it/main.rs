//! The queues against real servers.

mod conformance;
mod delivering;
mod edge;
mod faults;
mod fuzz;
mod golden;
mod healing;
mod rights;
mod support;
