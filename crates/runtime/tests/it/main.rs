//! Configuration, the server for metrics, and stopping, from outside.

mod configuration;
mod metrics_server;
mod stopping;
