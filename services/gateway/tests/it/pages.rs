//! Pages, health, the description, and methods that a path does not take.

use crate::server::Server;
use servers::http::{Request, exchange};

/// What a page may do, in the words of `service.md` section 6.8.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_router_takes_what_is_described_and_nothing_else() {
    let server = Server::start().await;
    let description = server.get("/openapi.json").await.json();
    let paths = description["paths"].as_object().expect("paths");
    assert!(paths.len() >= 13, "{paths:?}");
    for (template, item) in paths {
        let path = template.replace("{id}", "7").replace("{format}", "ris").replace("{name}", "x");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = exchange(server.address, &Request::new(method, &path).bytes()).await;
            let is_described = item.get(method.to_lowercase()).is_some();
            assert_eq!(answer.status != 405, is_described, "{method} {template}: {answer:?}");
            if !is_described {
                assert_eq!(answer.problem(), "method-not-allowed");
                let allowed = answer.header("allow").expect("methods");
                let methods = item.as_object().expect("methods").keys();
                for method in methods {
                    assert!(allowed.contains(&method.to_uppercase()), "{template}: {allowed}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_and_what_they_load_are_here() {
    let server = Server::start().await;
    for page in ["/", "/docs"] {
        let answer = server.get(page).await;
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        let text = answer.text();
        let files = text.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
        for file in files {
            let file = server.get(&format!("/assets/{file}")).await;
            assert_eq!(file.status, 200);
            let tag = file.header("etag").expect("a tag");
            assert!(file.header("content-type").is_some() && tag.len() > 60);
            let script = file.text();
            for module in
                script.split(" from \"./").skip(1).filter_map(|rest| rest.split('"').next())
            {
                let path = format!("\"/assets/{module}\"");
                assert!(text.contains(&path), "{module} is asked for only when a script wants it");
            }
        }
        assert_eq!(answer.header("content-security-policy"), Some(POLICY));
        assert!(!text.contains("http://") && !text.contains("https://"), "no other host");
        let tag = answer.header("etag").expect("a tag");
        let again = Request::new("GET", page).header("If-None-Match", tag);
        let again = server.send(again).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
    assert_eq!(server.get("/assets/..%2f..%2fCargo.toml").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_is_made_of_the_table_of_settings() {
    let server = Server::start().await;
    let tables = server.get("/assets/tables.json").await.json();
    let names = |table: &str, name: &str| -> Vec<String> {
        let rows = tables[table].as_array().expect("rows");
        rows.iter().map(|row| row[name].as_str().expect("a name").to_owned()).collect()
    };
    let settings: Vec<&str> = convert::SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(names("settings", "name"), settings);
    assert_eq!(names("formats", "name"), formats::Format::ALL.map(formats::Format::as_str));
    let codes: Vec<&str> = model::Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names("diagnostics", "code"), codes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_told_check_by_check() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.json()["status"], "ok");
    let ready = server.get("/readyz").await.json();
    let checks = ready["checks"].as_object().expect("checks");
    assert_eq!(checks.keys().collect::<Vec<_>>(), ["blobs", "database", "outbox"]);
    assert!(checks.values().all(|found| found.as_str() == Some("ok")), "{ready}");
}
