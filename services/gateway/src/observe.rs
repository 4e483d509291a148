//! What happens around every request: its id, its line in the log, its numbers, the headers of
//! its answer, and what is said when a handler panics.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError, web};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::cors;
use crate::gate::Gate;
use crate::refusal::Refusal;
use crate::request_id::{self, RequestId};

/// Runs a request and everything that is noted about it.
pub(crate) async fn observe(
    gate: web::Data<Gate>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let path = request.path().to_owned();
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let origin = cors::origin(&gate, request.headers());

    let span = tracing::info_span!("request", request_id = id.as_str());
    let work = async {
        if let Some(answer) = cors::preflight(&request, origin.as_ref()) {
            return Ok(request.into_response(answer));
        }
        match AssertUnwindSafe(async { next.call(request).await }).catch_unwind().await {
            Ok(Ok(response)) => Ok(response.map_into_boxed_body()),
            Ok(Err(error)) => Err(error.error_response()),
            Err(panic) => {
                tracing::error!(panic = said(&*panic), "a handler has panicked");
                metrics::counter!("refmill_http_panics_total").increment(1);
                Err(Refusal::internal().error_response())
            }
        }
    };
    let mut outcome = id.clone().scope(work.instrument(span)).await;

    let (status, headers) = match &mut outcome {
        Ok(response) => (response.status().as_u16(), response.headers_mut()),
        Err(response) => (response.status().as_u16(), response.headers_mut()),
    };
    dress(headers, &id, origin);
    note(&method, &path, route, status, &id, started);
    outcome.map_err(refused)
}

/// An answer that no request is left for.
fn refused(answer: HttpResponse) -> Error {
    InternalError::from_response("a handler has failed", answer).into()
}

/// Sets what every answer has.
fn dress(headers: &mut HeaderMap, id: &RequestId, origin: Option<HeaderValue>) {
    headers.insert(request_id::HEADER, id.value());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let mut unless_set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    unless_set(header::CACHE_CONTROL, "no-store");
    unless_set(header::REFERRER_POLICY, "no-referrer");
    // What is no page runs nothing, whatever a browser takes it for.
    unless_set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    unless_set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if let Some(origin) = origin {
        cors::dress(headers, origin);
    }
}

/// One line in the log, without query, headers or bodies; and the numbers.
fn note(method: &Method, path: &str, route: String, status: u16, id: &RequestId, from: Instant) {
    let seconds = from.elapsed().as_secs_f64();
    tracing::info!(
        target: "refmill::access",
        request_id = id.as_str(),
        method = method.as_str(),
        path,
        route,
        status,
        seconds,
        "answered"
    );
    let code = status.to_string();
    metrics::counter!("refmill_http_requests_total", "route" => route.clone(), "code" => code.clone())
        .increment(1);
    metrics::histogram!("refmill_http_request_seconds", "route" => route, "code" => code)
        .record(seconds);
}

/// What a panic has said.
pub(crate) fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("nothing")
}
