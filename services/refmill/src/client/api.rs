//! The calls of the HTTP API that the client makes (`service.md` section 6).

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use jobs::{Problem, ProblemCode};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;

use crate::plan;

/// A server.
pub(super) struct Api {
    client: reqwest::Client,
    /// Without a slash at its end.
    server: String,
    key: Option<String>,
}

/// Why a server has not done something.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It could not be reached, however often it was tried.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// It does not want to.
    #[error("{}", told(.0))]
    Refused(Box<Problem>),
    /// It speaks of something else.
    #[error("unexpected answer: {0}")]
    Unexpected(String),
}

fn told(problem: &Problem) -> String {
    let detail = sentence(&problem.detail);
    format!("{detail} ({})", problem.code.as_str())
}

/// Words of a server, without what would move the cursor of a terminal.
fn sentence(words: &str) -> String {
    words.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

/// A job, as far as the client looks at it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) state: String,
    #[serde(default)]
    pub(super) progress: Progress,
    pub(super) records: Option<jobs::Records>,
    pub(super) warnings: Option<jobs::Warnings>,
    pub(super) error: Option<Problem>,
    pub(super) input: Input,
    #[serde(default)]
    pub(super) results: Vec<ResultLink>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Progress {
    pub(super) records: u64,
    pub(super) bytes: u64,
    pub(super) total_bytes: u64,
}

/// What came in.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Input {
    pub(super) filename: Option<String>,
}

/// A result.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ResultLink {
    pub(super) format: String,
    pub(super) bytes: u64,
    pub(super) sha256: jobs::Digest,
}

impl Job {
    /// Whether nothing more will happen to it.
    pub(super) fn is_final(&self) -> bool {
        matches!(self.state.as_str(), "succeeded" | "failed" | "cancelled" | "expired")
    }

    /// Whether it ended without results.
    pub(super) fn is_lost(&self) -> bool {
        self.is_final() && self.state != "succeeded"
    }

    /// The job on one line.
    pub(super) fn line(&self) -> String {
        let Self { id, progress, .. } = self;
        let state = sentence(&self.state);
        let counted = match (&self.records, progress.total_bytes) {
            (Some(records), _) => {
                let warnings = self.warnings.as_ref().map_or(0, |warnings| warnings.total);
                let jobs::Records { read, written, skipped } = records;
                format!(": {read} read, {written} written, {skipped} skipped, {warnings} findings")
            }
            (None, total) if total > 0 && !self.is_final() => {
                let share = progress.bytes.saturating_mul(100) / total;
                format!(": {} records, {share} %", progress.records)
            }
            (None, _) => String::new(),
        };
        let why = self.error.as_ref().map_or_else(String::new, |why| format!(": {}", told(why)));
        format!("{id} {state}{counted}{why}")
    }

    /// What its files are called.
    pub(super) fn stem(&self) -> String {
        // A name of the server is a label; only its last part may name a file here.
        let name = self.input.filename.as_deref().and_then(|name| Path::new(name).file_name());
        name.map_or_else(|| self.id.clone(), |name| plan::stem_of(&name.to_string_lossy()))
    }
}

/// How long an answer may take that does not wait for a job.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often a server is tried, and how long the first pause is.
const TRIES: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause, whatever a server asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Api {
    pub(super) fn new(server: &str, key: Option<&str>) -> Result<Self, Refusal> {
        // A provider that stands already is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("refmill/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Refusal::Unexpected(chain(&error)))?;
        let server = server.trim_end_matches('/').to_owned();
        Ok(Self { client, server, key: key.map(str::to_owned) })
    }

    /// Submits a body of that length; `body` makes it anew for every try.
    pub(super) async fn submit<S>(
        &self,
        parameters: &[(String, String)],
        key: &str,
        bytes: u64,
        body: impl AsyncFn() -> std::io::Result<S>,
    ) -> Result<Job, Refusal>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    {
        let query = query(parameters);
        let response = self
            .tried(async || {
                let body = body().await.map_err(|error| Refusal::Unexpected(error.to_string()))?;
                Ok(self
                    .client
                    .post(format!("{}/v1/jobs?{query}", self.server))
                    .header("Idempotency-Key", format!("\"{key}\""))
                    .header(CONTENT_TYPE, "application/octet-stream")
                    .header(CONTENT_LENGTH, bytes)
                    .body(reqwest::Body::wrap_stream(body)))
            })
            .await?;
        json(response).await
    }

    /// A job; with `wait` it answers when the job has ended, or after so many seconds.
    pub(super) async fn job(&self, id: &str, wait: Option<u64>) -> Result<Job, Refusal> {
        let id = percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
        let wait = wait.map_or_else(String::new, |seconds| format!("?wait={seconds}"));
        let url = format!("{}/v1/jobs/{id}{wait}", self.server);
        json(self.tried(async || Ok(self.client.get(&url).timeout(PATIENCE))).await?).await
    }

    /// The bytes of a result.
    pub(super) async fn result(
        &self,
        job: &str,
        format: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, Refusal>> + use<>, Refusal> {
        let url = format!("{}/v1/jobs/{job}/results/{format}", self.server);
        let response = self.tried(async || Ok(self.client.get(&url))).await?;
        Ok(response
            .bytes_stream()
            .map(|part| part.map_err(|error| Refusal::Unreachable(chain(&error)))))
    }

    /// Sends a request until there is an answer that is no matter of luck.
    async fn tried(
        &self,
        request: impl AsyncFn() -> Result<RequestBuilder, Refusal>,
    ) -> Result<Response, Refusal> {
        let mut pause = FIRST_PAUSE;
        let mut tries = 0;
        loop {
            let mut request = request().await?;
            if let Some(key) = &self.key {
                request = request.header(AUTHORIZATION, format!("Bearer {key}"));
            }
            let (reason, asked) = match request.send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) if is_passing(response.status()) => {
                    (format!("it answers {}", response.status()), retry_after(&response))
                }
                Ok(response) => {
                    let asked = retry_after(&response).unwrap_or(FIRST_PAUSE);
                    let refusal = problem(response).await;
                    if is_in_progress(&refusal) {
                        // An earlier try of this upload is on its way still, or its end is not
                        // known yet. The server lives, so that this counts as no try.
                        tokio::time::sleep(asked.min(LONGEST_PAUSE)).await;
                        continue;
                    }
                    return Err(refusal);
                }
                Err(error) => (chain(&error), None),
            };
            tries += 1;
            if tries >= TRIES {
                return Err(Refusal::Unreachable(reason));
            }
            tokio::time::sleep(asked.unwrap_or(pause).min(LONGEST_PAUSE)).await;
            pause *= 2;
        }
    }
}

/// How long the server asks to wait before the next try.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether another upload holds the key, which ends by itself: it is completed or given up.
fn is_in_progress(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Refused(problem)
        if problem.code == ProblemCode::IdempotencyInProgress)
}

/// Whether the same request may be answered otherwise a little later.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

async fn json(response: Response) -> Result<Job, Refusal> {
    let body = response.bytes().await.map_err(|error| Refusal::Unreachable(chain(&error)))?;
    serde_json::from_slice(&body).map_err(|error| Refusal::Unexpected(error.to_string()))
}

async fn problem(response: Response) -> Refusal {
    let status = response.status();
    let body = response.bytes().await.unwrap_or_default();
    match serde_json::from_slice(&body) {
        Ok(problem) => Refusal::Refused(Box::new(problem)),
        Err(_) => Refusal::Unexpected(format!("it answers {status}")),
    }
}

/// An error with all that led to it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        source = inner.source();
    }
    words
}

fn query(parameters: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    query.finish()
}
