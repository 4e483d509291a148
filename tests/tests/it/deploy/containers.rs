//! The image, and containers that are started together.

use std::collections::BTreeSet;

use yaml_rust2::Yaml;

use super::{read, strings, yaml};

#[test]
fn the_image_runs_as_nobody_and_is_asked_for_its_health() {
    let file = read("deploy/Dockerfile");
    let instruction = |name: &str| {
        let mut lines = file.lines().filter(|line| line.starts_with(name));
        lines.next_back().unwrap_or_else(|| panic!("there is no {name}"))
    };
    assert_eq!(instruction("USER "), "USER 65532:65532");
    assert_eq!(instruction("ENTRYPOINT "), r#"ENTRYPOINT ["/usr/local/bin/refmill"]"#);
    assert!(file.contains(r#"CMD ["/usr/local/bin/refmill", "healthcheck"]"#));
    assert!(file.contains("--locked --profile dist"));
    for line in file.lines().filter_map(|line| line.strip_prefix("FROM ")) {
        let image = line.split(' ').next().expect("an image");
        assert_pinned(image);
    }
    let minor = read("Cargo.toml");
    let minor = minor.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("it");
    assert!(file.contains(&format!("FROM rust:{}.", minor.trim_matches('"'))));
}

#[test]
fn compose_has_one_container_or_many() {
    let all = yaml("deploy/compose.yaml").remove(0);
    let all = merged(&all);
    let services = all["services"].as_hash().expect("services");
    let in_profile = |profile: &str| {
        let inside =
            services.iter().filter(|(_, service)| strings(&service["profiles"]) == [profile]);
        inside.filter_map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>()
    };
    assert_eq!(in_profile("default"), ["refmill"].into());
    let scale = ["gateway", "keeper", "migrate", "postgres", "rabbitmq", "worker"];
    assert_eq!(in_profile("scale"), scale.into());
    assert_eq!(in_profile("s3"), ["bucket", "s3"].into());
    for (name, service) in services {
        let name = name.as_str().expect("a name");
        assert_pinned(service["image"].as_str().expect("an image"));
        let healthy = !service["healthcheck"]["test"].is_badvalue();
        assert!(healthy || matches!(name, "bucket" | "migrate"), "{name} has no health check");
        if service["build"].is_badvalue() {
            continue;
        }
        assert_eq!(service["read_only"].as_bool(), Some(true), "{name}");
        assert_eq!(strings(&service["cap_drop"]), ["ALL"], "{name}");
        // Anybody may convert, so nobody but this machine may knock.
        for port in strings(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port}");
        }
    }
    for name in ["gateway", "keeper", "worker"] {
        assert_eq!(services_of(&all, name)["deploy"]["replicas"].as_i64(), Some(2), "{name}");
    }
    let secrets = |name: &str| strings(&services_of(&all, name)["secrets"]);
    assert!(!secrets("worker").contains(&"store-url".to_owned()));
    assert!(!secrets("gateway").contains(&"amqp-url".to_owned()));
    let named = all["secrets"].as_hash().expect("secrets");
    let script = read("deploy/secrets.sh");
    for name in named.keys().filter_map(Yaml::as_str) {
        assert!(script.contains(&format!("write {name} ")), "secrets.sh does not make {name}");
    }
}

/// How many numbers an exact version of each image has: with fewer it is another one every month.
const NUMBERS: &[(&str, usize)] = &[
    ("chrislusf/seaweedfs", 2),
    ("debian", 2),
    ("postgres", 2),
    ("rabbitmq", 3),
    ("refmill", 3),
    ("rust", 3),
];

fn assert_pinned(image: &str) {
    let (name, tag) = image.split_once(':').unwrap_or_else(|| panic!("{image} has no version"));
    let row = NUMBERS.iter().find(|(known, _)| *known == name);
    let (_, count) = row.unwrap_or_else(|| panic!("{name} has no row in NUMBERS"));
    let version = tag.split('-').next().expect("a version");
    let numbers: Vec<&str> = version.split('.').collect();
    let is_exact =
        numbers.len() == *count && numbers.iter().all(|number| number.parse::<u32>().is_ok());
    assert!(is_exact, "{image} is not pinned to an exact version");
}

/// S22: no manifest names an image of others without its exact version.
#[test]
fn every_image_is_pinned_to_an_exact_version() {
    let mut seen = BTreeSet::new();
    for path in super::files(&super::root().join("deploy")) {
        for line in std::fs::read_to_string(&path).expect("text").lines() {
            let after =
                ["image: ", "FROM "].iter().find_map(|start| line.trim().strip_prefix(start));
            let Some(image) = after.and_then(|rest| rest.split(' ').next()) else { continue };
            // The overlays of Kubernetes say which refmill: `images` of the kustomization.
            if image != "refmill" {
                assert_pinned(image);
                seen.insert(image.split(':').next().unwrap_or_default().to_owned());
            }
        }
    }
    assert_eq!(seen.len(), NUMBERS.len(), "{seen:?}");
}

fn services_of<'a>(all: &'a Yaml, name: &str) -> &'a Yaml {
    &all["services"][name]
}

/// The same with every `<<` carried out.
fn merged(value: &Yaml) -> Yaml {
    match value {
        Yaml::Hash(hash) => {
            let merge = Yaml::String("<<".to_owned());
            let mut all = yaml_rust2::yaml::Hash::new();
            let above = match hash.get(&merge) {
                Some(Yaml::Array(several)) => several.clone(),
                Some(one) => vec![one.clone()],
                None => Vec::new(),
            };
            let above = above.iter().map(merged).collect::<Vec<_>>();
            for inherited in above.iter().rev().filter_map(Yaml::as_hash) {
                for (key, value) in inherited {
                    all.insert(key.clone(), value.clone());
                }
            }
            for (key, value) in hash.iter().filter(|(key, _)| **key != merge) {
                all.insert(key.clone(), merged(value));
            }
            Yaml::Hash(all)
        }
        Yaml::Array(items) => Yaml::Array(items.iter().map(merged).collect()),
        other => other.clone(),
    }
}
