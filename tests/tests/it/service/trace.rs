//! The trace that a caller belongs to goes with the job to its end (W3C Trace Context).

use std::net::{Ipv4Addr, SocketAddr};

use servers::http::{Request, exchange};
use servers::{Postgres, RabbitMq};

use super::http::{is_final, until};
use super::processes::{answers, python};
use super::spread::Ground;

const RECORD: &str = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>99000001</PMID>\
    <Article><ArticleTitle>Invented.</ArticleTitle></Article></MedlineCitation></PubmedArticle>\
    </PubmedArticleSet>";

/// Prints the trace of the first message of a queue, and leaves the message there.
const PEEK: &str = "\
import pika, sys, time
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
message = None
for _ in range(600):
    message = channel.basic_get(sys.argv[2])
    if message[0]:
        break
    time.sleep(0.1)
headers = message[1].headers
print(headers['traceparent'], headers['tracestate'], headers['x-attempt'])
";

fn peek(broker: &RabbitMq, queue: &str) -> String {
    python(PEEK, &[broker.url().as_ref(), queue.as_ref()])
}

#[test]
fn a_trace_goes_with_its_job_to_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = Ground::prepare(folder.path(), Postgres::start(), "");
    let mut keeper = ground.start("keeper", "keeper", "");
    let gateway = ground.start("gateway", "gateway", "");
    answers(ground.port, &gateway);
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = Request::new("POST", "/v1/jobs")
        .header("traceparent", parent)
        .header("tracestate", "rojo=00f067aa0ba902b7")
        .header("tracestate", "congo=t61rcWkgMzE")
        .xml(RECORD);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ground.port));
    let job = runtime.block_on(exchange(address, &request.bytes())).json();
    let id = job["id"].as_str().expect("an id");

    let expected = format!("{parent} rojo=00f067aa0ba902b7,congo=t61rcWkgMzE 1");
    assert_eq!(peek(&ground.broker, "refmill.jobs.interactive.v1"), expected);
    // With nobody to hear of the end, its message can be seen.
    assert_eq!(keeper.terminate().code(), Some(0), "{}", keeper.said());
    let _worker = ground.start("worker", "worker", "");
    assert_eq!(peek(&ground.broker, "refmill.results.v1"), expected);
    keeper.restart();
    assert_eq!(until(ground.port, id, is_final)["state"], "succeeded");
}
