//! The configuration of the service: the settings of every room under the names of `service.md`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jobs::Tries;
use jobs::message::JobLimits;
use runtime::LogSettings;
use serde::{Deserialize, Serialize};
use store::StoreOptions;

/// Everything that can be configured.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(super) data: Data,
    pub(super) http: gateway::Http,
    pub(super) limits: Limits,
    pub(super) auth: gateway::Auth,
    pub(super) convert: gateway::Convert,
    pub(super) webhooks: Webhooks,
    pub(super) outbox: gateway::Outbox,
    pub(super) blobs: blobs::Settings,
    pub(super) shutdown: gateway::Shutdown,
    pub(super) store: store::Settings,
    pub(super) retention: store::Retention,
    pub(super) jobs: Jobs,
    pub(super) amqp: queue::Settings,
    pub(super) intake: keeper::IntakeSettings,
    pub(super) keeper: keeper::KeeperSettings,
    pub(super) worker: worker::Settings,
    pub(super) metrics: MetricsListener,
    pub(super) log: LogSettings,
}

/// Where the whole service keeps its things.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Data {
    /// The folder of SQLite and of blobs in files. It belongs to one process.
    pub(super) folder: PathBuf,
}

/// Announcements of the ends of jobs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Webhooks {
    /// Whether callers without a key may ask for one.
    pub(super) enabled: bool,
    pub(super) secrets_file: Option<PathBuf>,
    pub(super) ports: Vec<u16>,
    pub(super) timeout_seconds: u64,
    pub(super) per_host: usize,
    pub(super) allow_insecure: bool,
}

/// How often jobs are tried.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Jobs {
    /// Failures after which a job fails for good.
    pub(super) max_failures: u32,
    /// Seconds after which a worker that says nothing is given up.
    pub(super) silent_seconds: u64,
}

/// Where metrics are read.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MetricsListener {
    /// Whether they can be read at all.
    pub(super) enabled: bool,
    /// The address. Port 0 takes a free one.
    pub(super) bind: SocketAddr,
}

/// What is too much, for every role.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    pub(super) sync_bytes: u64,
    pub(super) sync_decoded_bytes: u64,
    pub(super) sync_seconds: u64,
    pub(super) upload_bytes: u64,
    pub(super) inline_bytes: u64,
    /// Bytes of the unpacked input of a job.
    pub(super) decoded_bytes: u64,
    pub(super) ratio: u64,
    pub(super) output_ratio: u64,
    /// Seconds that a job may take.
    pub(super) job_seconds: u64,
    pub(super) event_bytes: usize,
    pub(super) record_bytes: usize,
    pub(super) depth: usize,
    pub(super) queued_per_owner: u64,
    pub(super) queued_total: u64,
    pub(super) rate_per_second: u32,
    pub(super) rate_burst: u32,
    pub(super) inflight_bytes: u64,
}

impl Default for Data {
    fn default() -> Self {
        Self { folder: PathBuf::from("refmill-data") }
    }
}

impl Default for Jobs {
    fn default() -> Self {
        Self { max_failures: Tries::default().max_failures, silent_seconds: 120 }
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        let keeper::WebhookSettings {
            secrets_file,
            ports,
            timeout_seconds,
            per_host,
            allow_insecure,
        } = keeper::WebhookSettings::default();
        Self { enabled: false, secrets_file, ports, timeout_seconds, per_host, allow_insecure }
    }
}

impl Default for MetricsListener {
    fn default() -> Self {
        Self { enabled: true, bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let (door, job) = (gateway::Limits::default(), JobLimits::default());
        Self {
            sync_bytes: door.sync_bytes,
            sync_decoded_bytes: door.sync_decoded_bytes,
            sync_seconds: door.sync_seconds,
            upload_bytes: door.upload_bytes,
            inline_bytes: door.inline_bytes,
            decoded_bytes: job.decoded_bytes,
            ratio: door.ratio,
            output_ratio: door.output_ratio,
            job_seconds: job.seconds,
            event_bytes: door.event_bytes,
            record_bytes: door.record_bytes,
            depth: door.depth,
            queued_per_owner: door.queued_per_owner,
            queued_total: door.queued_total,
            rate_per_second: door.rate_per_second,
            rate_burst: door.rate_burst,
            inflight_bytes: door.inflight_bytes,
        }
    }
}

impl Config {
    /// Whether there is a broker.
    pub(super) fn has_broker(&self) -> bool {
        self.amqp.url.is_some()
    }

    /// Whether jobs travel through the broker. Beside SQLite it is there for producers alone: a
    /// database of one process is no truth for many.
    pub(super) fn relays(&self) -> bool {
        self.has_broker() && self.store.url.is_some()
    }

    /// How long whatever goes on has for its end.
    pub(super) fn grace(&self) -> Duration {
        Duration::from_secs(self.shutdown.grace_seconds)
    }

    /// The settings of the door.
    pub(super) fn gateway(&self) -> gateway::Settings {
        let limits = &self.limits;
        gateway::Settings {
            http: self.http.clone(),
            limits: gateway::Limits {
                sync_bytes: limits.sync_bytes,
                sync_decoded_bytes: limits.sync_decoded_bytes,
                sync_seconds: limits.sync_seconds,
                upload_bytes: limits.upload_bytes,
                inline_bytes: limits.inline_bytes,
                ratio: limits.ratio,
                output_ratio: limits.output_ratio,
                event_bytes: limits.event_bytes,
                record_bytes: limits.record_bytes,
                depth: limits.depth,
                queued_per_owner: limits.queued_per_owner,
                queued_total: limits.queued_total,
                rate_per_second: limits.rate_per_second,
                rate_burst: limits.rate_burst,
                inflight_bytes: limits.inflight_bytes,
            },
            auth: self.auth.clone(),
            convert: self.convert.clone(),
            webhooks: gateway::Webhooks { enabled: self.webhooks.enabled },
            outbox: self.outbox.clone(),
            blobs: gateway::Space {
                min_free_bytes: self.blobs.min_free_bytes,
                redirect: self.blobs.redirect,
            },
            shutdown: self.shutdown.clone(),
        }
    }

    /// The settings of the worker.
    pub(super) fn worker(&self) -> worker::Settings {
        let limits = &self.limits;
        worker::Settings {
            inline_bytes: limits.inline_bytes,
            limits: convert::Limits {
                record: pubmed::Limits {
                    event_bytes: limits.event_bytes,
                    record_bytes: limits.record_bytes,
                    depth: limits.depth,
                },
                ..convert::Limits::default()
            },
            grace_seconds: self.shutdown.grace_seconds,
            ..self.worker.clone()
        }
    }

    /// The settings of the keeper.
    pub(super) fn keeper(&self) -> keeper::Settings {
        let webhooks = self.webhooks.clone();
        // Without keys everybody is one owner, who has no limit of his own.
        let has_owners = self.auth.mode == gateway::AuthMode::Keys;
        keeper::Settings {
            keeper: self.keeper.clone(),
            intake: self.intake.clone(),
            webhooks: keeper::WebhookSettings {
                secrets_file: webhooks.secrets_file,
                ports: webhooks.ports,
                timeout_seconds: webhooks.timeout_seconds,
                per_host: webhooks.per_host,
                allow_insecure: webhooks.allow_insecure,
            },
            keep: self.retention.keep(),
            public_url: self.http.public_url.clone(),
            prefix: self.amqp.prefix.clone(),
            relays: self.relays(),
            silent_seconds: self.jobs.silent_seconds,
            queued_per_owner: if has_owners { self.limits.queued_per_owner } else { 0 },
            queued_total: self.limits.queued_total,
            inline_bytes: self.limits.inline_bytes,
            min_free_bytes: self.blobs.min_free_bytes,
        }
    }

    /// What the store needs to know.
    pub(super) fn store(&self) -> StoreOptions {
        StoreOptions {
            settings: self.store.clone(),
            tries: Tries { max_failures: self.jobs.max_failures },
            limits: JobLimits {
                seconds: self.limits.job_seconds,
                decoded_bytes: self.limits.decoded_bytes,
                ratio: self.limits.ratio,
                output_ratio: self.limits.output_ratio,
            },
            keep: self.retention.keep(),
            relays: self.relays(),
            ..StoreOptions::embedded(&self.data.folder)
        }
    }

    /// Where blobs are.
    pub(super) fn blobs(&self) -> blobs::Settings {
        let mut settings = self.blobs.clone();
        if settings.folder == Path::new("") {
            settings.folder = self.data.folder.join("blobs");
        }
        settings
    }
}

#[cfg(test)]
mod tests;
