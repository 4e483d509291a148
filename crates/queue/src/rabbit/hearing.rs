//! Whether a queue still speaks to its consumer.
//!
//! A queue that is deleted and declared again before the broker has told its consumers leaves them
//! deaf: their channels live, no stream ends, and nothing ever comes. Only the queue itself can tell
//! that: it counts no consumer, or holds messages for one that has room for them.

use lapin::Channel;
use tokio::time::timeout;

use super::consumer::Source;
use super::link::PATIENCE;
use crate::error::QueueError;
use crate::topology::{Standing, standing};

/// How often in a row a queue is to look as if it did not know its consumer. A look is taken every
/// two seconds, so that a deaf consumer is made again within ten.
const DOUBTS: u32 = 3;

/// What a channel has heard of its queue.
pub(crate) struct Hearing {
    queue: Option<String>,
    prefetch: Option<u64>,
    /// Deliveries so far.
    heard: u64,
    /// Whether something has come since the last look.
    has_heard: bool,
    doubts: u32,
}

impl Hearing {
    pub(crate) fn of(source: &Source) -> Self {
        let (queue, prefetch) = match source {
            Source::Queue { name, prefetch } | Source::Strange { name, prefetch } => {
                (Some(name.clone()), Some(u64::from(*prefetch)))
            }
            Source::Fleeting { name } => (Some(name.clone()), None),
            // Nobody else declares it, or knows its name.
            Source::Own { .. } => (None, None),
        };
        Self { queue, prefetch, heard: 0, has_heard: false, doubts: 0 }
    }

    /// Something has come.
    pub(crate) fn hear(&mut self) {
        self.has_heard = true;
        self.heard += 1;
    }

    /// The queue to look at.
    pub(crate) fn queue(&self) -> Option<String> {
        self.queue.clone()
    }

    /// Judges what a queue says after so many deliveries were settled; an error if it does not
    /// know us any more.
    pub(crate) fn judge(&mut self, standing: Standing, settled: u64) -> Result<(), String> {
        let held = self.heard.saturating_sub(settled);
        let has_room = self.prefetch.is_none_or(|prefetch| held < prefetch);
        let is_passed_over = standing.ready > 0 && has_room;
        let has_heard = std::mem::take(&mut self.has_heard);
        if !has_heard && (standing.consumers == 0 || is_passed_over) {
            self.doubts += 1;
        } else {
            self.doubts = 0;
        }
        if self.doubts < DOUBTS {
            return Ok(());
        }
        let Standing { ready, consumers } = standing;
        Err(format!("its queue counts {consumers} consumers and keeps {ready} messages from it"))
    }
}

/// Asks a queue how it stands, on the channel of its consumer: that ends if there is no such queue.
pub(crate) async fn ask(channel: Channel, queue: String) -> Result<Standing, QueueError> {
    timeout(PATIENCE, standing(&channel, &queue)).await.unwrap_or(Err(QueueError::Timeout))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubtful(source: &Source, standing: Standing) -> bool {
        let mut hearing = Hearing::of(source);
        (0..DOUBTS).any(|_| hearing.judge(standing, 0).is_err())
    }

    #[test]
    fn a_queue_that_knows_its_consumer_is_not_doubted() {
        let jobs = Source::Queue { name: "jobs".to_owned(), prefetch: 1 };
        let beats = Source::Fleeting { name: "beats".to_owned() };
        for source in [jobs, beats] {
            assert!(!doubtful(&source, Standing { ready: 0, consumers: 1 }));
            assert!(doubtful(&source, Standing { ready: 0, consumers: 0 }));
            // Another one is heard, and this one not.
            assert!(doubtful(&source, Standing { ready: 1, consumers: 1 }));
        }
    }

    #[test]
    fn what_is_heard_or_held_ends_the_doubt() {
        let jobs = Source::Queue { name: "jobs".to_owned(), prefetch: 1 };
        let full = Standing { ready: 9, consumers: 1 };
        let mut hearing = Hearing::of(&jobs);
        hearing.hear();
        for _ in 0..2 * DOUBTS {
            hearing.judge(full, 0).expect("its one slot is taken");
        }
        for _ in 1..DOUBTS {
            hearing.judge(full, 1).expect("it is too early");
        }
        hearing.hear();
        hearing.judge(full, 2).expect("something came");
        for _ in 1..DOUBTS {
            hearing.judge(full, 2).expect("it is too early");
        }
        hearing.judge(full, 2).expect_err("it is deaf");
    }
}
