//! Invented records, and a worker that runs as long as a test.

use std::io::Write;

use blobs::Blobs;
use convert::{Conversion, Execution, Request};
use formats::Format;
use futures_util::TryStreamExt;
use jobs::message::{Digest, Finished, JobLimits, JobMessage, MessageInput};
use jobs::{Asked, Body, JobId, Lane, Outcome, Problem, place};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use worker::{Settings, WorkerError};

use crate::fake::Fake;

/// A worker at work, and the queue and the blobs that it knows.
pub(crate) struct Bench {
    pub(crate) queue: Fake,
    pub(crate) blobs: Blobs,
    pub(crate) stop: CancellationToken,
    pub(crate) worker: JoinHandle<Result<(), WorkerError>>,
    _folder: Option<tempfile::TempDir>,
}

impl Bench {
    /// A worker with blobs in files.
    pub(crate) fn files(settings: Settings) -> Self {
        Self::files_with(settings, |blobs| blobs)
    }

    /// A worker with blobs in files of a disk that is not as others are.
    pub(crate) fn files_with(settings: Settings, change: impl FnOnce(Blobs) -> Blobs) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = change(Blobs::files(folder.path()).expect("blobs"));
        Self::over(blobs, settings, Some(folder))
    }

    /// A worker with blobs in memory.
    pub(crate) fn memory(settings: Settings) -> Self {
        Self::over(Blobs::memory(), settings, None)
    }

    fn over(blobs: Blobs, settings: Settings, folder: Option<tempfile::TempDir>) -> Self {
        let (queue, stop) = (Fake::new(), CancellationToken::new());
        let role = worker::run(queue.clone(), blobs.clone(), settings, stop.clone());
        Self { queue, blobs, stop, worker: tokio::spawn(role), _folder: folder }
    }

    /// Does a job, and answers how it ended.
    pub(crate) async fn does(&self, message: JobMessage) -> Finished {
        let job = message.job;
        self.queue.deliver(message);
        self.queue.end_of(job).await
    }

    /// A job whose input is a blob.
    pub(crate) async fn blob(&self, input: &[u8], settings: &[(&str, &str)]) -> JobMessage {
        let mut message = job(input, settings);
        let key = place::input(message.job);
        self.blobs.put(&key, input.to_vec().into()).await.expect("room");
        message.input.body = Body::Blob(key);
        message
    }

    pub(crate) async fn bytes(&self, body: &Body) -> Vec<u8> {
        match body {
            Body::Inline(bytes) => bytes.0.clone(),
            Body::Blob(key) => {
                let reader = self.blobs.read(key, None).await.expect("a blob");
                reader.all().await.expect("bytes").to_vec()
            }
        }
    }

    /// What was said in a run, line by line.
    pub(crate) async fn said(&self, finished: &Finished) -> Vec<serde_json::Value> {
        let file = finished.product.diagnostics.as_ref().expect("diagnostics");
        let bytes = self.bytes(&file.body).await;
        assert_eq!((file.bytes, file.sha256), (bytes.len() as u64, Digest::of(&bytes)));
        let text = String::from_utf8(bytes).expect("UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The keys of all outputs.
    pub(crate) async fn outputs(&self) -> Vec<String> {
        let entries = self.blobs.list("out/").map_ok(|entry| entry.key).try_collect::<Vec<_>>();
        let mut keys = entries.await.expect("a listing");
        keys.sort();
        keys
    }
}

/// A bulk job whose input travels with it.
pub(crate) fn job(input: &[u8], settings: &[(&str, &str)]) -> JobMessage {
    let mut asked = Asked::default();
    for (name, value) in settings {
        asked.set(name, value).expect("a setting");
    }
    let job = JobId::new();
    JobMessage {
        job,
        attempt: 1,
        lane: Lane::Bulk,
        input: MessageInput {
            body: Body::Inline(input.to_vec().into()),
            bytes: input.len() as u64,
            sha256: Digest::of(input),
            kind: None,
            coding: None,
        },
        asked,
        limits: JobLimits::default(),
        output: place::output(job),
        republished: false,
        trace: None,
    }
}

pub(crate) fn problem(finished: &Finished) -> Problem {
    match &finished.outcome {
        Outcome::Failed { problem } | Outcome::Retry { problem } => problem.clone(),
        other => panic!("{other:?}"),
    }
}

/// A record whose abstract has so many bytes.
pub(crate) fn article(pmid: u64, abstract_bytes: usize) -> String {
    let words = "invented words ".repeat(abstract_bytes / 15);
    format!(
        "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID>\
         <Article><Journal><Title>Journal of Inventions</Title><JournalIssue><PubDate>\
         <Year>2020</Year></PubDate></JournalIssue></Journal>\
         <ArticleTitle>Invention {pmid}.</ArticleTitle>\
         <Abstract><AbstractText>{words}</AbstractText></Abstract>\
         <AuthorList><Author><LastName>Doe</LastName><ForeName>Jane</ForeName></Author></AuthorList>\
         </Article></MedlineCitation></PubmedArticle>\n"
    )
}

/// A record that cannot be read.
pub(crate) const BROKEN: &str =
    "<PubmedArticle><MedlineCitation><PMID>5</PMID></Nothing></PubmedArticle>\n";

pub(crate) fn set(articles: &str) -> Vec<u8> {
    format!("<PubmedArticleSet>\n{articles}</PubmedArticleSet>\n").into_bytes()
}

/// So many records of about a kilobyte.
pub(crate) fn records(count: u64) -> Vec<u8> {
    set(&(1..=count).map(|pmid| article(99_000_000 + pmid, 600)).collect::<String>())
}

/// Records that keep one thread busy for some seconds, whatever the tests were built for.
pub(crate) fn long() -> Vec<u8> {
    records(if cfg!(debug_assertions) { 60_000 } else { 600_000 })
}

/// Records that keep one thread busy for a while.
pub(crate) fn a_while() -> Vec<u8> {
    records(if cfg!(debug_assertions) { 15_000 } else { 150_000 })
}

/// Settings for one thread that converts.
pub(crate) fn slow() -> Settings {
    Settings { threads: 1, ..Settings::default() }
}

/// Gzip of those bytes, stored as they are (RFC 1951 section 3.2.4, RFC 1952).
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for block in bytes.chunks(0xffff) {
        let length = u16::try_from(block.len()).expect("a chunk");
        packed.push(0);
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(&(!length).to_le_bytes());
        packed.extend_from_slice(block);
    }
    packed.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        let next = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        (0..8).fold(sum ^ u32::from(*byte), next)
    });
    packed.extend_from_slice(&(!sum).to_le_bytes());
    packed.extend_from_slice(&u32::try_from(bytes.len()).expect("a short input").to_le_bytes());
    packed
}

/// What `refmill convert` writes.
pub(crate) fn converted(input: &[u8], settings: &[(&str, &str)]) -> Vec<(Format, Vec<u8>)> {
    let mut request = Request::default();
    for (name, value) in settings {
        request.set(name, value).expect("a setting");
    }
    let mut outputs = vec![Vec::new(); request.formats.len()];
    let sinks = outputs.iter_mut().map(|output| Box::new(output) as Box<dyn Write + Send>);
    let mut conversion =
        Conversion::new(&request, Execution::default(), sinks.collect()).expect("a conversion");
    if conversion.needs_survey() {
        conversion.survey(input, &mut ()).expect("a survey");
    }
    conversion.convert(input, &mut ()).expect("no failure");
    conversion.finish().expect("outputs");
    request.formats.into_iter().zip(outputs).collect()
}
