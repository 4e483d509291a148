//! What went wrong, for those who asked (RFC 9457, `service.md` section 6.7).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! problems {
    ($($code:ident $name:literal $status:literal $title:literal)*) => {
        /// Every kind of problem that a caller can meet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemCode { $(#[doc = $title] $code,)* }

        impl ProblemCode {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The name: `too-large`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The status of an HTTP answer that says it.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }

            /// What it is, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }
        }
    };
}

problems! {
    InvalidRequest "invalid-request" 400 "Invalid request"
    InvalidOption "invalid-option" 400 "Invalid option"
    InvalidCursor "invalid-cursor" 400 "Invalid cursor"
    WebhookRefused "webhook-refused" 400 "Webhook refused"
    Unauthorized "unauthorized" 401 "Not authorized"
    Forbidden "forbidden" 403 "Not allowed"
    CrossSite "cross-site" 403 "Request from another site"
    NotFound "not-found" 404 "Not found"
    MethodNotAllowed "method-not-allowed" 405 "Method not allowed"
    NotAcceptable "not-acceptable" 406 "No acceptable format"
    UploadTimeout "upload-timeout" 408 "The upload took too long"
    IdempotencyInProgress "idempotency-in-progress" 409 "The same upload is still going on"
    NotFinished "not-finished" 409 "The job has not finished"
    JobFailed "job-failed" 409 "The job has failed"
    AlreadyFinished "already-finished" 409 "The job has finished already"
    ResultGone "result-gone" 410 "The result has been removed"
    TooLarge "too-large" 413 "Too large"
    DecodedTooLarge "decoded-too-large" 413 "Too large when unpacked"
    RatioExceeded "ratio-exceeded" 413 "Grows too much when unpacked"
    UnsupportedMediaType "unsupported-media-type" 415 "Unsupported media type"
    UnsupportedCoding "unsupported-coding" 415 "Unsupported content coding"
    RangeNotSatisfiable "range-not-satisfiable" 416 "Range not satisfiable"
    Misdirected "misdirected" 421 "Misdirected request"
    IdempotencyMismatch "idempotency-mismatch" 422 "The idempotency key belongs to another request"
    UnreadableInput "unreadable-input" 422 "Unreadable input"
    TruncatedInput "truncated-input" 422 "Truncated input"
    NoRecords "no-records" 422 "No records"
    RecordFailed "record-failed" 422 "A record could not be converted"
    LimitExceeded "limit-exceeded" 422 "A limit was exceeded"
    RateLimited "rate-limited" 429 "Too many requests"
    TooManyJobs "too-many-jobs" 429 "Too many jobs"
    TooManyStreams "too-many-streams" 429 "Too many event streams"
    Internal "internal" 500 "Internal error"
    ConvertDisabled "convert-disabled" 501 "Synchronous conversion is switched off"
    Overloaded "overloaded" 503 "Overloaded"
    OutboxFull "outbox-full" 503 "Too many messages wait for the broker"
    ConvertTimeout "convert-timeout" 503 "The conversion took too long"
    Draining "draining" 503 "Stopping"
    StoreUnavailable "store-unavailable" 503 "The store does not answer"
    StorageFull "storage-full" 507 "No space left"
    // Only in the error of a job.
    Poison "poison" 500 "The job ended its workers"
    AttemptsExhausted "attempts-exhausted" 500 "All tries failed"
    TimeLimit "time-limit" 500 "The job took too long"
    OutputLimit "output-limit" 500 "The outputs grew too large"
    InputMissing "input-missing" 500 "The input is missing"
    // Only for messages.
    ReplyToNotAllowed "reply-to-not-allowed" 403 "Replies may not go there"
    MessageIdInvalid "message-id-invalid" 400 "Invalid message id"
    UserIdRequired "user-id-required" 401 "A user id is required"
    UserIdInvalid "user-id-invalid" 400 "Invalid user id"
}

/// A problem object. Its members are those of RFC 9457 and the extensions of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem it is; type, title and status follow from it.
    pub code: ProblemCode,
    /// What happened here, in a sentence without secrets or text of the input beyond its place.
    pub detail: String,
    /// The line of the input, counting from 1.
    pub line: Option<u64>,
    /// Bytes of the unpacked input before the place.
    pub byte_offset: Option<u64>,
    /// The PMID of the record concerned.
    pub pmid: Option<String>,
    /// The limit that was met, in its unit.
    pub limit: Option<u64>,
    /// The key of the configuration that sets the limit.
    pub config_key: Option<String>,
}

impl Problem {
    /// A problem of that kind.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            line: None,
            byte_offset: None,
            pmid: None,
            limit: None,
            config_key: None,
        }
    }

    /// The same with the limit that was met.
    #[must_use]
    pub fn with_limit(mut self, limit: u64, config_key: &str) -> Self {
        self.limit = Some(limit);
        self.config_key = Some(config_key.to_owned());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code.as_str(), self.detail)
    }
}

/// A name that is no problem's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no problem `{0}`")]
pub struct UnknownProblem(String);

impl FromStr for ProblemCode {
    type Err = UnknownProblem;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|code| code.as_str() == name);
        found.ok_or_else(|| UnknownProblem(name.to_owned()))
    }
}

/// How a problem is spelled in JSON.
#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    #[serde(rename = "type", default)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(default)]
    title: std::borrow::Cow<'a, str>,
    #[serde(default)]
    status: u16,
    code: std::borrow::Cow<'a, str>,
    #[serde(default)]
    detail: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    byte_offset: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pmid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    config_key: Option<String>,
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Wire {
            kind: format!("urn:refmill:problem:{}", self.code.as_str()).into(),
            title: self.code.title().into(),
            status: self.code.status(),
            code: self.code.as_str().into(),
            detail: self.detail.as_str().into(),
            line: self.line,
            byte_offset: self.byte_offset,
            pmid: self.pmid.clone(),
            limit: self.limit,
            config_key: self.config_key.clone(),
        }
        .serialize(out)
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(input)?;
        Ok(Self {
            code: wire.code.parse().map_err(serde::de::Error::custom)?,
            detail: wire.detail.into_owned(),
            line: wire.line,
            byte_offset: wire.byte_offset,
            pmid: wire.pmid,
            limit: wire.limit,
            config_key: wire.config_key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_an_object_of_rfc_9457_and_is_read_back() {
        let problem = Problem::new(ProblemCode::TooLarge, "the body has more than 9 bytes")
            .with_limit(9, "limits.upload_bytes");
        let json = serde_json::to_string(&problem).expect("JSON");
        assert_eq!(
            json,
            r#"{"type":"urn:refmill:problem:too-large","title":"Too large","status":413,"code":"too-large","detail":"the body has more than 9 bytes","limit":9,"config_key":"limits.upload_bytes"}"#
        );
        assert_eq!(serde_json::from_str::<Problem>(&json).expect("a problem"), problem);
    }

    #[test]
    fn names_are_unique() {
        for code in ProblemCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
    }
}
