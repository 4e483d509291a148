//! Trying until it works: what a message asks for is done before the message is let go.

use std::error::Error;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

const SHORTEST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// The wait after so many failures in a row, up to a fifth more or less.
pub(crate) fn backoff(failures: u32, shortest: Duration, longest: Duration) -> Duration {
    let wait = shortest.saturating_mul(1 << failures.min(16)).min(longest);
    wait.mul_f64(0.8 + 0.4 * rand::random::<f64>())
}

/// Tries until it works or fails for good; `None` if it was told to stop meanwhile.
///
/// A message whose work was not done is not acknowledged, and comes again.
pub(crate) async fn patiently<T, E, F>(
    stop: &CancellationToken,
    operation: &'static str,
    is_for_good: impl Fn(&E) -> bool,
    mut work: impl FnMut() -> F,
) -> Option<Result<T, E>>
where
    E: Error + 'static,
    F: Future<Output = Result<T, E>>,
{
    let mut failures = 0;
    loop {
        match work().await {
            Err(error) if !is_for_good(&error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, failures, "cannot {operation} now");
            }
            end => return Some(end),
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(backoff(failures, SHORTEST, LONGEST)) => {}
        }
        failures += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit() {
        for (failures, expected) in [(0, 200), (1, 400), (4, 3_200), (5, 5_000), (4_000, 5_000)] {
            let wait = backoff(failures, SHORTEST, LONGEST).as_millis();
            let tolerance = expected / 5 + 1;
            assert!(wait.abs_diff(expected) <= tolerance, "{failures}: {wait}");
        }
    }
}
