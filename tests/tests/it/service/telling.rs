//! A crash while somebody is told that a job has ended, over both databases.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use servers::Postgres;
use tests::places;

use super::alone::{serve, sqlite};
use super::http;
use super::processes::{PATIENCE, Process, answers, free_port, is_open, needs_hooks};
use super::receiver::{Call, Receiver};
use super::spread::Ground;

#[test]
fn a_crash_of_one_process_while_it_tells_of_an_end_loses_no_webhook() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, &webhooks(folder.path()));
    service.kill();
    // The receiver of these tests speaks no TLS, and the door takes no other address.
    sqlite(
        folder.path(),
        "CREATE TRIGGER plain AFTER INSERT ON webhook_deliveries BEGIN UPDATE webhook_deliveries \
         SET url = replace(url, 'https:', 'http:') WHERE id = NEW.id; END",
    );
    crashed_while_it_tells(port, &mut service);
}

#[test]
fn a_crash_of_a_keeper_while_it_tells_of_an_end_loses_no_webhook() {
    needs_hooks();
    let folder = tempfile::tempdir().expect("a folder");
    let ground = Ground::prepare(folder.path(), Postgres::start(), &webhooks(folder.path()));
    ground.database.execute(
        &ground.name,
        "CREATE FUNCTION plain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         NEW.url := replace(NEW.url, 'https:', 'http:'); RETURN NEW; END $$; \
         CREATE TRIGGER plain BEFORE INSERT ON webhook_deliveries \
         FOR EACH ROW EXECUTE FUNCTION plain()",
    );
    let mut keeper = ground.start("keeper", "keeper", "");
    let _worker = ground.start("worker", "worker", "");
    let gateway = ground.start("gateway", "gateway", "");
    answers(ground.port, &gateway);
    crashed_while_it_tells(ground.port, &mut keeper);
}

/// Settings with which this machine is told of the ends of jobs.
fn webhooks(folder: &Path) -> String {
    let secrets = folder.join("secrets");
    std::fs::write(&secrets, "* whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("a file");
    let file = secrets.display();
    format!(
        "--set webhooks.enabled=true --set webhooks.allow_insecure=true \
         --set webhooks.secrets_file={file} --set jobs.max_failures=50"
    )
}

/// Every end is told, whatever step the process falls at that tells it; what was told and not noted
/// is told again under the same id.
fn crashed_while_it_tells(port: u16, keeper: &mut Process) {
    let receiver = Receiver::start();
    let mut told = Vec::new();
    for (number, step) in ["webhook:taken", "webhook:sent"].into_iter().enumerate() {
        keeper.restart_to_die_at(step);
        let url = format!("https://127.0.0.1:{}/{number}", receiver.port);
        let record = std::fs::read(places::root().join("examples/article.xml")).expect("a file");
        let begun = Instant::now();
        // One process has to come up first.
        while !is_open(port) {
            assert!(begun.elapsed() < PATIENCE, "nobody answers: {}", keeper.said());
            thread::sleep(Duration::from_millis(20));
        }
        let query = format!("formats=ris&webhook={url}");
        told.push((step, http::submit(port, &query, &record)));
        keeper.ended();
        keeper.restart();
    }
    let calls_at = |path: &str| -> Vec<Call> {
        receiver.calls().into_iter().filter(|call| call.path == path).collect()
    };
    // Each delivery was leased for a minute to whoever fell.
    for (number, (step, id)) in told.iter().enumerate() {
        let (path, before) = (format!("/{number}"), usize::from(*step == "webhook:sent"));
        let begun = Instant::now();
        while calls_at(&path).len() <= before {
            assert!(begun.elapsed() < PATIENCE * 2, "{step}: {:?}", receiver.calls());
            thread::sleep(Duration::from_millis(100));
        }
        let calls = calls_at(&path);
        assert_eq!(calls.len(), before + 1, "{step}: {calls:?}");
        for call in &calls {
            assert_eq!(call.id, calls[0].id, "{step}");
            assert_eq!(call.body["type"], "job.succeeded", "{step}: {call:?}");
            assert_eq!(call.body["data"]["id"], **id, "{step}: {call:?}");
        }
    }
}
