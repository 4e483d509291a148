//! Where a job is done. The desk thinks and never fails: whatever happens is an outcome.

use std::sync::Arc;

use blobs::Blobs;
use jobs::message::{Finished, Product};
use jobs::{Outcome, RunId};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::done;
use crate::errand::Errand;
use crate::isolation::Isolation;
use crate::outcome::{Trouble, problem_of_store, stopped, troubled};
use crate::pool::Pool;
use crate::press::{Press, Pressed};
use crate::settings::Settings;
use crate::tally;

/// Where jobs are done. Clones share the threads.
#[derive(Clone)]
pub(crate) struct Desk {
    name: Arc<str>,
    blobs: Blobs,
    settings: Arc<Settings>,
    pool: Arc<Pool>,
    isolation: Arc<Isolation>,
}

impl Desk {
    pub(crate) fn new(blobs: Blobs, settings: Arc<Settings>) -> Self {
        let name = RunId::from_bits(rand::random()).to_string();
        let pool = Arc::new(Pool::new(&settings));
        let process = settings.own_process.clone().filter(|_| settings.isolation);
        let isolation = Arc::new(Isolation::new(process));
        Self { name: format!("w-{}", &name[..8]).into(), blobs, settings, pool, isolation }
    }

    /// Who works here.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The event of an earlier run that has done the same attempt.
    pub(crate) async fn earlier(&self, errand: &Errand) -> Option<Finished> {
        done::find(&self.blobs, &errand.message).await
    }

    /// Does a job that may have been in other hands so many times before.
    pub(crate) async fn work(&self, errand: &Errand, redeliveries: u32) -> Finished {
        // Whoever had it may have died of it: it is not to take others with it once more.
        let isolated = if redeliveries > 0 { self.isolation.press(errand).await } else { None };
        let pressed = match isolated {
            Some(pressed) => pressed,
            None => self.press(errand).await,
        };
        tally::pressed(&pressed);
        let finished = self.finished(errand, pressed.outcome, pressed.product);
        if pressed.has_blobs { self.kept(errand, finished).await } else { finished }
    }

    /// Converts in this process, as soon as there is a place for it.
    pub(crate) async fn press(&self, errand: &Errand) -> Pressed {
        let message = &errand.message;
        let place = tokio::select! {
            biased;
            () = errand.stop.wait() => None,
            place = self.pool.place(message.lane) => Some(place),
        };
        let (Some(place), None) = (place, errand.stop.cause()) else {
            let cause = errand.stop.cause().unwrap_or(crate::stop::Cause::Draining);
            return Pressed::without(stopped(cause, message.limits));
        };
        let (desk, own) = (self.clone(), errand.clone());
        let (handle, span) = (Handle::current(), tracing::Span::current());
        let pressed = spawn_blocking(move || {
            let _job = span.entered();
            let (settings, blobs) = (&*desk.settings, &desk.blobs);
            Press { errand: &own, settings, blobs, handle: &handle, place: &place }.press()
        });
        pressed.await.unwrap_or_else(|error| {
            // A panic costs this job alone; what it says may quote the input.
            tracing::error!(is_panic = error.is_panic(), "the conversion did not come back");
            let outcome = troubled(&Trouble::Panic, &message.input);
            Pressed { has_blobs: true, ..Pressed::without(outcome) }
        })
    }

    /// Keeps the blobs of a run that has ended, or removes them.
    async fn kept(&self, errand: &Errand, finished: Finished) -> Finished {
        let message = &errand.message;
        let has_ended = matches!(finished.outcome, Outcome::Succeeded | Outcome::Failed { .. });
        // An end without a word about the records has nothing that somebody would read.
        if !has_ended || finished.product.diagnostics.is_none() {
            done::sweep(&self.blobs, message, &finished).await;
            return finished;
        }
        let product =
            Product { results: Vec::new(), diagnostics: None, ..finished.product.clone() };
        jobs::step("run:written");
        match done::mark(&self.blobs, message, finished).await {
            Ok(finished) => finished,
            Err(error) => {
                tracing::warn!(%error, "the attempt cannot be marked as done");
                let outcome = Outcome::Retry { problem: problem_of_store(&error) };
                let finished = self.finished(errand, outcome, product);
                done::sweep(&self.blobs, message, &finished).await;
                finished
            }
        }
    }

    pub(crate) fn finished(&self, errand: &Errand, outcome: Outcome, product: Product) -> Finished {
        errand.finished(&self.name, outcome, product)
    }
}
