//! What stands behind the contracts of store, blobs and queue.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context;
use blobs::{Blobs, StoreKind};
use queue::{Broker, Rabbit};
use store::Store;
use worker::OwnProcess;

use super::arguments::ONE_JOB;
use super::config::Config;

/// The store that the configuration names.
pub(super) async fn store(config: &Config) -> anyhow::Result<Store> {
    let options = config.store();
    Store::open(&options).await.with_context(|| match options.settings.url {
        Some(_) => "the database cannot be opened".to_owned(),
        None => format!("{} cannot be opened", options.folder.display()),
    })
}

/// The blob store that the configuration names.
pub(super) fn blobs(config: &Config) -> anyhow::Result<Blobs> {
    Blobs::open(&config.blobs()).context("the blob store cannot be opened")
}

/// How a worker starts this program once more, under its configuration, for one job; none if that
/// could not see its blobs.
pub(super) fn own_process(config: &Config) -> Option<OwnProcess> {
    if config.blobs().store == StoreKind::Memory {
        return None;
    }
    let own = match std::env::current_exe() {
        // The same program, also when its file has been replaced by that of another release.
        Ok(_) if cfg!(target_os = "linux") => PathBuf::from("/proc/self/exe"),
        Ok(program) => program,
        Err(error) => {
            tracing::warn!(%error, "jobs get no processes of their own: the program is not found");
            return None;
        }
    };
    let flag = OsString::from(format!("--{ONE_JOB}"));
    Some(OwnProcess {
        program: own,
        arguments: std::env::args_os().skip(1).chain([flag]).collect(),
    })
}

/// The view of the broker that a worker has in a process of its own, once it stands.
pub(super) async fn worker(config: &Config) -> anyhow::Result<Rabbit> {
    let rabbit = Rabbit::open(&config.amqp, "worker")?;
    rabbit.ready().await.context("the worker has no broker")?;
    Ok(rabbit)
}

/// A keeper's view of the broker, once it stands; none if there is none. `role` is the name of the
/// process there.
pub(super) async fn broker(config: &Config, role: &str) -> anyhow::Result<Option<Broker>> {
    if !config.has_broker() {
        return Ok(None);
    }
    let broker = Broker::open(&config.amqp, role)?;
    broker.ready().await.context("the keeper has no broker")?;
    Ok(Some(broker))
}
