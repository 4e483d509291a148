//! The keeper over SQLite and a broker that does as it is told.

mod dead;
mod fake;
mod house;
mod intake;
mod live;
mod receiver;
mod reconcile;
mod recorder;
mod relay;
mod replies;
mod sample;
mod sweeper;
mod webhooks;
