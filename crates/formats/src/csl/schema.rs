//! The words of JSON Schema that the schema of CSL-JSON uses, and no others.
//!
//! A whole validator would take longer to build than everything else here together.

use serde_json::{Map, Value};

/// The schema, if the folder of given material stands beside the project.
pub(super) fn csl_data() -> Option<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/schemas/csl-data.json");
    let Ok(schema) = std::fs::read_to_string(path) else {
        println!("the schema of CSL-JSON is absent, nothing was checked");
        return None;
    };
    Some(serde_json::from_str(&schema).expect("the schema is JSON"))
}

/// What is wrong with a value, if anything is.
pub(super) fn check(root: &Value, value: &Value) -> Result<(), String> {
    valid(root, root.as_object().expect("a schema is an object"), value)
}

fn valid(root: &Value, schema: &Map<String, Value>, value: &Value) -> Result<(), String> {
    for (word, rule) in schema {
        let holds = match word.as_str() {
            "$schema" | "$id" | "title" | "description" | "examples" | "definitions" => Ok(()),
            "type" => options(rule).any(|name| is(name, value)).then_some(()).ok_or("type"),
            "enum" => options(rule).any(|one| one == value).then_some(()).ok_or("enum"),
            "minItems" => {
                (length(value) >= rule.as_u64().expect("a number")).then_some(()).ok_or("minItems")
            }
            "maxItems" => {
                (length(value) <= rule.as_u64().expect("a number")).then_some(()).ok_or("maxItems")
            }
            "required" => options(rule)
                .all(|key| value.get(key.as_str().expect("a key")).is_some())
                .then_some(())
                .ok_or("required"),
            "additionalProperties" => {
                assert_eq!(rule, &Value::Bool(false), "only `false` is known here");
                let known = schema["properties"].as_object().expect("properties");
                keys(value).all(|key| known.contains_key(key)).then_some(()).ok_or(word.as_str())
            }
            "properties" => {
                for (key, rule) in rule.as_object().expect("properties") {
                    if let Some(value) = value.get(key) {
                        valid(root, rule.as_object().expect("a schema"), value)
                            .map_err(|fault| format!("{key}: {fault}"))?;
                    }
                }
                Ok(())
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    valid(root, rule.as_object().expect("a schema"), item)?;
                }
                Ok(())
            }
            "$ref" => {
                let path = rule.as_str().and_then(|path| path.strip_prefix('#'));
                let target = root.pointer(path.expect("a path in the schema"));
                valid(root, target.and_then(Value::as_object).expect("a schema"), value)?;
                Ok(())
            }
            "anyOf" => options(rule)
                .any(|one| valid(root, one.as_object().expect("a schema"), value).is_ok())
                .then_some(())
                .ok_or("anyOf"),
            other => panic!("the schema uses `{other}`, which is not known here"),
        };
        holds.map_err(|word| format!("`{word}` fails for {value}"))?;
    }
    Ok(())
}

/// A value, or each of a list of them.
fn options(rule: &Value) -> impl Iterator<Item = &Value> {
    rule.as_array().map_or(std::slice::from_ref(rule), Vec::as_slice).iter()
}

fn is(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("the name of a type") {
        "array" => value.is_array(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("the schema uses the type `{other}`, which is not known here"),
    }
}

fn length(value: &Value) -> u64 {
    value.as_array().map_or(0, |items| items.len() as u64)
}

fn keys(value: &Value) -> impl Iterator<Item = &String> {
    value.as_object().into_iter().flat_map(Map::keys)
}
