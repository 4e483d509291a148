//! `GET /v1/jobs/{id}/events`: changes of a job as they happen (server-sent events).

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use jobs::{Job, JobId};
use serde::Serialize;
use store::JobStore;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::auth::Caller;
use crate::door::{Door, OpenStream, unknown_job};
use crate::hub::Seen;
use crate::refusal::Answer;
use crate::view;

/// Handles the route.
pub(crate) async fn events<S: JobStore>(
    request: HttpRequest,
    id: web::Path<String>,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    let id: JobId = id.parse().map_err(|_| unknown_job())?;
    let http = &door.settings().http;
    // Watched before it is looked at, so that no change is missed in between.
    let seen = door.hub.watch(id);
    let job = door.job(&id.to_string(), &caller).await?;
    let most = caller.key.as_ref().and_then(|key| key.max_streams).unwrap_or(http.max_streams);
    let open = door.streams.open(&caller.owner, most)?;

    let last = request.headers().get("last-event-id").and_then(|value| value.to_str().ok());
    let knows = last.is_some_and(|last| last == job.version.to_string());
    let mut feed = Feed {
        ready: VecDeque::new(),
        last: job.clone(),
        is_over: false,
        seen,
        ping: Duration::from_secs(http.ping_seconds.max(1)),
        stop: door.gate.stop.clone(),
        _open: open,
    };
    if !knows {
        feed.ready.push_back(event("state", job.version, &view::Job::from(&job)));
    }
    feed.end();
    let events = stream::unfold(feed, |mut feed| async {
        let bytes = feed.next().await?;
        Some((Ok::<_, Infallible>(bytes), feed))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events))
}

/// The stream of one caller.
struct Feed {
    ready: VecDeque<Bytes>,
    last: Job,
    is_over: bool,
    seen: watch::Receiver<Seen>,
    ping: Duration,
    stop: CancellationToken,
    _open: OpenStream,
}

impl Feed {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            let changed = tokio::select! {
                () = self.stop.cancelled() => return None,
                changed = tokio::time::timeout(self.ping, self.seen.changed()) => changed,
            };
            match changed {
                Err(_) => return Some(Bytes::from_static(b": ping\n\n")),
                Ok(Err(_)) => return None,
                Ok(Ok(())) => {}
            }
            let seen = self.seen.borrow_and_update().clone();
            match seen {
                Seen::Nothing => {}
                Seen::Gone => self.is_over = true,
                Seen::Job(job) => self.hear(&job),
            }
        }
    }

    /// Says what has changed.
    fn hear(&mut self, job: &Arc<Job>) {
        if job.version < self.last.version || **job == self.last {
            return;
        }
        let has_moved = job.life != self.last.life || job.finished_at != self.last.finished_at;
        let has_progressed = job.progress != self.last.progress;
        self.last = Job::clone(job);
        if has_moved || !has_progressed {
            self.ready.push_back(event("state", job.version, &view::Job::from(&**job)));
        } else {
            self.ready.push_back(event(
                "progress",
                job.version,
                &view::ProgressEvent::from(&**job),
            ));
        }
        self.end();
    }

    /// The end, if this is it.
    fn end(&mut self) {
        if self.last.life.state.is_final() {
            let end = view::EndEvent::from(&self.last);
            self.ready.push_back(event("end", self.last.version, &end));
            self.is_over = true;
        }
    }
}

/// An event: its name, its id, and JSON without a line break.
fn event(name: &str, id: u64, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).expect("maps with names for keys");
    format!("event: {name}\nid: {id}\ndata: {data}\n\n").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_four_lines_whatever_is_in_it() {
        let bytes = event("state", 3, &"a\nb\r\n\ndata: c");
        assert_eq!(bytes, "event: state\nid: 3\ndata: \"a\\nb\\r\\n\\ndata: c\"\n\n");
    }
}
