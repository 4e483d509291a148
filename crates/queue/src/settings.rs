//! Settings of the broker.

use std::time::Duration;

use lapin::uri::AMQPUri;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::topology::DELIVERY_LIMIT;

/// `amqp.*` of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Address of the broker, `amqp://user:password@host:port/vhost` or `amqps://…`; none: there is
    /// no broker.
    #[serde(serialize_with = "masked")]
    pub url: Option<SecretString>,
    /// What the names of all exchanges and queues begin with.
    pub prefix: String,
    /// Seconds between two heartbeats; a network that is half open is noticed after twice the time.
    pub heartbeat_seconds: u16,
    /// Messages of one process that the broker has not confirmed yet.
    pub window: usize,
    /// Seconds in which the broker has to confirm a message.
    pub confirm_seconds: u64,
    /// Redeliveries after which the message of a job is a dead letter, and the job poison. Queues
    /// are declared with it, so that it cannot be changed once they are there.
    pub delivery_limit: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: None,
            prefix: "refmill".to_owned(),
            heartbeat_seconds: 20,
            window: 64,
            confirm_seconds: 10,
            delivery_limit: DELIVERY_LIMIT,
        }
    }
}

/// A setting that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSettings {
    /// There is no address.
    #[error("`amqp.url` is not set")]
    NoUrl,
    /// The address is none.
    #[error("`amqp.url` is not the address of a broker: amqp://user:password@host:port/vhost")]
    Url,
    /// Everybody knows the password of this user.
    #[error("`amqp.url` names the user `guest`, who is for the own machine alone")]
    Guest,
    /// Names begin with it, and rights are given by it.
    #[error("`amqp.prefix` is not 1 to 100 letters, digits, hyphens, underscores and points")]
    Prefix,
}

impl Settings {
    /// The address, with what it asks of a connection.
    pub(crate) fn uri(&self) -> Result<AMQPUri, InvalidSettings> {
        let url = self.url.as_ref().ok_or(InvalidSettings::NoUrl)?;
        let mut uri: AMQPUri = url.expose_secret().parse().map_err(|_| InvalidSettings::Url)?;
        let is_loopback = matches!(uri.authority.host.as_str(), "localhost" | "[::1]" | "::1")
            || uri.authority.host.parse().is_ok_and(|host: std::net::IpAddr| host.is_loopback());
        if uri.authority.userinfo.username == "guest" && !is_loopback {
            return Err(InvalidSettings::Guest);
        }
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=100).contains(&self.prefix.len()) || !self.prefix.bytes().all(is_word) {
            return Err(InvalidSettings::Prefix);
        }
        uri.query.heartbeat = Some(self.heartbeat_seconds);
        Ok(uri)
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.confirm_seconds)
    }
}

#[expect(clippy::ref_option, reason = "serde asks for a reference to the field")]
fn masked<S: Serializer>(secret: &Option<SecretString>, out: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(_) => out.serialize_some("***"),
        None => out.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(url: &str) -> Settings {
        Settings { url: Some(url.into()), ..Settings::default() }
    }

    #[test]
    fn guests_stay_on_the_machine() {
        for near in ["amqp://127.0.0.1", "amqp://guest:guest@localhost:1/%2f", "amqp://[::1]/v"] {
            assert!(with(near).uri().is_ok(), "{near}");
        }
        for far in ["amqp://broker.example", "amqps://guest:x@10.0.0.1/%2f"] {
            assert_eq!(with(far).uri(), Err(InvalidSettings::Guest), "{far}");
        }
        assert!(with("amqps://keeper:word@broker.example/%2f").uri().is_ok());
        assert_eq!(with("broker.example").uri(), Err(InvalidSettings::Url));
        assert_eq!(Settings::default().uri(), Err(InvalidSettings::NoUrl));
        let prefix = Settings { prefix: "a.*".to_owned(), ..with("amqp://localhost") };
        assert_eq!(prefix.uri(), Err(InvalidSettings::Prefix));
    }

    #[test]
    fn the_address_is_not_shown() {
        let settings = with("amqp://keeper:word@broker.example");
        assert!(!format!("{settings:?}").contains("word"));
        let shown = serde_json::to_value(&settings).expect("settings");
        assert_eq!(shown["url"], "***");
        assert_eq!(shown["prefix"], "refmill");
    }
}
