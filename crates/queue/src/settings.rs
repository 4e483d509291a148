//! The broker, as the configuration has it (`amqp.*`).

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// Where the broker is, and how it is spoken to.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address: `amqps://user:password@host/vhost`. None means that there is no broker.
    #[serde(serialize_with = "masked")]
    pub url: Option<SecretString>,
    /// What stands before the names of all exchanges and queues.
    pub prefix: String,
    /// Seconds between two signs of life of a connection.
    pub heartbeat_seconds: u16,
    /// Seconds that a confirmation may take.
    pub confirm_seconds: u64,
    /// Messages that may wait for their confirmation at a time.
    pub confirm_window: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: None,
            prefix: "refmill".to_owned(),
            heartbeat_seconds: 20,
            confirm_seconds: 10,
            confirm_window: 64,
        }
    }
}

impl Settings {
    /// A broker at that address, with everything else as it usually is.
    #[must_use]
    pub fn at(url: &str, prefix: &str) -> Self {
        Self { url: Some(url.to_owned().into()), prefix: prefix.to_owned(), ..Self::default() }
    }

    pub(crate) fn address(&self) -> Option<&str> {
        self.url.as_ref().map(ExposeSecret::expose_secret)
    }
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn masked<S: Serializer>(url: &Option<SecretString>, out: S) -> Result<S::Ok, S::Error> {
    url.as_ref().map(|_| "***").serialize(out)
}
