//! The role that converts: a job in, a finished event out.
//!
//! [`run`] takes jobs from a [`Queue`](queue::Queue), has each converted at a desk that thinks and
//! never fails, reports how it ended and only then lets its delivery go. It needs the queue and
//! the blobs, and never the database: what parses hostile XML must not be able to touch that.
//!
//! ```text
//! delivery → board (cancelled? running already?) → done already? → desk → report → settle
//!                           commands ──► board ──► stop of a run     │
//!                                       in other hands before? a process of its own
//! ```

mod beats;
mod board;
mod desk;
mod diagnostics;
mod done;
mod draft;
mod errand;
mod input;
mod isolation;
mod outcome;
mod pool;
mod press;
mod role;
mod settings;
mod stop;
mod tally;

pub use isolation::{IsolationError, OwnProcess, run_one};
pub use role::{WorkerError, run};
pub use settings::Settings;
#[cfg(feature = "hooks")]
pub use settings::TestHooks;
