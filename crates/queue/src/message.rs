//! Messages as they are on the broker, without lapin's types.

use std::collections::BTreeMap;

use jobs::message::MessageKind;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};

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

impl RawMessage {
    /// What a delivery holds.
    pub(crate) fn of(properties: &BasicProperties, body: Vec<u8>) -> Self {
        let text =
            |value: &Option<ShortString>| value.as_ref().map(|text| text.as_str().to_owned());
        let headers = properties.headers().iter().flatten();
        Self {
            content_type: text(properties.content_type()),
            content_encoding: text(properties.content_encoding()),
            kind: text(properties.kind()),
            message_id: text(properties.message_id()),
            correlation_id: text(properties.correlation_id()),
            reply_to: text(properties.reply_to()),
            user_id: text(properties.user_id()),
            headers: headers.map(|(name, value)| (name.to_string(), Header::of(value))).collect(),
            body,
        }
    }

    /// The properties under which it is put aside. Where it has been is not told again, and it
    /// never claims to be of its user: only the user may.
    pub(crate) fn parked(&self, reason: &str) -> BasicProperties {
        let mut headers = FieldTable::default();
        for (name, value) in &self.headers {
            let value = match value {
                Header::Text(text) => AMQPValue::LongString(LongString::from(text.as_str())),
                Header::Bool(value) => AMQPValue::Boolean(*value),
                Header::Integer(number) => AMQPValue::LongLongInt(*number),
                Header::Other => continue,
            };
            if !name.starts_with("x-") {
                insert(&mut headers, name, value);
            }
        }
        let told = |name: &str, text: &str| {
            (name.to_owned(), AMQPValue::LongString(LongString::from(text)))
        };
        for (name, value) in [
            Some(told("x-refmill-reason", reason)),
            self.user_id.as_ref().map(|user| told("x-refmill-user", user)),
        ]
        .into_iter()
        .flatten()
        {
            insert(&mut headers, &name, value);
        }
        let mut properties = BasicProperties::default().with_headers(headers).with_delivery_mode(2);
        if let Some(value) = short(self.content_type.as_deref()) {
            properties = properties.with_content_type(value);
        }
        if let Some(value) = short(self.content_encoding.as_deref()) {
            properties = properties.with_content_encoding(value);
        }
        if let Some(value) = short(self.kind.as_deref()) {
            properties = properties.with_type(value);
        }
        if let Some(value) = short(self.message_id.as_deref()) {
            properties = properties.with_message_id(value);
        }
        if let Some(value) = short(self.correlation_id.as_deref()) {
            properties = properties.with_correlation_id(value);
        }
        properties
    }
}

impl Header {
    fn of(value: &AMQPValue) -> Self {
        match value {
            AMQPValue::Boolean(value) => Self::Bool(*value),
            AMQPValue::ShortShortInt(number) => Self::Integer(i64::from(*number)),
            AMQPValue::ShortShortUInt(number) => Self::Integer(i64::from(*number)),
            AMQPValue::ShortInt(number) => Self::Integer(i64::from(*number)),
            AMQPValue::ShortUInt(number) => Self::Integer(i64::from(*number)),
            AMQPValue::LongInt(number) => Self::Integer(i64::from(*number)),
            AMQPValue::LongUInt(number) => Self::Integer(i64::from(*number)),
            AMQPValue::LongLongInt(number) => Self::Integer(*number),
            AMQPValue::ShortString(text) => Self::Text(text.as_str().to_owned()),
            AMQPValue::LongString(bytes) => {
                let text = std::str::from_utf8(bytes.as_bytes());
                text.map_or(Self::Other, |text| Self::Text(text.to_owned()))
            }
            _ => Self::Other,
        }
    }
}

/// A short string; what is too long for one is nothing.
pub(crate) fn short(text: Option<&str>) -> Option<ShortString> {
    text.and_then(|text| ShortString::try_new(text).ok())
}

fn insert(table: &mut FieldTable, name: &str, value: AMQPValue) {
    if let Some(name) = short(Some(name)) {
        table.insert(name, value);
    }
}

/// The properties of a message of ours.
pub(crate) fn properties(kind: MessageKind, content_type: &str) -> BasicProperties {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    BasicProperties::default()
        .with_content_type(content_type.into())
        .with_type(kind.as_str().into())
        .with_app_id(concat!("refmill/", env!("CARGO_PKG_VERSION")).into())
        .with_timestamp(now.map_or(0, |since| since.as_secs()))
}
