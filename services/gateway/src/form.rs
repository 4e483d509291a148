//! A form with a file in it (RFC 7578): exactly one part `file`, few and short others.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header::HeaderMap;
use futures_util::TryStreamExt;
use jobs::{Coding, ProblemCode};

use crate::body::{Body, Reason, Sink};
use crate::filename;
use crate::media::{self, Media};
use crate::params::{For, Params};
use crate::refusal::Refusal;

/// The most parts.
const PARTS: usize = 16;
/// The most bytes of a part that is no file.
const PART_BYTES: usize = 1 << 10;

/// What is said of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its kind, by its media type.
    pub(crate) kind: Option<&'static str>,
    /// How it is packed.
    pub(crate) coding: Option<Coding>,
}

/// Reads a form: the file goes to the sink, all else to the parameters.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    params: &mut Params,
    purpose: For,
    sink: &mut impl Sink,
) -> Result<Said, Refusal> {
    let (chunks, reason) = body.into_chunks();
    let mut form = Multipart::new(headers, chunks);
    let mut said = None;
    let mut parts = 0;
    while let Some(field) = form.try_next().await.map_err(|error| broken(&reason, error))? {
        parts += 1;
        if parts > PARTS {
            return Err(odd(format!("a form has at most {PARTS} parts")));
        }
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            let value = short(field, &reason).await?;
            params.set(&name, &value, purpose)?;
        } else if said.is_some() {
            return Err(odd("the form has a second part `file`".to_owned()));
        } else {
            said = Some(file(field, &reason, params, sink).await?);
        }
    }
    said.ok_or_else(|| odd("the form has no part `file`".to_owned()))
}

async fn file(
    mut field: Field,
    reason: &Reason,
    params: &mut Params,
    sink: &mut impl Sink,
) -> Result<Said, Refusal> {
    if params.filename.is_none() {
        let disposition = field.content_disposition();
        let name = disposition.and_then(|disposition| disposition.get_filename());
        params.filename = name.and_then(filename::label);
    }
    // A browser says what it takes the file for; a name that is not known here says nothing.
    let said = match field.content_type().map(|kind| media::of_type(kind.essence_str())) {
        Some(Ok(Media::Raw { kind, coding })) => Said { kind, coding },
        _ => Said::default(),
    };
    while let Some(chunk) = field.try_next().await.map_err(|error| broken(reason, error))? {
        sink.push(chunk).await?;
    }
    Ok(said)
}

async fn short(mut field: Field, reason: &Reason) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.try_next().await.map_err(|error| broken(reason, error))? {
        if bytes.len() + chunk.len() > PART_BYTES {
            return Err(odd(format!("a part that is no file has at most {PART_BYTES} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| odd("a part that is no file is no UTF-8".to_owned()))
}

fn broken(reason: &Reason, error: MultipartError) -> Refusal {
    match error {
        MultipartError::Payload(error) => reason.of(&error),
        MultipartError::Incomplete => reason.of(&MultipartError::Incomplete),
        error => odd(format!("the form cannot be read: {}", lower(&error.to_string()))),
    }
}

fn lower(text: &str) -> String {
    text.to_lowercase().chars().filter(|sign| !sign.is_control()).take(200).collect()
}

fn odd(detail: String) -> Refusal {
    Refusal::new(ProblemCode::InvalidRequest, detail)
}
