//! Pages and article numbers (`mapping.md` section 7.6).

use std::borrow::Cow;

use model::{Code, PageKind, PageRange, Pages, Warning};

use crate::rules::text::scalar;
use crate::rules::warn;

/// The children of `Pagination`, as they stand; empty for what is absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Printed<'a> {
    /// `MedlinePgn`.
    pub(crate) medline: &'a str,
    /// `StartPage`.
    pub(crate) start: &'a str,
    /// `EndPage`.
    pub(crate) end: &'a str,
    /// Whether `PubModel` is one of a work without pages: a single value then is its number.
    pub(crate) electronic: bool,
}

/// Pages, or the number that stands in their place; none if nothing is printed.
pub(crate) fn pages(printed: Printed<'_>, warnings: &mut Vec<Warning>) -> Option<Pages> {
    let Printed { medline, start, end, electronic } = printed;
    let (start, end) = (scalar(start), scalar(end));
    let medline = scalar(medline);
    let raw = match (medline.is_empty(), start.is_empty(), end.is_empty()) {
        (false, _, _) => medline,
        (true, false, true) => Cow::Borrowed(&*start),
        (true, false, false) => Cow::Owned(format!("{start}-{end}")),
        (true, true, _) => return None,
    };
    let mut pages = read(&raw, electronic, warnings);
    if !start.is_empty() && !end.is_empty() {
        believe(&mut pages, &start, &end);
    }
    if pages.kind == PageKind::Unparsed {
        warn(warnings, Code::PagesUnparsed, "pages", &raw);
    }
    pages.raw = raw.into_owned();
    Some(pages)
}

/// Whether `PubModel` is that of a work without pages.
pub(crate) fn is_electronic(model: &str) -> bool {
    matches!(model.trim(), "Electronic" | "Electronic-eCollection")
}

/// An article number from the publisher's item identifiers, for a work without pagination.
///
/// Only a short one is one, but a preprint's is its number whatever its form.
pub(crate) fn article_number<'a>(
    piis: impl IntoIterator<Item = &'a str>,
    preprint: bool,
) -> Option<Pages> {
    let is_number = |pii: &&str| {
        let digits = pii.strip_prefix('e').unwrap_or(pii);
        (1..=10).contains(&digits.len()) && digits.bytes().all(|sign| sign.is_ascii_digit())
    };
    let pii = piis.into_iter().find(|pii| preprint || is_number(pii))?;
    Some(Pages {
        raw: pii.to_owned(),
        ranges: vec![PageRange { first: pii.to_owned(), last: None }],
        rest: Vec::new(),
        kind: PageKind::ArticleNumber,
    })
}

/// NLM's own first and last page go before what was read from the printed text.
fn believe(pages: &mut Pages, start: &str, end: &str) {
    let single = pages.ranges.first().is_some_and(|range| range.last.is_none());
    if start == end && single {
        return;
    }
    let range = PageRange { first: start.to_owned(), last: Some(end.to_owned()) };
    match pages.ranges.first_mut() {
        Some(first) => *first = range,
        None => pages.ranges.push(range),
    }
    pages.kind = PageKind::Pages;
}

fn read(raw: &str, electronic: bool, warnings: &mut Vec<Warning>) -> Pages {
    let mut pages = Pages::default();
    let text = with_hyphens(raw);
    if is_extent(&text) {
        pages.kind = PageKind::Extent;
        return pages;
    }
    let (text, behind) = text.split_once(';').unwrap_or((&text, ""));
    let mut text = text.trim();
    if let Some(rest) = text.strip_prefix('?') {
        warn(warnings, Code::PagesUnsure, "pages", raw);
        text = rest.trim_start();
    }
    let (supplement, text) = without_supplement(text);
    let (text, word) = without_trailing_word(text);
    let rest = [supplement, word].into_iter().chain(behind.split(';'));
    let rest = rest.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned);
    let Some(segments) = segments(text) else {
        pages.kind = PageKind::Unparsed;
        return pages;
    };
    pages.rest = rest.collect();
    if let [only] = segments.as_slice()
        && only.is_number(electronic)
    {
        pages.kind = PageKind::ArticleNumber;
    }
    pages.ranges = segments.into_iter().map(Segment::into_range).collect();
    pages
}

/// A page, a range, or an article number.
enum Segment<'a> {
    Page(&'a str, Option<Page<'a>>),
    Range(&'a str, String),
}

impl Segment<'_> {
    fn into_range(self) -> PageRange {
        match self {
            Self::Page(first, _) => PageRange { first: first.to_owned(), last: None },
            Self::Range(first, last) => PageRange { first: first.to_owned(), last: Some(last) },
        }
    }

    /// Whether a value that stands alone is the number of an article (rule 6).
    fn is_number(&self, electronic: bool) -> bool {
        match self {
            Self::Range(..) => false,
            Self::Page(..) if electronic => true,
            Self::Page(_, None) => true,
            Self::Page(_, Some(page)) => page.is_number(),
        }
    }
}

/// The parts of a page: prefix, digits, suffix. A Roman numeral is a prefix without digits.
#[derive(Clone, Copy)]
struct Page<'a> {
    prefix: &'a str,
    digits: &'a str,
    suffix: &'a str,
}

impl Page<'_> {
    fn is_roman(self) -> bool {
        self.digits.is_empty()
    }

    fn is_number(self) -> bool {
        let letters = self.prefix.bytes().chain(self.suffix.bytes());
        let letters = letters.filter(u8::is_ascii_alphabetic).count();
        let electronic = self.prefix.eq_ignore_ascii_case("e") && self.suffix.is_empty();
        let plain = self.digits.len() <= 5 && letters <= 1;
        !self.is_roman() && (!plain || electronic || self.digits.starts_with('0'))
    }
}

fn segments(text: &str) -> Option<Vec<Segment<'_>>> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let parts = text.split(',').flat_map(|part| part.split(". "));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    let segments: Vec<_> = parts.map(segment).collect::<Option<_>>()?;
    (!segments.is_empty()).then_some(segments)
}

fn segment(text: &str) -> Option<Segment<'_>> {
    let Some((first, rest)) = page(text) else {
        return is_code(text).then_some(Segment::Page(text, None));
    };
    if rest.is_empty() {
        return Some(Segment::Page(text, Some(first)));
    }
    let Some(rest) = rest.strip_prefix('-') else {
        return is_code(text).then_some(Segment::Page(text, None));
    };
    let (last, "") = page(rest)? else { return None };
    if first.is_roman() != last.is_roman() {
        return None;
    }
    if is_hyphenated_number(first, last) {
        return Some(Segment::Page(text, None));
    }
    let first_text = &text[..text.len() - rest.len() - 1];
    Some(Segment::Range(first_text, expanded(first, last)))
}

/// Whether what looks like a range is one article number: `neurintsurg-2019-015347`, and the
/// numbers of journals that put the year behind, `e01571-20`.
fn is_hyphenated_number(first: Page<'_>, last: Page<'_>) -> bool {
    let bare = last.prefix.is_empty() && last.suffix.is_empty();
    let longer = first.prefix.ends_with('-') && last.digits.len() > first.digits.len();
    let year = first.prefix.eq_ignore_ascii_case("e")
        && first.digits.starts_with('0')
        && first.digits.len() == 5
        && last.digits.len() == 2;
    bare && (longer || year)
}

/// The last page of a range, complete (rule 5).
fn expanded(first: Page<'_>, last: Page<'_>) -> String {
    let Page { mut prefix, digits, suffix } = last;
    let mut missing = "";
    if prefix.is_empty() || prefix == first.prefix {
        prefix = if last.is_roman() { prefix } else { first.prefix };
        let length = first.digits.len().saturating_sub(digits.len());
        missing = &first.digits[..length];
    }
    [prefix, missing, digits, suffix].concat()
}

/// The page that the text begins with, and what follows it.
fn page(text: &str) -> Option<(Page<'_>, &str)> {
    let (prefix, rest) = prefix(text);
    let (digits, rest) = split_where(rest, |sign| sign.is_ascii_digit());
    if digits.is_empty() {
        let (numeral, rest) = split_where(text, |sign| sign.is_ascii_alphabetic());
        let page = Page { prefix: numeral, digits: "", suffix: "" };
        return is_roman(numeral).then_some((page, rest));
    }
    let (letters, after) = split_where(rest, |sign| sign.is_ascii_alphabetic());
    let length = letters.len() + dotted(after);
    let (suffix, rest) = rest.split_at(length);
    Some((Page { prefix, digits, suffix }, rest))
}

/// Letters, letters and a hyphen, or a number in brackets.
fn prefix(text: &str) -> (&str, &str) {
    let starts_with_digit = |text: &str| text.starts_with(|sign: char| sign.is_ascii_digit());
    if let Some(inner) = text.strip_prefix('(') {
        let (digits, after) = split_where(inner, |sign| sign.is_ascii_digit());
        let after = after.strip_prefix(')').filter(|_| !digits.is_empty());
        return after.map_or(("", text), |after| {
            let after = after.trim_start();
            text.split_at(text.len() - after.len())
        });
    }
    let (letters, rest) = split_where(text, |sign| sign.is_ascii_alphabetic());
    match rest.strip_prefix('-') {
        Some(after) if !letters.is_empty() && starts_with_digit(after) => {
            text.split_at(letters.len() + 1)
        }
        _ => (letters, rest),
    }
}

/// The length of a suffix like `.e9`.
fn dotted(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('.') else { return 0 };
    let (letters, rest) = split_where(rest, |sign| sign.is_ascii_alphabetic());
    let (digits, _) = split_where(rest, |sign| sign.is_ascii_digit());
    if letters.is_empty() || digits.is_empty() { 0 } else { 1 + letters.len() + digits.len() }
}

/// Letters and digits with at least one digit: nothing but the code of an article.
fn is_code(text: &str) -> bool {
    text.bytes().all(|sign| sign.is_ascii_alphanumeric())
        && text.bytes().any(|sign| sign.is_ascii_digit())
}

fn is_roman(text: &str) -> bool {
    let all = |signs: &[u8]| text.bytes().all(|sign| signs.contains(&sign));
    !text.is_empty() && (all(b"ivxlcdm") || all(b"IVXLCDM"))
}

/// Dashes as hyphens, without blanks round them.
fn with_hyphens(raw: &str) -> Cow<'_, str> {
    let dashed = raw.contains(['–', '—', '−', '\u{2010}', '\u{2011}']);
    if !dashed && !raw.contains("- ") && !raw.contains(" -") {
        return Cow::Borrowed(raw);
    }
    let hyphens = raw.replace(['–', '—', '−', '\u{2010}', '\u{2011}'], "-");
    Cow::Owned(hyphens.replace(" -", "-").replace("- ", "-"))
}

/// `62 p.`, or anything wholly in square brackets: how long, not where.
fn is_extent(text: &str) -> bool {
    let bracketed = text.starts_with('[') && text.ends_with(']');
    let counted = text.strip_suffix('.').unwrap_or(text).strip_suffix('p').is_some_and(|count| {
        let number = count.trim_end();
        number.len() < count.len() && number.bytes().all(|sign| sign.is_ascii_digit())
    });
    bracketed || counted
}

/// Takes the name of a supplement off the front: `Suppl`, `Suppl.`, `Suppl 2:`.
fn without_supplement(text: &str) -> (&str, &str) {
    const WORD: &str = "suppl";
    if !text.get(..WORD.len()).is_some_and(|head| head.eq_ignore_ascii_case(WORD)) {
        return ("", text);
    }
    let after = &text[WORD.len()..];
    let after = after.strip_prefix('.').unwrap_or(after);
    let word = &text[..text.len() - after.len()];
    let (_, behind) = split_where(after.trim_start(), |sign| sign.is_ascii_alphanumeric());
    if let Some(pages) = behind.strip_prefix(':') {
        (&text[..text.len() - behind.len()], pages.trim_start())
    } else if after.starts_with(' ') {
        (word, after.trim_start())
    } else {
        ("", text)
    }
}

/// Takes `passim` and its likes off the end, also when they are glued to the number.
fn without_trailing_word(text: &str) -> (&str, &str) {
    const WORDS: &[&str] = &["contd", "cont", "concl", "passim"];
    let bare = text.strip_suffix('.').unwrap_or(text);
    for word in WORDS {
        if let Some(at) = bare.len().checked_sub(word.len())
            && bare.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(word))
        {
            return (text[..at].trim_end_matches([',', ' ']), &text[at..]);
        }
    }
    (text, "")
}

fn split_where(text: &str, is_part: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|sign| !is_part(sign)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests;
