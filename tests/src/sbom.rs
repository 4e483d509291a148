//! The bill of materials of the program: `CycloneDX` 1.5, made of what cargo knows.
//!
//! Every package of `Cargo.lock` is in it, those that only tests use with the scope `excluded`.
//! Neither a time nor a random number stands in it: the same lock gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// The package that is shipped.
const PROGRAM: &str = "refmill";

/// The bill, of the output of `cargo metadata --format-version 1` and of `Cargo.lock`.
///
/// # Panics
///
/// If cargo has not written them, or they do not belong together.
#[must_use]
pub fn bill(metadata: &Value, lock: &str) -> Value {
    let packages = list(&metadata["packages"]);
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let references: BTreeMap<&str, String> =
        packages.iter().map(|package| (text(&package["id"]), reference(package))).collect();
    let program = packages.iter().find(|package| package["name"] == PROGRAM).expect("the program");
    let shipped = shipped(text(&program["id"]), &nodes);
    let checksums = checksums(lock);

    let others = packages.iter().filter(|package| package["id"] != program["id"]);
    let mut components: Vec<Value> = others
        .map(|package| {
            let is_shipped = shipped.contains(text(&package["id"]));
            let key = (text(&package["name"]), text(&package["version"]));
            component(package, "library", is_shipped, checksums.get(&key).copied())
        })
        .collect();
    components.sort_by_key(|component| text(&component["bom-ref"]).to_owned());
    let mut dependencies: Vec<Value> = nodes
        .iter()
        .map(|(id, node)| {
            let uses: BTreeSet<&String> =
                used(node, false).into_iter().map(|id| &references[id]).collect();
            json!({"ref": references[id], "dependsOn": uses})
        })
        .collect();
    dependencies.sort_by_key(|dependency| text(&dependency["ref"]).to_owned());
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(program, "application", true, None)},
        "components": components,
        "dependencies": dependencies,
    })
}

fn component(package: &Value, kind: &str, is_shipped: bool, checksum: Option<&str>) -> Value {
    let mut component = Map::new();
    let mut put = |name: &str, value: Value| component.insert(name.to_owned(), value);
    put("type", kind.into());
    put("bom-ref", reference(package).into());
    put("name", package["name"].clone());
    put("version", package["version"].clone());
    put("purl", reference(package).into());
    put("scope", if is_shipped { "required" } else { "excluded" }.into());
    if let Some(checksum) = checksum {
        put("hashes", json!([{"alg": "SHA-256", "content": checksum}]));
    }
    if let Some(licence) = package["license"].as_str() {
        put("licenses", json!([{"expression": expression(licence)}]));
    }
    if let Some(repository) = package["repository"].as_str() {
        put("externalReferences", json!([{"type": "vcs", "url": repository}]));
    }
    Value::Object(component)
}

/// The address of a package, as package-url has it.
fn reference(package: &Value) -> String {
    // A version may have a plus sign, which stands for a blank elsewhere.
    let version = text(&package["version"]).replace('+', "%2B");
    format!("pkg:cargo/{}@{version}", text(&package["name"]))
}

/// A licence as SPDX has it: the slash is how crates once wrote `OR`.
#[must_use]
pub fn expression(licence: &str) -> String {
    licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}

/// The packages that are in the program, or make it.
fn shipped<'a>(program: &'a str, nodes: &BTreeMap<&'a str, &'a Value>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![program];
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(used(nodes[id], true));
        }
    }
    found
}

/// The packages that one uses, with or without its own tests.
fn used(node: &Value, without_tests: bool) -> Vec<&str> {
    let counts = |used: &&Value| {
        list(&used["dep_kinds"]).iter().any(|kind| !without_tests || kind["kind"] != "dev")
    };
    list(&node["deps"]).iter().filter(counts).map(|used| text(&used["pkg"])).collect()
}

/// The checksums of `Cargo.lock`, by name and version.
fn checksums(lock: &str) -> BTreeMap<(&str, &str), &str> {
    let field = |block: &'_ str, name: &str| -> Option<(usize, usize)> {
        let start = block.find(&format!("\n{name} = \""))? + name.len() + 5;
        Some((start, start + block[start..].find('"')?))
    };
    lock.split("\n[[package]]")
        .filter_map(|block| {
            let of = |name: &str| field(block, name).map(|(start, end)| &block[start..end]);
            Some(((of("name")?, of("version")?), of("checksum")?))
        })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("cargo writes a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("cargo writes a text")
}
