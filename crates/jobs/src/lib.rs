//! What a job is: its id, its life, the messages about it. This room talks to nothing.
//!
//! A job is one uploaded file and what is asked of it. Its [`Life`] moves by [`Life::after`], the
//! one place that knows which [`Event`] may follow which [`State`]; stores write what it says.
//! [`message`] has the messages that roles send each other, [`place`] the keys of blobs.
//!
//! ```
//! use jobs::{Event, Life, Outcome, RunId, State};
//!
//! let run = RunId::from_bits(1);
//! let queued = Life::queued();
//! let running = queued.after(&Event::Started { attempt: 1, run }).expect("it begins").life;
//! let finished = Event::Finished { attempt: 1, outcome: Outcome::Returned };
//! let again = running.after(&finished).expect("it goes back").life;
//! assert_eq!((again.state.name(), again.attempt, again.failures), ("queued", 2, 0));
//! assert!(again.after(&finished).is_none(), "what is late is not heard");
//! ```

mod asked;
mod digest;
mod ending;
mod finding;
mod id;
mod inline;
mod job;
mod life;
pub mod message;
pub mod place;
mod problem;
mod step;
mod trace;

pub use asked::{Asked, Options, fingerprint};
pub use digest::Digest;
pub use ending::{problem_of, problem_of_ending, problem_of_report};
pub use finding::Finding;
pub use id::{InvalidId, JobId, RunId};
pub use inline::{Body, Bytes64};
pub use job::{
    Coding, Input, InvalidLane, Job, Lane, Origin, Owner, Progress, Records, ResultFile, Warnings,
};
pub use life::{Effect, Event, Life, Move, Outcome, State, Tries};
pub use problem::{Problem, ProblemCode};
pub use step::step;
pub use trace::Trace;
