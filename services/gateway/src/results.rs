//! `GET /v1/jobs/{id}/results/{format}` and `…/diagnostics`: what a job has made.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, SizedStream};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, ContentEncoding, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blobs::BlobError;
use formats::Format;
use futures_util::{StreamExt, TryStreamExt, stream};
use jobs::{Body, Job, ProblemCode, ResultFile, State, place};
use store::JobStore;

use crate::accept::thousandths;
use crate::auth::Caller;
use crate::door::Door;
use crate::etag;
use crate::filename;
use crate::range::{self, Part};
use crate::refusal::{Answer, Refusal, chain};

/// The media type of diagnostics.
const DIAGNOSTICS_TYPE: &str = "application/x-ndjson";
/// How long an address in the store opens a result: to begin a download, not to end it.
const SIGNED_FOR: Duration = Duration::from_mins(5);

/// A file that is answered with.
struct File<'a> {
    body: &'a Body,
    bytes: u64,
    sha256: jobs::Digest,
    media_type: &'static str,
    disposition: String,
}

/// Handles the route of results.
pub(crate) async fn result<S: JobStore>(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    let (id, format) = path.into_inner();
    let job = door.job(&id, &caller).await?;
    let format: Option<Format> = format.parse().ok();
    let Some(format) = format.filter(|format| job.asked.formats.contains(format)) else {
        let detail = "this format was not asked for";
        return Err(Refusal::new(ProblemCode::NotFound, detail));
    };
    match &job.life.state {
        State::Receiving | State::Queued | State::Running { .. } => return Err(not_finished()),
        State::Failed { .. } => {
            return Err(Refusal::new(
                ProblemCode::JobFailed,
                "a job that has failed has no results",
            ));
        }
        State::Cancelled | State::Expired => {
            let detail = format!("a job that is {} has no results", job.life.state.name());
            return Err(Refusal::new(ProblemCode::JobFailed, detail));
        }
        State::Succeeded => {}
    }
    let file = job.results.iter().find(|file| file.of == format).ok_or_else(gone)?;
    let extension = place::extension(format);
    let file = File::new(file, format.media_type(), attachment(&job, extension));
    send(&request, &door, &file).await
}

/// Handles the route of diagnostics.
pub(crate) async fn diagnostics<S: JobStore>(
    request: HttpRequest,
    id: web::Path<String>,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    let job = door.job(&id, &caller).await?;
    if !job.life.state.is_final() {
        return Err(not_finished());
    }
    let Some(file) = &job.diagnostics else {
        let had_some = job.life.state == State::Succeeded
            || job.warnings.as_ref().is_some_and(|warnings| warnings.total > 0);
        if had_some {
            return Err(gone());
        }
        let detail = "this job has ended before anything was said about its records";
        return Err(Refusal::new(ProblemCode::NotFound, detail));
    };
    let file = File::new(file, DIAGNOSTICS_TYPE, attachment(&job, "diagnostics.ndjson"));
    send(&request, &door, &file).await
}

impl<'a> File<'a> {
    fn new<Of>(file: &'a ResultFile<Of>, media_type: &'static str, disposition: String) -> Self {
        let ResultFile { body, bytes, sha256, .. } = file;
        Self { body, bytes: *bytes, sha256: *sha256, media_type, disposition }
    }
}

fn attachment(job: &Job, extension: &str) -> String {
    filename::attachment(job.input.filename.as_deref(), extension)
}

fn not_finished() -> Refusal {
    Refusal::new(ProblemCode::NotFinished, "the job has not ended yet")
}

fn gone() -> Refusal {
    Refusal::new(ProblemCode::ResultGone, "it was kept for its time, and that is over")
}

async fn send<S: JobStore>(request: &HttpRequest, door: &Door<S>, file: &File<'_>) -> Answer {
    let headers = request.headers();
    let tag = format!("\"{}\"", file.sha256);
    let packed_tag = packed(&tag);
    if etag::none_match(headers, &[&tag, &packed_tag]) {
        let mut answer = HttpResponse::NotModified();
        answer.insert_header((header::ETAG, tag));
        answer.insert_header((header::CACHE_CONTROL, "private, immutable"));
        return Ok(answer.finish());
    }
    if let Some(address) = elsewhere(request, door, file).await? {
        let mut answer = HttpResponse::TemporaryRedirect();
        answer.insert_header((header::LOCATION, address));
        return Ok(answer.finish());
    }
    let range = headers.get(header::RANGE).filter(|_| etag::if_range(headers, &tag));
    let range = range.and_then(|range| range.to_str().ok());
    let (status, bytes) = match range::of(range, file.bytes) {
        Part::Whole => (StatusCode::OK, 0..file.bytes),
        Part::Bytes(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        Part::Unsatisfiable => {
            let detail = format!("there are {} bytes", file.bytes);
            let value = HeaderValue::from_str(&format!("bytes */{}", file.bytes));
            let value = value.expect("digits and signs");
            return Err(Refusal::new(ProblemCode::RangeNotSatisfiable, detail)
                .with_header(header::CONTENT_RANGE, value));
        }
    };
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CONTENT_TYPE, file.media_type));
    answer.insert_header((header::CONTENT_DISPOSITION, file.disposition.as_str()));
    answer.insert_header((header::ETAG, tag));
    answer.insert_header((header::ACCEPT_RANGES, "bytes"));
    answer.insert_header((header::CACHE_CONTROL, "private, immutable"));
    answer.insert_header((header::VARY, "Accept-Encoding"));
    let digest = STANDARD.encode(file.sha256.0);
    answer.insert_header(("Repr-Digest", format!("sha-256=:{digest}:")));
    if status == StatusCode::PARTIAL_CONTENT {
        let (first, last) = (bytes.start, bytes.end.saturating_sub(1));
        let value = format!("bytes {first}-{last}/{}", file.bytes);
        answer.insert_header((header::CONTENT_RANGE, value));
    }
    let length = bytes.end - bytes.start;
    if request.method() == Method::HEAD {
        let nothing = stream::empty::<Result<Bytes, Error>>();
        return Ok(answer.body(SizedStream::new(length, nothing)));
    }
    match file.body {
        Body::Inline(inline) => {
            let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            let part = inline.0.get(index(bytes.start)..index(bytes.end)).ok_or_else(|| {
                tracing::error!("a result has fewer bytes than its row says");
                Refusal::internal()
            })?;
            Ok(answer.body(part.to_vec()))
        }
        Body::Blob(key) => {
            let range = (status == StatusCode::PARTIAL_CONTENT).then_some(bytes);
            let reader = match door.blobs.read(key, range).await {
                Ok(reader) => reader,
                Err(BlobError::Missing { .. }) => return Err(gone()),
                Err(error) => return Err(error.into()),
            };
            let pieces = reader.stream.map_err(|error| {
                // The head is out: all that can be done is not to look complete.
                tracing::error!(error = chain(&error), "a result has broken off");
                actix_web::error::ErrorInternalServerError("the result has broken off")
            });
            Ok(answer.body(SizedStream::new(length, pieces.boxed_local())))
        }
    }
}

/// The address in the store where a file can be read, if it is to be read there.
///
/// It is signed for `GET`: whoever asks for the head alone gets it here.
async fn elsewhere<S: JobStore>(
    request: &HttpRequest,
    door: &Door<S>,
    file: &File<'_>,
) -> Result<Option<String>, Refusal> {
    match file.body {
        Body::Blob(key) if door.settings().blobs.redirect && request.method() == Method::GET => {
            let (kind, name) = (file.media_type, file.disposition.as_str());
            Ok(door.blobs.signed_url(key, SIGNED_FOR, kind, name).await?)
        }
        Body::Blob(_) | Body::Inline(_) => Ok(None),
    }
}

/// The tag of the same bytes, packed.
fn packed(tag: &str) -> String {
    format!("{}-gzip\"", tag.trim_end_matches('"'))
}

/// Stands around the packing of answers: lets gzip alone be asked for, and nothing where a range
/// is, and gives what was packed a tag of its own.
pub(crate) async fn negotiate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_whole = !request.headers().contains_key(header::RANGE);
    let takes_gzip = request.headers().get_all(header::ACCEPT_ENCODING).any(takes_gzip);
    let headers = request.headers_mut();
    headers.remove(header::ACCEPT_ENCODING);
    if is_whole && takes_gzip && request.method() == Method::GET {
        let gzip = HeaderValue::from_static("gzip");
        request.headers_mut().insert(header::ACCEPT_ENCODING, gzip);
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    let is_packed = response
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding.as_bytes() == ContentEncoding::Gzip.as_str().as_bytes());
    if is_packed {
        let headers = response.headers_mut();
        headers.remove("repr-digest");
        headers.remove(header::ACCEPT_RANGES);
        let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(packed);
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    Ok(response)
}

/// Whether an `Accept-Encoding` has gzip in it, and not with a quality of nothing.
fn takes_gzip(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(|text| {
        text.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            let is_refused = parts.any(|part| {
                let quality = part.split_once('=').filter(|(name, _)| name.trim() == "q");
                quality.is_some_and(|(_, quality)| thousandths(quality.trim()) == 0)
            });
            is_gzip && !is_refused
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_by_those_who_ask_for_it() {
        let rows = [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000", false),
            ("gzip;q=0.001", true),
            ("identity", false),
            ("*", false),
            ("", false),
        ];
        for (value, takes) in rows {
            assert_eq!(takes_gzip(&HeaderValue::from_static(value)), takes, "{value}");
        }
        assert_eq!(packed("\"77ab\""), "\"77ab-gzip\"");
    }
}
