//! The house: arrows point down only, and heavy crates stay in their rooms (`ARCHITECTURE.md`).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What each room may use of the others. A room that is not in this table may not be built.
const ARROWS: &[(&str, &[&str])] = &[
    ("refmill-model", &[]),
    ("refmill-runtime", &[]),
    ("refmill-pubmed", &["refmill-model"]),
    ("refmill-formats", &["refmill-model"]),
    ("refmill-convert", &["refmill-model", "refmill-pubmed", "refmill-formats"]),
    ("refmill-jobs", &["refmill-convert", "refmill-formats", "refmill-model"]),
    ("refmill-store", &["refmill-formats", "refmill-jobs"]),
    ("refmill-queue", &["refmill-jobs", "refmill-store"]),
    ("refmill-blobs", &[]),
    (
        "refmill-worker",
        &[
            "refmill-blobs",
            "refmill-convert",
            "refmill-formats",
            "refmill-jobs",
            "refmill-model",
            "refmill-queue",
        ],
    ),
    ("refmill-keeper", &["refmill-blobs", "refmill-jobs", "refmill-queue", "refmill-store"]),
    (
        "refmill-gateway",
        &[
            "refmill-blobs",
            "refmill-convert",
            "refmill-formats",
            "refmill-jobs",
            "refmill-model",
            "refmill-store",
        ],
    ),
    ("refmill-servers", &[]),
    (
        "refmill",
        &[
            "refmill-blobs",
            "refmill-convert",
            "refmill-formats",
            "refmill-gateway",
            "refmill-jobs",
            "refmill-keeper",
            "refmill-model",
            "refmill-pubmed",
            "refmill-queue",
            "refmill-runtime",
            "refmill-store",
            "refmill-worker",
        ],
    ),
    (
        "refmill-tests",
        &[
            "refmill-convert",
            "refmill-formats",
            "refmill-model",
            "refmill-pubmed",
            "refmill-runtime",
        ],
    ),
];

/// Which rooms may hold which crate; the same rows as in `deny.toml`.
const FENCES: &[(&str, &[&str])] = &[
    ("actix-web", &["refmill-gateway"]),
    ("anyhow", &["refmill"]),
    ("biblatex", &["refmill-formats", "refmill-tests"]),
    ("clap", &["refmill"]),
    ("encoding_rs_io", &["refmill-convert"]),
    ("flate2", &["refmill-convert", "refmill-tests"]),
    ("indicatif", &["refmill"]),
    ("lapin", &["refmill-queue"]),
    ("mimalloc", &["refmill"]),
    ("object_store", &["refmill-blobs"]),
    ("quick-xml", &["refmill-pubmed", "refmill-formats", "refmill-tests"]),
    ("sqlx", &["refmill-store"]),
];

#[test]
fn arrows_point_down_only() {
    for (room, uses) in dependencies() {
        let (_, allowed) = ARROWS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("`{room}` has no row in ARROWS"));
        for used in uses.iter().filter(|name| name.starts_with("refmill")) {
            assert!(allowed.contains(&used.as_str()), "`{room}` may not use `{used}`");
        }
    }
}

#[test]
fn heavy_crates_stay_in_their_rooms() {
    for (room, uses) in dependencies() {
        for (fenced, rooms) in FENCES {
            let inside = rooms.contains(&room.as_str());
            assert!(inside || !uses.contains(*fenced), "`{room}` may not use `{fenced}`");
        }
    }
}

#[test]
fn both_lists_of_fences_say_the_same() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml can be read");
    for (fenced, rooms) in FENCES {
        let line = deny
            .lines()
            .find(|line| line.contains(&format!("{{ crate = \"{fenced}\"")))
            .unwrap_or_else(|| panic!("`{fenced}` has no fence in deny.toml"));
        for room in *rooms {
            assert!(
                line.contains(&format!("\"{room}\"")),
                "deny.toml keeps `{fenced}` from `{room}`"
            );
        }
    }
}

/// The members of the workspace, and the names of all crates that each depends on by itself.
///
/// What only tests and benchmarks of a room use stays outside the house.
fn dependencies() -> Vec<(String, BTreeSet<String>)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let name = |value: &Value| value["name"].as_str().expect("packages have names").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    list(&metadata["packages"])
        .iter()
        .map(|package| {
            let dependencies = list(&package["dependencies"]);
            let inside = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
            (name(package), inside.map(name).collect())
        })
        .collect()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
