//! Dates of publication, as exact as they were printed.

use serde::{Deserialize, Serialize};

use crate::serial::is_default;

/// A point in time or a span of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Date {
    /// The point, or the first point of the span.
    pub start: Point,
    /// The last point of a span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Point>,
    /// Whether the points say all that was printed; if not, the rest stands in `raw` alone.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub exact: bool,
    /// What was printed, where the points do not show it: spans, seasons, free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// A year, a month of it, a day, or a season of the year.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Year, 1000 to 2999.
    pub year: u16,
    /// Month; never beside a season.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// Day of the month, 1 to 31; only with a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<u8>,
    /// Season.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
}

/// A month, 1 to 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Month(u8);

/// A season, in the order of the northern year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Season {
    /// Spring.
    Spring,
    /// Summer.
    Summer,
    /// Autumn, also printed as Fall.
    Autumn,
    /// Winter.
    Winter,
}

/// A date in the life of the record, never a publication date.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryDate {
    /// What happened: `received`, `accepted`, `pubmed`.
    pub status: String,
    /// When.
    pub date: Point,
}

impl Date {
    /// A date that is one point and was printed as such.
    #[must_use]
    pub fn point(start: Point) -> Self {
        Self { start, end: None, exact: true, raw: None }
    }

    /// What was printed behind the year: `Spring`, `Sep-Oct`, `3rd Quarter`.
    ///
    /// The whole of it where it does not begin with the year of `start` and a blank
    /// (`1979-1980 Fall`), nothing where only the points are known.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        let raw = self.raw.as_deref()?;
        let rest = raw.get(4..).unwrap_or("");
        let words = if rest.is_empty() || rest.starts_with(' ') { rest.trim() } else { raw };
        (!words.is_empty()).then_some(words)
    }
}

impl Point {
    /// A year, and if known the month and the day in it.
    #[must_use]
    pub fn new(year: u16, month: Option<Month>, day: Option<u8>) -> Self {
        Self { year, month, day: month.and(day), season: None }
    }
}

impl Month {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];

    /// The month of that number, 1 to 12.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=12).contains(&number).then_some(Self(number))
    }

    /// 1 to 12.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.0) - 1]
    }

    /// The first three letters of the English name: `Sep`.
    #[must_use]
    pub fn short(self) -> &'static str {
        &self.name()[..3]
    }
}

impl TryFrom<u8> for Month {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a month is a number from 1 to 12")
    }
}

impl From<Month> for u8 {
    fn from(month: Month) -> Self {
        month.0
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_yes(value: &bool) -> bool {
    !is_default(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_stands_behind_the_year() {
        let words = |raw: &str| {
            let start = Point::new(1979, None, None);
            Date { raw: Some(raw.into()), ..Date::point(start) }.words().map(str::to_owned)
        };
        assert_eq!(words("1979 3rd Quarter").as_deref(), Some("3rd Quarter"));
        assert_eq!(words("1979-1980 Fall").as_deref(), Some("1979-1980 Fall"));
        assert_eq!(words("1979"), None);
    }
}
