//! The document of all messages says what the program does (`service.md` section 5.3).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jobs::message::{EVENT_TYPE, JOB_TYPE, MessageKind};
use jsonschema::Validator;
use queue::topology::{EXCHANGES, QUEUES, Routing, Topology};
use serde_json::{Map, Value};

/// The schema of the golden messages whose names begin so.
const SCHEMAS: [(&str, &str); 9] = [
    ("requested-", "JobRequested"),
    ("finished-", "JobFinished"),
    ("progress", "JobProgress"),
    ("cancel", "JobCancel"),
    ("reply-accepted", "ReplyAccepted"),
    ("reply-rejected", "ReplyRejected"),
    ("reply-succeeded", "ReplyFinished"),
    ("reply-failed", "ReplyFinished"),
    ("reply-cancelled", "ReplyFinished"),
];

/// The golden messages by name.
pub(crate) fn golden() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../jobs/messages");
    let mut golden: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            (name, fs::read_to_string(path).expect("a file"))
        })
        .collect();
    golden.sort();
    golden
}

fn document() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/asyncapi.yaml");
    let text = fs::read_to_string(path).expect("docs/asyncapi.yaml");
    serde_saphyr::from_str(&text).expect("it is YAML")
}

fn map(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("a map")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A schema of the document, which may refer to others of it.
fn validator(document: &Value, schema: &Value) -> Validator {
    let root = serde_json::json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::draft7::new(&root).expect("a schema")
}

fn named(document: &Value, schema: &str) -> Validator {
    let reference = format!("#/components/schemas/{schema}");
    validator(document, &serde_json::json!({ "$ref": reference }))
}

#[track_caller]
fn assert_valid(validator: &Validator, value: &Value, name: &str) {
    let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {errors:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value, seen: &mut usize) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    let pointer = reference.strip_prefix('#').expect("inside the document");
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                    *seen += 1;
                }
                map.values().for_each(|value| walk(document, value, seen));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(document, value, seen)),
            _ => {}
        }
    }
    let document = document();
    assert_eq!(document["asyncapi"], "3.0.0");
    let mut seen = 0;
    walk(&document, &document, &mut seen);
    assert!(seen > 50);
    let submit = &document["operations"]["submitJob"];
    assert_eq!(submit["action"], "receive");
    assert_eq!(submit["reply"]["address"]["location"], "$message.header#/replyTo");
    assert_eq!(document["channels"]["replies"]["address"], Value::Null);
    for operation in map(&document["operations"]).values() {
        assert!(matches!(text(&operation["action"]), "send" | "receive"));
        assert!(text(&operation["channel"]["$ref"]).starts_with("#/channels/"));
    }
}

#[test]
fn names_are_those_of_the_topology() {
    let document = document();
    let topology = Topology::new("refmill");
    let mut exchanges = BTreeMap::new();
    let mut keys = BTreeSet::new();
    let mut queues = BTreeSet::new();
    for (name, channel) in map(&document["channels"]) {
        let binding = &channel["bindings"]["amqp"];
        assert_eq!(binding["bindingVersion"], "0.3.0", "{name}");
        match text(&binding["is"]) {
            "routingKey" => {
                let exchange = &binding["exchange"];
                assert_eq!(exchange["durable"], true, "{name}");
                let exchange_name = text(&exchange["name"]).to_owned();
                exchanges.insert(exchange_name.clone(), text(&exchange["type"]).to_owned());
                let address = text(&channel["address"]);
                let lanes = &document["components"]["parameters"]["lane"]["enum"];
                if address == "{lane}" {
                    for lane in lanes.as_array().expect("lanes") {
                        keys.insert((exchange_name.clone(), text(lane).to_owned()));
                    }
                } else {
                    keys.insert((exchange_name, address.to_owned()));
                }
            }
            "queue" if name == "replies" => {}
            "queue" => {
                assert_eq!(binding["queue"]["name"], channel["address"], "{name}");
                assert_eq!(binding["queue"]["durable"], true, "{name}");
                queues.insert(text(&channel["address"]).to_owned());
            }
            other => panic!("{name} is {other}"),
        }
    }
    let kind = |routing| match routing {
        Routing::Direct => "direct",
        Routing::Fanout => "fanout",
        Routing::Topic => "topic",
    };
    let declared: BTreeMap<_, _> = EXCHANGES
        .iter()
        .map(|exchange| (topology.name(exchange.name), kind(exchange.kind).to_owned()))
        .collect();
    assert_eq!(exchanges, declared);
    let declared: BTreeSet<_> = QUEUES.iter().map(|queue| topology.name(queue.name)).collect();
    assert_eq!(queues, declared);
    // What is published with these keys finds a queue. Fanouts take any, topics have a pattern.
    for (exchange, key) in QUEUES.iter().flat_map(|queue| queue.bindings) {
        let exchange = topology.name(exchange);
        let is_told = match exchanges[&exchange].as_str() {
            "direct" => keys.contains(&(exchange.clone(), (*key).to_owned())),
            _ => keys.iter().any(|(told, _)| *told == exchange),
        };
        assert!(is_told, "{exchange} {key}");
    }
}

#[test]
fn messages_have_their_names_and_types() {
    let document = document();
    let mut names = BTreeSet::new();
    for (id, message) in map(&document["components"]["messages"]) {
        let name = text(&message["name"]);
        if matches!(id.as_str(), "submission" | "parked") {
            continue;
        }
        let kind: MessageKind = name.parse().expect("a type of messages");
        let content_type = if kind == MessageKind::JobRequested { JOB_TYPE } else { EVENT_TYPE };
        assert_eq!(message["contentType"], content_type, "{id}");
        names.insert(name.to_owned());
    }
    let all: BTreeSet<_> = MessageKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    assert_eq!(names, all);
}

#[test]
fn examples_are_what_their_schemas_say() {
    let document = document();
    for (id, message) in map(&document["components"]["messages"]) {
        let examples = message["examples"].as_array().expect("examples");
        assert!(!examples.is_empty(), "{id}");
        for example in examples {
            assert_valid(&validator(&document, &message["payload"]), &example["payload"], id);
            if let Some(headers) = example.get("headers") {
                assert_valid(&validator(&document, &message["headers"]), headers, id);
            }
        }
    }
}

#[test]
fn golden_messages_are_what_the_schemas_say() {
    let document = document();
    let mut used = BTreeSet::new();
    for (name, message) in golden() {
        let message: Value = serde_json::from_str(&message).expect("JSON");
        let (_, schema) = SCHEMAS
            .iter()
            .find(|(begin, _)| name.starts_with(begin))
            .unwrap_or_else(|| panic!("{name} has no schema"));
        let validator = named(&document, schema);
        assert_valid(&validator, &message, &name);
        used.insert(*schema);
        // A schema that takes everything says nothing.
        let required = &document["components"]["schemas"][schema]["required"];
        for field in required.as_array().expect("what is required") {
            let mut less = message.clone();
            less.as_object_mut().expect("a map").remove(text(field));
            assert!(!validator.is_valid(&less), "{name} without {field}");
            let mut wrong = message.clone();
            wrong[text(field)] = Value::from(-1.5);
            assert!(!validator.is_valid(&wrong), "{name} with another {field}");
        }
    }
    assert_eq!(used.len(), 7);
}
