//! A body as it comes in: piece by piece, not too much, not too slowly.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;
use futures_util::stream::{self, LocalBoxStream};
use jobs::ProblemCode;
use tokio::time::{Instant, timeout_at};

use crate::capacity::Inflight;
use crate::refusal::Refusal;
use crate::settings::Http;

/// What a body may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Bytes.
    most: u64,
    /// The key of the configuration that says so.
    config_key: &'static str,
    /// How long it may be slow.
    grace: Duration,
    /// Bytes a second that it must have from then on.
    rate: u64,
}

/// A body on its way.
pub(crate) struct Body {
    chunks: Chunks,
    reason: Reason,
}

/// The pieces of a body.
pub(crate) type Chunks = LocalBoxStream<'static, Result<Bytes, PayloadError>>;

/// Why a body was broken off here, if it was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reason(Rc<RefCell<Option<Refusal>>>);

/// What takes the pieces of a body.
pub(crate) trait Sink {
    /// Takes one.
    async fn push(&mut self, chunk: Bytes) -> Result<(), Refusal>;
}

impl Terms {
    /// At most so many bytes, at the pace that the configuration asks for.
    pub(crate) fn new(most: u64, config_key: &'static str, http: &Http) -> Self {
        let grace = Duration::from_secs(http.body_grace_seconds);
        Self { most, config_key, grace, rate: http.min_body_rate.max(1) }
    }

    fn too_large(&self) -> Refusal {
        let detail = format!("the body has more than {} bytes", self.most);
        Refusal::limit(ProblemCode::TooLarge, &detail, self.most, self.config_key)
    }

    /// Until when a body must have more than so many bytes.
    fn deadline(&self, started: Instant, received: u64) -> Instant {
        let seconds = Duration::from_millis(received.saturating_mul(1000) / self.rate);
        started.checked_add(self.grace + seconds).unwrap_or(started + Duration::from_secs(1 << 20))
    }
}

impl Body {
    /// Begins to read, unless the body is known to be too large.
    pub(crate) fn new(
        payload: Payload,
        headers: &HeaderMap,
        terms: Terms,
        inflight: Inflight,
    ) -> Result<Self, Refusal> {
        // Room is taken as bytes come, not as they are announced: to announce costs nothing.
        if declared_length(headers).is_some_and(|length| length > terms.most) {
            return Err(terms.too_large());
        }
        let reason = Reason::default();
        let reading = Reading {
            payload,
            terms,
            inflight,
            started: Instant::now(),
            received: 0,
            reason: reason.clone(),
        };
        let chunks = stream::unfold(Some(reading), |reading| async {
            let mut reading = reading?;
            let chunk = reading.next().await?;
            let goes_on = chunk.is_ok();
            Some((chunk, goes_on.then_some(reading)))
        });
        Ok(Self { chunks: chunks.fuse().boxed_local(), reason })
    }

    /// The next piece.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        match self.chunks.next().await {
            None => Ok(None),
            Some(Ok(chunk)) => Ok(Some(chunk)),
            Some(Err(error)) => Err(self.reason.of(&error)),
        }
    }

    /// All pieces, one after the other.
    pub(crate) async fn pour(&mut self, sink: &mut impl Sink) -> Result<(), Refusal> {
        while let Some(chunk) = self.next().await? {
            sink.push(chunk).await?;
        }
        Ok(())
    }

    /// The pieces for someone else to read, and why they end, if they do.
    pub(crate) fn into_chunks(self) -> (Chunks, Reason) {
        (self.chunks, self.reason)
    }
}

impl Reason {
    /// Why reading has failed: for a reason of ours, or because the client broke off.
    pub(crate) fn of(&self, error: &dyn std::error::Error) -> Refusal {
        self.0.borrow_mut().take().unwrap_or_else(|| {
            tracing::debug!(%error, "a body has broken off");
            Refusal::new(ProblemCode::InvalidRequest, "the body ends before its end")
        })
    }

    fn give(&self, refusal: Refusal) -> PayloadError {
        *self.0.borrow_mut() = Some(refusal);
        PayloadError::Incomplete(None)
    }
}

impl Sink for Vec<u8> {
    async fn push(&mut self, chunk: Bytes) -> Result<(), Refusal> {
        self.extend_from_slice(&chunk);
        Ok(())
    }
}

/// How long a body says that it is.
pub(crate) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

struct Reading {
    payload: Payload,
    terms: Terms,
    inflight: Inflight,
    started: Instant,
    received: u64,
    reason: Reason,
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Bytes, PayloadError>> {
        let deadline = self.terms.deadline(self.started, self.received);
        let Ok(chunk) = timeout_at(deadline, self.payload.next()).await else {
            let detail = format!(
                "after {} seconds a body must come with at least {} bytes a second",
                self.terms.grace.as_secs(),
                self.terms.rate
            );
            let refusal = Refusal::limit(
                ProblemCode::UploadTimeout,
                &detail,
                self.terms.rate,
                "http.min_body_rate",
            );
            return Some(Err(self.reason.give(refusal)));
        };
        let chunk = match chunk? {
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        self.received += chunk.len() as u64;
        if self.received > self.terms.most {
            return Some(Err(self.reason.give(self.terms.too_large())));
        }
        if let Err(refusal) = self.inflight.grow_to(self.received) {
            return Some(Err(self.reason.give(refusal)));
        }
        Some(Ok(chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_earns_its_time_with_its_bytes() {
        let http = Http { min_body_rate: 1000, body_grace_seconds: 30, ..Http::default() };
        let terms = Terms::new(1 << 30, "limits.upload_bytes", &http);
        let start = Instant::now();
        let after = |received| terms.deadline(start, received) - start;
        assert_eq!(after(0), Duration::from_secs(30));
        assert_eq!(after(60_000), Duration::from_secs(90));
        assert!(after(u64::MAX) > Duration::from_secs(90), "nothing overflows");
    }
}
