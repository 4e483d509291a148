//! What `deploy/` holds: each manifest parses, says what it must, and speaks of keys and metrics
//! that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

mod containers;
mod kubernetes;
mod metrics;
mod systemd;

/// All keys that manifests set.
const KEYS: &[&str] = &[
    "amqp.url_file",
    "auth.keys_file",
    "auth.mode",
    "blobs.folder",
    "blobs.s3.access_key_id",
    "blobs.s3.allow_http",
    "blobs.s3.bucket",
    "blobs.s3.endpoint",
    "blobs.s3.secret_access_key_file",
    "blobs.store",
    "data.folder",
    "http.allow_anonymous",
    "http.bind",
    "metrics.bind",
    "shutdown.grace_seconds",
    "store.url_file",
    "worker.lanes",
];

#[test]
fn manifests_set_keys_that_there_are() {
    let mut set = BTreeSet::new();
    for path in files(&root().join("deploy")) {
        let text = fs::read_to_string(&path).expect("text");
        for after in text.split("REFMILL__").skip(1) {
            let key: String = after
                .chars()
                .take_while(|&sign| {
                    sign.is_ascii_uppercase() || sign == '_' || sign.is_ascii_digit()
                })
                .collect();
            set.insert(key.to_lowercase().replace("__", "."));
        }
    }
    assert_eq!(set, KEYS.iter().map(|&key| key.to_owned()).collect());
}

#[test]
fn every_manifest_parses() {
    let mut parsed = 0;
    for path in files(&root().join("deploy")) {
        let text = fs::read_to_string(&path).expect("text");
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("yaml" | "yml") => {
                assert!(!YamlLoader::load_from_str(&text).expect("YAML").is_empty());
                parsed += 1;
            }
            Some("json") => {
                serde_json::from_str::<Value>(&text).expect("JSON");
                parsed += 1;
            }
            _ => {}
        }
        for host in ["docker.io", "gcr.io", "ghcr.io", "quay.io"] {
            assert!(!text.contains(host), "{} names the registry {host}", path.display());
        }
    }
    assert!(parsed >= 13, "{parsed}");
}

fn strings(list: &Yaml) -> Vec<String> {
    let items = list.as_vec().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn yaml(path: &str) -> Vec<Yaml> {
    YamlLoader::load_from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files in a folder and below it; secrets of this machine are none of them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !path.ends_with("secrets") && !path.ends_with("target") {
                found.extend(files(&path));
            }
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
