//! Jobs whose messages were delivered too often: whatever worked on them did not survive it.

use futures_util::StreamExt;
use jobs::Event;
use jobs::message::{JobMessage, MessageKind};
use queue::{RawMessage, Received, Settle, Unread};
use store::JobStore;
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;
use crate::patience::patiently;
use crate::recorder::{heard, is_corrupt, park};

/// Messages at a time.
const AT_A_TIME: usize = 16;

/// Records what comes until it is told to stop.
pub(crate) async fn record<S: JobStore, B: Broker>(store: S, broker: B, stop: CancellationToken) {
    let dead = broker.dead().take_until(stop.cancelled());
    dead.for_each_concurrent(AT_A_TIME, |received| async {
        one(&store, &broker, &stop, received).await;
    })
    .await;
}

async fn one<S: JobStore, B: Broker>(
    store: &S,
    broker: &B,
    stop: &CancellationToken,
    received: Received<JobMessage, B::Settle>,
) {
    let is_safe = match received.content {
        Ok(message) => poisoned(store, broker, stop, &message).await,
        Err(unread) => park(broker, stop, &unread).await,
    };
    if is_safe && !received.settle.done().await {
        tracing::debug!("a dead letter was recorded and will come again");
    }
}

async fn poisoned<S: JobStore, B: Broker>(
    store: &S,
    broker: &B,
    stop: &CancellationToken,
    message: &JobMessage,
) -> bool {
    let event = Event::DeadLettered { attempt: message.attempt };
    let apply = || store.apply(message.job, None, &event, None);
    match patiently(stop, "record a dead letter", is_corrupt, apply).await {
        None => false,
        Some(Ok(applied)) => {
            heard("dead_lettered", &applied);
            true
        }
        Some(Err(error)) => {
            let message = RawMessage {
                kind: Some(MessageKind::JobRequested.as_str().to_owned()),
                message_id: Some(format!("{}:{}", message.job, message.attempt)),
                body: message.encode(),
                ..RawMessage::default()
            };
            park(broker, stop, &Unread { message, reason: error.to_string() }).await
        }
    }
}
