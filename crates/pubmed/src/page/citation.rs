//! The citation string of a page: `2023 Dec 20;16(1):23.` (`html-pages.md` section 5).
//!
//! It is taken apart by hand: issues hold brackets and stops, pages hold semicolons.

/// A citation string in parts; absent parts are `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Citation<'a> {
    /// The date as printed, which begins with a year.
    pub(crate) date: &'a str,
    /// Volume.
    pub(crate) volume: Option<&'a str>,
    /// Issue, without its brackets.
    pub(crate) issue: Option<&'a str>,
    /// Pages or article number.
    pub(crate) pages: Option<&'a str>,
    /// Whether `pages` stood where only an article number or a plain range stands: behind the
    /// date, without a volume.
    pub(crate) pages_alone: bool,
    /// What follows the citation's full stop.
    pub(crate) trailing: &'a str,
}

/// Takes a citation string apart; `None` if it does not begin with a year of four digits.
pub(crate) fn parse(text: &str) -> Option<Citation<'_>> {
    let text = text.trim();
    let (body, trailing) = sentence(text);
    let date_end = date_length(body)?;
    let (date, rest) = body.split_at(date_end);
    let mut citation =
        Citation { date: date.trim_end(), trailing: trailing.trim(), ..Citation::default() };
    let rest = rest.trim();
    let Some(separator) = rest.chars().next() else { return Some(citation) };
    if !matches!(separator, ';' | ':') {
        return None;
    }
    let rest = rest[1..].trim();
    if separator == ':' && outside_brackets(rest, |sign| sign == ':').is_none() {
        citation.pages = present(rest);
        citation.pages_alone = true;
        return Some(citation);
    }
    let volume_end = rest.find(['(', ':']).unwrap_or(rest.len());
    citation.volume = present(&rest[..volume_end]);
    let mut rest = &rest[volume_end..];
    if rest.starts_with('(') {
        // A bracket that never closes holds all the rest.
        let (issue, behind) =
            closing(rest).map_or((&rest[1..], ""), |end| (&rest[1..end], &rest[end + 1..]));
        citation.issue = present(issue);
        rest = behind.trim_start();
    }
    citation.pages = rest.strip_prefix(':').and_then(present);
    Some(citation)
}

/// Splits at the first full stop outside brackets that a blank or the end follows.
pub(crate) fn sentence(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => match signs.peek() {
                None => return (&text[..at], ""),
                Some((_, next)) if next.is_whitespace() => return (&text[..at], &text[at + 1..]),
                Some(_) => {}
            },
            _ => {}
        }
    }
    (text, "")
}

/// How many bytes of the text are a date: a year, and what may follow it.
fn date_length(text: &str) -> Option<usize> {
    let year = year(text)?;
    let mut end = year;
    let rest = &text[end..];
    if let Some(second) = rest.strip_prefix('-').and_then(self::year) {
        end += 1 + second;
    }
    // Words of a date: month names, days, seasons, ranges of them, a second year.
    loop {
        let rest = &text[end..];
        let trimmed = rest.trim_start();
        let blanks = rest.len() - trimmed.len();
        let length = trimmed.find([' ', ';', ':']).unwrap_or(trimmed.len());
        let word = &trimmed[..length];
        if blanks == 0 || word.is_empty() || !word.split('-').all(is_date_word) {
            return Some(end);
        }
        end += blanks + length;
    }
}

fn year(text: &str) -> Option<usize> {
    let digits = text.get(..4)?;
    let more = text[4..].starts_with(|sign: char| sign.is_alphanumeric());
    (digits.bytes().all(|sign| sign.is_ascii_digit()) && !more).then_some(4)
}

fn is_date_word(word: &str) -> bool {
    const WORDS: [&str; 17] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        "Spring", "Summer", "Fall", "Autumn", "Winter",
    ];
    let number = (1..=2).contains(&word.len()) || word.len() == 4;
    (number && word.bytes().all(|sign| sign.is_ascii_digit()))
        || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Where a sign stands outside round and square brackets.
fn outside_brackets(text: &str, wanted: impl Fn(char) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            sign if depth == 0 && wanted(sign) => return Some(at),
            _ => {}
        }
    }
    None
}

/// Where the bracket that the text begins with closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' if depth <= 1 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn present(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_specification() {
        // String, date, volume, issue, pages, trailing; empty for absent.
        for [text, date, volume, issue, pages, trailing] in [
            ["2025 Sep-Oct;33(5):407-418.", "2025 Sep-Oct", "33", "5", "407-418", ""],
            ["2023 Dec 20;16(1):23.", "2023 Dec 20", "16", "1", "23", ""],
            ["2018 Oct 1:262:30-38.", "2018 Oct 1", "262", "", "30-38", ""],
            ["2022 Nov 2:10497323001234567.", "2022 Nov 2", "", "", "10497323001234567", ""],
            [
                "2020 Feb 3:neurintsurg-2019-015347.",
                "2020 Feb 3",
                "",
                "",
                "neurintsurg-2019-015347",
                "",
            ],
            [
                "2024 Jan 9:S0168-1702(24)00001-2.",
                "2024 Jan 9",
                "",
                "",
                "S0168-1702(24)00001-2",
                "",
            ],
            ["2023 Nov 21.", "2023 Nov 21", "", "", "", ""],
            [
                "2013 Oct 16;103(12 Suppl 1):956-1034.",
                "2013 Oct 16",
                "103",
                "12 Suppl 1",
                "956-1034",
                "",
            ],
            [
                "2020 Jul-Aug;34(4 Suppl. 2):3-9. SPECIAL ISSUE: FOCUS ON X.",
                "2020 Jul-Aug",
                "34",
                "4 Suppl. 2",
                "3-9",
                "SPECIAL ISSUE: FOCUS ON X.",
            ],
            ["2005 Jul;58(8 Suppl):695-700.", "2005 Jul", "58", "8 Suppl", "695-700", ""],
            ["2013;51(4):615-30.", "2013", "51", "4", "615-30", ""],
            ["2014 Winter;27(1):6-27.", "2014 Winter", "27", "1", "6-27", ""],
            ["2024 Sep 26;2024.", "2024 Sep 26", "2024", "", "", ""],
            ["2014 Jun 26;2014:0608.", "2014 Jun 26", "2014", "", "0608", ""],
            ["2019 Aug 21;92:103214.", "2019 Aug 21", "92", "", "103214", ""],
            ["2017 Jan 1;61(1):e47-e65.", "2017 Jan 1", "61", "1", "e47-e65", ""],
            [
                "2010 Jun 9;303(22):2248-9; author reply 2249-50.",
                "2010 Jun 9",
                "303",
                "22",
                "2248-9; author reply 2249-50",
                "",
            ],
            ["1979-1980;12(3-4):1-9.", "1979-1980", "12", "3-4", "1-9", ""],
            ["2018 Aug 13;6:.", "2018 Aug 13", "6", "", "", ""],
            ["2018;6(ü", "2018", "6", "ü", "", ""],
            ["1998 Dec 28-1999 Jan 3;7:1.", "1998 Dec 28-1999 Jan 3", "7", "", "1", ""],
        ] {
            let citation = parse(text).expect(text);
            assert_eq!(citation.date, date, "{text}");
            assert_eq!(citation.volume.unwrap_or(""), volume, "{text}");
            assert_eq!(citation.issue.unwrap_or(""), issue, "{text}");
            assert_eq!(citation.pages.unwrap_or(""), pages, "{text}");
            assert_eq!(citation.trailing, trailing, "{text}");
        }
    }

    #[test]
    fn what_does_not_begin_with_a_year_is_no_citation() {
        for text in
            ["", "Oslo, Norway: Centre; 2017 Aug 25.", "20234;1:2.", "2023x;1", "2023 Foo;1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
