//! `make bench-http`: how quickly the door answers, what a large file costs, and jobs over RabbitMQ.
//!
//! Each benchmark prints one JSON line and fails when its target is missed. They are left out of
//! `make test`: on a machine that does other things they measure those.

mod broker;

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use servers::http::{Request, exchange};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::alone::serve;
use super::processes::{free_port, run, words};
use super::spread::Spread;

/// Requests a second.
const RATE: u32 = 200;
/// Connections among which they are dealt out.
const CONNECTIONS: usize = 16;
/// Records of the large file: about 175 MB.
const RECORDS: u32 = 30_000;
const FORMATS: [&str; 6] = ["ris", "bibtex", "biblatex", "csl-json", "endnote-xml", "jsonl"];

/// What an environment variable says, or this.
fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"))
}

/// The records of the large file; `REFMILL_RECORDS` is another number.
fn large(path: &Path) -> u64 {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    let records = number("REFMILL_RECORDS", RECORDS);
    tests::generate::baseline(records, 1, &mut out).expect("records");
    out.into_inner().expect("written").sync_all().expect("on disk");
    fs::metadata(path).expect("the file").len()
}

/// A connection that is kept.
struct Kept(TcpStream, Vec<u8>);

impl Kept {
    async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self(stream, Vec::new())
    }

    /// Sends a request and reads its answer; its status.
    async fn ask(&mut self, bytes: &[u8]) -> u16 {
        let Self(stream, buffer) = self;
        stream.write_all(bytes).await.expect("sent");
        buffer.clear();
        loop {
            let read = stream.read_buf(buffer).await.expect("read");
            assert!(read > 0, "closed: {}", String::from_utf8_lossy(buffer));
            let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&buffer[..end]).expect("a head");
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>())
            });
            let length = length.expect("a length").expect("a number");
            if buffer.len() >= end + 4 + length {
                return head[9..12].parse().expect("a status");
            }
        }
    }
}

/// Sends the request so many times a second whether or not those before are answered; the times
/// from when each was due to when its answer was there, in order.
async fn load(port: u16, bytes: &[u8], seconds: u32) -> Vec<Duration> {
    let (give, mut take) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..CONNECTIONS {
        give.send(Kept::open(port).await).expect("it is taken");
    }
    let begun = Instant::now() + Duration::from_millis(100);
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..seconds * RATE {
        let due = begun + Duration::from_secs(1) * number / RATE;
        tokio::time::sleep_until(due.into()).await;
        let mut kept = take.recv().await.expect("connections come back");
        let (give, bytes) = (give.clone(), bytes.to_vec());
        asking.spawn(async move {
            let status = kept.ask(&bytes).await;
            let time = due.elapsed();
            assert_eq!(status, 200);
            drop(give.send(kept));
            time
        });
    }
    let mut times = asking.join_all().await;
    times.sort_unstable();
    times
}

/// The time that so many in a thousand have kept to, of times in order.
fn at(times: &[Duration], share: usize) -> Duration {
    times[(times.len() * share / 1000).min(times.len() - 1)]
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[expect(clippy::print_stdout, reason = "it is what a benchmark is for")]
fn report(value: &Value) {
    let versions = json!({"refmill": env!("CARGO_PKG_VERSION")});
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = busy.split(' ').next().unwrap_or_default();
    println!("{}", json!({"measured": value, "cores": cores, "load": busy, "versions": versions}));
}

#[test]
#[ignore = "a benchmark: make bench-http"]
fn one_record_is_converted_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, "");
    let mut record = Vec::new();
    tests::generate::baseline(1, 3, &mut record).expect("a record");
    let mut sent = format!(
        "POST /v1/convert HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/xml\r\n\
         Content-Length: {}\r\n\r\n",
        record.len()
    );
    sent += std::str::from_utf8(&record).expect("text");
    let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let seconds = number("REFMILL_SECONDS", 60);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut worst = Duration::ZERO;
    for (name, request) in [("healthz", health), ("convert", sent.as_str())] {
        let times = runtime.block_on(async {
            load(port, request.as_bytes(), 5).await;
            load(port, request.as_bytes(), seconds).await
        });
        report(&json!({
            "what": name, "requests": times.len(), "rate": RATE, "bytes": request.len(),
            "p50_ms": milliseconds(at(&times, 500)), "p99_ms": milliseconds(at(&times, 990)),
            "p999_ms": milliseconds(at(&times, 999)), "max_ms": milliseconds(at(&times, 1000)),
        }));
        worst = at(&times, 990);
    }
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
    assert!(worst <= Duration::from_millis(5), "the target is 5 ms: {worst:?}");
}

/// Copies a file piece by piece and lets it reach the disk, as an upload does.
fn copy(from: &Path, to: &Path) -> Duration {
    let mut pieces = vec![0; 256 << 10];
    let begun = Instant::now();
    let (mut from, mut to) = (File::open(from).expect("it"), File::create(to).expect("a file"));
    loop {
        let read = from.read(&mut pieces).expect("read");
        if read == 0 {
            break;
        }
        to.write_all(&pieces[..read]).expect("written");
    }
    to.sync_all().expect("on disk");
    begun.elapsed()
}

/// Lets the files of a folder reach the disk.
fn settle(folder: &Path) {
    for entry in fs::read_dir(folder).expect("files") {
        let file = File::open(entry.expect("a file").path()).expect("a file");
        file.sync_all().expect("on disk");
    }
}

/// Uploads a file as a job of all formats: its address, and the time to the answer.
fn upload(runtime: &tokio::runtime::Runtime, port: u16, file: &Path) -> (String, Duration) {
    let length = fs::metadata(file).expect("the file").len();
    let head = format!(
        "POST /v1/jobs?formats={} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/xml\r\n\
         Connection: close\r\nContent-Length: {length}\r\n\r\n",
        FORMATS.join(",")
    );
    runtime.block_on(async {
        let mut file = File::open(file).expect("the file");
        let begun = Instant::now();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut piece = vec![0; 256 << 10];
        loop {
            let read = file.read(&mut piece).expect("read");
            if read == 0 {
                break;
            }
            stream.write_all(&piece[..read]).await.expect("sent");
        }
        let answer = servers::http::read(&mut stream).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        (answer.header("location").expect("an address").to_owned(), begun.elapsed())
    })
}

fn get(runtime: &tokio::runtime::Runtime, port: u16, request: &Request) -> servers::http::Answer {
    runtime.block_on(exchange(([127, 0, 0, 1], port).into(), &request.bytes()))
}

/// Waits for the end of a job.
fn end(runtime: &tokio::runtime::Runtime, port: u16, href: &str) -> Value {
    loop {
        let job = get(runtime, port, &Request::new("GET", &format!("{href}?wait=30"))).json();
        if job["finished_at"].is_string() {
            return job;
        }
    }
}

/// Compares the results of a job, whole and in parts, with the files of a conversion.
fn compare(runtime: &tokio::runtime::Runtime, port: u16, href: &str, converted: &Path) {
    for format in FORMATS {
        let extension = match format {
            "bibtex" => "bib",
            "biblatex" => "biblatex.bib",
            "csl-json" => "csl.json",
            "endnote-xml" => "endnote.xml",
            other => other,
        };
        let file = fs::read_dir(converted).expect("files").find_map(|entry| {
            let path = entry.expect("a file").path();
            let name = path.file_name()?.to_str()?.to_owned();
            (name == format!("large.{extension}")).then_some(path)
        });
        let file = file.unwrap_or_else(|| panic!("large.{extension} is not there"));
        let expected = fs::read(&file).expect("a file");
        let target = format!("{href}/results/{format}");
        for part in [0..100, expected.len() / 2..expected.len() / 2 + 70_000] {
            let range = format!("bytes={}-{}", part.start, part.end - 1);
            let request = Request::new("GET", &target).header("Range", &range);
            let answer = get(runtime, port, &request);
            assert!(answer.status == 206 && answer.body == expected[part], "{format} {range}");
        }
        let whole = get(runtime, port, &Request::new("GET", &target));
        assert!(whole.status == 200 && whole.body == expected, "{format} differs");
    }
}

#[test]
#[ignore = "a benchmark: make bench-http"]
fn a_large_file_costs_what_the_command_line_costs() {
    let folder = tempfile::tempdir_in(tests::places::root().join("target")).expect("a folder");
    let file = folder.path().join("large.xml");
    large(&file);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Digests have a core of their own where one is left.
    let factors = [cores.div_ceil(2), cores].map(|threads| (threads, factor(&file, threads)));
    for (threads, factor) in factors {
        assert!(factor <= 1.1, "with {threads} threads it takes too long");
    }
}

/// How many times as long a job takes as the conversion of the same file on so many threads.
fn factor(file: &Path, threads: usize) -> f64 {
    let folder = file.parent().expect("a folder").join(format!("on-{threads}"));
    fs::create_dir(&folder).expect("a folder");
    let port = free_port();
    let settings = format!("--set blobs.min_free_bytes=0 --set worker.threads={threads}");
    let mut service = serve(&folder, port, &settings);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let converted = folder.join("converted");
    let convert = format!(
        "convert --quiet --threads {threads} --to {} --out {} {}",
        FORMATS.join(","),
        converted.display(),
        file.display()
    );
    let convert_with = |more: &str| {
        drop(fs::remove_dir_all(&converted));
        let begun = Instant::now();
        assert_eq!(run(&words(&format!("{convert}{more}"))).1, Some(0));
        let time = begun.elapsed();
        // What it left to the disk is not for the next to wait for.
        settle(&converted);
        time
    };
    let report_path = folder.join("report.json");
    let mut rounds = Vec::new();
    for _ in 0..number("REFMILL_ROUNDS", 8) {
        let copied = copy(file, &folder.join("copy"));
        let hashed = convert_with(&format!(" --report {}", report_path.display()));
        let alone = convert_with("");
        let (href, accepted) = upload(&runtime, port, file);
        let begun = Instant::now();
        let job = end(&runtime, port, &href);
        let done = begun.elapsed();
        assert_eq!(job["state"], "succeeded", "{job}");
        compare(&runtime, port, &href, &converted);
        get(&runtime, port, &Request::new("DELETE", &href));
        rounds.push([copied, accepted, alone, hashed, done]);
    }
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
    // Other guests of the machine slow every part down at times: the best round is the part's own.
    let [copied, accepted, alone, hashed, job] =
        std::array::from_fn(|part| rounds.iter().map(|round| round[part]).min().expect("a round"))
            .map(|best| best.as_secs_f64());
    let bytes = fs::metadata(file).expect("the file").len();
    let megabytes = f64::from(u32::try_from(bytes / 1000).expect("no terabytes")) / 1e3;
    let rate = |seconds: f64| (megabytes / seconds).round();
    report(&json!({
        "what": "large file", "threads": threads, "bytes": bytes, "copy_mb_s": rate(copied),
        "accept_mb_s": rate(accepted), "convert_s": alone, "convert_and_hash_s": hashed,
        "job_s": job, "job_to_convert": job / alone, "job_to_convert_and_hash": job / hashed,
    }));
    assert!(rate(accepted) >= rate(copied).min(150.0), "it is accepted too slowly");
    job / alone
}

#[test]
#[ignore = "a benchmark: make bench-http"]
fn a_gateway_stays_small() {
    let folder = tempfile::tempdir_in(tests::places::root().join("target")).expect("a folder");
    let file = folder.path().join("large.xml");
    let bytes = large(&file);
    let service = Spread::start(folder.path());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let idle = service.gateway.peak();
    let (href, accepted) = upload(&runtime, service.port, &file);
    let uploaded = service.gateway.peak();
    assert_eq!(end(&runtime, service.port, &href)["state"], "succeeded");
    for format in FORMATS {
        let request = Request::new("GET", &format!("{href}/results/{format}"));
        assert_eq!(get(&runtime, service.port, &request).status, 200);
    }
    let peak = service.gateway.peak();
    report(&json!({
        "what": "gateway", "bytes": bytes, "accept_s": accepted.as_secs_f64(),
        "idle_kib": idle, "after_upload_kib": uploaded, "after_downloads_kib": peak,
    }));
    assert!(peak <= 100 << 10, "{peak} KiB");
}
