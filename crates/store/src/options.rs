//! How a store is set up.

use std::path::PathBuf;
use std::time::Duration;

use jobs::Tries;
use jobs::message::JobLimits;
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

use crate::contract::Keep;

/// Which database keeps the jobs (section `store` of the configuration).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address of PostgreSQL, `postgres://user:password@host/database`; without it jobs are
    /// kept by SQLite in the data directory.
    #[serde(serialize_with = "masked")]
    pub url: Option<SecretString>,
    /// The most connections of a process to PostgreSQL, besides two for notifications and lead.
    pub connections: u32,
    /// Seconds after which it is given up to wait for a connection.
    pub acquire_seconds: u64,
    /// Seconds after which PostgreSQL gives a statement up, one at least. Whoever has heard
    /// nothing five seconds after this and `acquire_seconds` takes the network to it for broken.
    pub statement_seconds: u64,
}

/// How long things are kept (section `retention` of the configuration).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Seconds for inputs, after the end of their job.
    pub input_seconds: u64,
    /// Seconds for results, after the end of their job.
    pub results_seconds: u64,
    /// Seconds for rows, after the end of their job.
    pub rows_seconds: u64,
    /// Seconds for idempotency keys, after they were made.
    pub keys_seconds: u64,
    /// Seconds for uploads, after their last sign of life.
    pub uploads_seconds: u64,
}

/// Everything that a store needs to know.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Which database.
    pub settings: Settings,
    /// The data directory, for SQLite.
    pub folder: PathBuf,
    /// How often a job is tried.
    pub tries: Tries,
    /// What a job may cost, as its message says it.
    pub limits: JobLimits,
    /// How long things are kept.
    pub keep: Keep,
    /// Whether a relay publishes jobs to a broker. If not, no errands are written for jobs and
    /// cancellations, and this process claims jobs from the table.
    pub relays: bool,
    /// A name of this start of the process, different from that of any other start.
    pub boot: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { url: None, connections: 16, acquire_seconds: 10, statement_seconds: 30 }
    }
}

impl Default for Retention {
    fn default() -> Self {
        let keep = Keep::default();
        Self {
            input_seconds: keep.input.as_secs(),
            results_seconds: keep.results.as_secs(),
            rows_seconds: keep.rows.as_secs(),
            keys_seconds: keep.keys.as_secs(),
            uploads_seconds: keep.uploads.as_secs(),
        }
    }
}

impl Retention {
    /// The same as the store asks for it.
    #[must_use]
    pub fn keep(&self) -> Keep {
        Keep {
            input: Duration::from_secs(self.input_seconds),
            results: Duration::from_secs(self.results_seconds),
            rows: Duration::from_secs(self.rows_seconds),
            keys: Duration::from_secs(self.keys_seconds),
            uploads: Duration::from_secs(self.uploads_seconds),
        }
    }
}

impl Default for Keep {
    /// The times of `service.md` section 7.
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        Self {
            input: hours(1),
            results: hours(7 * 24),
            rows: hours(30 * 24),
            keys: hours(24),
            uploads: Duration::from_mins(10),
        }
    }
}

impl StoreOptions {
    /// A store of this process alone: SQLite in this folder, jobs claimed from its table.
    #[must_use]
    pub fn embedded(folder: impl Into<PathBuf>) -> Self {
        Self {
            settings: Settings::default(),
            folder: folder.into(),
            tries: Tries::default(),
            limits: JobLimits::default(),
            keep: Keep::default(),
            relays: false,
            boot: uuid::Uuid::now_v7().to_string(),
        }
    }

    /// PostgreSQL at this address, with a relay to a broker.
    #[must_use]
    pub fn postgres(url: impl Into<SecretString>) -> Self {
        let settings = Settings { url: Some(url.into()), ..Settings::default() };
        Self { settings, relays: true, ..Self::embedded(PathBuf::new()) }
    }
}

#[expect(clippy::ref_option, reason = "serde asks for a reference to the field")]
fn masked<S: Serializer>(url: &Option<SecretString>, out: S) -> Result<S::Ok, S::Error> {
    match url {
        Some(_) => out.serialize_some("***"),
        None => out.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_no_part_of_what_is_printed() {
        let options = StoreOptions::postgres("postgres://refmill:hush@db/refmill".to_owned());
        let json = serde_json::to_string(&options.settings).expect("JSON");
        assert!(json.contains(r#""url":"***""#), "{json}");
        assert!(!format!("{options:?}").contains("hush"));
    }
}
