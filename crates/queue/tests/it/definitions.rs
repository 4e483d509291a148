//! What `deploy/rabbitmq/definitions.json` says is what the program declares.

use std::path::PathBuf;

use jobs::Lane;
use queue::topology::{Argument, EXCHANGES, LENGTHS, QUEUES, Rights, Routing, Topology};
use queue::{Broker, Queue, Rabbit, Settings, Settle};
use serde_json::{Map, Value, json};
use servers::RabbitMq;

use crate::support::{DEADLINE, job, next, within};

const PREFIX: &str = "refmill";

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/rabbitmq/definitions.json")
}

/// Everything that a broker of a service is told, but passwords.
fn definitions() -> Value {
    let topology = Topology::new(PREFIX);
    let roles = topology.roles();
    let user = |rights: &Rights| {
        json!({
            "name": rights.user,
            "password_hash": "",
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": rights.tags,
            "limits": {},
        })
    };
    let permission = |rights: &Rights| {
        json!({
            "user": rights.user,
            "vhost": "/",
            "configure": rights.configure,
            "write": rights.write,
            "read": rights.read,
        })
    };
    let exchange = |exchange: &queue::topology::Exchange| {
        json!({
            "name": topology.name(exchange.name),
            "vhost": "/",
            "type": match exchange.kind {
                Routing::Direct => "direct",
                Routing::Fanout => "fanout",
                Routing::Topic => "topic",
            },
            "durable": true,
            "auto_delete": false,
            "internal": false,
            "arguments": {},
        })
    };
    let queue = |queue: &queue::topology::Queue| {
        let arguments: Map<String, Value> = queue
            .arguments(&topology)
            .into_iter()
            .map(|(name, argument)| match argument {
                Argument::Text(text) => (name.to_owned(), text.into()),
                Argument::Number(number) => (name.to_owned(), number.into()),
            })
            .collect();
        json!({
            "name": topology.name(queue.name),
            "vhost": "/",
            "durable": true,
            "auto_delete": false,
            "arguments": arguments,
        })
    };
    let bindings = QUEUES.iter().flat_map(|queue| {
        let bind = |(exchange, key): &(&str, &str)| {
            json!({
                "source": topology.name(exchange),
                "vhost": "/",
                "destination": topology.name(queue.name),
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            })
        };
        queue.bindings.iter().map(bind).collect::<Vec<_>>()
    });
    let policy = |(name, queues, bytes): &(&str, &[&str], u64)| {
        let names: Vec<String> =
            queues.iter().map(|queue| topology.name(queue).replace('.', r"\.")).collect();
        json!({
            "name": format!("{PREFIX}-{name}"),
            "vhost": "/",
            "pattern": format!("^({})$", names.join("|")),
            "apply-to": "queues",
            "priority": 0,
            "definition": { "max-length-bytes": bytes },
        })
    };
    json!({
        "vhosts": [{ "name": "/" }],
        "users": roles.iter().map(user).collect::<Vec<_>>(),
        "permissions": roles.iter().map(permission).collect::<Vec<_>>(),
        "policies": LENGTHS.iter().map(policy).collect::<Vec<_>>(),
        "exchanges": EXCHANGES.iter().map(exchange).collect::<Vec<_>>(),
        "queues": QUEUES.iter().map(queue).collect::<Vec<_>>(),
        "bindings": bindings.collect::<Vec<_>>(),
    })
}

#[test]
fn definitions_are_those_of_the_topology() {
    let expected = format!("{:#}\n", definitions());
    if std::env::var_os("GOLDEN").is_some_and(|word| word == "rewrite") {
        std::fs::write(file(), &expected).expect("it can be written");
    }
    let found = std::fs::read_to_string(file()).expect("definitions");
    assert!(
        found == expected,
        "rewrite it: GOLDEN=rewrite cargo test -p refmill-queue definitions"
    );
}

/// A node that has imported them lets the roles in, and has nothing that would be declared anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_with_these_definitions_serves_the_roles() {
    let node = tokio::task::spawn_blocking(RabbitMq::start).await.expect("a node");
    let path = file().display().to_string();
    tokio::task::block_in_place(|| {
        node.ctl(&["import_definitions", &path]);
        for user in ["keeper", "worker"] {
            node.ctl(&["change_password", user, "word"]);
        }
    });
    let as_user = |user: &str| Settings {
        url: Some(node.url_for(user, "word", node.port()).into()),
        ..Settings::default()
    };
    assert_eq!(as_user("worker").prefix, PREFIX);
    // A worker may declare nothing: all is there before the keeper comes.
    let worker = Rabbit::open(&as_user("worker"), "worker").expect("settings");
    within(DEADLINE, worker.ready()).await.expect("everything is there");
    // Other arguments would be refused.
    let broker = Broker::open(&as_user("keeper"), "keeper").expect("settings");
    within(DEADLINE, broker.ready()).await.expect("everything is as it is declared");
    let mut jobs = worker.jobs(Lane::Bulk, 1);
    broker.publish(&job(Lane::Bulk), 0).await.expect("it is published");
    assert!(next(&mut jobs).await.settle.done().await);
    let policies = tokio::task::block_in_place(|| node.ctl(&["list_policies", "--silent"]));
    for (name, ..) in LENGTHS {
        assert!(policies.contains(&format!("{PREFIX}-{name}")), "{policies}");
    }
    worker.close().await;
    broker.close().await;
}
