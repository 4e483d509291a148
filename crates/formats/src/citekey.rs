//! Citation keys: a function of the record and the template alone (`mapping.md` section 9).

use std::str::FromStr;

use model::{Author, Container, Name, Record};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::options::UnknownValue;

/// A parsed template of citation keys: `{auth}{year}-{pmid}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
    is_telling: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Token(Token, Vec<Modifier>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Auth,
    Year,
    Pmid,
    Title,
    Journal,
    Page,
    Doi,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Modifier {
    Lower,
    Upper,
    First(usize),
}

const TOKENS: &[(&str, Token)] = &[
    ("auth", Token::Auth),
    ("year", Token::Year),
    ("pmid", Token::Pmid),
    ("title", Token::Title),
    ("journal", Token::Journal),
    ("page", Token::Page),
    ("doi", Token::Doi),
];

/// What is said where a template is none.
const EXPECTED: &str = "letters, digits, any of -_:.+/ and {auth}, {year}, {pmid}, {title}, \
    {journal}, {page} or {doi}, each with :lower, :upper or a number of characters if wished";

/// The longest value of `{auth}`, in characters.
const LONGEST_AUTHOR: usize = 32;

/// What stands for nothing.
const NOBODY: &str = "Anon";

impl Template {
    /// Parses a template.
    ///
    /// Between the tokens may stand ASCII letters, digits and `-_:.+/`: what every format takes
    /// as part of a key.
    ///
    /// # Errors
    ///
    /// If the template is empty, a token or a modifier is unknown, or a sign may not stand in a
    /// key.
    pub fn parse(template: &str) -> Result<Self, UnknownValue> {
        let parts = parts(template).ok_or_else(|| UnknownValue {
            value: template.to_owned(),
            expected: EXPECTED.to_owned(),
        })?;
        let is_telling = is_telling(&parts);
        Ok(Self { parts, is_telling })
    }

    /// The citation key of a record: ASCII without white space, never empty.
    #[must_use]
    pub fn key(&self, record: &Record) -> String {
        let mut key = String::with_capacity(32);
        for part in &self.parts {
            match part {
                Part::Literal(words) => key.push_str(words),
                Part::Token(token, modifiers) => {
                    let start = key.len();
                    push_value(*token, record, &mut key);
                    for modifier in modifiers {
                        modifier.apply(&mut key, start);
                    }
                }
            }
        }
        if key.is_empty() {
            key.push_str(NOBODY);
        }
        key
    }

    /// Whether another record, of another PMID or version, may get the key of this one.
    ///
    /// It cannot where the key shows the PMID whole, at its beginning or its end, and set apart
    /// from the rest. Without a PMID only 32 bits of a hash stand there.
    #[must_use]
    pub fn may_collide(&self, record: &Record) -> bool {
        !self.is_telling || record.pmid.is_none()
    }
}

impl FromStr for Template {
    type Err = UnknownValue;

    fn from_str(template: &str) -> Result<Self, Self::Err> {
        Self::parse(template)
    }
}

impl Modifier {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "lower" => Some(Self::Lower),
            "upper" => Some(Self::Upper),
            _ => word.parse().ok().filter(|length| *length > 0).map(Self::First),
        }
    }

    /// Changes what stands behind `start`; keys are ASCII, so that bytes are characters.
    fn apply(self, key: &mut String, start: usize) {
        match self {
            Self::Lower => key[start..].make_ascii_lowercase(),
            Self::Upper => key[start..].make_ascii_uppercase(),
            Self::First(length) => key.truncate(start.saturating_add(length)),
        }
    }
}

fn parts(template: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let (literal, behind) = match rest.split_once('{') {
            Some((literal, behind)) => (literal, Some(behind)),
            None => (rest, None),
        };
        if !literal.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_:.+/".contains(&sign)) {
            return None;
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal.to_owned()));
        }
        let Some(behind) = behind else { break };
        let (token, behind) = behind.split_once('}')?;
        let mut words = token.split(':');
        let name = words.next()?;
        let token = TOKENS.iter().find(|row| row.0 == name)?.1;
        let modifiers = words.map(Modifier::parse).collect::<Option<_>>()?;
        parts.push(Part::Token(token, modifiers));
        rest = behind;
    }
    (!parts.is_empty()).then_some(parts)
}

/// Whether the PMID can be read back from a key: `{pmid}`, uncut, first or last, with a sign
/// between it and the rest. The value of `{pmid}` itself holds letters and digits alone.
fn is_telling(parts: &[Part]) -> bool {
    let whole = |part: Option<&Part>| match part {
        Some(Part::Token(Token::Pmid, modifiers)) => {
            !modifiers.iter().any(|modifier| matches!(modifier, Modifier::First(_)))
        }
        _ => false,
    };
    let sign = |part: Option<&Part>, end: fn(&str) -> Option<char>| match part {
        None => true,
        Some(Part::Literal(words)) => end(words).is_some_and(|sign| !sign.is_alphanumeric()),
        Some(Part::Token(..)) => false,
    };
    let before_last = parts.len().checked_sub(2).and_then(|at| parts.get(at));
    whole(parts.first()) && sign(parts.get(1), |words| words.chars().next())
        || whole(parts.last()) && sign(before_last, |words| words.chars().next_back())
}

fn push_value(token: Token, record: &Record, key: &mut String) {
    match token {
        Token::Auth => {
            let start = key.len();
            push_author(record, key);
            key.truncate(start + LONGEST_AUTHOR);
            if key.len() == start {
                key.push_str(NOBODY);
            }
        }
        Token::Year => match &record.issued {
            Some(date) => key.push_str(&date.start.year.to_string()),
            None => key.push_str("nd"),
        },
        Token::Pmid => push_number(record, key),
        Token::Title => push_first_word(&record.title.flatten(), key),
        Token::Journal => {
            if let Some(Container::Journal(journal)) = &record.container {
                push_folded(journal.abbreviation.as_deref().unwrap_or(""), key);
            }
        }
        Token::Page => {
            let first = record.pages.as_ref().and_then(|pages| pages.ranges.first());
            push_folded(first.map_or("", |range| &range.first), key);
        }
        Token::Doi => {
            let doi = record.doi.as_ref().map_or("", |doi| doi.as_str());
            let sign = |sign: char| if sign.is_ascii_alphanumeric() { sign } else { '-' };
            key.extend(doi.chars().map(sign));
        }
    }
}

/// The first author, or the first editor where there is no author.
fn push_author(record: &Record, key: &mut String) {
    let first: Option<&Author> = record.authors.first().or(record.editors.first());
    match first.map(|author| &author.name) {
        Some(Name::Person { family, .. }) => {
            for part in words(family) {
                let start = key.len();
                push_folded(part, key);
                if let Some(head) = key.get_mut(start..=start) {
                    head.make_ascii_uppercase();
                }
            }
        }
        Some(Name::Group(name)) => push_first_word(name, key),
        None => {}
    }
}

/// The PMID with its version, or a hash of what else tells the work.
fn push_number(record: &Record, key: &mut String) {
    if let Some(pmid) = record.pmid {
        key.push_str(&pmid.to_string());
        if let Some(version) = record.version.filter(|version| *version > 1) {
            key.push('v');
            key.push_str(&version.to_string());
        }
        return;
    }
    let mut hash = Sha256::new();
    if let Some(doi) = &record.doi {
        hash.update(doi.as_str().to_lowercase());
    } else {
        let container = match &record.container {
            Some(Container::Journal(journal)) => journal.name().unwrap_or("").to_owned(),
            Some(Container::Book(book)) => book.title.flatten(),
            None => String::new(),
        };
        let pages = record.pages.as_ref().map_or("", |pages| &pages.raw);
        for text in [&record.title.flatten(), &container, pages] {
            hash.update(letters_and_digits(text));
            hash.update([0]);
        }
    }
    key.push('x');
    for byte in &hash.finalize()[..4] {
        for digit in [byte >> 4, byte & 15] {
            key.extend(char::from_digit(u32::from(digit), 16));
        }
    }
}

/// Letters and digits of any script, decomposed, without marks, in lower case.
fn letters_and_digits(text: &str) -> String {
    let folded = text.nfkd().filter(|sign| sign.is_alphanumeric() && !is_combining_mark(*sign));
    folded.flat_map(char::to_lowercase).collect()
}

/// The first word that tells something, or the first of all where none does.
fn push_first_word(text: &str, key: &mut String) {
    let small = |word: &str| {
        SMALL_WORDS.binary_search_by(|small| small.cmp(&word.to_lowercase().as_str())).is_ok()
    };
    let start = key.len();
    for word in words(text).filter(|word| !small(word)) {
        push_folded(word, key);
        if key.len() > start {
            return;
        }
    }
}

/// Runs of letters and digits; a mark belongs to its letter.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric() && !is_combining_mark(sign))
        .filter(|word| !word.is_empty())
}

/// Articles, prepositions and "and" of the languages of titles and groups, sorted.
const SMALL_WORDS: &[&str] = &[
    "a", "about", "above", "after", "against", "among", "an", "and", "as", "at", "au", "aux",
    "before", "behalf", "behind", "below", "between", "by", "das", "de", "dei", "del", "della",
    "dem", "den", "der", "des", "di", "die", "du", "during", "ein", "eine", "el", "et", "for",
    "from", "il", "im", "in", "into", "la", "las", "le", "les", "los", "of", "on", "onto", "over",
    "per", "the", "through", "to", "towards", "un", "una", "und", "under", "une", "upon", "via",
    "von", "with", "within", "without", "zum", "zur",
];

/// Appends what ASCII can say of a text: letters, digits and hyphens.
fn push_folded(text: &str, key: &mut String) {
    let kept = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '-';
    if text.is_ascii() {
        key.extend(text.chars().filter(kept));
        return;
    }
    for sign in text.nfkd() {
        match LETTERS.iter().find(|row| row.0 == sign) {
            Some((_, folded)) => key.push_str(folded),
            None => key.extend(Some(sign).filter(kept)),
        }
    }
}

/// Letters that no decomposition takes to ASCII.
const LETTERS: &[(char, &str)] = &[
    ('ß', "ss"),
    ('ẞ', "SS"),
    ('æ', "ae"),
    ('Æ', "AE"),
    ('œ', "oe"),
    ('Œ', "OE"),
    ('ø', "o"),
    ('Ø', "O"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ð', "d"),
    ('Ð', "D"),
    ('þ', "th"),
    ('Þ', "Th"),
    ('ł', "l"),
    ('Ł', "L"),
    ('ı', "i"),
];

#[cfg(test)]
mod tests;
