//! What others ship: S22 of `service.md` section 11, as far as it can be told without a network.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;
use tests::{places, sbom};

/// Crates that are nowhere: C libraries for what Rust does as well, and a second XML parser.
const BANNED: &[&str] = &["aws-lc-rs", "aws-lc-sys", "libxml", "openssl-sys", "roxmltree"];

/// The one registry.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The packages of `Cargo.lock`: each field by name.
fn locked() -> Vec<BTreeMap<String, String>> {
    let lock = fs::read_to_string(places::root().join("Cargo.lock")).expect("Cargo.lock");
    let mut packages = Vec::new();
    for line in lock.lines() {
        if line == "[[package]]" {
            packages.push(BTreeMap::new());
        } else if let (Some(package), Some((name, value))) =
            (packages.last_mut(), line.split_once(" = \""))
        {
            let package: &mut BTreeMap<String, String> = package;
            package.insert(name.to_owned(), value.trim_end_matches('"').to_owned());
        }
    }
    packages
}

fn deny() -> String {
    fs::read_to_string(places::root().join("deny.toml")).expect("deny.toml")
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(places::root())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

#[test]
fn what_is_banned_is_not_locked_and_all_comes_from_one_registry() {
    let packages = locked();
    assert!(packages.len() > 400, "{}", packages.len());
    let deny = deny();
    for banned in BANNED {
        let row = format!("{{ crate = \"{banned}\" }}");
        assert!(deny.contains(&row), "deny.toml lets `{banned}` in");
    }
    for line in ["unknown-registry = \"deny\"", "unknown-git = \"deny\""] {
        assert!(deny.contains(line), "deny.toml: {line}");
    }
    for package in &packages {
        let name = package["name"].as_str();
        assert!(!BANNED.contains(&name), "`{name}` is in Cargo.lock");
        match package.get("source") {
            None => assert!(name.starts_with("refmill"), "`{name}` comes from nowhere"),
            Some(source) => {
                assert_eq!(source, REGISTRY, "{name}");
                assert_eq!(package["checksum"].len(), 64, "{name}");
            }
        }
    }
}

/// Builds take what is locked and nothing else.
#[test]
fn every_build_is_locked() {
    for file in ["Makefile", "deploy/Dockerfile"] {
        let text = fs::read_to_string(places::root().join(file)).expect("a file");
        let mut builds = 0;
        for line in text.lines().map(|line| line.replace("$(CARGO)", "cargo")) {
            let verbs = ["build", "test", "run", "clippy", "doc", "bench"];
            if verbs.iter().any(|verb| line.contains(&format!("cargo {verb} "))) {
                assert!(line.contains(" --locked"), "{file}: {line}");
                builds += 1;
            }
        }
        assert!(builds > 0, "{file} builds nothing");
    }
}

#[test]
fn the_bill_of_materials_names_every_package_with_checksum_and_licence() {
    let lock = fs::read_to_string(places::root().join("Cargo.lock")).expect("Cargo.lock");
    let bill = sbom::bill(&metadata(), &lock);
    assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
    let program = &bill["metadata"]["component"];
    assert_eq!((&program["name"], &program["type"]), (&"refmill".into(), &"application".into()));
    let components = bill["components"].as_array().expect("components");
    let all: Vec<&Value> = components.iter().chain([program]).collect();
    let mut by_name = BTreeMap::new();
    for component in &all {
        let of = |name: &str| component[name].as_str().expect("a text").to_owned();
        let twice = by_name.insert((of("name"), of("version")), *component);
        assert!(twice.is_none(), "twice: {component}");
        assert!(of("purl").starts_with(&format!("pkg:cargo/{}@", of("name"))), "{component}");
        assert_eq!(of("bom-ref"), of("purl"));
        let licence = component["licenses"][0]["expression"].as_str();
        let licence = licence.unwrap_or_else(|| panic!("no licence: {component}"));
        assert!(!licence.is_empty() && !licence.contains('/'), "{component}");
    }
    let packages = locked();
    assert_eq!(all.len(), packages.len());
    for package in &packages {
        let key = (package["name"].clone(), package["version"].clone());
        let component = by_name.get(&key).unwrap_or_else(|| panic!("{key:?} is not in the bill"));
        let hash = &component["hashes"][0];
        assert_eq!(
            hash["content"].as_str(),
            package.get("checksum").map(String::as_str),
            "{key:?}"
        );
        assert!(hash.is_null() || hash["alg"] == "SHA-256", "{hash}");
    }
    // What is in the program is told from what only tests use.
    let scope = |name: &str| {
        let found = components.iter().find(|component| component["name"] == name);
        found.unwrap_or_else(|| panic!("no `{name}`"))["scope"].clone()
    };
    for name in ["actix-web", "lapin", "sqlx", "ring", "refmill-gateway"] {
        assert_eq!(scope(name), "required", "{name}");
    }
    for name in ["criterion", "proptest", "refmill-tests", "refmill-servers"] {
        assert_eq!(scope(name), "excluded", "{name}");
    }
    // Whoever is named as a dependency is in the bill.
    let known: BTreeSet<&str> =
        all.iter().filter_map(|component| component["bom-ref"].as_str()).collect();
    let dependencies = bill["dependencies"].as_array().expect("dependencies");
    assert_eq!(dependencies.len(), all.len());
    for dependency in dependencies {
        let uses = dependency["dependsOn"].as_array().expect("a list");
        for name in uses.iter().chain([&dependency["ref"]]) {
            assert!(known.contains(name.as_str().expect("a text")), "{name}");
        }
    }
}

/// What is shipped may be shipped: `deny.toml` allows a licence of each.
#[test]
fn every_licence_of_what_is_shipped_is_allowed() {
    let deny = deny();
    let list = deny.split_once("allow = [").and_then(|(_, rest)| rest.split_once(']'));
    let (list, _) = list.expect("a list of licences");
    let allowed: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let lock = fs::read_to_string(places::root().join("Cargo.lock")).expect("Cargo.lock");
    let bill = sbom::bill(&metadata(), &lock);
    let components = bill["components"].as_array().expect("components");
    for component in components.iter().filter(|component| component["scope"] == "required") {
        let licence = component["licenses"][0]["expression"].as_str().expect("a licence");
        assert!(is_allowed(licence, &allowed), "{}: {licence}", component["name"]);
    }
    let none = BTreeSet::from(["MIT"]);
    for (licence, may) in [
        ("MIT", true),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND ISC", false),
        ("(Apache-2.0 OR MIT) AND MIT", true),
        ("(Apache-2.0 OR MIT) AND ISC", false),
        ("(Apache-2.0 OR ISC) AND MIT", false),
        ("Apache-2.0 WITH LLVM-exception OR MIT", true),
    ] {
        assert_eq!(is_allowed(licence, &none), may, "{licence}");
    }
}

/// Whether one of the ways in which an expression can be met is allowed. Brackets stand around
/// parts of an `AND` alone, as cargo has them.
fn is_allowed(licence: &str, allowed: &BTreeSet<&str>) -> bool {
    let parts: Vec<&str> = licence.split(" AND ").collect();
    parts.iter().all(|part| {
        let part = part.trim().trim_start_matches('(').trim_end_matches(')');
        part.split(" OR ").any(|name| allowed.contains(name.trim()))
    })
}
