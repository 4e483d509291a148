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
