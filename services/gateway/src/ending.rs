//! `POST /v1/jobs/{id}/cancel` and `DELETE /v1/jobs/{id}`: the caller has enough.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use jobs::{Event, JobId, ProblemCode, State};
use store::{Applied, JobStore};

use crate::auth::Caller;
use crate::door::{Door, unknown_job};
use crate::refusal::{Answer, Refusal};
use crate::status;
use crate::view;

/// Cancels a job: at once if it waits, soon if it runs.
pub(crate) async fn cancel<S: JobStore>(
    id: web::Path<String>,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    let id: JobId = id.parse().map_err(|_| unknown_job())?;
    let applied = door.store.apply(id, Some(&caller.owner), &Event::CancelRequested, None).await?;
    let (status, job) = match applied {
        Applied::Done(job) if job.life.state.is_final() => (StatusCode::OK, job),
        Applied::Done(job) => (StatusCode::ACCEPTED, job),
        // Asked twice is asked once.
        Applied::Stale(job) if job.life.cancel_requested && !job.life.state.is_final() => {
            (StatusCode::ACCEPTED, job)
        }
        Applied::Stale(job) if job.life.state == State::Receiving => {
            let detail = "the upload still goes on: break it off";
            return Err(Refusal::new(ProblemCode::NotFinished, detail));
        }
        Applied::Stale(_) => {
            let detail = "what has ended cannot be cancelled";
            return Err(Refusal::new(ProblemCode::AlreadyFinished, detail));
        }
        Applied::Unknown => return Err(unknown_job()),
    };
    Ok(status::answer(status, &job).json(view::Job::from(&*job)))
}

/// Deletes a job that has ended, with all that it has left.
pub(crate) async fn delete<S: JobStore>(
    id: web::Path<String>,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    let id: JobId = id.parse().map_err(|_| unknown_job())?;
    match door.store.delete(id, &caller.owner).await? {
        Applied::Done(_) => Ok(HttpResponse::NoContent().finish()),
        Applied::Stale(_) => {
            let detail = "what has not ended is cancelled, not deleted";
            Err(Refusal::new(ProblemCode::NotFinished, detail))
        }
        Applied::Unknown => Err(unknown_job()),
    }
}
