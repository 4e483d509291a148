//! Dates (`mapping.md` section 7.5): `PubDate`, `MedlineDate`, and which date is *the* date.

use std::cmp::Ordering;

use model::{Code, Date, Month, Point, Season, Warning};

use crate::options::IssuedDate;
use crate::rules::text::{present, scalar};
use crate::rules::warn;

/// The children of `PubDate` and its likes, as they stand; empty for what is absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts<'a> {
    /// `Year`.
    pub(crate) year: &'a str,
    /// `Month`: a name or a number.
    pub(crate) month: &'a str,
    /// `Day`.
    pub(crate) day: &'a str,
    /// `Season`, which may hold months.
    pub(crate) season: &'a str,
    /// `MedlineDate`: free text.
    pub(crate) medline: &'a str,
}

/// The date that the parts make. `place` names them in warnings: `PubDate`.
pub(crate) fn date(parts: Parts<'_>, place: &str, warnings: &mut Vec<Warning>) -> Option<Date> {
    if let Some(point) = point(parts) {
        return Some(Date::point(point));
    }
    let Parts { year, month, day, season, medline } = parts;
    if year.trim().is_empty() {
        return free(medline, place, warnings);
    }
    let mut printed = String::from(year);
    for part in [month, day, if month.trim().is_empty() { season } else { "" }] {
        printed.push(' ');
        printed.push_str(part);
    }
    let mut date = free(&printed, place, warnings)?;
    // A month that is a number is known to no text, but stays although the day is impossible.
    if !date.exact && date.start.month.is_none() {
        date.start.month = month_of(month.trim());
    }
    Some(date)
}

/// The date that free text says: `1998 Dec-1999 Jan`.
pub(crate) fn free(printed: &str, place: &str, warnings: &mut Vec<Warning>) -> Option<Date> {
    let printed = scalar(printed);
    if printed.is_empty() {
        return None;
    }
    let Some(read) = read(&printed) else {
        warn(warnings, Code::DateUnparsed, place, &printed);
        return None;
    };
    let (start, end, exact) = match read {
        Read::Point(point) => return Some(Date::point(point)),
        Read::Span(start, end) => (start, Some(end), true),
        Read::Season(start, end) => (start, end, true),
        Read::Years(start, end) => (start, Some(end), false),
        Read::Text(start) => {
            if !printed.to_ascii_lowercase().contains("quarter") {
                warn(warnings, Code::DateUnparsed, place, &printed);
            }
            (start, None, false)
        }
    };
    Some(Date { start, end, exact, raw: present(&printed) })
}

/// The point that year, month and day make, if all that is there is right and nothing else is.
pub(crate) fn point(parts: Parts<'_>) -> Option<Point> {
    let Parts { year, month, day, season, medline: _ } = parts;
    let year = year_of(year.trim())?;
    let (month, day) = (month.trim(), day.trim());
    let month = if month.is_empty() { None } else { Some(month_of(month)?) };
    let day = if day.is_empty() { None } else { Some(day_of(year, month?, day)?) };
    let season = month.is_none() && !season.trim().is_empty();
    (!season).then(|| Point::new(year, month, day))
}

/// The date of publication and the electronic date beside it.
///
/// `issue` is that of `PubDate`, `electronic` that of `ArticleDate`, and `model` is `PubModel`.
pub(crate) fn issued(
    issue: Option<Date>,
    electronic: Option<Date>,
    model: &str,
    choice: IssuedDate,
    warnings: &mut Vec<Warning>,
) -> (Option<Date>, Option<Date>) {
    let by_issue = match (&issue, &electronic) {
        (None, None) => {
            if !warnings.iter().any(|warning| warning.code == Code::DateUnparsed) {
                warn(warnings, Code::DateMissing, "date", "");
            }
            true
        }
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (Some(issue), Some(electronic)) => match choice {
            IssuedDate::Issue => true,
            IssuedDate::Electronic => false,
            IssuedDate::Earliest => is_earlier(issue.start, electronic.start),
            IssuedDate::Nlm => !is_electronic_first(model),
        },
    };
    if by_issue { (issue, electronic) } else { (electronic, None) }
}

/// Whether PubMed's own citation shows the electronic date.
fn is_electronic_first(model: &str) -> bool {
    matches!(model.trim(), "Electronic" | "Electronic-eCollection" | "Electronic-Print")
}

/// Whether the issue came first, as far as both dates tell; the one that says more wins a draw.
fn is_earlier(issue: Point, electronic: Point) -> bool {
    let months = issue.month.zip(electronic.month).map_or(Ordering::Equal, |(a, b)| a.cmp(&b));
    let days = issue.day.zip(electronic.day).map_or(Ordering::Equal, |(a, b)| a.cmp(&b));
    let order = issue.year.cmp(&electronic.year).then(months).then(days);
    order.is_lt() || (order.is_eq() && issue >= electronic)
}

/// What a date in words says.
enum Read {
    Point(Point),
    /// Months or days, or two years.
    Span(Point, Point),
    /// Seasons, in the words that were printed.
    Season(Point, Option<Point>),
    /// Two years, and seasons of which it is not said which year is theirs.
    Years(Point, Point),
    /// A point, and more that is only text.
    Text(Point),
}

/// A word or a sign of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Year(u16),
    Day(u8),
    Month(Month),
    Season(Season),
    /// A dash or a slash.
    Dash,
    Other,
}

fn read(printed: &str) -> Option<Read> {
    use Token::{Dash, Day, Month, Season, Year};

    let mut tokens = [Token::Other; LONGEST];
    let tokens = tokenize(printed, &mut tokens);
    let Year(year) = *tokens.first()? else { return None };
    let only_year = Point::new(year, None, None);
    let in_year = |month, day| whole(year, month, day);
    let season = |year, season| Point { season: Some(season), ..Point::new(year, None, None) };
    let read = match tokens[1..] {
        [] => Some(Read::Point(only_year)),
        [Month(month)] => Some(Read::Point(Point::new(year, Some(month), None))),
        [Month(month), Day(day)] => Some(match in_year(month, Some(day)) {
            Some(point) => Read::Point(point),
            None => Read::Text(Point::new(year, Some(month), None)),
        }),
        [Dash, Year(last)] => span(Some(only_year), Some(Point::new(last, None, None))),
        [Month(first), Dash, Month(last)]
        | [Month(first), Month(last)]
        | [Month(first), Dash, Month(last), Day(_)] => {
            span(in_year(first, None), whole(year_after(year, first, last), last, None))
        }
        [Month(month), Day(first), Dash, Day(last)] => {
            span(in_year(month, Some(first)), in_year(month, Some(last)))
        }
        [Month(first), Day(day), Dash, Month(last), Day(last_day)] => {
            let last_year = year_after(year, first, last);
            span(in_year(first, Some(day)), whole(last_year, last, Some(last_day)))
        }
        [Month(first), Dash, Year(last_year), Month(last)] => {
            span(in_year(first, None), whole(last_year, last, None))
        }
        [Month(first), Day(day), Dash, Year(last_year), Month(last)] => {
            span(in_year(first, Some(day)), whole(last_year, last, None))
        }
        [Month(first), Dash, Year(last_year), Month(last), Day(last_day)] => {
            span(in_year(first, None), whole(last_year, last, Some(last_day)))
        }
        [Month(first), Day(day), Dash, Year(last_year), Month(last), Day(last_day)] => {
            span(in_year(first, Some(day)), whole(last_year, last, Some(last_day)))
        }
        [Season(only)] => Some(Read::Season(season(year, only), None)),
        [Season(first), Dash, Season(last)] => {
            Some(Read::Season(season(year, first), Some(season(year, last))))
        }
        [Season(first), Dash, Year(last_year), Season(last)] if last_year >= year => {
            Some(Read::Season(season(year, first), Some(season(last_year, last))))
        }
        [Dash, Year(last), Season(_)] | [Dash, Year(last), Season(_), Dash, Season(_)]
            if last >= year =>
        {
            Some(Read::Years(only_year, Point::new(last, None, None)))
        }
        _ => None,
    };
    Some(read.unwrap_or(Read::Text(only_year)))
}

/// More tokens than any date has; the last one then is [`Token::Other`].
const LONGEST: usize = 9;

fn tokenize<'a>(printed: &str, tokens: &'a mut [Token; LONGEST]) -> &'a [Token] {
    let mut count = 0;
    let mut rest = printed.trim_start();
    while let Some(sign) = rest.chars().next() {
        let (token, length) = match sign {
            '-' | '–' | '—' | '/' => (Token::Dash, sign.len_utf8()),
            '0'..='9' => number(rest),
            _ => word(rest, sign),
        };
        tokens[count] = token;
        count += 1;
        if count == LONGEST {
            tokens[LONGEST - 1] = Token::Other;
            break;
        }
        rest = rest[length..].trim_start();
    }
    &tokens[..count]
}

/// A number and what is glued to it: `3rd` is no day.
fn number(text: &str) -> (Token, usize) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let glued = text[digits..].starts_with(|sign: char| sign.is_alphanumeric());
    let token = match digits {
        4 => year_of(&text[..4]).map_or(Token::Other, Token::Year),
        1 | 2 if !glued => text[..digits].parse().map_or(Token::Other, Token::Day),
        _ => Token::Other,
    };
    (token, digits)
}

/// A word with its stop.
fn word(text: &str, first: char) -> (Token, usize) {
    let length = text.find(|sign: char| !sign.is_alphabetic()).unwrap_or(text.len());
    if length == 0 {
        return (Token::Other, first.len_utf8());
    }
    let word = &text[..length];
    let token = month_name(word)
        .map(Token::Month)
        .or_else(|| season_name(word).map(Token::Season))
        .unwrap_or(Token::Other);
    let stop = matches!(token, Token::Month(_)) && text[length..].starts_with('.');
    (token, length + usize::from(stop))
}

fn year_of(text: &str) -> Option<u16> {
    let digits = text.len() == 4 && text.bytes().all(|sign| sign.is_ascii_digit());
    let year = if digits { text.parse().ok()? } else { return None };
    (1000..=2999).contains(&year).then_some(year)
}

/// A month as a number or a name.
fn month_of(text: &str) -> Option<Month> {
    match text.as_bytes() {
        [b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9'] => Month::new(text.parse().ok()?),
        _ => month_name(text.strip_suffix('.').unwrap_or(text)),
    }
}

/// An English name, its first three letters, or `Sept`, in any case.
fn month_name(word: &str) -> Option<Month> {
    (1..=12).filter_map(Month::new).find(|month| {
        word.eq_ignore_ascii_case(month.short())
            || word.eq_ignore_ascii_case(month.name())
            || (month.number() == 9 && word.eq_ignore_ascii_case("sept"))
    })
}

fn season_name(word: &str) -> Option<Season> {
    const SEASONS: &[(&str, Season)] = &[
        ("spring", Season::Spring),
        ("summer", Season::Summer),
        ("autumn", Season::Autumn),
        ("fall", Season::Autumn),
        ("winter", Season::Winter),
    ];
    let row = SEASONS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
    row.map(|(_, season)| *season)
}

fn day_of(year: u16, month: Month, text: &str) -> Option<u8> {
    let digits = matches!(text.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9']);
    let day = if digits { text.parse().ok()? } else { return None };
    is_day(year, month, day).then_some(day)
}

/// Whether the month has that day.
fn is_day(year: u16, month: Month, day: u8) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month.number() {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=days).contains(&day)
}

/// A point, if it is possible.
fn whole(year: u16, month: Month, day: Option<u8>) -> Option<Point> {
    let possible = (1000..=2999).contains(&year) && day.is_none_or(|day| is_day(year, month, day));
    possible.then(|| Point::new(year, Some(month), day))
}

/// The year of the last month: the next one, if the month is before the first.
fn year_after(year: u16, first: Month, last: Month) -> u16 {
    if last < first { year + 1 } else { year }
}

/// A span, if both ends are possible and in order.
fn span(start: Option<Point>, end: Option<Point>) -> Option<Read> {
    let (start, end) = (start?, end?);
    let in_order = (start.year, start.month) <= (end.year, end.month)
        && ((start.year, start.month) < (end.year, end.month) || start.day <= end.day);
    in_order.then_some(Read::Span(start, end))
}

#[cfg(test)]
mod tests;
