//! The examples of `docs/http.md`, run by a shell with curl.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

use crate::server::{RECORD, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_the_documentation_works() {
    let has_curl = Command::new("curl").arg("--version").output().await.is_ok();
    if !has_curl {
        eprintln!("SKIPPED: there is no curl to run the examples of docs/http.md");
        return;
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/http.md");
    let page = std::fs::read_to_string(page).expect("docs/http.md");
    let examples: Vec<&str> =
        page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 8, "{} examples", examples.len());
    let server = Server::start().await;
    let script = examples.join("\n").replace("127.0.0.1:8080", &server.address.to_string());
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("records.xml"), RECORD).expect("written");
    let run = Command::new("bash")
        .args(["-e", "-u", "-o", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .kill_on_drop(true)
        .output();
    let output = tokio::select! {
        output = run => output.expect("a shell"),
        () = work(&server) => unreachable!("work never ends"),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    let result = folder.path().join("pubmed26n0001.ris");
    assert_eq!(std::fs::read(result).expect("a download"), b"TY  - JOUR\r\nER  - \r\n".repeat(20));
    assert!(text.contains("\"state\":\"cancelled\"") && text.contains("event: end"), "{text}");
}

/// Does what a worker would do, but for jobs that are to be cancelled.
async fn work(server: &Server) {
    loop {
        let list = server.get("/v1/jobs?state=queued").await.json();
        for job in list["jobs"].as_array().expect("jobs") {
            if job["input"]["filename"] != "cancelled" {
                let id = job["id"].as_str().expect("an id").parse().expect("an id");
                server.succeed(id, &b"TY  - JOUR\r\nER  - \r\n".repeat(20)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
