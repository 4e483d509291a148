//! Messages as they come and go at the edge: of strangers, or unreadable.

use std::collections::BTreeMap;

use jobs::message::MessageKind;
use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable, ShortString};

use crate::rabbit::properties::short;

/// The header that says why a message was parked.
const REASON: &str = "x-refmill-reason";
/// The most bytes of a reason.
const REASON_BYTES: usize = 1000;

/// A property being set.
type Put = fn(BasicProperties, ShortString) -> BasicProperties;

/// Something that was received, readable or not.
#[derive(Debug)]
pub struct Received<T, S> {
    /// What it says.
    pub content: Result<T, Unread>,
    /// How it is let go.
    pub settle: S,
}

/// A message that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Unread {
    /// The message as it came.
    pub message: RawMessage,
    /// Why it cannot be read.
    pub reason: String,
}

/// A message of a producer.
#[derive(Debug)]
pub struct Submitted<S> {
    /// The message as it came.
    pub message: RawMessage,
    /// Whether it may have been in other hands before.
    pub redelivered: bool,
    /// How it is let go.
    pub settle: S,
}

/// A message as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawMessage {
    /// `content_type`
    pub content_type: Option<String>,
    /// `content_encoding`
    pub content_encoding: Option<String>,
    /// `type`
    pub kind: Option<String>,
    /// `message_id`
    pub message_id: Option<String>,
    /// `correlation_id`
    pub correlation_id: Option<String>,
    /// `reply_to`
    pub reply_to: Option<String>,
    /// `user_id`
    pub user_id: Option<String>,
    /// Its headers.
    pub headers: BTreeMap<String, Header>,
    /// Its body.
    pub body: Vec<u8>,
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq)]
pub enum Header {
    /// A string.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Something else: a table, a list, a time, bytes that are not UTF-8.
    Other,
}

/// An answer to a producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The queue.
    pub to: String,
    /// What the producer calls it.
    pub correlation_id: Option<String>,
    /// The name under which a repetition is known.
    pub message_id: String,
    /// What it is.
    pub kind: MessageKind,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether it goes to a producer that waits on its own channel (direct reply-to): best effort,
    /// without `mandatory`.
    pub is_direct: bool,
}

impl RawMessage {
    pub(crate) fn of(delivery: Delivery) -> Self {
        let properties = &delivery.properties;
        let text = |text: &Option<ShortString>| text.as_ref().map(|text| text.as_str().to_owned());
        let headers = properties.headers().iter().flat_map(FieldTable::inner);
        Self {
            content_type: text(properties.content_type()),
            content_encoding: text(properties.content_encoding()),
            kind: text(properties.kind()),
            message_id: text(properties.message_id()),
            correlation_id: text(properties.correlation_id()),
            reply_to: text(properties.reply_to()),
            user_id: text(properties.user_id()),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), Header::of(value)))
                .collect(),
            body: delivery.data,
        }
    }

    /// The properties under which it is parked: its own, with the reason. Who has sent it is a
    /// header there, since the broker lets nobody speak as somebody else; what would make the
    /// broker act, or says what it did with the message before, is left out.
    pub(crate) fn parked(&self, reason: &str) -> BasicProperties {
        let mut headers = FieldTable::default();
        for (name, value) in &self.headers {
            let is_ours = matches!(name.as_str(), "CC" | "BCC") || name.starts_with("x-death");
            if let (false, Some(value)) = (is_ours, value.amqp()) {
                headers.insert(short(name), value);
            }
        }
        let mut put = |name: &str, text: &str| {
            headers.insert(name.into(), AMQPValue::LongString(text.into()));
        };
        let mut end = reason.len().min(REASON_BYTES);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        put(REASON, &reason[..end]);
        if let Some(user) = &self.user_id {
            put("x-refmill-user-id", user);
        }
        let mut properties = BasicProperties::default().with_delivery_mode(2).with_headers(headers);
        let texts: [(&Option<String>, Put); 6] = [
            (&self.content_type, BasicProperties::with_content_type),
            (&self.content_encoding, BasicProperties::with_content_encoding),
            (&self.kind, BasicProperties::with_type),
            (&self.message_id, BasicProperties::with_message_id),
            (&self.correlation_id, BasicProperties::with_correlation_id),
            (&self.reply_to, BasicProperties::with_reply_to),
        ];
        for (text, put) in texts {
            if let Some(text) = text {
                properties = put(properties, short(text));
            }
        }
        properties
    }
}

impl Header {
    fn of(value: &AMQPValue) -> Self {
        match value {
            AMQPValue::LongString(text) => std::str::from_utf8(text.as_bytes())
                .map_or(Self::Other, |text| Self::Text(text.to_owned())),
            AMQPValue::ShortString(text) => Self::Text(text.as_str().to_owned()),
            AMQPValue::Boolean(yes) => Self::Bool(*yes),
            AMQPValue::ShortShortInt(number) => Self::Integer((*number).into()),
            AMQPValue::ShortShortUInt(number) => Self::Integer((*number).into()),
            AMQPValue::ShortInt(number) => Self::Integer((*number).into()),
            AMQPValue::ShortUInt(number) => Self::Integer((*number).into()),
            AMQPValue::LongInt(number) => Self::Integer((*number).into()),
            AMQPValue::LongUInt(number) => Self::Integer((*number).into()),
            AMQPValue::LongLongInt(number) => Self::Integer(*number),
            AMQPValue::Float(_)
            | AMQPValue::Double(_)
            | AMQPValue::DecimalValue(_)
            | AMQPValue::FieldArray(_)
            | AMQPValue::Timestamp(_)
            | AMQPValue::FieldTable(_)
            | AMQPValue::ByteArray(_)
            | AMQPValue::Void => Self::Other,
        }
    }

    fn amqp(&self) -> Option<AMQPValue> {
        match self {
            Self::Text(text) => Some(AMQPValue::LongString(text.as_str().into())),
            Self::Bool(yes) => Some(AMQPValue::Boolean(*yes)),
            Self::Integer(number) => Some(AMQPValue::LongLongInt(*number)),
            Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header `CC` that is no list would even be an error for the broker, and its channel would end.
    #[test]
    fn what_a_broker_would_act_on_is_not_parked() {
        let text = || Header::Text("refmill.jobs.bulk.v1".to_owned());
        let long = "ä".repeat(1000);
        let names = ["CC", "BCC", "x-death", "x-death-count", "formats", &long];
        let message = RawMessage {
            message_id: Some(long.clone()),
            user_id: Some("lab-a".to_owned()),
            headers: names.map(|name| (name.to_owned(), text())).into(),
            ..RawMessage::default()
        };
        let properties = message.parked(&long);
        let headers = properties.headers().clone().expect("headers");
        let mut found: Vec<_> = headers.inner().keys().map(|name| name.as_str().len()).collect();
        found.sort_unstable();
        // `formats`, the reason, who has sent it, and the long one, cut where a letter ends.
        assert_eq!(found, [7, 16, 17, 254]);
        let Some(AMQPValue::LongString(reason)) = headers.inner().get(REASON) else {
            panic!("no reason");
        };
        assert_eq!(reason.as_bytes(), "ä".repeat(500).as_bytes());
        assert_eq!(properties.message_id().as_ref().map(|id| id.as_str().len()), Some(254));
        assert_eq!((properties.user_id(), properties.expiration()), (&None, &None));
    }
}
