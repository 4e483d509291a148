//! Pages of other origins that may call from a browser (Fetch, "CORS protocol").

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::gate::Gate;

/// Headers of answers that pages may read.
const EXPOSED: &str = "Accept-Ranges, Content-Disposition, Content-Range, ETag, \
    Idempotent-Replayed, Link, Location, Preference-Applied, Refmill-Records, Repr-Digest, \
    Retry-After, X-Request-Id";
/// Headers that pages may send.
const TAKEN: &str = "Accept, Authorization, Content-Encoding, Content-Type, Idempotency-Key, \
    If-None-Match, If-Range, Last-Event-ID, Prefer, Range, X-Request-Id";

/// The origin of the page, if it may call.
pub(crate) fn origin(gate: &Gate, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let is_known = gate.names.may_call(origin.to_str().ok()?);
    is_known.then(|| origin.clone())
}

/// The answer to a browser that asks before it calls.
pub(crate) fn preflight(
    request: &ServiceRequest,
    origin: Option<&HeaderValue>,
) -> Option<HttpResponse> {
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() != Method::OPTIONS || !asks || origin.is_none() {
        return None;
    }
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, DELETE"));
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, TAKEN));
    answer.insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"));
    Some(answer.finish())
}

/// Lets the page read the answer.
pub(crate) fn dress(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let name = header::HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(name, HeaderValue::from_static("cross-origin"));
}
