//! What the reconciler has itself seen, by its own clock.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use jobs::{JobId, Lane};

/// What the reconciler has itself seen.
#[derive(Debug)]
pub(crate) struct Memory {
    silent_after: Duration,
    /// Since when a running job shows this beat.
    beats: HashMap<JobId, Seen>,
    /// What each lane was short of at the last look.
    short: HashMap<Lane, HashSet<(JobId, u32)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    attempt: u32,
    beat: u64,
    since: Instant,
}

/// Jobs that have no message, if the others that are queued have theirs: as many as messages are
/// missing, the oldest of the lane.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shortage {
    pub(crate) oldest: Vec<(JobId, u32)>,
}

impl Memory {
    pub(crate) fn new(silent_after: Duration) -> Self {
        Self { silent_after, beats: HashMap::new(), short: HashMap::new() }
    }

    /// Something was not seen: all counting begins anew.
    pub(crate) fn forget(&mut self) {
        self.beats.clear();
        self.short.clear();
    }

    /// Jobs whose beat has not changed for too long, as they run now.
    pub(crate) fn silent(
        &mut self,
        now: Instant,
        running: &[(JobId, u32, u64)],
    ) -> Vec<(JobId, u32)> {
        let mut beats = HashMap::with_capacity(running.len());
        let mut silent = Vec::new();
        for &(job, attempt, beat) in running {
            let fresh = Seen { attempt, beat, since: now };
            let seen = match self.beats.get(&job) {
                Some(seen) if (seen.attempt, seen.beat) == (attempt, beat) => *seen,
                _ => fresh,
            };
            if now.saturating_duration_since(seen.since) >= self.silent_after {
                silent.push((job, attempt));
            }
            beats.insert(job, seen);
        }
        // Jobs that run no more are forgotten.
        self.beats = beats;
        silent
    }

    /// Jobs whose messages are lost: those that a lane is short of in two looks running.
    ///
    /// Jobs that are on their way between a worker and the recorder look so for a moment, but never
    /// the same ones twice. A long backlog has its messages and is short of none.
    pub(crate) fn lost(&mut self, lane: Lane, shortage: &Shortage) -> Vec<(JobId, u32)> {
        let before = self.short.remove(&lane).unwrap_or_default();
        let (lost, fresh): (Vec<_>, Vec<_>) =
            shortage.oldest.iter().copied().partition(|job| before.contains(job));
        // What is published again now is counted anew.
        self.short.insert(lane, fresh.into_iter().collect());
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<(JobId, u32)> {
        (0..count).map(|_| (JobId::new(), 1)).collect()
    }

    /// A look at a lane in which all these are queued and so many messages are ready.
    fn look(memory: &mut Memory, queued: &[(JobId, u32)], ready: usize) -> usize {
        let missing = queued.len().saturating_sub(ready);
        let lost = memory.lost(Lane::Bulk, &Shortage { oldest: queued[..missing].to_vec() });
        assert!(lost.iter().all(|job| queued.contains(job)));
        lost.len()
    }

    fn memory() -> Memory {
        Memory::new(Duration::from_mins(2))
    }

    /// R6.
    #[test]
    fn an_idle_backlog_is_never_published_again() {
        let (mut memory, queued) = (memory(), ids(10_000));
        for _ in 0..10 {
            assert_eq!(look(&mut memory, &queued, 10_000), 0);
        }
    }

    /// R6.
    #[test]
    fn a_queue_that_was_emptied_is_filled_again_by_the_second_look() {
        let (mut memory, queued) = (memory(), ids(1_000));
        assert_eq!(look(&mut memory, &queued, 1_000), 0);
        assert_eq!(look(&mut memory, &queued, 0), 0);
        assert_eq!(look(&mut memory, &queued, 0), 1_000);
        // They are on their way now, and have errands; then they are in the queue.
        assert_eq!(look(&mut memory, &[], 0), 0);
        assert_eq!(look(&mut memory, &queued, 1_000), 0);
    }

    #[test]
    fn a_part_that_was_lost_is_made_up_for() {
        let (mut memory, queued) = (memory(), ids(1_000));
        assert_eq!(look(&mut memory, &queued, 900), 0);
        assert_eq!(look(&mut memory, &queued, 900), 100);
    }

    #[test]
    fn jobs_on_their_way_through_workers_are_not_lost() {
        let (mut memory, mut queued) = (memory(), ids(1_000));
        // Sixteen are in the hands of workers that have not said so yet, others at each look.
        for _ in 0..10 {
            assert_eq!(look(&mut memory, &queued, queued.len() - 16), 0);
            queued.drain(..16);
        }
    }

    #[test]
    fn a_shortage_before_a_fault_of_the_broker_does_not_count() {
        let (mut memory, queued) = (memory(), ids(10));
        assert_eq!(look(&mut memory, &queued, 0), 0);
        memory.forget();
        assert_eq!(look(&mut memory, &queued, 0), 0);
        assert_eq!(look(&mut memory, &queued, 0), 10);
    }

    #[test]
    fn lanes_are_counted_apart() {
        let (mut memory, queued) = (memory(), ids(10));
        let shortage = Shortage { oldest: queued };
        assert!(memory.lost(Lane::Bulk, &shortage).is_empty());
        assert!(memory.lost(Lane::Interactive, &shortage).is_empty());
        assert_eq!(memory.lost(Lane::Bulk, &shortage).len(), 10);
    }

    /// R2.
    #[test]
    fn a_worker_is_silent_when_its_beat_was_seen_unchanged_for_two_minutes() {
        let (mut memory, job, start) = (memory(), JobId::new(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        // However old the beat is when it is first seen: only what was seen counts (R12).
        assert!(memory.silent(at(0), &[(job, 1, 7)]).is_empty());
        assert!(memory.silent(at(119), &[(job, 1, 7)]).is_empty());
        assert_eq!(memory.silent(at(120), &[(job, 1, 7)]), [(job, 1)]);
    }

    #[test]
    fn each_beat_and_each_attempt_begins_the_count_anew() {
        let (mut memory, job, start) = (memory(), JobId::new(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(memory.silent(at(0), &[(job, 1, 7)]).is_empty());
        assert!(memory.silent(at(100), &[(job, 1, 8)]).is_empty());
        assert!(memory.silent(at(200), &[(job, 2, 8)]).is_empty());
        assert!(memory.silent(at(319), &[(job, 2, 8)]).is_empty());
        assert_eq!(memory.silent(at(320), &[(job, 2, 8)]), [(job, 2)]);
    }

    #[test]
    fn a_fault_or_a_pause_begins_the_count_anew() {
        let (mut memory, job, start) = (memory(), JobId::new(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(memory.silent(at(0), &[(job, 1, 7)]).is_empty());
        memory.forget();
        assert!(memory.silent(at(200), &[(job, 1, 7)]).is_empty());
        // It ended, or went back to the queue, and came again.
        assert!(memory.silent(at(250), &[]).is_empty());
        assert!(memory.silent(at(400), &[(job, 1, 7)]).is_empty());
    }
}
