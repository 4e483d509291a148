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
use crate::held::Held;
use crate::refusal::Refusal;
use crate::request_id::{self, RequestId};

/// Runs a request and everything that is noted about it.
pub(crate) async fn observe(
    gate: web::Data<Gate>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let path = request.path().to_owned();
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let origin = cors::origin(&gate, request.headers());

    let held = Held::of(&mut request);
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
    if let Some(held) = held.filter(|_| status >= 400) {
        outcome = match outcome {
            Ok(response) => Ok(response.map_body(|_, body| held.until_sent(body))),
            Err(response) => Err(response.map_body(|_, body| held.until_sent(body))),
        };
    }
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

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::{App, test, web};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::settings::Settings;

    async fn broken() -> HttpResponse {
        panic!("a secret of the input")
    }

    #[actix_web::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let gate = Gate::new(Settings::default(), CancellationToken::new()).expect("a gate");
        let app = App::new().app_data(web::Data::new(gate)).route("/", web::get().to(broken));
        let app = test::init_service(app.wrap(from_fn(observe))).await;
        let request = test::TestRequest::get().insert_header(("X-Request-Id", "r-1"));
        let error = test::try_call_service(&app, request.to_request()).await.expect_err("a panic");
        let answer = error.error_response();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let headers = answer.headers().clone();
        assert_eq!(headers.get("x-request-id").map(HeaderValue::as_bytes), Some(&b"r-1"[..]));
        let body = actix_web::body::to_bytes(answer.into_body()).await.expect("a body");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((&body["code"], &body["request_id"]), (&"internal".into(), &"r-1".into()));
        assert!(!body.to_string().contains("secret"));
    }
}
