//! Letting go of deliveries, those of a channel together.
//!
//! A quorum queue writes each acknowledgement into its log, and the client library takes each on a
//! long way. So one task for each channel takes what was settled since it last looked, without ever
//! waiting for more: of deliveries without a gap before them it acknowledges the last for all. What
//! was settled while an earlier delivery is still held is acknowledged alone, so that a long job
//! never keeps the others.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use lapin::Channel;
use lapin::options::{BasicAckOptions, BasicRejectOptions};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::link::PATIENCE;
use crate::contract::Settle;

/// The most that is settled at a time.
const AT_A_TIME: usize = 1024;

/// What was settled of the deliveries of a channel. With it ends the settling.
#[derive(Debug)]
pub(crate) struct Ledger {
    entries: mpsc::UnboundedSender<Entry>,
    settled: Arc<AtomicU64>,
    /// The one task that settles.
    _task: JoinSet<()>,
}

/// How a delivery of RabbitMQ is let go.
#[derive(Debug)]
pub struct RabbitSettle {
    tag: u64,
    entries: mpsc::UnboundedSender<Entry>,
}

/// A delivery that is let go.
#[derive(Debug)]
struct Entry {
    tag: u64,
    end: End,
}

#[derive(Debug)]
enum End {
    /// It need not come again.
    Done(oneshot::Sender<bool>),
    /// It cannot be read, and goes to the dead letters.
    Rejected,
}

impl Ledger {
    /// Begins to settle what is delivered on a channel.
    pub(crate) fn open(channel: Channel) -> Self {
        let (entries, receiver) = mpsc::unbounded_channel();
        let settled = Arc::<AtomicU64>::default();
        let mut task = JoinSet::new();
        task.spawn(settle(channel, receiver, settled.clone()));
        Self { entries, settled, _task: task }
    }

    /// How the delivery with this tag is let go.
    pub(crate) fn entry(&self, tag: u64) -> RabbitSettle {
        RabbitSettle { tag, entries: self.entries.clone() }
    }

    /// How many were let go.
    pub(crate) fn settled(&self) -> u64 {
        self.settled.load(Ordering::Relaxed)
    }
}

impl RabbitSettle {
    /// Nobody can read it. Should that not be heard, the message comes again.
    pub(crate) fn reject(self) {
        // An error: its channel has ended.
        let _ = self.entries.send(Entry { tag: self.tag, end: End::Rejected });
    }
}

impl Settle for RabbitSettle {
    async fn done(self) -> bool {
        let (heard, is_heard) = oneshot::channel();
        let entry = Entry { tag: self.tag, end: End::Done(heard) };
        // An error, here and there: its channel has ended.
        self.entries.send(entry).is_ok() && is_heard.await.unwrap_or(false)
    }
}

/// Settles until nothing more can come.
async fn settle(
    channel: Channel,
    mut entries: mpsc::UnboundedReceiver<Entry>,
    settled: Arc<AtomicU64>,
) {
    let mut front = Front::default();
    let mut batch = Vec::new();
    while entries.recv_many(&mut batch, AT_A_TIME).await > 0 {
        // Whoever is awake is heard first: what is about to be settled comes with it.
        tokio::task::yield_now().await;
        while batch.len() < AT_A_TIME
            && let Ok(entry) = entries.try_recv()
        {
            batch.push(entry);
        }
        settled.fetch_add(batch.len() as u64, Ordering::Relaxed);
        let (mut done, mut rejected, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        for entry in batch.drain(..) {
            match entry.end {
                End::Done(heard) => {
                    done.push(entry.tag);
                    waiting.push(heard);
                }
                End::Rejected => rejected.push(entry.tag),
            }
        }
        let acknowledgements = front.acknowledge(&done, &rejected);
        let settling = async {
            // First, and each by its name: an acknowledgement of many must not reach them.
            let rejecting = rejected
                .iter()
                .map(|tag| channel.basic_reject(*tag, BasicRejectOptions { requeue: false }));
            let mut ends = join_all(rejecting).await;
            let acknowledging = acknowledgements.iter().map(|ack| {
                channel.basic_ack(ack.tag, BasicAckOptions { multiple: ack.is_for_all_before })
            });
            ends.extend(join_all(acknowledging).await);
            ends
        };
        let is_heard = match timeout(PATIENCE, settling).await {
            Ok(ends) => ends
                .into_iter()
                .find_map(Result::err)
                .inspect(|error| tracing::debug!(%error, "an acknowledgement was not heard"))
                .is_none(),
            Err(_) => false,
        };
        for heard in waiting {
            // An error: nobody wants to know.
            let _ = heard.send(is_heard);
        }
    }
}

/// An acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ack {
    tag: u64,
    is_for_all_before: bool,
}

/// How far the deliveries of a channel are settled. Their tags are 1, 2, 3 and so on.
#[derive(Debug, Default)]
struct Front {
    /// All tags up to it are settled.
    last: u64,
    /// Those that are settled behind a gap.
    beyond: BTreeSet<u64>,
}

impl Front {
    /// The acknowledgements for deliveries that are done, beside some that were rejected.
    fn acknowledge(&mut self, done: &[u64], rejected: &[u64]) -> Vec<Ack> {
        self.beyond.extend(done.iter().chain(rejected));
        while self.beyond.first() == Some(&(self.last + 1)) {
            self.beyond.pop_first();
            self.last += 1;
        }
        let (together, alone): (Vec<u64>, Vec<u64>) =
            done.iter().partition(|tag| **tag <= self.last);
        let together = together
            .iter()
            .max()
            .map(|tag| Ack { tag: *tag, is_for_all_before: together.len() > 1 });
        let alone = alone.into_iter().map(|tag| Ack { tag, is_for_all_before: false });
        together.into_iter().chain(alone).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ack(tag: u64, is_for_all_before: bool) -> Ack {
        Ack { tag, is_for_all_before }
    }

    #[test]
    fn deliveries_without_a_gap_are_acknowledged_at_once() {
        let mut front = Front::default();
        assert_eq!(front.acknowledge(&[2, 1, 3], &[]), [ack(3, true)]);
        assert_eq!(front.acknowledge(&[4], &[]), [ack(4, false)]);
    }

    #[test]
    fn a_delivery_that_is_held_keeps_no_other() {
        let mut front = Front::default();
        assert_eq!(front.acknowledge(&[2, 3], &[]), [ack(2, false), ack(3, false)]);
        assert_eq!(front.acknowledge(&[5], &[]), [ack(5, false)]);
        assert_eq!(front.acknowledge(&[1, 4], &[]), [ack(4, true)]);
        assert_eq!(front.last, 5);
    }

    #[test]
    fn a_delivery_that_is_rejected_leaves_no_gap() {
        let mut front = Front::default();
        assert_eq!(front.acknowledge(&[], &[2]), []);
        assert_eq!(front.acknowledge(&[1, 3], &[]), [ack(3, true)]);
    }

    proptest! {
        /// As the broker does it: each is acknowledged exactly when it is done, and never before.
        #[test]
        fn exactly_what_is_done_is_acknowledged(
            order in Just((1..=60_u64).collect::<Vec<_>>()).prop_shuffle(),
            sizes in prop::collection::vec(1..9_usize, 60),
            rejects in prop::collection::vec(prop::bool::weighted(0.1), 61),
        ) {
            let (mut front, mut order) = (Front::default(), &order[..]);
            let mut held: BTreeSet<u64> = (1..=60).collect();
            for size in sizes {
                let (batch, rest) = order.split_at(size.min(order.len()));
                order = rest;
                let rejected = |tag: &&u64| rejects[usize::try_from(**tag).expect("small")];
                let (gone, done): (Vec<u64>, Vec<u64>) = batch.iter().partition(rejected);
                for tag in &gone {
                    prop_assert!(held.remove(tag));
                }
                for Ack { tag, is_for_all_before } in front.acknowledge(&done, &gone) {
                    // The broker ends the channel at an acknowledgement of what it does not know.
                    prop_assert!(held.contains(&tag));
                    if is_for_all_before {
                        held.retain(|other| *other > tag);
                    } else {
                        held.remove(&tag);
                    }
                }
                let expected: BTreeSet<u64> = order.iter().copied().collect();
                prop_assert_eq!(&held, &expected);
            }
        }
    }
}
