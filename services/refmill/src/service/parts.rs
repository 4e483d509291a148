//! What stands behind the contracts of store, blobs and queue.

use anyhow::Context;
use blobs::Blobs;
use queue::{Broker, Rabbit};
use store::Store;

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
