//! The properties of messages (`service.md` section 5.2).

use std::time::SystemTime;

use jobs::message::MessageKind;
use jobs::{JobId, Trace};
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

/// The headers of the trace that a message belongs to.
const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// Properties with the trace that the message belongs to, if any.
pub(crate) fn traced(properties: BasicProperties, trace: Option<&Trace>) -> BasicProperties {
    let Some(trace) = trace else { return properties };
    let mut headers = properties.headers().clone().unwrap_or_default();
    headers.insert(TRACEPARENT.into(), AMQPValue::LongString(trace.parent().into()));
    if let Some(state) = trace.state() {
        headers.insert(TRACESTATE.into(), AMQPValue::LongString(state.into()));
    }
    properties.with_headers(headers)
}

/// The trace that a message belongs to, if its headers are those of one.
pub(crate) fn trace_of(properties: &BasicProperties) -> Option<Trace> {
    let headers = properties.headers().as_ref()?.inner();
    let text = |name: &str| match headers.get(name)? {
        AMQPValue::LongString(text) => std::str::from_utf8(text.as_bytes()).ok(),
        _ => None,
    };
    Trace::read(text(TRACEPARENT)?, text(TRACESTATE))
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
    fn a_trace_is_text_in_two_headers() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let text = |text: &str| AMQPValue::LongString(text.as_bytes().into());
        let of = |headers: [(&str, AMQPValue); 2]| {
            let mut table = FieldTable::default();
            for (name, value) in headers {
                table.insert(name.into(), value);
            }
            trace_of(&BasicProperties::default().with_headers(table))
        };
        let trace = Trace::read(parent, Some("a=b"));
        assert_eq!(of([(TRACEPARENT, text(parent)), (TRACESTATE, text("a=b"))]), trace);
        let written = traced(BasicProperties::default(), trace.as_ref());
        assert_eq!(trace_of(&written), trace);
        // What is no text is not there.
        let alone = Trace::read(parent, None);
        let strange = AMQPValue::LongString([0xff, 0xfe].as_slice().into());
        assert_eq!(of([(TRACEPARENT, text(parent)), (TRACESTATE, strange.clone())]), alone);
        assert_eq!(of([(TRACEPARENT, strange), (TRACESTATE, text("a=b"))]), None);
        assert_eq!(of([("x", text("y")), (TRACESTATE, AMQPValue::Boolean(true))]), None);
        assert_eq!(trace_of(&traced(BasicProperties::default(), alone.as_ref())), alone);
        assert_eq!(trace_of(&BasicProperties::default()), None);
    }
}
