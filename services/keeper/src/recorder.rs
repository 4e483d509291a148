//! Writing down how runs have ended.

use futures_util::StreamExt;
use jobs::message::{Finished, MessageKind};
use jobs::{Body, Outcome, Trace, place};
use metrics::counter;
use queue::{RawMessage, Received, Settle, Unread};
use store::{Applied, JobStore, StoreError};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::broker::Broker;
use crate::measure;
use crate::patience::patiently;

/// Events at a time; the store commits those that come together at once.
const AT_A_TIME: usize = 128;

/// Records what comes until it is told to stop. An event is let go only when it is committed.
pub(crate) async fn record<S: JobStore, B: Broker>(store: S, broker: B, stop: CancellationToken) {
    let events = broker.finished().take_until(stop.cancelled());
    events
        .for_each_concurrent(AT_A_TIME, |received| async {
            one(&store, &broker, &stop, received).await;
        })
        .await;
}

async fn one<S: JobStore, B: Broker>(
    store: &S,
    broker: &B,
    stop: &CancellationToken,
    received: Received<Finished, B::Settle>,
) {
    let plausible = received.content.map_err(Box::new).and_then(plausible);
    let is_safe = match plausible {
        Ok(finished) => {
            let span = tracing::info_span!(
                "finished",
                job_id = %finished.job,
                attempt = finished.attempt,
                traceparent = finished.trace.as_ref().map(Trace::parent),
            );
            recorded(store, broker, stop, &finished).instrument(span).await
        }
        Err(unread) => park(broker, stop, &unread).await,
    };
    if is_safe && !received.settle.done().await {
        tracing::debug!("an event was recorded and will come again");
    }
}

/// Whether the event was recorded, or was not worth it.
async fn recorded<S: JobStore, B: Broker>(
    store: &S,
    broker: &B,
    stop: &CancellationToken,
    finished: &Finished,
) -> bool {
    let event = finished.event();
    let apply = || store.apply(finished.job, None, &event, Some(&finished.product));
    jobs::step("commit:heard");
    match patiently(stop, "record the end of a run", is_corrupt, apply).await {
        None => false,
        Some(Ok(applied)) => {
            heard("finished", &applied);
            jobs::step("commit:recorded");
            true
        }
        Some(Err(error)) => park(broker, stop, &unread(finished, error.to_string())).await,
    }
}

/// Counts what has come of an event.
pub(crate) fn heard(event: &'static str, applied: &Applied) {
    let reason = match applied {
        Applied::Done(job) => {
            measure::moved(job);
            return;
        }
        Applied::Stale(job) => {
            tracing::debug!(job_id = %job.id, event, "a stale event");
            event
        }
        Applied::Unknown => "unknown",
    };
    counter!("refmill_events_stale_total", "reason" => reason).increment(1);
}

/// Whether the same call can never succeed.
pub(crate) fn is_corrupt(error: &StoreError) -> bool {
    matches!(error, StoreError::Corrupt { .. })
}

/// Puts a message aside; says whether that is safe.
pub(crate) async fn park<B: Broker>(broker: &B, stop: &CancellationToken, unread: &Unread) -> bool {
    tracing::error!(reason = unread.reason, "a message is parked");
    let park = || broker.park(&unread.message, &unread.reason);
    patiently(stop, "park a message", |_| false, park).await.is_some_and(|parked| parked.is_ok())
}

/// What a worker says, if it speaks of its own blobs alone, without what no database keeps.
///
/// A worker reads what strangers wrote. One that was taken over must not pass off the blobs of
/// another job as results of its own.
fn plausible(mut finished: Finished) -> Result<Finished, Box<Unread>> {
    let own = format!("{}/", place::output(finished.job));
    let results = finished.product.results.iter().map(|file| &file.body);
    let diagnostics = finished.product.diagnostics.iter().map(|file| &file.body);
    let is_foreign = |body: &Body| match body {
        Body::Blob(key) => !key.starts_with(&own) || key.contains("/.."),
        Body::Inline(_) => false,
    };
    if results.chain(diagnostics).any(is_foreign) {
        let reason = "it names blobs that are not of its job".to_owned();
        return Err(Box::new(unread(&finished, reason)));
    }
    if let Outcome::Failed { problem } | Outcome::Retry { problem } = &mut finished.outcome {
        let texts = [Some(&mut problem.detail), problem.pmid.as_mut(), problem.config_key.as_mut()];
        texts.into_iter().flatten().for_each(|text| text.retain(|sign| sign != '\0'));
    }
    finished.product.warnings.by_code.retain(|code, _| !code.contains('\0'));
    Ok(finished)
}

fn unread(finished: &Finished, reason: String) -> Unread {
    let message = RawMessage {
        kind: Some(MessageKind::JobFinished.as_str().to_owned()),
        message_id: Some(format!("{}:{}:{}", finished.job, finished.attempt, finished.run)),
        correlation_id: Some(finished.job.to_string()),
        body: finished.encode(),
        ..RawMessage::default()
    };
    Unread { message, reason }
}
