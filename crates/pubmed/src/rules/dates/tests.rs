use model::{Code, Date, Point, Season, Warning};
use proptest::prelude::*;

use super::{Parts, date, free, issued, point};
use crate::options::IssuedDate;

/// A point as the tables write it: `2021-01-07`, `2021 autumn`.
fn shown(point: Point) -> String {
    let Point { year, month, day, season } = point;
    let month = month.map_or(String::new(), |month| format!("-{:02}", month.number()));
    let day = day.map_or(String::new(), |day| format!("-{day:02}"));
    let season = match season {
        Some(Season::Spring) => " spring",
        Some(Season::Summer) => " summer",
        Some(Season::Autumn) => " autumn",
        Some(Season::Winter) => " winter",
        None => "",
    };
    format!("{year}{month}{day}{season}")
}

/// The points of a date, `start/end`.
fn points(date: &Date) -> String {
    let end = date.end.map_or(String::new(), |end| format!("/{}", shown(end)));
    shown(date.start) + &end
}

fn read(parts: Parts<'_>) -> (Option<Date>, Vec<Code>) {
    let mut warnings = Vec::new();
    let date = date(parts, "PubDate", &mut warnings);
    (date, warnings.iter().map(|warning: &Warning| warning.code).collect())
}

fn medline(medline: &str) -> (Option<Date>, Vec<Code>) {
    read(Parts { medline, ..Parts::default() })
}

#[test]
fn year_month_and_day_are_a_point() {
    for (year, month, day, expected) in [
        ("2021", "Jan", "07", "2021-01-07"),
        ("2021", "06", "", "2021-06"),
        ("2021", "6", "9", "2021-06-09"),
        ("2021", "", "", "2021"),
        ("1811", "July", "1", "1811-07-01"),
        ("1999", "SEPT", "", "1999-09"),
        ("1999", "sept.", "", "1999-09"),
        ("2024", "Feb", "29", "2024-02-29"),
        (" 2021\n", "\tMay ", " 3 ", "2021-05-03"),
    ] {
        let (date, codes) = read(Parts { year, month, day, ..Parts::default() });
        let date = date.expect(expected);
        assert_eq!((points(&date).as_str(), codes.len()), (expected, 0));
        assert!(date.exact && date.raw.is_none(), "{expected}");
    }
}

#[test]
fn what_cannot_be_is_dropped_from_the_point() {
    for (year, month, day, expected, raw) in [
        ("2021", "13", "07", "2021", "2021 13 07"),
        ("2021", "Feb", "30", "2021-02", "2021 Feb 30"),
        ("2023", "02", "29", "2023-02", "2023 02 29"),
        ("2021", "Jan", "0", "2021-01", "2021 Jan 0"),
        ("2021", "", "07", "2021", "2021 07"),
        ("2021", "Brumaire", "", "2021", "2021 Brumaire"),
    ] {
        let (date, codes) = read(Parts { year, month, day, ..Parts::default() });
        let date = date.expect(raw);
        assert_eq!((points(&date).as_str(), date.raw.as_deref()), (expected, Some(raw)));
        assert_eq!((date.exact, codes), (false, vec![Code::DateUnparsed]), "{raw}");
    }
}

#[test]
fn a_season_may_hold_months() {
    for (season, expected, raw) in [
        ("Spring", "2021 spring", "2021 Spring"),
        ("Jan-Mar", "2021-01/2021-03", "2021 Jan-Mar"),
        ("Jul-Oct", "2021-07/2021-10", "2021 Jul-Oct"),
        ("Winter-Spring", "2021 winter/2021 spring", "2021 Winter-Spring"),
        ("Fall", "2021 autumn", "2021 Fall"),
    ] {
        let (date, codes) = read(Parts { year: "2021", season, ..Parts::default() });
        let date = date.expect(season);
        assert_eq!((points(&date).as_str(), date.raw.as_deref()), (expected, Some(raw)));
        assert!(date.exact && codes.is_empty(), "{season}");
    }
    // A month leaves no room for a season.
    let (date, codes) =
        read(Parts { year: "2021", month: "May", season: "Spring", ..Parts::default() });
    assert_eq!((points(&date.expect("a month")), codes.len()), ("2021-05".to_owned(), 0));
}

#[test]
fn spans_in_words_are_understood() {
    for (printed, expected) in [
        ("2018 Jul-Aug", "2018-07/2018-08"),
        ("2018 July August", "2018-07/2018-08"),
        ("2013 Oct-Dec", "2013-10/2013-12"),
        ("2019 Sep/Oct", "2019-09/2019-10"),
        ("2019 Sep / Oct", "2019-09/2019-10"),
        ("1978 Sep-OCT", "1978-09/1978-10"),
        ("1978 Sept.–Oct.", "1978-09/1978-10"),
        ("1998 Dec-1999 Jan", "1998-12/1999-01"),
        ("2000 Nov-Feb", "2000-11/2001-02"),
        ("1977 Jan 5-20", "1977-01-05/1977-01-20"),
        ("1977 Aug 27-Sep 3", "1977-08-27/1977-09-03"),
        ("1998 Dec 28-1999 Jan 3", "1998-12-28/1999-01-03"),
        ("1998 Dec 28-Jan 3", "1998-12-28/1999-01-03"),
        ("1998 Dec 28 - 1999 Jan", "1998-12-28/1999-01"),
        ("1998 Dec—1999 Jan 3", "1998-12/1999-01-03"),
        ("2021 Apr-Jun 01", "2021-04/2021-06"),
        ("1979-1980", "1979/1980"),
        ("1947-1948", "1947/1948"),
        ("1979 Nov-1980 May", "1979-11/1980-05"),
        ("1999 Spring", "1999 spring"),
        ("1977 Fall-Winter", "1977 autumn/1977 winter"),
        ("2000 Spring-Summer", "2000 spring/2000 summer"),
        ("2000 Spring-2001 Winter", "2000 spring/2001 winter"),
    ] {
        let (date, codes) = medline(printed);
        let date = date.expect(printed);
        assert_eq!((points(&date).as_str(), date.raw.as_deref()), (expected, Some(printed)));
        assert!(date.exact && codes.is_empty(), "{printed}");
    }
}

#[test]
fn a_point_in_words_is_a_point() {
    for (printed, expected) in
        [("2002 Jun", "2002-06"), ("2002 Jun 7", "2002-06-07"), ("2002", "2002")]
    {
        assert_eq!(medline(printed).0.map(|date| (points(&date), date.raw)), {
            Some((expected.to_owned(), None))
        });
    }
}

#[test]
fn what_is_only_text_stays_text() {
    for (printed, expected, warned) in [
        ("2021 3rd Quarter", "2021", false),
        ("1979-1980 Fall", "1979/1980", false),
        ("1979-1980 Fall-Winter", "1979/1980", false),
        ("1950 some random date string", "1950", true),
        ("1950 Jan 5-3", "1950", true),
        ("1950 Feb 30", "1950-02", true),
        ("1980-1979", "1980", true),
        ("1947-48", "1947", true),
        ("2999 Dec-Jan", "2999", true),
        ("1950 a b c d e f g h i j k l m n", "1950", true),
    ] {
        let (date, codes) = medline(printed);
        let date = date.expect(printed);
        assert_eq!((points(&date).as_str(), date.raw.as_deref()), (expected, Some(printed)));
        assert_eq!((date.exact, codes.len()), (false, usize::from(warned)), "{printed}");
        assert!(codes.iter().all(|code| *code == Code::DateUnparsed), "{printed}");
    }
}

#[test]
fn without_a_year_there_is_no_date() {
    for printed in ["Winter 1998", "Jan", "0999", "20210107", "3000"] {
        assert_eq!(medline(printed), (None, vec![Code::DateUnparsed]), "{printed}");
    }
    assert_eq!(medline(" \n "), (None, vec![]));
    assert_eq!(read(Parts { month: "May", day: "3", ..Parts::default() }), (None, vec![]));
}

fn on(year: &str, month: &str, day: &str) -> Option<Date> {
    point(Parts { year, month, day, ..Parts::default() }).map(Date::point)
}

#[test]
fn the_asked_for_date_is_the_date_of_publication() {
    use IssuedDate::{Earliest, Electronic, Issue, Nlm};

    let issue = on("2021", "Jun", "");
    let online = on("2019", "4", "26");
    for (choice, model, by_issue) in [
        (Issue, "Electronic", true),
        (Electronic, "Print-Electronic", false),
        (Earliest, "Print", false),
        (Nlm, "Print", true),
        (Nlm, "Print-Electronic", true),
        (Nlm, "Electronic", false),
        (Nlm, "Electronic-eCollection", false),
        (Nlm, "Electronic-Print", false),
    ] {
        let mut warnings = Vec::new();
        let dates = issued(issue.clone(), online.clone(), model, choice, &mut warnings);
        let expected =
            if by_issue { (issue.clone(), online.clone()) } else { (online.clone(), None) };
        assert_eq!((dates, warnings.len()), (expected, 0), "{choice:?} {model}");
    }
}

#[test]
fn the_earlier_date_is_the_earlier_as_far_as_both_tell() {
    for (issue, online, by_issue) in [
        (on("2021", "", ""), on("2021", "3", "5"), false),
        (on("2021", "3", ""), on("2021", "3", "5"), false),
        (on("2021", "2", ""), on("2021", "3", "5"), true),
        (on("2021", "3", "4"), on("2021", "3", "5"), true),
        (on("2021", "3", "5"), on("2021", "3", "5"), true),
        (on("2020", "", ""), on("2021", "3", "5"), true),
    ] {
        let found =
            issued(issue.clone(), online.clone(), "Print", IssuedDate::Earliest, &mut Vec::new());
        assert_eq!(found.0, if by_issue { issue } else { online });
    }
}

#[test]
fn one_date_is_the_date_whatever_is_asked_for() {
    for choice in [IssuedDate::Issue, IssuedDate::Electronic, IssuedDate::Earliest, IssuedDate::Nlm]
    {
        let only = on("2020", "07", "24");
        let mut warnings = Vec::new();
        assert_eq!(
            issued(None, only.clone(), "Print", choice, &mut warnings),
            (only.clone(), None)
        );
        assert_eq!(issued(only.clone(), None, "Electronic", choice, &mut warnings), (only, None));
        assert_eq!(warnings, []);
    }
}

#[test]
fn no_date_at_all_is_said_once() {
    let mut warnings = Vec::new();
    assert_eq!(issued(None, None, "", IssuedDate::Issue, &mut warnings), (None, None));
    assert_eq!(warnings[0].code, Code::DateMissing);
    // What was printed and not understood is not missing.
    let mut warnings = Vec::new();
    let issue = free("Winter 1998", "PubDate", &mut warnings);
    assert_eq!(issued(issue, None, "", IssuedDate::Issue, &mut warnings), (None, None));
    assert_eq!(warnings.len(), 1);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,30}", month in "\\PC{0,6}") {
        free(&text, "PubDate", &mut Vec::new());
        read(Parts { year: &text, month: &month, day: &month, ..Parts::default() });
    }

    #[test]
    fn whatever_begins_with_a_year_is_a_date(
        year in 1000_u16..3000,
        rest in "(( |-|/|Jan|Dec|Fall|\\.|x)( |-|/|[0-9]{1,4}|Jan|Dec|Fall|\\.|x){0,9})?",
    ) {
        let date = free(&format!("{year}{rest}"), "PubDate", &mut Vec::new());
        let date = date.expect("a year is a date");
        prop_assert_eq!(date.start.year, year);
        prop_assert!(date.end.is_none_or(|end| end.year >= year));
    }
}
