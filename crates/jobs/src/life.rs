//! The life of a job: its states, what can happen to it, and what follows (`service.md` section 3).

use crate::id::RunId;
use crate::problem::{Problem, ProblemCode};

/// Where a job is in its life, and the counters that fence it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The state.
    pub state: State,
    /// How often it was handed out, counting from 1. What speaks of another attempt is not heard.
    pub attempt: u32,
    /// How many attempts failed; a graceful hand-back is no failure.
    pub failures: u32,
    /// Whether its owner has asked to cancel it while it ran.
    pub cancel_requested: bool,
}

/// The state of a job, with what is known in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its upload is in progress; it is not accepted yet.
    Receiving,
    /// It waits, also for its next try.
    Queued,
    /// A worker has said that it works on it.
    Running {
        /// The execution.
        run: RunId,
    },
    /// Its results can be read.
    Succeeded,
    /// It ended without results.
    Failed {
        /// Why.
        problem: Problem,
    },
    /// Its owner has ended it.
    Cancelled,
    /// Its upload was never completed.
    Expired,
}

/// What can happen to a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The upload is complete.
    Received,
    /// The upload broke off, or was silent for too long.
    Abandoned,
    /// A worker has begun: it claimed the job, or its first beat came.
    Started {
        /// The attempt that it was given.
        attempt: u32,
        /// The execution.
        run: RunId,
    },
    /// A worker has ended.
    Finished {
        /// The attempt that it was given.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
    },
    /// The owner wants it to end.
    CancelRequested,
    /// The broker gave its message up after too many deliveries.
    DeadLettered {
        /// The attempt of the message.
        attempt: u32,
    },
    /// Its worker has been silent for too long.
    Silent {
        /// The attempt that is silent.
        attempt: u32,
    },
    /// Its message seems to be lost.
    Lost {
        /// The attempt of the message.
        attempt: u32,
    },
    /// The process that ran it has gone, and a new one has started (embedded queue).
    Orphaned,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Results were written.
    Succeeded,
    /// It can never succeed.
    Failed {
        /// Why.
        problem: Problem,
    },
    /// It may succeed later.
    Retry {
        /// Why not now.
        problem: Problem,
    },
    /// The worker stops and hands it back.
    Returned,
    /// It was cancelled.
    Cancelled,
}

/// What an event leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The life that follows.
    pub life: Life,
    /// What must be done in the same transaction.
    pub effects: Vec<Effect>,
}

/// What must be done beside a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The job's message is to be published, or the job to be claimed, after so many seconds.
    Publish {
        /// Seconds.
        delay: u32,
        /// Whether the same attempt was published before.
        republished: bool,
    },
    /// All workers are to be told that it is cancelled.
    StopWorkers,
    /// Whoever waits for the end is to be told: webhook and reply. Its time of keeping begins.
    Tell,
    /// What was received of its input is to be deleted.
    DropInput,
}

/// How often a job is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// Failures after which it fails for good.
    pub max_failures: u32,
}

/// Seconds before the next try, by failures so far (`service.md` section 3.3).
const DELAYS: [u32; 4] = [1, 10, 60, 300];

impl Default for Tries {
    fn default() -> Self {
        Self { max_failures: 5 }
    }
}

impl State {
    /// The name: `queued`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Queued => "queued",
            Self::Running { .. } => "running",
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The names of all states.
    pub const NAMES: [&'static str; 7] =
        ["receiving", "queued", "running", "succeeded", "failed", "cancelled", "expired"];

    /// Whether nothing can follow.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Receiving | Self::Queued | Self::Running { .. } => false,
            Self::Succeeded | Self::Failed { .. } | Self::Cancelled | Self::Expired => true,
        }
    }
}

impl Life {
    /// A job whose upload is in progress.
    #[must_use]
    pub fn receiving() -> Self {
        Self { state: State::Receiving, attempt: 1, failures: 0, cancel_requested: false }
    }

    /// A job that was accepted.
    #[must_use]
    pub fn queued() -> Self {
        Self { state: State::Queued, ..Self::receiving() }
    }

    /// What follows from an event; `None` if it is stale: late, doubled, or of another attempt.
    #[must_use]
    pub fn after(&self, event: &Event) -> Option<Move> {
        self.after_with(event, Tries::default())
    }

    /// The same with another number of tries.
    #[must_use]
    pub fn after_with(&self, event: &Event, tries: Tries) -> Option<Move> {
        let is_mine = match event {
            Event::Started { attempt, .. }
            | Event::Finished { attempt, .. }
            | Event::DeadLettered { attempt }
            | Event::Silent { attempt }
            | Event::Lost { attempt } => *attempt == self.attempt,
            Event::Received | Event::Abandoned | Event::CancelRequested | Event::Orphaned => true,
        };
        if self.state.is_final() || !is_mine {
            return None;
        }
        match (&self.state, event) {
            (State::Receiving, Event::Received) => {
                Some(self.to(State::Queued, vec![Effect::Publish { delay: 0, republished: false }]))
            }
            (State::Receiving, Event::Abandoned) => {
                Some(self.to(State::Expired, vec![Effect::DropInput]))
            }
            (State::Receiving, _) => None,

            (State::Queued, Event::Started { run, .. }) => {
                Some(self.to(State::Running { run: *run }, Vec::new()))
            }
            (State::Queued, Event::Lost { .. }) => {
                Some(self.to(State::Queued, vec![Effect::Publish { delay: 0, republished: true }]))
            }
            (State::Queued, Event::CancelRequested) => {
                Some(self.to(State::Cancelled, vec![Effect::StopWorkers, Effect::Tell]))
            }
            (State::Running { .. }, Event::CancelRequested) if !self.cancel_requested => {
                let life = Self { cancel_requested: true, ..self.clone() };
                Some(Move { life, effects: vec![Effect::StopWorkers] })
            }
            (State::Running { .. }, Event::Silent { .. }) => Some(
                self.failed(tries, |detail| Problem::new(ProblemCode::AttemptsExhausted, detail)),
            ),
            (State::Running { .. }, Event::Orphaned) => {
                Some(self.failed(tries, |detail| Problem::new(ProblemCode::Poison, detail)))
            }
            (State::Running { .. }, Event::Finished { outcome: Outcome::Cancelled, .. }) => {
                Some(self.to(State::Cancelled, vec![Effect::Tell]))
            }
            (_, Event::Finished { outcome, .. }) => self.finished(outcome, tries),
            (_, Event::DeadLettered { .. }) => Some(self.ended(Problem::new(
                ProblemCode::Poison,
                "its message was delivered again and again, and no worker has survived it",
            ))),
            (State::Queued, Event::Silent { .. } | Event::Orphaned)
            | (
                State::Running { .. },
                Event::Started { .. } | Event::Lost { .. } | Event::CancelRequested,
            )
            | (_, Event::Received | Event::Abandoned)
            | (State::Succeeded | State::Failed { .. } | State::Cancelled | State::Expired, _) => {
                None
            }
        }
    }

    /// A result implies the start, so that a queued job hears this as a running one does.
    fn finished(&self, outcome: &Outcome, tries: Tries) -> Option<Move> {
        match outcome {
            Outcome::Succeeded => Some(self.to(State::Succeeded, vec![Effect::Tell])),
            Outcome::Failed { problem } => Some(self.ended(problem.clone())),
            // A panic may be the machine's fault once, and is the input's fault twice.
            Outcome::Retry { problem }
                if problem.code == ProblemCode::Internal && self.failures > 0 =>
            {
                Some(self.ended(problem.clone()))
            }
            Outcome::Retry { .. } => Some(
                self.failed(tries, |detail| Problem::new(ProblemCode::AttemptsExhausted, detail)),
            ),
            Outcome::Returned => Some(self.again(0, 0)),
            Outcome::Cancelled => None,
        }
    }

    fn to(&self, state: State, effects: Vec<Effect>) -> Move {
        Move { life: Self { state, ..self.clone() }, effects }
    }

    fn ended(&self, problem: Problem) -> Move {
        self.to(State::Failed { problem }, vec![Effect::Tell])
    }

    /// One more failure: the next try, or the end.
    fn failed(&self, tries: Tries, problem: impl FnOnce(String) -> Problem) -> Move {
        let failures = self.failures + 1;
        if failures >= tries.max_failures && !self.cancel_requested {
            let problem = problem(format!("{failures} attempts have failed"));
            let mut end = self.ended(problem);
            end.life.failures = failures;
            return end;
        }
        let step = usize::try_from(self.failures).unwrap_or(usize::MAX).min(DELAYS.len() - 1);
        self.again(1, DELAYS[step])
    }

    /// Back to the queue as a new attempt; a job that is to be cancelled is not tried again.
    fn again(&self, failed: u32, delay: u32) -> Move {
        let life = Self {
            state: State::Queued,
            attempt: self.attempt + 1,
            failures: self.failures + failed,
            cancel_requested: self.cancel_requested,
        };
        if self.cancel_requested {
            return life.to(State::Cancelled, vec![Effect::Tell]);
        }
        Move { life, effects: vec![Effect::Publish { delay, republished: false }] }
    }
}

#[cfg(test)]
mod tests;
