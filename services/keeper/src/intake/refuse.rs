//! Refusing a message for good: it is put aside, and its producer is told.

use std::error::Error;

use jobs::message::Reply;
use metrics::counter;
use queue::{Answer, QueueError, Settle, Submitted};
use store::JobStore;
use tokio_util::sync::CancellationToken;

use super::Intake;
use super::submission::{Refusal, ReturnAddress, is_message_id};
use crate::broker::Broker;
use crate::patience::patiently;
use crate::relay::{REPLY_TRIES, lost};
use crate::replies::{answer, rejected};

impl<S: JobStore, B: Broker> Intake<S, B> {
    /// Puts a copy aside, tells the producer, and lets the message go.
    pub(super) async fn refuse(
        &self,
        submitted: Submitted<B::Settle>,
        refusal: Refusal,
        stop: &CancellationToken,
    ) {
        let Refusal { problem, return_address } = refusal;
        counter!("refmill_intake_total", "result" => "rejected").increment(1);
        tracing::info!(%problem, "a message is refused");
        let (message, reason) = (&submitted.message, problem.to_string());
        let park = || self.broker.park(message, &reason);
        if patiently(stop, "park a message", |_| false, park).await.is_none() {
            return;
        }
        if let Some(address) = return_address {
            let name = match &message.message_id {
                Some(id) if is_message_id(id) => id.clone(),
                _ => uuid::Uuid::now_v7().to_string(),
            };
            self.tell(&address, &rejected(problem), &name, stop).await;
        }
        if !submitted.settle.done().await {
            tracing::debug!("a message was refused and will come again");
        }
    }

    /// Sends an answer that is in no outbox. If no queue takes it, that is tried again later while
    /// the message is let go.
    pub(super) async fn tell(
        &self,
        address: &ReturnAddress,
        reply: &Reply,
        name: &str,
        stop: &CancellationToken,
    ) {
        let answer = answer(address.to.clone(), address.correlation_id.clone(), reply, name);
        let send = || self.broker.reply(&answer);
        let is_for_good =
            |error: &QueueError| matches!(error, QueueError::Unroutable | QueueError::Refused);
        match patiently(stop, "send a reply", is_for_good, send).await {
            Some(Err(QueueError::Unroutable)) => self.tell_later(answer, stop.clone()),
            Some(Err(_)) => lost("refused"),
            Some(Ok(())) | None => {}
        }
    }

    fn tell_later(&self, answer: Answer, stop: CancellationToken) {
        let (broker, wait) = (self.broker.clone(), self.reply_retry);
        tokio::spawn(async move {
            for _ in 1..REPLY_TRIES {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(wait) => {}
                }
                match broker.reply(&answer).await {
                    Ok(()) => return,
                    Err(error) => {
                        let error: &dyn Error = &error;
                        tracing::debug!(error, "a reply was not sent");
                    }
                }
            }
            lost("unroutable");
        });
    }
}
