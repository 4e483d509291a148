//! Whether a queue still speaks to its consumer.
//!
//! A queue that is deleted and declared again before the broker has told its consumers leaves them
//! deaf: their channels live, no stream ends, and nothing ever comes. Only the queue itself can tell
//! that: it counts no consumer, or holds messages for one that has room for them.

use lapin::message::Delivery;
use lapin::{Acker, Channel};
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
    prefetch: Option<usize>,
    /// Deliveries that were not settled when last looked at.
    held: Vec<Acker>,
    /// Whether something has come since the last look.
    has_heard: bool,
    doubts: u32,
}

impl Hearing {
    pub(crate) fn of(source: &Source) -> Self {
        let (queue, prefetch) = match source {
            Source::Queue { name, prefetch } | Source::Strange { name, prefetch } => {
                (Some(name.clone()), Some(usize::from(*prefetch)))
            }
            Source::Fleeting { name } => (Some(name.clone()), None),
            // Nobody else declares it, or knows its name.
            Source::Own { .. } => (None, None),
        };
        Self { queue, prefetch, held: Vec::new(), has_heard: false, doubts: 0 }
    }

    /// Something has come.
    pub(crate) fn hear(&mut self, delivery: &Delivery) {
        self.has_heard = true;
        let Some(prefetch) = self.prefetch else { return };
        if self.held.len() >= 2 * prefetch {
            self.held.retain(Acker::usable);
        }
        self.held.push(delivery.acker.clone());
    }

    /// The queue to look at.
    pub(crate) fn queue(&self) -> Option<String> {
        self.queue.clone()
    }

    /// Judges what a queue says; an error if it does not know us any more.
    pub(crate) fn judge(&mut self, standing: Standing) -> Result<(), String> {
        self.held.retain(Acker::usable);
        let has_room = self.prefetch.is_none_or(|prefetch| self.held.len() < prefetch);
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
    use futures_util::FutureExt;
    use lapin::options::BasicAckOptions;

    use super::*;

    fn doubtful(source: &Source, standing: Standing) -> bool {
        let mut hearing = Hearing::of(source);
        (0..DOUBTS).any(|_| hearing.judge(standing).is_err())
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
        let delivery = Delivery::mock(1, "".into(), "jobs".into(), false, Vec::new());
        hearing.hear(&delivery);
        for _ in 0..2 * DOUBTS {
            hearing.judge(full).expect("its one slot is taken");
        }
        let acknowledged = delivery.acker.ack(BasicAckOptions::default()).now_or_never();
        assert!(matches!(acknowledged, Some(Ok(true))));
        for _ in 1..DOUBTS {
            hearing.judge(full).expect("it is too early");
        }
        hearing.has_heard = true;
        hearing.judge(full).expect("something came");
        for _ in 1..DOUBTS {
            hearing.judge(full).expect("it is too early");
        }
        hearing.judge(full).expect_err("it is deaf");
    }
}
