//! What a message of a producer asks for (`service.md` section 5.3).

use std::collections::BTreeMap;

use jobs::{Asked, Coding, Lane, Owner, Problem, ProblemCode, Trace};
use queue::{Header, RawMessage};

use super::reply_to::ReplyRule;
use super::words::{clipped, label, media};
use crate::settings::IntakeSettings;

/// The most bytes of a job that somebody may wait for.
const INTERACTIVE_BYTES: u64 = 4 << 20;

/// The most bytes of an id.
const ID_BYTES: usize = 255;

/// A message that can become a job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Submission {
    pub(crate) owner: Owner,
    pub(crate) asked: Asked,
    pub(crate) lane: Lane,
    pub(crate) kind: Option<&'static str>,
    pub(crate) coding: Option<Coding>,
    pub(crate) filename: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) return_address: Option<ReturnAddress>,
    pub(crate) notify_accepted: bool,
    pub(crate) trace: Option<Trace>,
}

/// Where replies go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnAddress {
    pub(crate) to: String,
    pub(crate) correlation_id: Option<String>,
}

/// A message that can never become a job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) problem: Problem,
    /// Where that is said, if it may be said there.
    pub(crate) return_address: Option<ReturnAddress>,
}

/// The rules for messages.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) max_bytes: u64,
    pub(crate) require_user_id: bool,
    pub(crate) reply: ReplyRule,
}

impl Rules {
    pub(crate) fn new(prefix: &str, settings: &IntakeSettings) -> Result<Self, regex::Error> {
        Ok(Self {
            max_bytes: settings.max_bytes,
            require_user_id: settings.require_user_id,
            reply: ReplyRule::new(prefix, settings.reply_allow.as_deref())?,
        })
    }

    /// Reads a message.
    pub(crate) fn read(&self, message: &RawMessage) -> Result<Submission, Box<Refusal>> {
        let refused = |problem: Box<Problem>, return_address| {
            Box::new(Refusal { problem: *problem, return_address })
        };
        let user = user(message, self.require_user_id);
        // An id that cannot be read opens no queue of its own.
        let known = user.as_ref().ok().copied().flatten();
        let correlation_id = correlation_id(message);
        let return_address = match message.reply_to.as_deref() {
            None => None,
            Some(name) if self.reply.allows(name, known) => Some(ReturnAddress {
                to: name.to_owned(),
                correlation_id: correlation_id.clone().unwrap_or_default(),
            }),
            Some(_) => {
                // Who it is comes first, as it decides where replies may go.
                let problem = user.err().unwrap_or_else(|| {
                    let detail = "replies may not go to the queue that the message names";
                    Problem::new(ProblemCode::ReplyToNotAllowed, detail).into()
                });
                return Err(refused(problem, None));
            }
        };
        let read = || -> Result<Submission, Box<Problem>> {
            let user = user?;
            correlation_id?;
            let submission = Submission {
                return_address: return_address.clone(),
                ..self.content(message, owner(user))?
            };
            Ok(submission)
        };
        read().map_err(|problem| refused(problem, return_address.clone()))
    }

    fn content(&self, message: &RawMessage, owner: Owner) -> Result<Submission, Box<Problem>> {
        let idempotency_key = message.message_id.as_deref().map(message_id).transpose()?;
        let bytes = message.body.len() as u64;
        if bytes == 0 {
            return Err(Problem::new(ProblemCode::InvalidRequest, "the message has no body").into());
        }
        if bytes > self.max_bytes {
            let detail = format!("the body has more than {} bytes", self.max_bytes);
            let problem = Problem::new(ProblemCode::TooLarge, detail);
            return Err(Box::new(problem.with_limit(self.max_bytes, "intake.max_bytes")));
        }
        let content_type = message.content_type.as_deref();
        let (kind, coding) = media(content_type, message.content_encoding.as_deref())?;
        let mut submission = Submission {
            owner,
            asked: Asked::default(),
            lane: Lane::Bulk,
            kind,
            coding,
            filename: None,
            idempotency_key,
            return_address: None,
            notify_accepted: false,
            trace: trace(&message.headers),
        };
        for (name, value) in &message.headers {
            submission.header(name, value)?;
        }
        if bytes > INTERACTIVE_BYTES {
            submission.lane = Lane::Bulk;
        }
        Ok(submission)
    }
}

/// The trace that a message belongs to, if its headers are those of one.
fn trace(headers: &BTreeMap<String, Header>) -> Option<Trace> {
    let text = |name: &str| match headers.get(name)? {
        Header::Text(text) => Some(text.as_str()),
        _ => None,
    };
    Trace::read(text("traceparent")?, text("tracestate"))
}

impl Submission {
    /// Hears a header; those that are not ours are passed over.
    fn header(&mut self, name: &str, value: &Header) -> Result<(), Box<Problem>> {
        let option = name.strip_prefix("opt.");
        let is_ours = option.is_some()
            || matches!(name, "formats" | "on_error" | "lane" | "filename" | "notify");
        if !is_ours {
            return Ok(());
        }
        let value = text(name, value)?;
        match (option, name) {
            // These have names of their own, or are said by the type of the content.
            (Some("formats" | "on_error" | "input"), _) => Err(unknown_option(name).into()),
            (Some(option), _) => self.set(option, name, &value),
            (None, "lane") => {
                self.lane = value.parse().map_err(|error: jobs::InvalidLane| {
                    Box::new(invalid(name, &error.to_string()))
                })?;
                Ok(())
            }
            (None, "notify") => match value.as_str() {
                "finished" => Ok(()),
                "all" => {
                    self.notify_accepted = true;
                    Ok(())
                }
                _ => Err(invalid(name, "it is finished or all").into()),
            },
            (None, "filename") => {
                self.filename = label(&value);
                Ok(())
            }
            (None, _) => self.set(name, name, &value),
        }
    }

    fn set(&mut self, option: &str, name: &str, value: &str) -> Result<(), Box<Problem>> {
        self.asked.set(option, value).map_err(|error| invalid(name, &error.to_string()).into())
    }
}

/// Who has sent it, as the broker has checked it.
fn user(message: &RawMessage, is_required: bool) -> Result<Option<&str>, Box<Problem>> {
    let Some(user) = message.user_id.as_deref() else {
        if is_required {
            let detail = "the message must have the property user_id";
            return Err(Problem::new(ProblemCode::UserIdRequired, detail).into());
        }
        return Ok(None);
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=64).contains(&user.len()) && user.bytes().all(is_word) {
        return Ok(Some(user));
    }
    let detail = "a user id is 1 to 64 letters, digits, `_` and `-`";
    Err(Problem::new(ProblemCode::UserIdInvalid, detail).into())
}

fn owner(user: Option<&str>) -> Owner {
    Owner(user.map_or_else(|| "amqp".to_owned(), |user| format!("amqp:{user}")))
}

fn message_id(id: &str) -> Result<String, Box<Problem>> {
    if is_message_id(id) {
        return Ok(id.to_owned());
    }
    let detail = "a message id is 1 to 255 printable characters of ASCII";
    Err(Problem::new(ProblemCode::MessageIdInvalid, detail).into())
}

/// Whether it can name a submission.
pub(crate) fn is_message_id(id: &str) -> bool {
    (1..=ID_BYTES).contains(&id.len()) && id.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// What replies carry: the correlation id, or else the message id.
fn correlation_id(message: &RawMessage) -> Result<Option<String>, Box<Problem>> {
    match &message.correlation_id {
        None => Ok(message.message_id.clone().filter(|id| is_message_id(id))),
        Some(id) if id.len() <= ID_BYTES && !id.chars().any(char::is_control) => {
            Ok(Some(id.clone()))
        }
        Some(_) => {
            let detail = "a correlation id is up to 255 bytes without control characters";
            Err(Problem::new(ProblemCode::InvalidRequest, detail).into())
        }
    }
}

/// A header as text; booleans and whole numbers have one.
fn text(name: &str, value: &Header) -> Result<String, Box<Problem>> {
    match value {
        Header::Text(text) => Ok(text.clone()),
        Header::Bool(value) => Ok(value.to_string()),
        Header::Integer(value) => Ok(value.to_string()),
        Header::Other => Err(invalid(name, "it is a string, a boolean or an integer").into()),
    }
}

fn unknown_option(name: &str) -> Problem {
    Problem::new(ProblemCode::InvalidOption, format!("unknown option {}", clipped(name)))
}

fn invalid(name: &str, reason: &str) -> Problem {
    let detail = format!("header `{}`: {}", clipped(name), clipped(reason));
    Problem::new(ProblemCode::InvalidOption, detail)
}

#[cfg(test)]
mod tests;
