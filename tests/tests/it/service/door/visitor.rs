//! Who calls: a door, a key, and somebody else's key.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::Value;
use servers::http::{Answer, Description, Listener, Request, exchange};

use crate::service::processes::{PATIENCE, run};

/// One record, as small as it can be.
pub(crate) const RECORD: &str = "<PubmedArticleSet><PubmedArticle><MedlineCitation>\
    <PMID>99000001</PMID><Article><ArticleTitle>Invented.</ArticleTitle></Article>\
    </MedlineCitation></PubmedArticle></PubmedArticleSet>";

/// The states that a job does not leave.
const FINAL: [&str; 4] = ["succeeded", "failed", "cancelled", "expired"];

/// A caller at the door of a service.
#[derive(Clone)]
pub(crate) struct Visitor {
    address: SocketAddr,
    description: Description,
    case: usize,
}

impl Visitor {
    /// Comes to the door at this port.
    pub(crate) async fn come(port: u16, case: usize) -> Self {
        let address = (Ipv4Addr::LOCALHOST, port).into();
        let document = exchange(address, &Request::new("GET", "/openapi.json").bytes()).await;
        Self { address, description: Description::new(document.json()), case }
    }

    /// The key of a case that is for one hand.
    pub(crate) fn key(case: usize, hand: &str) -> String {
        format!("rm_{case}{hand}_{}", "s".repeat(43))
    }

    /// Sends a request without a key.
    pub(crate) async fn send_bare(&self, request: Request) -> Answer {
        let answer = exchange(self.address, &request.bytes()).await;
        self.description.check(&request, &answer);
        answer
    }

    /// Sends a request with the key for one hand.
    pub(crate) async fn send_as(&self, hand: &str, request: Request) -> Answer {
        self.send_bare(request.key(&Self::key(self.case, hand))).await
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        self.send_as("one", request).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send(Request::new("GET", target)).await
    }

    /// Makes a job of XML and gives its address.
    pub(crate) async fn submit(&self, query: &str, xml: &str) -> String {
        let answer = self.send(Request::new("POST", &format!("/v1/jobs{query}")).xml(xml)).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.header("location").expect("an address").to_owned()
    }

    /// A stream of events.
    pub(crate) async fn listen(&self, request: Request) -> Listener {
        let request = request.key(&Self::key(self.case, "one"));
        Listener::open(self.address, &request).await
    }

    /// Waits for the end of a job and gives its last view.
    pub(crate) async fn end(&self, href: &str) -> Value {
        let deadline = Instant::now() + 3 * PATIENCE;
        loop {
            let job = self.get(&format!("{href}?wait=20")).await.json();
            if FINAL.iter().any(|state| job["state"] == *state) {
                return job;
            }
            assert!(Instant::now() < deadline, "it does not end: {job}");
        }
    }

    /// Waits until a job is seen in this state.
    pub(crate) async fn until(&self, href: &str, state: &str) -> Value {
        let deadline = Instant::now() + 3 * PATIENCE;
        loop {
            let job = self.get(href).await.json();
            if job["state"] == state {
                return job;
            }
            assert!(Instant::now() < deadline, "it does not become {state}: {job}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A set of invented records.
pub(crate) fn records(count: u32, seed: u64) -> String {
    let mut bytes = Vec::new();
    tests::generate::baseline(count, seed, &mut bytes).expect("a vector takes everything");
    String::from_utf8(bytes).expect("UTF-8")
}

/// What `refmill convert` makes of it.
pub(crate) fn converted(xml: &str, format: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("input.xml");
    std::fs::write(&file, xml).expect("an input");
    let words = ["convert", "--quiet", "--to", format, &file.display().to_string()];
    let (printed, status) = run(&words.map(str::to_owned));
    assert_eq!(status, Some(0));
    printed.into_bytes()
}

/// The bytes, packed with gzip.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

/// The bytes, unpacked.
pub(crate) fn unpacked(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).expect("gzip");
    plain
}

/// The SHA-256 of bytes, as it is written.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}
