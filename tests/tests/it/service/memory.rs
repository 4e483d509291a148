//! The memory of whoever converts does not grow with the input.

use super::http::{is_final, until};
use super::huge;
use super::processes::{run, words};
use super::spread::Spread;

/// The most memory that a worker may need, in KiB.
const MOST: u64 = 128 << 10;

#[test]
fn a_worker_needs_no_more_memory_for_a_huge_input() {
    // 2 GB in full; `REFMILL_HUGE_MB` says how much.
    let megabytes = std::env::var("REFMILL_HUGE_MB").ok();
    let megabytes = megabytes.map_or(100, |text| text.parse().expect("a number of megabytes"));
    let folder = tempfile::tempdir().expect("a folder");
    let limits = "--set limits.upload_bytes=4000000000 --set limits.decoded_bytes=4000000000 \
                  --set limits.inflight_bytes=4000000000";
    let setup =
        super::spread::Setup { settings: limits, workers: "--set worker.threads=2", metrics: None };
    let mut service = Spread::with(folder.path(), &setup);
    service.workers[1].kill();
    let input = huge::file(folder.path(), "huge.xml", megabytes << 20);
    let to = "ris,bibtex,biblatex,csl-json,endnote-xml,jsonl";
    let line =
        format!("submit --to {to} --server http://127.0.0.1:{} {}", service.port, input.display());
    let (printed, status) = run(&words(&line));
    assert_eq!(status, Some(0), "{printed}");
    let id = printed.split('\t').next().expect("an id").to_owned();
    loop {
        let job = until(service.port, &id, |_| true);
        if is_final(&job) {
            assert_eq!(job["state"], "succeeded", "{job:#}");
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let (worker, gateway) = (service.workers[0].peak(), service.gateway.peak());
    eprintln!("{megabytes} MiB: worker {worker} KiB, gateway {gateway} KiB at most");
    assert!(worker <= MOST, "{worker} KiB");
    assert!(gateway <= MOST, "{gateway} KiB");
}
