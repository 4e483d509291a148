//! Logs and metrics of a program.

use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::util::TryInitError;

/// The variable that says more than `log.level`, as in `info,queue=debug`.
const VARIABLE: &str = "REFMILL_LOG";

/// How often histograms are put in order, whether somebody reads them or not.
const UPKEEP: Duration = Duration::from_secs(5);

/// Upper ends of the buckets of histograms in seconds.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
    300.0, 1200.0,
];

/// `log.*` of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// What is logged: `error`, `warn`, `info`, `debug` or `trace`, also by room as in
    /// `info,queue=debug`. The variable `REFMILL_LOG` goes over it.
    pub level: String,
    /// How it is written: `pretty`, `json`, or `auto`: pretty on a terminal, otherwise JSON.
    pub format: LogFormat,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Pretty on a terminal, otherwise JSON.
    #[default]
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Auto }
    }
}

/// Logs or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The level is none.
    #[error("this is no level of logs")]
    Level(#[source] ParseError),
    /// Somebody else has set up logs.
    #[error("logs cannot be set up")]
    Logs(#[source] TryInitError),
    /// Somebody else has set up metrics.
    #[error("metrics cannot be set up")]
    Metrics(#[source] BuildError),
    /// No thread can be started.
    #[error("no thread can be started for metrics")]
    Thread(#[source] io::Error),
}

/// The metrics of the program.
#[derive(Clone, Debug)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// All metrics as Prometheus reads them.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }
}

/// Sets up logs on standard error and the recorder of metrics. Once a program.
///
/// # Errors
///
/// If the level is none, or somebody else has set up one of them.
pub fn start(settings: &LogSettings, version: &'static str) -> Result<Metrics, TelemetryError> {
    logs(settings)?;
    let handle = recorder()?.install_recorder().map_err(TelemetryError::Metrics)?;
    let upkeep = handle.clone();
    let tidy = move || {
        loop {
            thread::sleep(UPKEEP);
            upkeep.run_upkeep();
        }
    };
    let spawned = thread::Builder::new().name("metrics".to_owned()).spawn(tidy);
    spawned.map_err(TelemetryError::Thread)?;
    metrics::describe_gauge!("refmill_build_info", "Always 1; its label is the version");
    metrics::gauge!("refmill_build_info", "version" => version).set(1.0);
    Ok(Metrics(handle))
}

fn recorder() -> Result<PrometheusBuilder, TelemetryError> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, SECONDS);
    builder.map_err(TelemetryError::Metrics)
}

fn logs(settings: &LogSettings) -> Result<(), TelemetryError> {
    let level = std::env::var(VARIABLE).ok().filter(|level| !level.is_empty());
    let level = level.unwrap_or_else(|| settings.level.clone());
    let filter = EnvFilter::try_new(level).map_err(TelemetryError::Level)?;
    let is_terminal = io::stderr().is_terminal();
    let is_pretty = match settings.format {
        LogFormat::Auto => is_terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    use_logs(filter, is_pretty, is_terminal).map_err(TelemetryError::Logs)
}

fn use_logs(filter: EnvFilter, is_pretty: bool, is_terminal: bool) -> Result<(), TryInitError> {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;

    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    if is_pretty {
        registry.with(layer.with_ansi(is_terminal)).try_init()
    } else {
        registry.with(layer.json().flatten_event(true)).try_init()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_histograms_with_buckets() {
        let recorder = recorder().expect("a recorder").build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("refmill_job_seconds", "lane" => "bulk").record(0.2);
            metrics::counter!("refmill_jobs_total").increment(3);
        });
        let page = Metrics(handle).render();
        assert!(page.contains(r#"refmill_job_seconds_bucket{lane="bulk",le="0.25"} 1"#), "{page}");
        assert!(page.contains(r#"refmill_job_seconds_bucket{lane="bulk",le="0.1"} 0"#), "{page}");
        assert!(page.contains("refmill_jobs_total 3"), "{page}");
    }
}
