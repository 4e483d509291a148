//! What can be configured here, with the values of `service.md` section 7.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use store::Keep;

/// Everything that the keeper needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `keeper.*`
    pub keeper: KeeperSettings,
    /// `intake.*`
    pub intake: IntakeSettings,
    /// `webhooks.*`, as far as they are sent.
    pub webhooks: WebhookSettings,
    /// `retention.*`, as the store asks for it.
    pub keep: Keep,
    /// `http.public_url`: what stands before the paths of links.
    pub public_url: Option<String>,
    /// `amqp.prefix`: what the names of all our queues begin with.
    pub prefix: String,
    /// Whether jobs travel through the broker. If not, the job table is the queue, and a broker is
    /// there for the intake and its replies alone.
    pub relays: bool,
    /// `jobs.silent_seconds`: seconds after which a worker that says nothing is given up.
    pub silent_seconds: u64,
    /// `limits.queued_per_owner`: queued jobs of one owner; 0 for no limit.
    pub queued_per_owner: u64,
    /// `limits.queued_total`: queued jobs in all.
    pub queued_total: u64,
    /// `limits.inline_bytes`: bytes up to which an input is kept in its row.
    pub inline_bytes: u64,
    /// `blobs.min_free_bytes`: free bytes of the disk below which the intake pauses.
    pub min_free_bytes: u64,
}

/// How often the keeper looks around.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeeperSettings {
    /// Seconds between two looks for lost messages and silent workers.
    pub reconcile_seconds: u64,
    /// Seconds for which a job must be due before its message can be missed.
    pub lost_after_seconds: u64,
    /// Seconds between two sweeps of what has outlived its time.
    pub sweep_seconds: u64,
    /// Seconds between two sweeps of blobs that no row speaks of.
    pub orphan_seconds: u64,
    /// Seconds between two readings of what the metrics show.
    pub measure_seconds: u64,
    /// Messages at a time that the broker has not confirmed.
    pub window: usize,
    /// Seconds between two tries of a reply that no queue takes.
    pub reply_retry_seconds: u64,
    /// Seconds at the end for what goes on.
    pub grace_seconds: u64,
}

/// Jobs that come as messages.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntakeSettings {
    /// Whether messages of producers are taken.
    pub enabled: bool,
    /// The most bytes that the body of a message may have.
    pub max_bytes: u64,
    /// Whether a message must say whose it is: set it where producers must not see each other.
    pub require_user_id: bool,
    /// Further queues that replies may go to: an expression for the whole name.
    pub reply_allow: Option<String>,
    /// Bytes of all results together up to which a reply holds them.
    pub reply_inline_bytes: u64,
}

/// How webhooks are sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// The file of the secrets, one owner a line; without it no webhook is sent.
    pub secrets_file: Option<PathBuf>,
    /// Ports that may be called.
    pub ports: Vec<u16>,
    /// Seconds that a delivery may take.
    pub timeout_seconds: u64,
    /// Deliveries at a time to one host.
    pub per_host: usize,
    /// Takes `http`, every port and addresses of this machine: for tests.
    pub allow_insecure: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        Self {
            keeper: KeeperSettings::default(),
            intake: IntakeSettings::default(),
            webhooks: WebhookSettings::default(),
            keep: Keep {
                input: hours(1),
                results: hours(7 * 24),
                rows: hours(30 * 24),
                keys: hours(24),
                uploads: Duration::from_mins(10),
            },
            public_url: None,
            prefix: "refmill".to_owned(),
            relays: true,
            silent_seconds: 120,
            queued_per_owner: 0,
            queued_total: 1_000_000,
            inline_bytes: 64 << 10,
            min_free_bytes: 2 << 30,
        }
    }
}

impl Default for KeeperSettings {
    fn default() -> Self {
        Self {
            reconcile_seconds: 30,
            lost_after_seconds: 30,
            sweep_seconds: 60,
            orphan_seconds: 6 * 3600,
            measure_seconds: 15,
            window: 64,
            reply_retry_seconds: 60,
            grace_seconds: 20,
        }
    }
}

impl Default for IntakeSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            max_bytes: 16 << 20,
            require_user_id: false,
            reply_allow: None,
            reply_inline_bytes: 64 << 10,
        }
    }
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            secrets_file: None,
            ports: vec![443, 8443],
            timeout_seconds: 15,
            per_host: 8,
            allow_insecure: false,
        }
    }
}
