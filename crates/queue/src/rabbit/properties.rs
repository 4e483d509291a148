//! The properties of messages (`service.md` section 5.2).

use std::time::SystemTime;

use jobs::JobId;
use jobs::message::MessageKind;
use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable, ShortString};

/// What a message is to be kept on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The disk.
    Disk,
    /// The memory.
    Memory,
}

/// The properties that every message of ours has.
pub(crate) fn of(kind: MessageKind, content_type: &str, kept: Kept) -> BasicProperties {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    BasicProperties::default()
        .with_content_type(content_type.into())
        .with_type(kind.as_str().into())
        .with_delivery_mode(match kept {
            Kept::Disk => 2,
            Kept::Memory => 1,
        })
        .with_app_id(concat!("refmill/", env!("CARGO_PKG_VERSION")).into())
        .with_timestamp(now.map_or(0, |now| now.as_secs()))
}

/// The properties of what is said about an attempt of a job.
pub(crate) fn of_attempt(properties: BasicProperties, job: JobId, attempt: u32) -> BasicProperties {
    let mut headers = FieldTable::default();
    headers.insert("x-attempt".into(), AMQPValue::LongLongInt(attempt.into()));
    properties.with_correlation_id(job.to_string().into()).with_headers(headers)
}

/// The header of the trace that a message belongs to.
const TRACEPARENT: &str = "traceparent";

/// Properties with the trace that the message belongs to, if any.
pub(crate) fn traced(properties: BasicProperties, traceparent: Option<&str>) -> BasicProperties {
    let Some(traceparent) = traceparent else { return properties };
    let mut headers = properties.headers().clone().unwrap_or_default();
    headers.insert(TRACEPARENT.into(), AMQPValue::LongString(traceparent.into()));
    properties.with_headers(headers)
}

/// The trace that a message belongs to, if its header says so in text of the length of such.
pub(crate) fn trace_of(properties: &BasicProperties) -> Option<String> {
    match properties.headers().as_ref()?.inner().get(TRACEPARENT)? {
        AMQPValue::LongString(text) if text.as_bytes().len() <= 255 => {
            std::str::from_utf8(text.as_bytes()).ok().map(str::to_owned)
        }
        _ => None,
    }
}

/// The header in which a quorum queue counts how often a message came back to it.
const DELIVERY_COUNT: &str = "x-delivery-count";

/// How often a delivery may have been in other hands before.
pub(crate) fn redeliveries(delivery: &Delivery) -> u32 {
    let headers = delivery.properties.headers().as_ref();
    let counted = match headers.and_then(|headers| headers.inner().get(DELIVERY_COUNT)) {
        Some(AMQPValue::LongLongInt(count)) => u32::try_from(*count).unwrap_or(0),
        _ => 0,
    };
    counted.max(delivery.redelivered.into())
}

/// A text of a stranger as a property, cut where properties end.
pub(crate) fn short(text: &str) -> ShortString {
    let mut end = text.len().min(255);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_a_short_text_or_none() {
        let of = |value| {
            let mut headers = FieldTable::default();
            headers.insert(TRACEPARENT.into(), value);
            trace_of(&BasicProperties::default().with_headers(headers))
        };
        let text = |bytes: &[u8]| AMQPValue::LongString(bytes.into());
        assert_eq!(of(text(&[b'x'; 255])), Some("x".repeat(255)));
        assert_eq!(of(text(&[b'x'; 256])), None);
        assert_eq!(of(text(b"\xff\xfe")), None);
        assert_eq!(of(AMQPValue::Boolean(true)), None);
        assert_eq!(trace_of(&BasicProperties::default()), None);
    }
}
