//! A door of its own for each test, and jobs that the test moves by hand.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use blobs::Blobs;
use formats::Format;
use gateway::Settings;
use jobs::message::Product;
use jobs::{
    Body, Digest, Event, Job, JobId, Outcome, Problem, ProblemCode, Records, ResultFile, RunId,
    Warnings, place,
};
use store::{Applied, JobStore, Store, StoreOptions};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use servers::http::{Answer, Description, Listener, PATIENCE, Request, exchange};

pub(crate) const RUN: RunId = RunId::from_bits(7);

/// One record, as small as it can be.
pub(crate) const RECORD: &str = "<PubmedArticleSet><PubmedArticle><MedlineCitation>\
    <PMID>99000001</PMID><Article><ArticleTitle>Invented.</ArticleTitle></Article>\
    </MedlineCitation></PubmedArticle></PubmedArticleSet>";

/// A door that is open.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    _folder: TempDir,
    pub(crate) stop: CancellationToken,
    description: Description,
}

impl Server {
    /// Opens a door as it is without configuration.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Opens a door with a configuration that differs.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder"), change).await
    }

    /// Opens a door over this folder.
    pub(crate) async fn in_folder(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let blobs = Blobs::files(&folder.path().join("blobs")).expect("blobs");
        Self::open(folder, blobs, change).await
    }

    /// Opens a door over these blobs.
    pub(crate) async fn over(blobs: Blobs, change: impl FnOnce(&mut Settings)) -> Self {
        Self::open(tempfile::tempdir().expect("a folder"), blobs, change).await
    }

    async fn open(folder: TempDir, blobs: Blobs, change: impl FnOnce(&mut Settings)) -> Self {
        let mut options = StoreOptions::embedded(folder.path().join("data"));
        options.relays = true;
        let store = Store::open(&options).await.expect("a store");
        let mut settings = Settings::default();
        settings.http.bind.set_port(0);
        settings.http.threads = 1;
        settings.blobs.min_free_bytes = 0;
        settings.shutdown.grace_seconds = 1;
        change(&mut settings);
        let stop = CancellationToken::new();
        let bound = gateway::bind(store.clone(), blobs.clone(), settings, stop.clone());
        let bound = bound.expect("a free address");
        let address = bound.address();
        tokio::spawn(bound.serve());
        let described = exchange(address, &Request::new("GET", "/openapi.json").bytes()).await;
        Self {
            address,
            store,
            blobs,
            _folder: folder,
            stop,
            description: Description::new(described.json()),
        }
    }

    /// Sends a request. Whatever comes back must be described.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        let answer = exchange(self.address, &request.bytes()).await;
        self.description.check(&request, &answer);
        answer
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send(Request::new("GET", target)).await
    }

    pub(crate) async fn post(&self, target: &str, body: &str) -> Answer {
        self.send(Request::new("POST", target).xml(body)).await
    }

    /// Makes a job and gives its address.
    pub(crate) async fn submit(&self, query: &str) -> (JobId, String) {
        let answer = self.post(&format!("/v1/jobs{query}"), RECORD).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let href = answer.header("location").expect("an address").to_owned();
        let id = href.rsplit('/').next().expect("an id").parse().expect("an id");
        (id, href)
    }

    pub(crate) async fn listen(&self, target: &str) -> Listener {
        Listener::open(self.address, &Request::new("GET", target)).await
    }

    /// Lets something happen to a job.
    pub(crate) async fn happen(&self, id: JobId, event: Event, product: Option<&Product>) -> Job {
        match self.store.apply(id, None, &event, product).await.expect("a store") {
            Applied::Done(job) => *job,
            other => panic!("{event:?} came too late: {other:?}"),
        }
    }

    pub(crate) async fn begin(&self, id: JobId) -> Job {
        self.happen(id, Event::Started { attempt: 1, run: RUN }, None).await
    }

    /// Lets a job succeed, with these bytes as its RIS.
    pub(crate) async fn succeed(&self, id: JobId, ris: &[u8]) -> Job {
        let product = self.product(id, ris).await;
        self.succeed_with(id, product).await
    }

    /// Lets a job succeed with what a worker would have made.
    pub(crate) async fn succeed_with(&self, id: JobId, product: Product) -> Job {
        let event = Event::Finished { attempt: 1, outcome: Outcome::Succeeded };
        self.happen(id, event, Some(&product)).await
    }

    pub(crate) async fn fail(&self, id: JobId) -> Job {
        let problem = Problem::new(ProblemCode::TruncatedInput, "it ends in the middle");
        let event = Event::Finished { attempt: 1, outcome: Outcome::Failed { problem } };
        self.happen(id, event, None).await
    }

    /// What a worker would have made: in the row if it is short, as a blob if not.
    pub(crate) async fn product(&self, id: JobId, ris: &[u8]) -> Product {
        if ris.len() < 1000 {
            return product_of(Body::Inline(ris.to_vec().into()), ris);
        }
        let product = blob_product(id, ris);
        if let Body::Blob(key) = &product.results[0].body {
            self.blobs.put(key, ris.to_vec().into()).await.expect("put");
        }
        product
    }
}

/// What a worker would have made of it in the store of blobs, without putting it there.
pub(crate) fn blob_product(id: JobId, ris: &[u8]) -> Product {
    let key = place::result(&place::output(id), 1, RUN, Format::Ris);
    product_of(Body::Blob(key), ris)
}

fn product_of(body: Body, ris: &[u8]) -> Product {
    let line = b"{\"index\":1,\"code\":\"date-unparsed\"}\n".to_vec();
    let (bytes, sha256) = (line.len() as u64, Digest::of(&line));
    Product {
        records: Records { read: 1, written: 1, skipped: 0 },
        bytes_read: 10,
        warnings: Warnings { total: 1, by_code: [("date-unparsed".to_owned(), 1)].into() },
        results: vec![ResultFile {
            of: Format::Ris,
            body,
            bytes: ris.len() as u64,
            sha256: Digest::of(ris),
        }],
        diagnostics: Some(ResultFile { of: (), body: Body::Inline(line.into()), bytes, sha256 }),
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
