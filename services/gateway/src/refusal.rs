//! Answers that say what went wrong: problems of RFC 9457, whatever refuses a request.

use std::error::Error;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use blobs::BlobError;
use jobs::{Problem, ProblemCode};
use serde::Serialize;
use serde_json::Value;
use store::StoreError;

use crate::request_id;

/// What a handler gives.
pub(crate) type Answer = Result<HttpResponse, Refusal>;

/// The media type of problems.
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json";

/// Seconds after which a request that was refused for the load may be tried again.
const SOON: u64 = 1;
/// Seconds after which what is away may be back.
const LATER: u64 = 5;

/// A problem on its way to whoever has caused it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    problem: Problem,
    headers: Vec<(HeaderName, HeaderValue)>,
    more: Option<(&'static str, Value)>,
}

impl Refusal {
    /// A refusal of that kind.
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// Something is larger than a limit.
    pub(crate) fn limit(code: ProblemCode, detail: &str, limit: u64, key: &str) -> Self {
        Problem::new(code, detail).with_limit(limit, key).into()
    }

    /// A fault of this program, which is in the log.
    pub(crate) fn internal() -> Self {
        Self::new(ProblemCode::Internal, "the log has more under the id of this request")
    }

    /// The same with a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The same with another time after which it may be tried again.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The same with one more member in its body.
    pub(crate) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.more = Some((name, value));
        self
    }

    /// What kind of problem it is.
    pub(crate) fn code(&self) -> ProblemCode {
        self.0.problem.code
    }

    /// Seconds after which the same request may succeed, if time alone can help.
    fn patience(&self) -> Option<u64> {
        match self.code() {
            ProblemCode::RateLimited
            | ProblemCode::Overloaded
            | ProblemCode::IdempotencyInProgress => Some(SOON),
            ProblemCode::TooManyJobs
            | ProblemCode::TooManyStreams
            | ProblemCode::OutboxFull
            | ProblemCode::ConvertTimeout
            | ProblemCode::Draining
            | ProblemCode::StoreUnavailable => Some(LATER),
            _ => None,
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(Parts { problem, headers: Vec::new(), more: None }))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = chain(&error), "the store has failed");
        match error {
            StoreError::Corrupt { .. } => Self::internal(),
            _ => Self::new(ProblemCode::StoreUnavailable, "the store does not answer"),
        }
    }
}

impl From<BlobError> for Refusal {
    fn from(error: BlobError) -> Self {
        tracing::error!(error = chain(&error), "the blob store has failed");
        match error {
            BlobError::Full => {
                Self::new(ProblemCode::StorageFull, "there is no space left for this upload")
            }
            _ => Self::new(ProblemCode::StoreUnavailable, "the blob store does not answer"),
        }
    }
}

/// An error with all its causes, for the log.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The body of the answer.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    problem: &'a Problem,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.problem.fmt(out)
    }
}

impl Error for Refusal {}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::build(self.status_code());
        for (name, value) in &self.0.headers {
            answer.insert_header((name.clone(), value.clone()));
        }
        let is_set = self.0.headers.iter().any(|(name, _)| *name == header::RETRY_AFTER);
        if let Some(seconds) = self.patience().filter(|_| !is_set) {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        let body = Body { problem: &self.0.problem, request_id: request_id::current() };
        let mut body = serde_json::to_value(body).unwrap_or_default();
        if let (Value::Object(members), Some((name, value))) = (&mut body, &self.0.more) {
            members.insert((*name).to_owned(), value.clone());
        }
        answer.content_type(PROBLEM_TYPE).body(body.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_refused_for_the_load_is_told_when_to_come_back() {
        for code in ProblemCode::ALL {
            let answer = Refusal::new(*code, "as a test").error_response();
            assert_eq!(answer.status().as_u16(), code.status());
            let must = matches!(code.status(), 429 | 503);
            let has = answer.headers().contains_key(header::RETRY_AFTER);
            assert!(has || !must, "{}", code.as_str());
            let media_type = answer.headers().get(header::CONTENT_TYPE);
            assert!(media_type.is_some_and(|value| value == PROBLEM_TYPE));
        }
    }

    #[test]
    fn what_fails_behind_the_door_is_not_told() {
        let source = std::io::Error::other("hunter2");
        let store = StoreError::Folder { path: "/hunter2".into(), source };
        let blobs = BlobError::Settings("hunter2".to_owned());
        for refusal in [Refusal::from(store), Refusal::from(blobs)] {
            let told = serde_json::to_string(&refusal.0.problem).expect("JSON");
            assert!(told.contains("does not answer") && !told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn a_time_that_is_known_stands_alone() {
        let refusal = Refusal::new(ProblemCode::RateLimited, "too fast").retry_after(7);
        let answer = refusal.error_response();
        let times: Vec<_> = answer.headers().get_all(header::RETRY_AFTER).collect();
        assert_eq!(times, ["7"]);
    }
}
