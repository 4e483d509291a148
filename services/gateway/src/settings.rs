//! What can be configured at the door, with the values of `service.md` section 7.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::unfit::Unfit;

/// Everything that can be configured here. Durations are seconds, sizes are bytes.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `http.*`
    pub http: Http,
    /// `limits.*`
    pub limits: Limits,
    /// `auth.*`
    pub auth: Auth,
    /// `convert.*`
    pub convert: Convert,
    /// `webhooks.*`
    pub webhooks: Webhooks,
    /// `outbox.*`
    pub outbox: Outbox,
    /// `blobs.*`
    pub blobs: Space,
    /// `shutdown.*`
    pub shutdown: Shutdown,
}

/// The listener and its clients.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Where the door is. Port 0 takes a free one.
    pub bind: SocketAddr,
    /// The address under which others reach it: `https://refmill.example`.
    pub public_url: Option<String>,
    /// Whether anybody may call it from other machines without a key.
    pub allow_anonymous: bool,
    /// Origins of pages that may call it: `https://library.example`, or `*` for all.
    pub cors_origins: Vec<String>,
    /// Seconds in which the head of a request must have come.
    pub header_seconds: u64,
    /// Bytes a second that a body must have, once its grace is over.
    pub min_body_rate: u64,
    /// Seconds in which a body may be slow.
    pub body_grace_seconds: u64,
    /// Seconds for which a connection without a request is kept.
    pub keep_alive_seconds: u64,
    /// Connections at a time.
    pub max_connections: usize,
    /// Event streams at a time for one owner.
    pub max_streams: usize,
    /// Seconds for which an answer may wait for a change.
    pub max_wait_seconds: u64,
    /// Seconds between two signs of life in an event stream.
    pub ping_seconds: u64,
    /// Threads that serve connections; 0 for as many as there are cores.
    pub threads: usize,
}

/// What is too much.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of the body of a synchronous conversion.
    pub sync_bytes: u64,
    /// Bytes of its unpacked input.
    pub sync_decoded_bytes: u64,
    /// Seconds that it may take.
    pub sync_seconds: u64,
    /// Bytes of an upload.
    pub upload_bytes: u64,
    /// Bytes up to which an upload is kept in its row.
    pub inline_bytes: u64,
    /// Unpacked bytes over packed ones, once 10 MiB are unpacked.
    pub ratio: u64,
    /// Bytes of all outputs over those of the input, once 64 MiB are written.
    pub output_ratio: u64,
    /// Bytes of one XML event.
    pub event_bytes: usize,
    /// Bytes of one record.
    pub record_bytes: usize,
    /// Levels of nested elements.
    pub depth: usize,
    /// Queued jobs of one owner; off without keys.
    pub queued_per_owner: u64,
    /// Queued jobs in all.
    pub queued_total: u64,
    /// Requests a second of one key; off without keys.
    pub rate_per_second: u32,
    /// Requests of one key in a burst.
    pub rate_burst: u32,
    /// Bytes of all uploads that are in progress.
    pub inflight_bytes: u64,
}

/// Who may call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// Whether keys are asked for.
    pub mode: AuthMode,
    /// The file of the keys, one JSON object a line.
    pub keys_file: Option<PathBuf>,
    /// Seconds after which the file is looked at again.
    pub reread_seconds: u64,
}

/// Whether keys are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMode {
    /// Anybody who reaches the door may call.
    #[default]
    None,
    /// A key is needed.
    Keys,
}

/// The synchronous conversion.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Convert {
    /// Whether there is one.
    pub mode: ConvertMode,
    /// Conversions at a time.
    pub slots: usize,
}

/// Whether there is a synchronous conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ConvertMode {
    /// There is.
    #[default]
    On,
    /// There is none: no parser runs in this process.
    Off,
}

/// Webhooks, where there are no keys to say who may have them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhooks {
    /// Whether callers without a key may ask for one.
    pub enabled: bool,
}

/// Messages that wait for the broker.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbox {
    /// How many may wait.
    pub max_rows: u64,
}

/// Space for blobs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Space {
    /// Bytes that must be free for a new job.
    pub min_free_bytes: u64,
    /// Whether results are handed out by an address in the store, where the store signs addresses.
    pub redirect: bool,
}

/// The end.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shutdown {
    /// Seconds for what goes on.
    pub grace_seconds: u64,
}

impl Settings {
    /// Whether the settings go together, as far as they can be told without opening the door.
    ///
    /// # Errors
    ///
    /// [`Unfit::Inflight`]: a single upload that is permitted could never be taken.
    pub fn check(&self) -> Result<(), Unfit> {
        let limits = &self.limits;
        let of_sync = (self.convert.mode == ConvertMode::On).then_some(limits.sync_bytes);
        let uploads =
            [(Some(limits.upload_bytes), "limits.upload_bytes"), (of_sync, "limits.sync_bytes")];
        for (most, config_key) in uploads {
            if let Some(most) = most.filter(|most| *most > limits.inflight_bytes) {
                return Err(Unfit::Inflight { inflight: limits.inflight_bytes, most, config_key });
            }
        }
        Ok(())
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            allow_anonymous: false,
            cors_origins: Vec::new(),
            header_seconds: 5,
            min_body_rate: 1 << 10,
            body_grace_seconds: 30,
            keep_alive_seconds: 15,
            max_connections: 4096,
            max_streams: 64,
            max_wait_seconds: 30,
            ping_seconds: 15,
            threads: 0,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sync_bytes: 4 << 20,
            sync_decoded_bytes: 32 << 20,
            sync_seconds: 10,
            upload_bytes: 1 << 30,
            inline_bytes: 64 << 10,
            ratio: 200,
            output_ratio: 20,
            event_bytes: 8 << 20,
            record_bytes: 32 << 20,
            depth: 256,
            queued_per_owner: 10_000,
            queued_total: 1_000_000,
            rate_per_second: 50,
            rate_burst: 100,
            inflight_bytes: 2 << 30,
        }
    }
}

impl Default for Auth {
    fn default() -> Self {
        Self { mode: AuthMode::None, keys_file: None, reread_seconds: 5 }
    }
}

impl Default for Convert {
    fn default() -> Self {
        Self { mode: ConvertMode::On, slots: 16 }
    }
}

impl Default for Outbox {
    fn default() -> Self {
        Self { max_rows: 100_000 }
    }
}

impl Default for Space {
    fn default() -> Self {
        Self { min_free_bytes: 2 << 30, redirect: false }
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { grace_seconds: 30 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_that_is_permitted_can_be_taken() {
        let with = |inflight: u64, upload: u64, sync: u64, mode| {
            let mut settings = Settings::default();
            settings.limits.inflight_bytes = inflight;
            settings.limits.upload_bytes = upload;
            settings.limits.sync_bytes = sync;
            settings.convert.mode = mode;
            settings.check().map_err(|unfit| unfit.to_string())
        };
        let refusal = |key: &str| {
            Err(format!(
                "`limits.inflight_bytes` is 10, and one upload may have 11 bytes (`{key}`): it \
                 could never be taken"
            ))
        };
        assert!(Settings::default().check().is_ok());
        assert_eq!(with(10, 10, 10, ConvertMode::On), Ok(()));
        assert_eq!(with(10, 11, 10, ConvertMode::On), refusal("limits.upload_bytes"));
        assert_eq!(with(10, 10, 11, ConvertMode::On), refusal("limits.sync_bytes"));
        assert_eq!(with(10, 10, 11, ConvertMode::Off), Ok(()));
    }
}
