//! `GET /v1/jobs/{id}`: how a job is, now or as soon as it has changed.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use jobs::Job;
use store::JobStore;

use crate::auth::Caller;
use crate::door::Door;
use crate::etag;
use crate::params::{invalid, only};
use crate::refusal::Answer;
use crate::view;

/// Handles the route.
pub(crate) async fn status<S: JobStore>(
    request: HttpRequest,
    id: web::Path<String>,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    let [wait] = only(request.query_string(), ["wait"])?;
    let headers = request.headers();
    let knows = |job: &Job| etag::none_match(headers, &[&etag::of_version(job.version)]);
    let mut job = door.job(&id, &caller).await?;
    if let Some(wait) = wait {
        let seconds: u64 =
            wait.parse().map_err(|_| invalid("`wait` is a number of seconds".to_owned()))?;
        let most = door.settings().http.max_wait_seconds;
        let is_enough: &dyn Fn(&Job) -> bool = if etag::is_conditional(headers) {
            &|job| !knows(job)
        } else {
            &|job| job.life.state.is_final()
        };
        if !is_enough(&job) {
            let wait = Duration::from_secs(seconds.min(most));
            job = door.wait(job.id, &caller, wait, is_enough).await?;
        }
    }
    if knows(&job) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag::of_version(job.version)))
            .finish());
    }
    Ok(answer(StatusCode::OK, &job).json(view::Job::from(&job)))
}

/// The head of an answer with a job in it.
pub(crate) fn answer(status: StatusCode, job: &Job) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::ETAG, etag::of_version(job.version)));
    if !job.life.state.is_final() {
        answer.insert_header((header::RETRY_AFTER, view::retry_after(job.lane)));
    }
    for file in &job.results {
        let link = format!("<{}>; rel=\"item\"", view::result_href(job.id, file.of));
        if let Ok(link) = HeaderValue::from_str(&link) {
            answer.append_header((header::LINK, link));
        }
    }
    answer
}
