//! What dashboards and alerts show, against what is counted.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::{files, read, root, yaml};

/// All metrics (`service.md` section 9, and what rooms count besides).
const METRICS: &[&str] = &[
    "refmill_amqp_blocked",
    "refmill_amqp_connected",
    "refmill_amqp_publish_total",
    "refmill_amqp_queue_messages",
    "refmill_amqp_rebuilds_total",
    "refmill_blob_free_bytes",
    "refmill_build_info",
    "refmill_bytes_in_total",
    "refmill_bytes_out_total",
    "refmill_events_stale_total",
    "refmill_http_panics_total",
    "refmill_http_request_seconds",
    "refmill_http_requests_total",
    "refmill_intake_total",
    "refmill_job_queue_age_seconds",
    "refmill_job_seconds",
    "refmill_jobs_in_state",
    "refmill_jobs_poisoned_total",
    "refmill_jobs_republished_total",
    "refmill_jobs_total",
    "refmill_keys_unreadable_total",
    "refmill_outbox_oldest_seconds",
    "refmill_outbox_rows",
    "refmill_record_warnings_total",
    "refmill_records_total",
    "refmill_replies_lost_total",
    "refmill_webhooks_total",
    "refmill_worker_slots_busy",
];

/// Rooms that count something once they are built. As soon as all of them do, what dashboards and
/// alerts show must be counted somewhere.
const COUNTING: &[&str] =
    &["services/gateway", "services/keeper", "services/worker", "crates/queue"];

#[test]
fn dashboards_and_alerts_show_metrics_that_are_counted() {
    let shown = shown_metrics();
    let known: BTreeSet<_> = METRICS.iter().map(|&name| name.to_owned()).collect();
    let unknown: Vec<_> = shown.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no metrics");
    let counted = counted_in(&["crates", "services"]);
    let unlisted: Vec<_> = counted.difference(&known).collect();
    assert!(unlisted.is_empty(), "{unlisted:?} are counted, and METRICS does not have them");
    if COUNTING.iter().all(|room| !counted_in(&[room]).is_empty()) {
        let missing: Vec<_> = shown.difference(&counted).collect();
        assert!(missing.is_empty(), "{missing:?} are shown, and nobody counts them");
    } else {
        eprintln!("some rooms count nothing yet: what is shown is only looked up in METRICS");
    }
}

#[test]
fn each_alert_says_what_to_do() {
    let rules = yaml("deploy/prometheus/alerts.yml").remove(0);
    let runbook = read("docs/runbook.md");
    let alerts = rules["groups"][0]["rules"].as_vec().expect("rules");
    let mut names = BTreeSet::new();
    for alert in alerts {
        let name = alert["alert"].as_str().expect("a name");
        assert!(names.insert(name), "{name} is there twice");
        let expression = alert["expr"].as_str().expect("an expression");
        let (open, close) = (expression.matches('(').count(), expression.matches(')').count());
        assert_eq!(open, close, "{name}");
        let severity = alert["labels"]["severity"].as_str();
        assert!(matches!(severity, Some("page" | "ticket")), "{name}");
        assert!(alert["annotations"]["summary"].as_str().is_some(), "{name}");
        assert!(runbook.contains(&format!("\n## {name}\n")), "the runbook has no section {name}");
        let section = alert["annotations"]["runbook"].as_str().expect("a section");
        assert_eq!(section, format!("docs/runbook.md#{}", name.to_lowercase()), "{name}");
    }
    for line in runbook.lines().filter_map(|line| line.strip_prefix("## ")) {
        assert!(names.contains(line), "the runbook speaks of an alert {line} that there is not");
    }
}

/// Names of metrics in alerts and dashboards, without what Prometheus appends.
fn shown_metrics() -> BTreeSet<String> {
    let mut expressions = Vec::new();
    let rules = yaml("deploy/prometheus/alerts.yml").remove(0);
    for alert in rules["groups"][0]["rules"].as_vec().expect("rules") {
        expressions.push(alert["expr"].as_str().expect("an expression").to_owned());
    }
    let board: Value = serde_json::from_str(&read("deploy/grafana/refmill.json")).expect("JSON");
    for panel in board["panels"].as_array().expect("panels") {
        for target in panel["targets"].as_array().expect("targets") {
            expressions.push(target["expr"].as_str().expect("an expression").to_owned());
        }
    }
    let names = expressions.iter().flat_map(|expression| words(expression));
    names
        .map(|name| {
            let ends = ["_bucket", "_sum", "_count"];
            ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name).to_owned()
        })
        .collect()
}

/// Names of metrics in the sources of some rooms.
fn counted_in(rooms: &[&str]) -> BTreeSet<String> {
    let sources = rooms.iter().flat_map(|room| files(&root().join(room)));
    let sources = sources.filter(|path| {
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        is_source
            && !path
                .components()
                .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "target")))
    });
    let mut names = BTreeSet::new();
    for path in sources {
        let text = fs::read_to_string(&path).expect("a source");
        for macro_name in ["counter!(", "gauge!(", "histogram!("] {
            for after in text.split(macro_name).skip(1) {
                // The name is the first word of the call.
                if let Some(after) = after.trim_start().strip_prefix('"') {
                    names.extend(words(after.split('"').next().unwrap_or_default()));
                }
            }
        }
        // A name that is given to such a call as a constant.
        let constants = text.lines().filter(|line| line.contains("&str = \"refmill_"));
        names.extend(constants.flat_map(words));
    }
    names
}

fn words(text: &str) -> Vec<String> {
    let is_word = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    let words = text.split(|sign| !is_word(sign)).filter(|word| word.starts_with("refmill_"));
    words.map(str::to_owned).collect()
}
