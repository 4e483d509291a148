//! The keeper: its parts, begun and ended together.

use std::collections::HashMap;
use std::time::Duration;

use blobs::Blobs;
use store::JobStore;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;
use crate::error::KeeperError;
use crate::intake::Intake;
use crate::links::Links;
use crate::reconcile::Reconciler;
use crate::relay::Relay;
use crate::replies::Replies;
use crate::settings::Settings;
use crate::sweeper::Sweeper;
use crate::{beats, dead, measure, recorder, webhooks};

/// Keeps the state of jobs until it is told to stop, and ends what it has begun.
///
/// Without a broker (embedded, without intake) blobs are deleted, old rows are swept and webhooks
/// are sent. The process must have installed a provider of TLS for `rustls`.
///
/// # Errors
///
/// If a setting cannot be used, or a part ends though nobody asked for it.
pub async fn run<S: JobStore, B: Broker>(
    store: S,
    broker: Option<B>,
    blobs: Blobs,
    settings: Settings,
    stop: CancellationToken,
) -> Result<(), KeeperError> {
    let links = Links::new(settings.public_url.as_deref());
    let replies = Replies {
        blobs: blobs.clone(),
        links: links.clone(),
        inline_bytes: settings.intake.reply_inline_bytes,
    };
    // Whatever ends early ends all.
    let stop = stop.child_token();
    let mut parts = Parts { set: JoinSet::new(), names: HashMap::new(), stop: stop.clone() };

    if let Some(broker) = broker.clone().filter(|_| settings.intake.enabled) {
        let intake = Intake::new(store.clone(), broker, blobs.clone(), replies.clone(), &settings)?;
        parts.begin("intake", intake.run(stop.clone()));
    }
    if let Some(broker) = broker.clone().filter(|_| settings.relays) {
        let (store, stop) = (|| store.clone(), || stop.clone());
        parts.begin("result recorder", recorder::record(store(), broker.clone(), stop()));
        parts.begin("recorder of dead letters", dead::record(store(), broker.clone(), stop()));
        parts.begin("recorder of progress", beats::write(store(), broker.clone(), stop()));
        let reconciler = Reconciler::new(store(), broker, &settings);
        parts.begin("reconciler", reconciler.run(stop()));
    }
    let relay =
        Relay::new(store.clone(), broker.clone(), blobs.clone(), replies, settings.keeper.clone());
    parts.begin("relay", relay.run(stop.clone()));
    let sweeper = Sweeper::new(store.clone(), blobs.clone(), &settings);
    parts.begin("sweeper", sweeper.run(stop.clone()));
    let every = Duration::from_secs(settings.keeper.measure_seconds);
    let measure = measure::measure(store.clone(), broker, blobs, every, stop.clone());
    parts.begin("measurement", measure);
    let webhooks = webhooks::send(store, settings.webhooks, links, stop);
    parts.begin_fallible("sender of webhooks", webhooks);
    parts.end().await
}

/// Parts that run together.
struct Parts {
    set: JoinSet<Result<(), KeeperError>>,
    names: HashMap<Id, &'static str>,
    stop: CancellationToken,
}

impl Parts {
    fn begin(&mut self, part: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.begin_fallible(part, async {
            work.await;
            Ok(())
        });
    }

    fn begin_fallible(
        &mut self,
        part: &'static str,
        work: impl Future<Output = Result<(), KeeperError>> + Send + 'static,
    ) {
        let handle = self.set.spawn(work);
        self.names.insert(handle.id(), part);
    }

    /// Waits for all; the first that ends too early ends the others.
    async fn end(mut self) -> Result<(), KeeperError> {
        let mut first = Ok(());
        while let Some(ended) = self.set.join_next_with_id().await {
            let id = match &ended {
                Ok((id, _)) => *id,
                Err(error) => error.id(),
            };
            let part = self.names.get(&id).copied().unwrap_or("part without a name");
            tracing::debug!(part, "has ended");
            let ended = match ended {
                Ok((_, Ok(()))) if self.stop.is_cancelled() => Ok(()),
                Ok((_, Ok(()))) => Err(KeeperError::Ended { part, source: None }),
                Ok((_, Err(error))) => Err(error),
                Err(source) => Err(KeeperError::Ended { part, source: Some(source) }),
            };
            if ended.is_err() {
                self.stop.cancel();
            }
            first = first.and(ended);
        }
        first
    }
}
