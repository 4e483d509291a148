//! Manifests of Kubernetes.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

use super::{files, read, root, strings};

#[test]
fn pods_are_shut_in_and_end_after_the_grace() {
    let all = kubernetes();
    let workloads = all.iter().filter(|one| !one["spec"]["template"].is_badvalue());
    let mut names = BTreeSet::new();
    for workload in workloads {
        let name = workload["metadata"]["name"].as_str().expect("a name");
        names.insert(name);
        let pod = &workload["spec"]["template"]["spec"];
        assert_eq!(pod["securityContext"]["runAsNonRoot"].as_bool(), Some(true), "{name}");
        assert_eq!(pod["automountServiceAccountToken"].as_bool(), Some(false), "{name}");
        assert_eq!(pod["terminationGracePeriodSeconds"].as_i64(), Some(120), "{name}");
        let container = &pod["containers"][0];
        let context = &container["securityContext"];
        assert_eq!(context["readOnlyRootFilesystem"].as_bool(), Some(true), "{name}");
        assert_eq!(context["allowPrivilegeEscalation"].as_bool(), Some(false), "{name}");
        assert_eq!(strings(&context["capabilities"]["drop"]), ["ALL"], "{name}");
        assert!(!container["resources"]["limits"]["memory"].is_badvalue(), "{name}");
        let variables = container["env"].as_vec().expect("variables");
        let variables = variables.iter().filter_map(|one| one["name"].as_str());
        let variables: BTreeSet<_> = variables.collect();
        let has_store = variables.contains("REFMILL__STORE__URL_FILE");
        let has_broker = variables.contains("REFMILL__AMQP__URL_FILE");
        assert_eq!(has_store, !name.starts_with("worker"), "{name}");
        assert_eq!(has_broker, name != "gateway", "{name}");
    }
    let expected = ["gateway", "keeper", "migrate", "worker-bulk", "worker-interactive"];
    assert_eq!(names, expected.into());
    let grace = read("deploy/kubernetes/base/kustomization.yaml");
    assert!(grace.contains("REFMILL__SHUTDOWN__GRACE_SECONDS=90"));
}

#[test]
fn workers_are_scaled_by_the_jobs_that_wait_and_that_run() {
    let all = kubernetes();
    let scaled = all.iter().filter(|one| one["kind"].as_str() == Some("ScaledObject"));
    let mut queues = BTreeSet::new();
    for one in scaled {
        let trigger = &one["spec"]["triggers"][0];
        assert_eq!(trigger["type"].as_str(), Some("rabbitmq"));
        let metadata = &trigger["metadata"];
        assert_eq!(metadata["protocol"].as_str(), Some("http"));
        assert_eq!(metadata["mode"].as_str(), Some("QueueLength"));
        assert_eq!(metadata["excludeUnacknowledged"].as_str(), Some("false"));
        queues.insert(metadata["queueName"].as_str().expect("a queue").to_owned());
    }
    assert_eq!(
        queues,
        ["refmill.jobs.bulk.v1".to_owned(), "refmill.jobs.interactive.v1".to_owned()].into()
    );
}

#[test]
fn only_some_pods_reach_the_database() {
    let all = kubernetes();
    let policy = |name: &str| {
        let mut found = all.iter().filter(|one| one["kind"].as_str() == Some("NetworkPolicy"));
        found.find(|one| one["metadata"]["name"].as_str() == Some(name)).expect("a policy")
    };
    assert!(policy("closed")["spec"]["podSelector"]["matchLabels"].as_hash().is_some());
    let who =
        |name: &str| strings(&policy(name)["spec"]["podSelector"]["matchExpressions"][0]["values"]);
    assert_eq!(who("database-is-reached"), ["gateway", "keeper", "migrate"]);
    assert_eq!(
        who("broker-is-reached"),
        ["worker-interactive", "worker-bulk", "keeper", "migrate"]
    );
}

#[test]
fn kustomize_puts_each_overlay_together_where_it_is_there() {
    let is_there = Command::new("kubectl").args(["version", "--client"]).output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        eprintln!("kubectl is not there: overlays are parsed, and not put together");
        return;
    }
    for overlay in ["s3", "shared-folder"] {
        let folder = root().join("deploy/kubernetes/overlays").join(overlay);
        let made = Command::new("kubectl").arg("kustomize").arg(folder).output().expect("it runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let made = String::from_utf8(made.stdout).expect("text");
        let objects = YamlLoader::load_from_str(&made).expect("YAML");
        let pods = objects.iter().filter(|one| one["kind"].as_str() == Some("Deployment"));
        for pod in pods {
            let pod = &pod["spec"]["template"]["spec"]["containers"][0];
            assert_eq!(pod["image"].as_str(), Some("refmill:0.1.0"), "{overlay}");
        }
    }
}

fn kubernetes() -> Vec<Yaml> {
    let folder = root().join("deploy/kubernetes/base");
    let manifests = files(&folder).into_iter().filter(|path| !path.ends_with("kustomization.yaml"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(path).expect("text");
        YamlLoader::load_from_str(&text).expect("YAML")
    };
    manifests.flat_map(read).collect()
}
