//! When a webhook is tried again (`service.md` section 8).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Seconds after the first, second, … try.
const DELAYS: [u64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

/// The longest time that a receiver can ask for.
const LONGEST: Duration = Duration::from_hours(24);

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was taken.
    Delivered,
    /// The receiver does not want to hear of it ever again.
    Gone,
    /// It is to be tried again after this time.
    Again(Duration),
    /// It was tried often enough.
    GivenUp,
}

/// What follows from an answer with this status, or from none; `tries` is how often it was tried
/// before, `chance` is anything from 0 to 1.
pub(crate) fn verdict(
    status: Option<u16>,
    retry_after: Option<Duration>,
    tries: u32,
    chance: f64,
) -> Verdict {
    match status {
        Some(200..=299) => return Verdict::Delivered,
        Some(410) => return Verdict::Gone,
        _ => {}
    }
    let step = usize::try_from(tries).unwrap_or(usize::MAX);
    let Some(delay) = DELAYS.get(step) else { return Verdict::GivenUp };
    // Deliveries that failed together come back up to 20 % apart.
    let delay = Duration::from_secs(*delay).mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0));
    match (status, retry_after) {
        (Some(429 | 503), Some(asked)) => {
            Verdict::Again(asked.clamp(Duration::from_secs(1), LONGEST))
        }
        _ => Verdict::Again(delay),
    }
}

/// Reads `Retry-After`: seconds, or a date of HTTP.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|digit| digit.is_ascii_digit()) {
        // So many digits that they do not fit are the longest time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::strtime::parse("%a, %d %b %Y %H:%M:%S GMT", value).ok()?;
    let date = date.to_datetime().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    let wait = date.duration_since(now);
    Some(Duration::try_from(wait.max(SignedDuration::ZERO)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn eight_tries_are_made_in_about_a_day_and_a_half() {
        let mut waits = Vec::new();
        for tries in 0.. {
            match verdict(Some(500), None, tries, 0.5) {
                Verdict::Again(after) => waits.push(after.as_secs()),
                other => {
                    assert_eq!(other, Verdict::GivenUp);
                    break;
                }
            }
        }
        assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]);
    }

    #[test]
    fn waits_differ_by_up_to_a_fifth() {
        assert_eq!(verdict(None, None, 1, 0.0), Verdict::Again(seconds(240)));
        assert_eq!(verdict(None, None, 1, 1.0), Verdict::Again(seconds(360)));
    }

    #[test]
    fn an_answer_decides() {
        for status in [200, 202, 204, 299] {
            assert_eq!(verdict(Some(status), None, 0, 0.5), Verdict::Delivered);
        }
        assert_eq!(verdict(Some(410), None, 0, 0.5), Verdict::Gone);
        // A redirection is not followed, and is no delivery.
        for status in [301, 302, 307, 400, 401, 404, 500, 502] {
            let ignored = verdict(Some(status), Some(seconds(77)), 0, 0.5);
            assert_eq!(ignored, Verdict::Again(seconds(5)), "{status}");
        }
        for status in [429, 503] {
            let asked = |after| verdict(Some(status), Some(after), 0, 0.5);
            assert_eq!(asked(seconds(77)), Verdict::Again(seconds(77)));
            assert_eq!(asked(Duration::ZERO), Verdict::Again(seconds(1)));
            assert_eq!(asked(Duration::MAX), Verdict::Again(LONGEST));
            assert_eq!(verdict(Some(status), None, 0, 0.5), Verdict::Again(seconds(5)));
            assert_eq!(verdict(Some(status), Some(seconds(77)), 7, 0.5), Verdict::GivenUp);
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-11-23T07:28:00Z".parse().expect("a time");
        let rows = [
            ("120", Some(seconds(120))),
            (" 0 ", Some(Duration::ZERO)),
            ("99999999999999999999999", Some(seconds(u64::MAX))),
            ("Mon, 23 Nov 2026 07:30:00 GMT", Some(seconds(120))),
            ("Mon, 23 Nov 2026 07:00:00 GMT", Some(Duration::ZERO)),
            ("", None),
            ("-5", None),
            ("soon", None),
        ];
        for (value, expected) in rows {
            assert_eq!(retry_after(value, now), expected, "{value:?}");
        }
    }
}
