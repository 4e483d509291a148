//! Many clients that mean no good at a time, and those who only want to work meanwhile.

use std::net::{Ipv4Addr, SocketAddr, TcpStream as Held};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use servers::http::{Request, exchange};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::alone::serve;
use super::processes::{PATIENCE, Process, free_port};

/// Event streams at a time; `REFMILL_STREAMS=10000` is the target of the service.
const STREAMS: usize = 1_000;
/// Streams of each other kind.
const OTHERS: usize = 20;
/// How often they come, and how often at most if it is not sure by then that nothing is kept.
const ROUNDS: usize = 4;
const MORE_ROUNDS: usize = 10;
/// What a round may keep of the memory, in KiB, if not every round does so.
const KEPT: u64 = 8 << 10;
/// Files that are open when nobody is there, at most.
const FILES: usize = 60;
/// Milliseconds within which 99 of 100 others are answered; `REFMILL_P99_MS=50` is the target of a
/// machine that does nothing else, without it only a service that stands still fails.
const P99: u64 = 1_000;

const RECORD: &str = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>99000001</PMID>\
    <Article><ArticleTitle>Invented.</ArticleTitle></Article></MedlineCitation></PubmedArticle>\
    </PubmedArticleSet>";

#[test]
fn a_hostile_crowd_holds_nobody_up_and_leaves_nothing() {
    let streams = number("REFMILL_STREAMS")
        .map_or(STREAMS, |count| usize::try_from(count).expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    // Nobody works on the long lane, so that a job in it never ends.
    let more = format!(
        "--set http.max_streams={0} --set http.max_connections={0} --set worker.bulk_slots=0 \
         --set http.header_seconds=2 --set http.body_grace_seconds=2 --set http.ping_seconds=1 \
         --set limits.upload_bytes=8000000",
        2 * streams + 1_000
    );
    let mut service = serve(folder.path(), port, &more);
    for process in [service.id(), std::process::id()] {
        let allowed = Command::new("prlimit")
            .args([format!("--pid={process}"), format!("--nofile={0}:{0}", streams + 2_000)])
            .status();
        assert!(allowed.expect("prlimit can be run").success(), "files can be opened");
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let job = Request::new("POST", "/v1/jobs?lane=bulk").xml(RECORD);
        let job = exchange(address, &job.bytes()).await;
        let events = format!("{}/events", job.header("location").expect("an address"));
        let mut held = Vec::new();
        // Room that was once needed is kept for the next time by the allocator, more of it in some
        // rounds, until there is enough: what is lost is lost in every round.
        while held.len() < ROUNDS || (grows(&held) && held.len() < MORE_ROUNDS) {
            let mut times = crowd(address, &events, streams).await;
            times.sort_unstable();
            let (half, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
            let open = until_calm(&service, FILES).await;
            let kept = resident(&service);
            eprintln!(
                "{streams} streams: {} others, 99 of 100 within {p99:?}, half within {half:?}; \
                 {kept} KiB are held then, {open} files are open",
                times.len(),
            );
            assert!(times.len() > 50, "only {} others were answered", times.len());
            let most = Duration::from_millis(number("REFMILL_P99_MS").unwrap_or(P99));
            assert!(p99 <= most, "{p99:?}");
            assert!(open <= FILES, "{open} files are open after all have gone");
            held.push(kept);
        }
        assert!(!grows(&held), "each round keeps more: {held:?}");
    });
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}

/// Whether each round has kept more memory than the one before.
fn grows(held: &[u64]) -> bool {
    held.windows(2).all(|two| two[1] >= two[0] + KEPT)
}

/// What an environment variable says.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Lets so many streams be open, lets everybody else do harm, and gives the times in which those
/// were answered who only want to work.
async fn crowd(address: SocketAddr, events: &str, streams: usize) -> Vec<Duration> {
    let held = follow(address, events, streams).await;
    let over = Arc::new(AtomicBool::new(false));
    let probes: Vec<_> = (0..2).map(|_| tokio::spawn(probe(address, Arc::clone(&over)))).collect();
    let mut harm = JoinSet::new();
    for _ in 0..OTHERS {
        harm.spawn(slow_head(address));
        harm.spawn(slow_body(address));
        harm.spawn(endless_body(address));
        harm.spawn(broken_requests(address));
    }
    while let Some(end) = harm.join_next().await {
        end.expect("each has got what it deserves");
    }
    over.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for probe in probes {
        times.extend(probe.await.expect("it works for others"));
    }
    let open = held.len();
    assert_eq!(open, streams);
    times
}

/// Opens streams of events, a hundred at a time; each has heard the state of the job, and nobody
/// listens to it any more, so that what it hears keeps nobody here from working.
async fn follow(address: SocketAddr, events: &str, streams: usize) -> Vec<Held> {
    let bytes = Request::new("GET", events).bytes();
    let mut held = Vec::with_capacity(streams);
    while held.len() < streams {
        let mut opening = JoinSet::new();
        for _ in 0..100.min(streams - held.len()) {
            let bytes = bytes.clone();
            opening.spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                stream.write_all(&bytes).await.expect("sent");
                let mut heard = Vec::new();
                while !heard.windows(12).any(|words| words == b"event: state") {
                    let mut buffer = [0; 4096];
                    let read = timeout(PATIENCE, stream.read(&mut buffer)).await;
                    let read = read.expect("an event in time").expect("read");
                    assert!(read > 0, "{}", String::from_utf8_lossy(&heard));
                    heard.extend_from_slice(&buffer[..read]);
                }
                stream.into_std().expect("a connection")
            });
        }
        held.extend(opening.join_all().await);
    }
    held
}

/// Works: health and a conversion, one after the other, a hundred times a second.
async fn probe(address: SocketAddr, over: Arc<AtomicBool>) -> Vec<Duration> {
    let requests = [
        Request::new("GET", "/healthz").bytes(),
        Request::new("POST", "/v1/convert").xml(RECORD).bytes(),
    ];
    let mut times = Vec::new();
    for bytes in requests.iter().cycle() {
        let begun = Instant::now();
        let answer = exchange(address, bytes).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        times.push(begun.elapsed());
        if over.load(Ordering::Relaxed) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    times
}

/// Sends pieces until the other side has enough, and gives what it said.
async fn drip(address: SocketAddr, head: &str, piece: &[u8], pause: Duration) -> String {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut reading, mut writing) = stream.into_split();
    writing.write_all(head.as_bytes()).await.expect("sent");
    let piece = piece.to_vec();
    let writer = tokio::spawn(async move {
        while writing.write_all(&piece).await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    });
    let mut bytes = Vec::new();
    // Whoever is cut off may hear of a reset instead of an end.
    drop(timeout(PATIENCE, reading.read_to_end(&mut bytes)).await.expect("an end in time"));
    writer.abort();
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn slow_head(address: SocketAddr) {
    let head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    let said = drip(address, head, b"x", Duration::from_millis(100)).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
}

async fn slow_body(address: SocketAddr) {
    let head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    let said = drip(address, head, b"<", Duration::from_millis(100)).await;
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("upload-timeout"), "{said}");
}

async fn endless_body(address: SocketAddr) {
    let head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    let piece = [b"10000\r\n".as_slice(), &vec![b'x'; 65_536], b"\r\n"].concat();
    let said = drip(address, head, &piece, Duration::from_millis(1)).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 413"), "{said}");
}

async fn broken_requests(address: SocketAddr) {
    let post = || Request::new("POST", "/v1/jobs");
    let form = post().header("Content-Type", "multipart/form-data; boundary=limit");
    for (request, status) in [
        (post().header("Content-Type", "application/pdf").body("%PDF"), 415),
        (form.body("--limit\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n<a"), 400),
        (post().header("Content-Length", "many").body("<a/>"), 400),
        (post().header("Content-Length", "99999999").body("<a/>"), 413),
    ] {
        let answer = exchange(address, &request.bytes()).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    // A body that is shorter than it was said to be, from one who leaves.
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let short = post().header("Content-Length", "70000").body(RECORD);
    stream.write_all(&short.bytes()).await.expect("sent");
}

/// Waits until the service has so few files open, or for a moment; how many there are then.
async fn until_calm(service: &Process, most: usize) -> usize {
    let deadline = Instant::now() + PATIENCE;
    let mut last = usize::MAX;
    loop {
        let folder = format!("/proc/{}/fd", service.id());
        let open = std::fs::read_dir(folder).expect("Linux").count();
        let is_calm = open <= most && open >= last;
        if is_calm || Instant::now() > deadline {
            return open;
        }
        last = open;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// The memory that the service holds, in KiB.
fn resident(service: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.id()));
    let status = status.expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
