//! Inputs that mean no good: S1, S2, S3 and S20 of `service.md` section 11, at the door of the
//! program, which is one process for all of them: what one attack leaves behind, the next meets.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use serde_json::Value;
use servers::http::{Answer, Request, exchange};
use tokio::runtime::Runtime;

use super::alone::serve;
use super::processes::{Process, free_port};

/// The most memory that one attack takes beside what the process has, in KiB.
const MEMORY: u64 = 128 << 10;
/// How long the longest attack may take. Ten times less would do without optimisation on a free
/// machine; what takes quadratic time takes hours.
const PATIENCE: Duration = Duration::from_secs(25);

/// How long 10 MB of entities may take: a second for the program that is shipped, which `make
/// check-attacks` asks for with `REFMILL_ATTACK_SECONDS`; without optimisation more.
fn patience_with_entities() -> Duration {
    let given = std::env::var("REFMILL_ATTACK_SECONDS").ok();
    given.map_or(PATIENCE, |seconds| Duration::from_secs_f64(seconds.parse().expect("seconds")))
}

/// A service under attack.
struct Target {
    folder: tempfile::TempDir,
    service: Process,
    port: u16,
    runtime: Runtime,
}

impl Target {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let service = serve(folder.path(), port, "");
        Self { folder, service, port, runtime: Runtime::new().expect("a runtime") }
    }

    fn send(&self, request: &Request) -> Answer {
        let before = self.service.forget_peak();
        let begun = Instant::now();
        let address = ([127, 0, 0, 1], self.port).into();
        let answer = self.runtime.block_on(exchange(address, &request.bytes()));
        assert!(begun.elapsed() < PATIENCE, "{:?} for {}", begun.elapsed(), request.target);
        assert!(answer.status < 500, "{answer:?}");
        let taken = self.service.peak().saturating_sub(before);
        assert!(taken <= MEMORY, "{taken} KiB of memory");
        answer
    }

    /// Converts at once, in all formats, and gives the answer.
    fn convert(&self, request: impl Fn(Request) -> Request) -> Answer {
        let target = "/v1/convert?formats=ris,bibtex,biblatex,csl-json,endnote-xml,jsonl";
        let post = Request::new("POST", target).header("Accept", "application/json");
        self.send(&request(post))
    }

    /// Makes a job, waits for its end and gives its last view.
    fn job(&self, request: impl Fn(Request) -> Request) -> Value {
        let post = Request::new("POST", "/v1/jobs?formats=ris,jsonl&input=pubmed-xml");
        let answer = self.send(&request(post.header("Prefer", "wait=30")));
        assert!([200, 202].contains(&answer.status), "{answer:?}");
        let job = answer.json();
        assert!(job["finished_at"].is_string(), "it has not ended: {job}");
        job
    }

    /// Makes a job that must come to its end in so much time. What others do on this machine makes
    /// it longer, so the quickest of three counts.
    fn job_within(&self, patience: Duration, what: &str, xml: &str) -> Value {
        let mut tries = 0;
        loop {
            let begun = Instant::now();
            let job = self.job(|post| post.xml(xml));
            let taken = begun.elapsed();
            eprintln!("{what}: {taken:?}");
            tries += 1;
            if taken <= patience {
                return job;
            }
            assert!(tries < 3, "{what}: {taken:?}");
        }
    }

    /// The service still works.
    fn withstands(mut self) {
        let fine = self.convert(|post| post.xml(set("Fine.")));
        assert_eq!(fine.status, 200, "{fine:?}");
        assert_eq!(self.service.terminate().code(), Some(0), "{}", self.service.said());
    }
}

/// A set of one record with this title.
fn set(title: &str) -> String {
    format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>99000001</PMID><Article>\
         <ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation></PubmedArticle>\
         </PubmedArticleSet>"
    )
}

/// The bytes of all files below a folder.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.map(|entry| {
        let entry = entry.expect("an entry");
        let about = entry.metadata().expect("it is there");
        if about.is_dir() { bytes_below(&entry.path()) } else { about.len() }
    });
    sizes.sum()
}

#[test]
fn entities_are_neither_fetched_nor_expanded() {
    let target = Target::start();
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let external = format!(
        "<!DOCTYPE PubmedArticleSet SYSTEM \"http://127.0.0.1:{port}/dtd\" [\n\
         <!ENTITY file SYSTEM \"file:///etc/passwd\">\
         <!ENTITY web SYSTEM \"http://127.0.0.1:{port}/x\">\
         <!ENTITY % remote SYSTEM \"http://127.0.0.1:{port}/y\"> %remote; ]>{}",
        set("A &file; and &web; end")
    );
    let answer = target.convert(|post| post.xml(external.as_str()));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.text().contains("&file; and &web;"), "{}", answer.text());
    assert!(!answer.text().contains("root:"), "{}", answer.text());
    listener.set_nonblocking(true).expect("a listener");
    assert!(listener.accept().is_err(), "nobody has come to fetch anything");

    let entity = |level: usize| {
        let inner = format!("&l{};", level - 1).repeat(10);
        format!("<!ENTITY l{level} \"{inner}\">")
    };
    let entities: String = (1..30).map(entity).collect();
    let laughs =
        format!("<!DOCTYPE PubmedArticleSet [<!ENTITY l0 \"ha\">{entities}]>{}", set("&l29;"));
    let answer = target.convert(|post| post.xml(laughs.as_str()));
    assert!(answer.status == 200 && answer.body.len() < 10_000, "{answer:?}");

    // A long entity that is named very often: 10 MB of names.
    let patience = patience_with_entities();
    let long = "x".repeat(100_000);
    let often = format!("<i>{}</i>", "&a;".repeat(300_000)).repeat(11);
    let quadratic = format!("<!DOCTYPE PubmedArticleSet [<!ENTITY a \"{long}\">]>{}", set(&often));
    assert!(quadratic.len() > 9_000_000, "{}", quadratic.len());
    let job = target.job_within(patience, "10 MB of entities", &quadratic);
    assert!(["succeeded", "failed"].iter().any(|state| job["state"] == *state), "{job}");
    // The same where each is in a record of its own, and where each stands in a value.
    let records: String = (0..3_000)
        .map(|number| {
            let one =
                set(&"&a; &amp; ".repeat(300)).replace("99000001", &format!("{}", number + 1));
            one.replace("<PubmedArticleSet>", "").replace("</PubmedArticleSet>", "")
        })
        .collect();
    let many = format!(
        "<!DOCTYPE PubmedArticleSet [<!ENTITY a \"{long}\">]>\
         <PubmedArticleSet>{records}</PubmedArticleSet>"
    );
    assert!(many.len() > 9_000_000, "{}", many.len());
    let job = target.job_within(patience, "10 MB of entities in 3,000 records", &many);
    assert_eq!(job["records"]["read"], 3_000, "{job}");
    target.withstands();
}

#[test]
fn nothing_is_too_deep_too_long_or_endless() {
    let target = Target::start();
    let deep = set(&format!("{}x{}", "<i>".repeat(100_000), "</i>".repeat(100_000)));
    // What is raised may be raised again: this would be as deep in the record.
    let high = set(&format!("{}x{}", "<sup>".repeat(100_000), "</sup>".repeat(100_000)));
    let closed = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let deep_page = format!("<html><body>{}", "<div>".repeat(200_000));
    let attributes: String =
        (0..100_000).map(|number| [" a", &number.to_string(), "='x'"].concat()).collect();
    let wide = set("Wide.").replace("<Article>", &format!("<Article{attributes}>"));
    for (body, kind, is_refused) in [
        (&deep, "application/xml", true),
        (&high, "application/xml", true),
        (&closed, "application/xml", true),
        (&deep_page, "text/html", true),
        (&wide, "application/xml", false),
    ] {
        let answer = target.convert(|post| post.header("Content-Type", kind).body(body.as_str()));
        let code = if answer.status == 200 { String::new() } else { answer.problem() };
        let is_clear = ["", "limit-exceeded", "record-failed", "unreadable-input", "no-records"];
        assert!(is_clear.contains(&code.as_str()), "{kind}: {answer:?}");
        assert!(!is_refused || answer.status == 422, "{kind}: {answer:?}");
    }

    // One text of 16 MiB, a record of 40 MB, and one that is short enough and made of a million
    // elements: each is refused by itself, and its neighbour lives.
    let huge = "x".repeat(16 << 20);
    let many = "<i>many</i> small things ".repeat(1_600_000);
    let crumbs = "<i>many</i> small things ".repeat(1_100_000);
    for title in [&huge, &many, &crumbs] {
        let two = set(title).replacen(
            "<PubmedArticleSet>",
            &set("Neighbour.").replace("</PubmedArticleSet>", ""),
            1,
        );
        let job = target.job(|post| post.xml(two.as_str()));
        let limited = job["error"]["code"] == "limit-exceeded";
        let lives = job["records"]["written"] == 1 && job["records"]["skipped"] == 1;
        assert!(limited || lives, "{job}");
    }
    target.withstands();
}

/// What gzip makes of a beginning and of so many times ten megabytes of blanks, without the work:
/// behind a full flush the same blanks are the same bytes. The checksum is never reached.
fn bomb(beginning: &str, tens: usize) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut packer = Compress::new(Compression::best(), false);
    let mut pack = |text: &[u8]| {
        let mut piece = Vec::with_capacity(1 << 20);
        let status = packer.compress_vec(text, &mut piece, FlushCompress::Full);
        assert_eq!(status.expect("packed"), Status::Ok);
        piece
    };
    bytes.extend(pack(beginning.as_bytes()));
    let blanks = pack(&vec![b' '; 10_000_000]);
    assert!(blanks.len() < 11_000, "{}", blanks.len());
    bytes.extend(blanks.repeat(tens));
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).expect("a vector takes everything");
    packer.finish().expect("a vector takes everything")
}

#[test]
fn bombs_do_not_go_off() {
    let target = Target::start();
    let packed = |post: Request, bytes: &[u8]| post.header("Content-Encoding", "gzip").xml(bytes);
    // About 10 MB that would be 10 GB; the same in members of their own; and the first 4 MB of it,
    // which a synchronous conversion takes.
    let whole = bomb("<PubmedArticleSet>", 1_000);
    let members =
        [gzip(b"<PubmedArticleSet>"), gzip(&vec![b' '; 10_000_000]).repeat(1_000)].concat();
    let begun = Instant::now();
    for bytes in [&whole, &members] {
        assert!(bytes.len() > 9_000_000, "{}", bytes.len());
        let job = target.job(|post| packed(post, bytes));
        assert_eq!(job["error"]["code"], "ratio-exceeded", "{job}");
        let answer = target.convert(|post| packed(post, bytes));
        assert_eq!((answer.status, answer.problem()), (413, "too-large".to_owned()));
        let answer = target.convert(|post| packed(post, &bytes[..4 << 20]));
        let code = answer.problem();
        assert_eq!(answer.status, 413);
        assert!(["decoded-too-large", "ratio-exceeded"].contains(&code.as_str()), "{code}");
    }
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    // What a job may unpack to is a limit as well, where the ratio is none.
    let out = target.folder.path().join("data/blobs/out");
    assert_eq!(bytes_below(&out), 0, "nothing of it is on the disk");

    let record = set("Packed.");
    let twice = gzip(&gzip(record.as_bytes()));
    let trailing = [gzip(record.as_bytes()), b"junk".to_vec()].concat();
    let cut = gzip(record.as_bytes())[..60].to_vec();
    for (bytes, codes) in [
        (&twice, ["unreadable-input", "unreadable-input"]),
        (&trailing, ["unreadable-input", "truncated-input"]),
        (&cut, ["unreadable-input", "truncated-input"]),
    ] {
        let answer = target.convert(|post| packed(post, bytes));
        let code = answer.problem();
        assert!(answer.status == 422 && codes.contains(&code.as_str()), "{answer:?}");
    }
    let empty = [gzip(record.as_bytes()), gzip(b"").repeat(100_000)].concat();
    let answer = target.convert(|post| packed(post, &empty));
    assert_eq!(answer.status, 200, "{answer:?}");
    target.withstands();
}
