//! What the handlers share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::web;
use blobs::Blobs;
use jobs::{Job, JobId, Owner, ProblemCode};
use store::JobStore;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::auth::Caller;
use crate::capacity::Capacity;
use crate::gate::Gate;
use crate::health::Checked;
use crate::hub::{Hub, Seen};
use crate::refusal::Refusal;
use crate::settings::Settings;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Door<S> {
    /// The jobs.
    pub(crate) store: S,
    /// Their bytes.
    pub(crate) blobs: Blobs,
    /// What is known of callers.
    pub(crate) gate: web::Data<Gate>,
    /// Who waits for changes.
    pub(crate) hub: Hub,
    /// What can still be taken.
    pub(crate) capacity: Capacity,
    /// Room for synchronous conversions.
    pub(crate) slots: Arc<Semaphore>,
    /// Event streams.
    pub(crate) streams: Streams,
    /// Whether the service was ready a moment ago.
    pub(crate) checked: tokio::sync::Mutex<Option<Checked>>,
}

impl<S: JobStore> Door<S> {
    /// The configuration.
    pub(crate) fn settings(&self) -> &Settings {
        &self.gate.settings
    }

    /// Refuses new work when the service stops.
    pub(crate) fn take_work(&self) -> Result<(), Refusal> {
        if self.gate.stop.is_cancelled() {
            return Err(Refusal::new(ProblemCode::Draining, "the service is stopping"));
        }
        Ok(())
    }

    /// A job of the caller.
    pub(crate) async fn job(&self, id: &str, caller: &Caller) -> Result<Job, Refusal> {
        let id: JobId = id.parse().map_err(|_| unknown_job())?;
        self.store.get(id, Some(&caller.owner)).await?.ok_or_else(unknown_job)
    }

    /// Waits until a job is as it should be, until it is gone, or until the time is over.
    ///
    /// What is given back is the job as it was seen last.
    pub(crate) async fn wait(
        &self,
        id: JobId,
        caller: &Caller,
        wait: Duration,
        is_enough: impl Fn(&Job) -> bool,
    ) -> Result<Job, Refusal> {
        let deadline = Instant::now() + wait;
        let mut seen = self.hub.watch(id);
        let mut job = self.job(&id.to_string(), caller).await?;
        while !is_enough(&job) {
            let changed = tokio::select! {
                changed = timeout_at(deadline, seen.changed()) => changed,
                () = self.gate.stop.cancelled() => return Ok(job),
            };
            if !matches!(changed, Ok(Ok(()))) {
                return Ok(job);
            }
            match &*seen.borrow_and_update() {
                Seen::Gone => return Err(unknown_job()),
                Seen::Job(last) if last.version >= job.version => job = Job::clone(last),
                Seen::Job(_) | Seen::Nothing => {}
            }
        }
        Ok(job)
    }
}

/// There is no such job, or it is somebody else's: both look the same.
pub(crate) fn unknown_job() -> Refusal {
    Refusal::new(ProblemCode::NotFound, "there is no such job")
}

/// How many event streams each owner has open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<Owner, usize>>>);

/// An open event stream.
#[derive(Debug)]
pub(crate) struct OpenStream {
    streams: Streams,
    owner: Owner,
}

impl Streams {
    /// Opens one more, if there are fewer than so many.
    pub(crate) fn open(&self, owner: &Owner, most: usize) -> Result<OpenStream, Refusal> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = open.entry(owner.clone()).or_default();
        if *mine >= most {
            let detail = "too many event streams are open";
            let most = most as u64;
            let code = ProblemCode::TooManyStreams;
            return Err(Refusal::limit(code, detail, most, "http.max_streams"));
        }
        *mine += 1;
        Ok(OpenStream { streams: self.clone(), owner: owner.clone() })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = open.get_mut(&self.owner) {
            *mine -= 1;
            if *mine == 0 {
                open.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_counted_for_each_owner() {
        let streams = Streams::default();
        let (one, two) = (Owner("a".to_owned()), Owner("b".to_owned()));
        let first = streams.open(&one, 1).expect("room");
        assert!(streams.open(&one, 1).is_err() && streams.open(&two, 1).is_ok());
        drop(first);
        assert!(streams.open(&one, 1).is_ok());
        assert!(streams.0.lock().expect("no panic").is_empty());
    }
}
