//! `GET /v1/jobs`: the caller's jobs, the newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use jobs::State;
use store::{JobStore, Page};

use crate::auth::Caller;
use crate::cursor;
use crate::door::Door;
use crate::params::{invalid, only};
use crate::refusal::Answer;
use crate::view;

/// Jobs on a page, if nothing is said.
const LIMIT: u32 = 50;
/// The most jobs on a page.
const MOST: u32 = 500;

/// Handles the route.
pub(crate) async fn list<S: JobStore>(
    request: HttpRequest,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    let [state, limit, cursor] = only(request.query_string(), ["state", "limit", "cursor"])?;
    if state.as_deref().is_some_and(|state| !State::NAMES.contains(&state)) {
        return Err(invalid(format!("`state` is one of {}", State::NAMES.join(", "))));
    }
    let limit = match limit.as_deref().map(str::parse) {
        None => LIMIT,
        Some(Ok(limit @ 1..=MOST)) => limit,
        Some(_) => return Err(invalid(format!("`limit` is a number from 1 to {MOST}"))),
    };
    let before = cursor.as_deref().map(cursor::read).transpose()?;
    // One more than asked for says whether there is a next page.
    let page = Page { state, before, limit: limit + 1 };
    let mut jobs = door.store.list(&caller.owner, &page).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = jobs.len() > limit;
    jobs.truncate(limit);
    let next = jobs.last().filter(|_| has_more).map(|job| cursor::behind(job.id));
    let jobs = jobs.iter().map(view::Job::from).collect();
    Ok(HttpResponse::Ok().json(view::Jobs { jobs, next }))
}
