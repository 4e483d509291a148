//! How many requests a key may make: a bucket of tokens each, filled at a steady rate.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The buckets of all keys that were used lately.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<String, Bucket>>);

/// How fast a bucket is filled, and what it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// Tokens a second.
    pub(crate) per_second: u32,
    /// Tokens in a full bucket.
    pub(crate) burst: u32,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Rates {
    /// Takes a token out of the bucket of a key.
    ///
    /// If there is none, the error says how long it takes until there is one.
    pub(crate) fn take(&self, key: &str, rate: Rate, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket { tokens: f64::from(rate.burst), filled: now };
        if !buckets.contains_key(key) {
            buckets.insert(key.to_owned(), full);
        }
        buckets.get_mut(key).map_or(Ok(()), |bucket| bucket.take(rate, now))
    }
}

impl Bucket {
    fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        let per_second = f64::from(rate.per_second);
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * per_second).min(f64::from(rate.burst));
        self.filled = self.filled.max(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        let missing = (1.0 - self.tokens) / per_second;
        Err(Duration::try_from_secs_f64(missing).unwrap_or(Duration::from_mins(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 2, burst: 3 };

    #[test]
    fn a_burst_is_served_and_then_the_rate() {
        let rates = Rates::default();
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(rates.take("a", RATE, start), Ok(()));
        }
        assert_eq!(rates.take("a", RATE, start), Err(Duration::from_millis(500)));
        assert_eq!(rates.take("b", RATE, start), Ok(()), "others have their own");
        let later = start + Duration::from_millis(500);
        assert_eq!(rates.take("a", RATE, later), Ok(()));
        assert!(rates.take("a", RATE, later).is_err());
    }

    #[test]
    fn a_bucket_does_not_run_over() {
        let rates = Rates::default();
        let start = Instant::now();
        assert_eq!(rates.take("a", RATE, start), Ok(()));
        let tomorrow = start + Duration::from_hours(24);
        let served = (0..10).filter(|_| rates.take("a", RATE, tomorrow).is_ok()).count();
        assert_eq!(served, 3);
    }

    #[test]
    fn a_rate_of_nothing_serves_the_burst_alone() {
        let rates = Rates::default();
        let none = Rate { per_second: 0, burst: 1 };
        let now = Instant::now();
        assert_eq!(rates.take("a", none, now), Ok(()));
        assert_eq!(rates.take("a", none, now), Err(Duration::from_mins(1)));
    }
}
