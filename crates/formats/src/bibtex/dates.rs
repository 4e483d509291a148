//! Dates in the fields of BibTeX and BibLaTeX (`mapping.md` section 7.5).

use std::fmt::Write;

use model::{Date, Month, Point, Season};

/// The year of a date, if it has four digits.
pub(super) fn year(date: &Date) -> Option<u16> {
    Some(date.start.year).filter(has_four_digits)
}

/// BibTeX's name of a month, which stands without braces.
pub(super) fn month(date: &Date) -> Option<&'static str> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = date.start.month?;
    NAMES.get(usize::from(month.number()) - 1).copied()
}

/// The day of a date, if its month has such a day.
pub(super) fn day(date: &Date) -> Option<u8> {
    valid(date.start).day
}

/// Season words as BibTeX has them in `month` and BibLaTeX in `issue`: `Spring`, `Winter--Spring`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seasons<'d> {
    first: &'d str,
    last: Option<&'d str>,
    /// Whether the last one belongs to a later year.
    spans_years: bool,
}

impl<'d> Seasons<'d> {
    /// The seasons of a date, in the words in which they were printed.
    pub(super) fn of(date: &'d Date) -> Option<Self> {
        let season = date.start.season?;
        let mut printed = date
            .words()
            .unwrap_or("")
            .split(|sign: char| !sign.is_ascii_alphabetic())
            .filter(|word| WORDS.iter().any(|(known, _)| known.eq_ignore_ascii_case(word)));
        let mut word = |season| {
            let is_it = |word: &&str| named(word) == Some(season);
            printed.find(is_it).unwrap_or_else(|| name(season))
        };
        let first = word(season);
        let last = date.end.and_then(|end| end.season).map(word);
        let spans_years = date.end.is_some_and(|end| end.year != date.start.year);
        Some(Self { first, last, spans_years })
    }

    /// BibTeX's `month`: of a span over years only the first season.
    pub(super) fn in_month(self) -> String {
        match self.last {
            Some(last) if !self.spans_years => format!("{}--{last}", self.first),
            _ => self.first.to_owned(),
        }
    }

    /// BibLaTeX's `issue`: nothing of a span over years, which `date` tells.
    pub(super) fn in_issue(self) -> Option<String> {
        (!self.spans_years).then(|| self.in_month())
    }
}

/// BibLaTeX's `date`: `2023-12-20`, `1998-12/1999-01`; a lone season as `2021-21` if it goes here.
pub(super) fn edtf(date: &Date, seasons_as_months: bool) -> Option<String> {
    let (start, end) = (valid(date.start), date.end.map(valid));
    let mut out = String::with_capacity(21);
    let point = |out: &mut String, point: Point, precision: usize| {
        write!(out, "{:04}", point.year)?;
        if let Some(month) = point.month.filter(|_| precision > 1) {
            write!(out, "-{:02}", month.number())?;
        }
        match point.day.filter(|_| precision > 2) {
            Some(day) => write!(out, "-{day:02}"),
            None => Ok(()),
        }
    };
    if !has_four_digits(&start.year) {
        return None;
    }
    // Both ends are equally exact, and the second is the later one.
    let precision = end.map_or(3, |end| precision(start).min(precision(end)));
    let written = point(&mut out, start, precision).and_then(|()| match (end, start.season) {
        (Some(end), _) if is_later(start, end, precision) => {
            out.push('/');
            point(&mut out, end, precision)
        }
        (None, Some(season)) if seasons_as_months => write!(out, "-{}", edtf_season(season)),
        _ => Ok(()),
    });
    written.expect("a string takes everything");
    Some(out)
}

const WORDS: &[(&str, Season)] = &[
    ("Spring", Season::Spring),
    ("Summer", Season::Summer),
    ("Autumn", Season::Autumn),
    ("Winter", Season::Winter),
    ("Fall", Season::Autumn),
];

fn named(word: &str) -> Option<Season> {
    WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, season)| *season)
}

fn name(season: Season) -> &'static str {
    match season {
        Season::Spring => "Spring",
        Season::Summer => "Summer",
        Season::Autumn => "Autumn",
        Season::Winter => "Winter",
    }
}

fn edtf_season(season: Season) -> u8 {
    match season {
        Season::Spring => 21,
        Season::Summer => 22,
        Season::Autumn => 23,
        Season::Winter => 24,
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "`Option::filter` hands out references")]
fn has_four_digits(year: &u16) -> bool {
    (1000..=9999).contains(year)
}

/// The point without a day that its month has not.
fn valid(point: Point) -> Point {
    let is_day =
        |day: &u8| point.month.is_some_and(|month| (1..=length(point.year, month)).contains(day));
    Point { day: point.day.filter(is_day), ..point }
}

fn length(year: u16, month: Month) -> u8 {
    match month.number() {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// 1 for a year, 2 for a month, 3 for a day.
fn precision(point: Point) -> usize {
    1 + usize::from(point.month.is_some()) + usize::from(point.day.is_some())
}

fn is_later(start: Point, end: Point, at_precision: usize) -> bool {
    let cut = |point: Point| {
        let month = point.month.filter(|_| at_precision > 1);
        (point.year, month, point.day.filter(|_| at_precision > 2))
    };
    has_four_digits(&end.year) && cut(start) < cut(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(year: u16, month: u8, day: u8) -> Point {
        Point::new(year, Month::new(month), Some(day).filter(|day| *day > 0))
    }

    fn season(year: u16, season: Season) -> Point {
        Point { season: Some(season), ..point(year, 0, 0) }
    }

    /// BibLaTeX's date and issue, BibTeX's month and day.
    fn spelled(start: Point, end: Option<Point>, raw: &str) -> [String; 4] {
        let raw = (!raw.is_empty()).then(|| raw.to_owned());
        let date = Date { start, end, exact: true, raw };
        let seasons = Seasons::of(&date);
        assert_eq!(year(&date), Some(start.year));
        [
            edtf(&date, false).unwrap_or_default(),
            seasons.and_then(Seasons::in_issue).unwrap_or_default(),
            month(&date)
                .map_or_else(|| seasons.map(Seasons::in_month).unwrap_or_default(), str::to_owned),
            day(&date).map(|day| day.to_string()).unwrap_or_default(),
        ]
    }

    #[test]
    fn dates_are_written_as_the_specification_has_them() {
        use Season::{Autumn, Spring, Winter};
        for (start, end, raw, expected) in [
            (point(2021, 1, 7), None, "", ["2021-01-07", "", "jan", "7"]),
            (point(2021, 6, 0), None, "", ["2021-06", "", "jun", ""]),
            (point(2021, 0, 0), None, "", ["2021", "", "", ""]),
            (season(2021, Spring), None, "2021 Spring", ["2021", "Spring", "Spring", ""]),
            (
                point(2013, 1, 0),
                Some(point(2013, 3, 0)),
                "2013 Jan-Mar",
                ["2013-01/2013-03", "", "jan", ""],
            ),
            (
                season(2023, Winter),
                Some(season(2023, Spring)),
                "2023 Winter-Spring",
                ["2023", "Winter--Spring", "Winter--Spring", ""],
            ),
            (
                point(1998, 12, 0),
                Some(point(1999, 1, 0)),
                "1998 Dec-1999 Jan",
                ["1998-12/1999-01", "", "dec", ""],
            ),
            (
                point(1977, 1, 5),
                Some(point(1977, 1, 20)),
                "1977 Jan 5-20",
                ["1977-01-05/1977-01-20", "", "jan", "5"],
            ),
            (
                point(1998, 12, 28),
                Some(point(1999, 1, 3)),
                "1998 Dec 28-1999 Jan 3",
                ["1998-12-28/1999-01-03", "", "dec", "28"],
            ),
            (point(2021, 0, 0), None, "2021 3rd Quarter", ["2021", "", "", ""]),
            (
                season(1977, Autumn),
                Some(season(1977, Winter)),
                "1977 Fall-Winter",
                ["1977", "Fall--Winter", "Fall--Winter", ""],
            ),
            (
                season(2000, Spring),
                Some(season(2001, Winter)),
                "2000 Spring-2001 Winter",
                ["2000/2001", "", "Spring", ""],
            ),
            (point(1979, 0, 0), Some(point(1980, 0, 0)), "1979-1980", ["1979/1980", "", "", ""]),
            (
                point(1979, 0, 0),
                Some(point(1980, 0, 0)),
                "1979-1980 Fall-Winter",
                ["1979/1980", "", "", ""],
            ),
        ] {
            assert_eq!(spelled(start, end, raw), expected, "{raw}");
        }
    }

    #[test]
    fn both_ends_of_a_span_are_equally_exact() {
        for (start, end, expected) in [
            (point(2000, 1, 5), point(2000, 3, 0), "2000-01/2000-03"),
            (point(2000, 1, 5), point(2001, 0, 0), "2000/2001"),
            (point(2000, 1, 5), point(2000, 1, 0), "2000-01"),
            (point(2000, 3, 0), point(2000, 1, 0), "2000-03"),
        ] {
            assert_eq!(spelled(start, Some(end), "")[0], expected);
        }
    }

    #[test]
    fn a_day_that_is_none_is_not_written() {
        assert_eq!(spelled(point(2023, 2, 29), None, ""), ["2023-02", "", "feb", ""]);
        assert_eq!(spelled(point(2024, 2, 29), None, "")[0], "2024-02-29");
    }

    #[test]
    fn a_season_is_a_month_if_asked_for() {
        let raw = Some("2021 Spring".to_owned());
        let date = Date { raw, ..Date::point(season(2021, Season::Spring)) };
        assert_eq!(edtf(&date, true).as_deref(), Some("2021-21"));
    }
}
