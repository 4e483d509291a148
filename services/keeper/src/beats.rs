//! Signs of life, at most one write a second and job.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use futures_util::StreamExt;
use jobs::JobId;
use jobs::message::Beat;
use metrics::counter;
use store::JobStore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;

/// Time between two writes.
const BETWEEN: Duration = Duration::from_secs(1);

/// Beats that wait while the store is away; what is beyond is left out.
const MOST: usize = 100_000;

/// The latest sign of life of each job.
#[derive(Debug, Default)]
struct Latest(HashMap<JobId, Beat>);

impl Latest {
    /// Keeps the later one.
    fn hear(&mut self, beat: Beat) {
        let is_full = self.0.len() >= MOST;
        match self.0.get_mut(&beat.job) {
            Some(known) if (known.attempt, known.beat) < (beat.attempt, beat.beat) => *known = beat,
            Some(_) => {}
            None if is_full => {}
            None => drop(self.0.insert(beat.job, beat)),
        }
    }

    fn take(&mut self) -> Vec<Beat> {
        let mut beats: Vec<Beat> = self.0.drain().map(|(_, beat)| beat).collect();
        // In one order, so that two keepers never wait for each other's rows.
        beats.sort_by_key(|beat| beat.job);
        beats
    }
}

/// Writes what comes until it is told to stop.
pub(crate) async fn write<S: JobStore, B: Broker>(store: S, broker: B, stop: CancellationToken) {
    let mut beats = broker.beats();
    let mut latest = Latest::default();
    let mut tick = tokio::time::interval(BETWEEN);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            next = beats.next() => match next {
                Some(beat) => latest.hear(beat),
                None => return,
            },
            _ = tick.tick() => flush(&store, &mut latest).await,
        }
    }
}

async fn flush<S: JobStore>(store: &S, latest: &mut Latest) {
    let beats = latest.take();
    if beats.is_empty() {
        return;
    }
    match store.beats(&beats).await {
        Ok(stale) => {
            let stale = u64::try_from(stale).unwrap_or(u64::MAX);
            counter!("refmill_events_stale_total", "reason" => "beat").increment(stale);
        }
        Err(error) => {
            let error: &dyn Error = &error;
            tracing::warn!(error, "progress is shown late");
            for beat in beats {
                latest.hear(beat);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jobs::RunId;

    use super::*;

    #[test]
    fn the_latest_beat_of_the_latest_attempt_is_kept() {
        let job = JobId::new();
        let run = RunId::from_bits(1);
        let beat =
            |attempt, beat| Beat { job, attempt, run, beat, records: 0, bytes: 0, total_bytes: 0 };
        let mut latest = Latest::default();
        for (attempt, number) in [(1, 1), (1, 3), (1, 2), (2, 1), (1, 9)] {
            latest.hear(beat(attempt, number));
        }
        assert_eq!(latest.take(), [beat(2, 1)]);
        assert_eq!(latest.take(), []);
    }
}
