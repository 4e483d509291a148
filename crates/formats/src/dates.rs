//! Dates as RIS and EndNote XML spell them (`mapping.md` section 7.5).

use std::fmt::Write;

use model::{Date, Point, Season};

/// The year, four digits; `None` for a year that has not four.
pub(crate) fn year(date: &Date) -> Option<String> {
    let year = date.start.year;
    (1000..=9999).contains(&year).then(|| year.to_string())
}

/// RIS `DA`: `2021/01/07`, `2021/01`, `2021///Spring`, `1998/12//Dec-1999 Jan`; `None` for a
/// plain year.
pub(crate) fn ris(date: &Date) -> Option<String> {
    let words = words(date, Years::Kept);
    if date.start.month.is_none() && words.is_none() {
        return None;
    }
    let mut out = numbers(date.start);
    if let Some(words) = words {
        // The words stand behind the third slash.
        let slashes = out.bytes().filter(|sign| *sign == b'/').count();
        out.extend(std::iter::repeat_n('/', 3 - slashes));
        out.push_str(&words);
    }
    Some(out)
}

/// EndNote's `date`, which never holds a year: `Jan 7`, `Sep-Oct`, `Spring`.
pub(crate) fn endnote(date: &Date) -> Option<String> {
    words(date, Years::Dropped).or_else(|| day_of_year(date.start))
}

/// `2021/01/07`, as far as it is known.
pub(crate) fn numbers(point: Point) -> String {
    let mut out = point.year.to_string();
    if let Some(month) = point.month {
        push(&mut out, format_args!("/{:02}", month.number()));
        if let Some(day) = point.day {
            push(&mut out, format_args!("/{day:02}"));
        }
    }
    out
}

/// `2024 Dec 19`, as far as it is known.
pub(crate) fn spoken(point: Point) -> String {
    let mut out = point.year.to_string();
    if let Some(words) = day_of_year(point).or_else(|| point.season.map(|s| name(s).to_owned())) {
        push(&mut out, format_args!(" {words}"));
    }
    out
}

/// Whether the year of the last point is said, where it differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Years {
    Kept,
    Dropped,
}

/// What the numbers of the first point do not say: a span, a season, words.
fn words(date: &Date, years: Years) -> Option<String> {
    let Date { start, end, exact, .. } = *date;
    match end {
        Some(end) if exact && start.month.is_some() && end.month.is_some() => {
            Some(span(start, end, years))
        }
        None if exact && start.season.is_none() => None,
        _ => match years {
            Years::Kept => printed(date),
            Years::Dropped => printed_without_years(date),
        },
    }
}

/// `Jul-Aug`, `Dec-1999 Jan`, `Jan 5-20`, `Aug 27-Sep 3`.
fn span(start: Point, end: Point, years: Years) -> String {
    let mut out = day_of_year(start).unwrap_or_default();
    out.push('-');
    let same_year = start.year == end.year;
    if !same_year && years == Years::Kept {
        push(&mut out, format_args!("{} ", end.year));
    }
    match end.day {
        Some(day) if same_year && start.month == end.month && start.day.is_some() => {
            push(&mut out, format_args!("{day}"));
        }
        _ => out.push_str(&day_of_year(end).unwrap_or_default()),
    }
    out
}

/// What was printed behind the year, else what the points say.
pub(crate) fn printed(date: &Date) -> Option<String> {
    if let Some(words) = date.words() {
        return Some(words.to_owned());
    }
    let Date { start, end, .. } = *date;
    match (start.season, end) {
        (None, None) => None,
        (None, Some(end)) => Some(format!("{}-{}", start.year, spoken(end))),
        (Some(season), None) => Some(name(season).to_owned()),
        (Some(first), Some(end)) => {
            let last = spoken(end);
            let last = match end.season {
                Some(season) if end.year == start.year => name(season),
                _ => &last,
            };
            Some(format!("{}-{last}", name(first)))
        }
    }
}

/// The words of a season or a quarter. Other words may hold a year, and are left out.
fn printed_without_years(date: &Date) -> Option<String> {
    let words = printed(date)?;
    if date.start.season.is_some() {
        let seasons: String =
            words.split_inclusive([' ', '-', '/']).filter(|word| !is_year(word)).collect();
        return (!seasons.is_empty()).then_some(seasons);
    }
    let is_quarter = words.to_ascii_lowercase().contains("quart");
    (is_quarter && !words.split([' ', '-', '/']).any(is_year)).then_some(words)
}

fn is_year(word: &str) -> bool {
    let digits = word.trim_end_matches([' ', '-', '/']);
    digits.len() >= 4 && digits.bytes().all(|sign| sign.is_ascii_digit())
}

/// `Jan 7`, `Jan`.
fn day_of_year(point: Point) -> Option<String> {
    let mut out = point.month?.short().to_owned();
    if let Some(day) = point.day {
        push(&mut out, format_args!(" {day}"));
    }
    Some(out)
}

fn name(season: Season) -> &'static str {
    match season {
        Season::Spring => "Spring",
        Season::Summer => "Summer",
        Season::Autumn => "Autumn",
        Season::Winter => "Winter",
    }
}

fn push(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use model::Month;

    use super::*;

    /// `1998`, `1998-12`, `1998-12-28`, `1998 winter`.
    fn point(words: &str) -> Point {
        let (numbers, season) = words.split_once(' ').map_or((words, None), |(numbers, season)| {
            let season = serde_json::from_str(&format!("\"{season}\"")).expect("a season");
            (numbers, Some(season))
        });
        let mut numbers = numbers.split('-').map(|number| number.parse::<u16>().expect("a number"));
        let year = numbers.next().expect("a year");
        let mut small = || numbers.next().and_then(|number| u8::try_from(number).ok());
        Point { season, ..Point::new(year, small().and_then(Month::new), small()) }
    }

    /// The rows of the table in section 7.5: start, end, exact, raw; `PY`, `DA`; EndNote's date.
    #[test]
    #[rustfmt::skip]
    fn dates_are_spelled_as_the_table_says() {
        for (start, end, exact, raw, ris_date, endnote_date) in [
            ("2021-01-07", "", true, "", "2021/01/07", "Jan 7"),
            ("2021-06", "", true, "", "2021/06", "Jun"),
            ("2021", "", true, "", "", ""),
            ("2021 spring", "", true, "2021 Spring", "2021///Spring", "Spring"),
            ("2021 spring", "", true, "", "2021///Spring", "Spring"),
            ("2013-01", "2013-03", true, "2013 Jan-Mar", "2013/01//Jan-Mar", "Jan-Mar"),
            ("2023 winter", "2023 spring", true, "2023 Winter-Spring", "2023///Winter-Spring", "Winter-Spring"),
            ("2018-07", "2018-08", true, "2018 July August", "2018/07//Jul-Aug", "Jul-Aug"),
            ("2019-09", "2019-10", true, "2019 Sep/Oct", "2019/09//Sep-Oct", "Sep-Oct"),
            ("1978-09", "1978-10", true, "1978 Sep-OCT", "1978/09//Sep-Oct", "Sep-Oct"),
            ("1998-12", "1999-01", true, "1998 Dec-1999 Jan", "1998/12//Dec-1999 Jan", "Dec-Jan"),
            ("2000-11", "2001-02", true, "2000 Nov-Feb", "2000/11//Nov-2001 Feb", "Nov-Feb"),
            ("1977-01-05", "1977-01-20", true, "1977 Jan 5-20", "1977/01/05/Jan 5-20", "Jan 5-20"),
            ("1977-08-27", "1977-09-03", true, "1977 Aug 27-Sep 3", "1977/08/27/Aug 27-Sep 3", "Aug 27-Sep 3"),
            ("1998-12-28", "1999-01-03", true, "1998 Dec 28-1999 Jan 3", "1998/12/28/Dec 28-1999 Jan 3", "Dec 28-Jan 3"),
            ("2021-04", "2021-06", true, "2021 Apr-Jun 01", "2021/04//Apr-Jun", "Apr-Jun"),
            ("2021", "", false, "2021 3rd Quarter", "2021///3rd Quarter", "3rd Quarter"),
            ("1999 spring", "", true, "1999 Spring", "1999///Spring", "Spring"),
            ("1977 autumn", "1977 winter", true, "1977 Fall-Winter", "1977///Fall-Winter", "Fall-Winter"),
            ("2000 spring", "2001 winter", true, "2000 Spring-2001 Winter", "2000///Spring-2001 Winter", "Spring-Winter"),
            ("2000 spring", "2001 winter", true, "", "2000///Spring-2001 Winter", "Spring-Winter"),
            ("1979", "1980", true, "1979-1980", "1979///1979-1980", ""),
            ("1979", "1980", true, "", "1979///1979-1980", ""),
            ("1979-11", "1980-05", true, "1979 Nov-1980 May", "1979/11//Nov-1980 May", "Nov-May"),
            ("1979", "1980", false, "1979-1980 Fall-Winter", "1979///1979-1980 Fall-Winter", ""),
            ("1950", "", false, "1950 some random date string", "1950///some random date string", ""),
            ("2020-07-24", "", true, "", "2020/07/24", "Jul 24"),
        ] {
            let date = Date {
                start: point(start),
                end: (!end.is_empty()).then(|| point(end)),
                exact,
                raw: (!raw.is_empty()).then(|| raw.to_owned()),
            };
            assert_eq!(year(&date).as_deref(), Some(&start[..4]));
            assert_eq!(ris(&date).unwrap_or_default(), ris_date, "{start} {raw}");
            assert_eq!(endnote(&date).unwrap_or_default(), endnote_date, "{start} {raw}");
        }
    }

    #[test]
    fn a_revision_is_spoken() {
        assert_eq!(spoken(point("2016-07-14")), "2016 Jul 14");
        assert_eq!(spoken(point("2016-07")), "2016 Jul");
        assert_eq!(spoken(point("2016")), "2016");
    }
}
