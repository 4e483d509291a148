//! Receiving, reporting, settling.

use std::sync::Arc;
use std::time::Duration;

use blobs::Blobs;
use futures_util::StreamExt;
use jobs::message::{Command, Finished, JobMessage, Product, WorkerEvent};
use jobs::{Lane, Outcome};
use queue::{Delivery, Queue, QueueError, Settle};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::beats;
use crate::board::{Board, Entry, Running};
use crate::desk::Desk;
use crate::errand::{self, Errand};
use crate::settings::Settings;
use crate::stop::Stop;
use crate::tally;

/// Waits before an event is reported again.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long a job may be on its way here when the queue has stopped.
const ON_THE_WAY: Duration = Duration::from_millis(250);
/// What is left to hand jobs back in once the grace is over.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Why a worker cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The settings leave it nothing to do.
    #[error("the worker serves no lane: `worker.lanes` is empty, or its lanes have no slots")]
    NoLanes,
    /// The queue was closed while it worked.
    #[error("the queue was closed while the worker was at work")]
    QueueClosed,
}

/// Takes jobs and does them until `stop`; then drains the queue, ends what ends within the grace,
/// hands the rest back and returns. The queue is to be closed after that, not before.
///
/// # Errors
///
/// [`WorkerError`].
pub async fn run<Q: Queue>(
    queue: Q,
    blobs: Blobs,
    settings: Settings,
    stop: CancellationToken,
) -> Result<(), WorkerError> {
    let settings = Arc::new(settings);
    let worker = Worker {
        desk: Desk::new(blobs, settings.clone()),
        board: Board::default(),
        gone: CancellationToken::new(),
        queue,
    };
    let drain = Drain::default();
    let mut lanes = JoinSet::new();
    for lane in Lane::ALL {
        let slots = settings.slots(lane);
        if slots > 0 {
            lanes.spawn(worker.clone().lane(lane, slots, drain.clone()));
        }
    }
    if lanes.is_empty() {
        return Err(WorkerError::NoLanes);
    }
    tracing::info!(worker = worker.desk.name(), "the worker has begun");
    let mut orders = JoinSet::new();
    orders.spawn(worker.clone().obey());

    let result = tokio::select! {
        biased;
        () = stop.cancelled() => Ok(()),
        _ = lanes.join_next() => Err(WorkerError::QueueClosed),
    };
    drain.begun.cancel();
    let grace = Duration::from_secs(settings.grace_seconds);
    let last_words = LAST_WORDS.min(grace / 10);
    let drained = async {
        // A queue that is away hands out nothing either.
        if timeout(LAST_WORDS, worker.queue.drain()).await.is_err() {
            tracing::warn!("the queue does not hear that no more is to be handed out");
        }
        drain.heard.cancel();
        ended(&mut lanes).await;
    };
    if timeout(grace.saturating_sub(last_words), drained).await.is_err() {
        tracing::info!("the grace is over: what still runs is handed back");
        drain.heard.cancel();
        worker.board.hand_back();
        if timeout(LAST_WORDS, ended(&mut lanes)).await.is_err() {
            tracing::warn!("some jobs could not be handed back; their messages will come again");
            worker.gone.cancel();
        }
    }
    result
}

/// How far the end of the role is.
#[derive(Clone, Debug, Default)]
struct Drain {
    /// No more is to be taken.
    begun: CancellationToken,
    /// The queue hands out no more.
    heard: CancellationToken,
}

async fn ended(lanes: &mut JoinSet<()>) {
    while lanes.join_next().await.is_some() {}
}

/// A slot never fails: what it does not survive is a fault of the program.
fn heed(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a slot has ended in the midst of a job; its message comes again");
    }
}

/// What all slots share.
#[derive(Clone)]
struct Worker<Q> {
    queue: Q,
    desk: Desk,
    board: Board,
    /// Nothing more is reported.
    gone: CancellationToken,
}

impl<Q: Queue> Worker<Q> {
    /// Serves a lane until no more is to be taken, and then until the last of its jobs has ended.
    async fn lane(self, lane: Lane, slots: u16, drain: Drain) {
        tally::open(lane);
        let mut jobs = self.queue.jobs(lane, slots);
        let mut busy = JoinSet::new();
        loop {
            // The choice falls between deliveries, never inside one.
            tokio::select! {
                biased;
                () = drain.begun.cancelled() => break,
                Some(ended) = busy.join_next(), if !busy.is_empty() => heed(ended),
                delivery = jobs.next(), if busy.len() < usize::from(slots) => match delivery {
                    Some(delivery) => drop(busy.spawn(self.clone().slot(lane, delivery, false))),
                    None => break,
                },
            }
        }
        if drain.begun.is_cancelled() {
            // What the queue had handed out before it heard goes back as what it is: not begun.
            drain.heard.cancelled().await;
            while let Ok(Some(delivery)) = timeout(ON_THE_WAY, jobs.next()).await {
                busy.spawn(self.clone().slot(lane, delivery, true));
            }
        }
        while let Some(ended) = busy.join_next().await {
            heed(ended);
        }
    }

    /// Does what a delivery asks for in a slot of its own.
    async fn slot(self, lane: Lane, delivery: Delivery<Q::Settle>, goes_back: bool) {
        let _busy = tally::busy(lane);
        let span = errand::span(&delivery.message);
        self.delivery(delivery, goes_back).instrument(span).await;
    }

    /// Hears what all workers are told.
    async fn obey(self) {
        let mut commands = self.queue.commands();
        while let Some(command) = commands.next().await {
            match command {
                Command::Cancel { job, attempt: _ } => self.board.cancel(job),
            }
        }
    }

    /// Does what a delivery asks for, and lets it go once the end is safe with the queue.
    async fn delivery(&self, delivery: Delivery<Q::Settle>, goes_back: bool) {
        let Delivery { message, redeliveries, settle } = delivery;
        let message = Arc::new(message);
        let is_safe = match self.board.enter(message.job, message.attempt) {
            Entry::Attached(run) => run.end().await,
            // A job that was only queued has ended already, and this is stale; one that was
            // claimed or has run elsewhere ends with it.
            Entry::Cancelled => self.refuse(message, Outcome::Cancelled).await,
            Entry::Begun(_running) if goes_back => self.refuse(message, Outcome::Returned).await,
            Entry::Begun(running) => self.run(&running, message, redeliveries).await,
        };
        if is_safe && !settle.done().await {
            tracing::info!("the queue did not hear that the job has ended; it may come again");
        }
    }

    /// Ends a job that has not begun. Says whether that is safe with the queue.
    async fn refuse(&self, message: Arc<JobMessage>, outcome: Outcome) -> bool {
        let errand = Errand::new(message, Stop::default());
        self.report(self.desk.finished(&errand, outcome, Product::default())).await
    }

    /// Does a job. Says whether its end is safe with the queue.
    async fn run(&self, running: &Running, message: Arc<JobMessage>, redeliveries: u32) -> bool {
        let errand = Errand::new(message, running.stop().clone());
        let earlier = if redeliveries > 0 || errand.message.republished {
            self.desk.earlier(&errand).await
        } else {
            None
        };
        let finished = if let Some(finished) = earlier {
            finished
        } else {
            let _beats = beats::accompany(&self.queue, &errand);
            jobs::step("run:begun");
            self.desk.work(&errand, redeliveries).await
        };
        jobs::step("run:done");
        let is_safe = self.report(finished).await;
        if is_safe {
            jobs::step("commit:reported");
            running.ended_safely();
        }
        is_safe
    }

    /// Reports an end until the queue has it, or the process goes.
    async fn report(&self, finished: Finished) -> bool {
        let event = WorkerEvent::Finished(Box::new(finished));
        let mut wait = FIRST_WAIT;
        loop {
            match self.queue.report(&event).await {
                Ok(()) => return true,
                Err(QueueError::Closed) => return false,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the end of the job was not reported yet");
                }
            }
            let jittered = wait.mul_f64(rand::random_range(0.8..1.2));
            tokio::select! {
                () = self.gone.cancelled() => return false,
                () = sleep(jittered) => {}
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}
