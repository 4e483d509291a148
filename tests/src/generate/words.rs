//! Invented words, names, journals and headings.

use super::random::Random;

/// The words of one file.
pub(super) struct Vocabulary {
    words: Vec<String>,
    families: Vec<String>,
    givens: Vec<String>,
    /// Journals with their abbreviation, ISSN and number in the catalogue.
    pub(super) journals: Vec<Journal>,
    /// Headings with their identifier.
    pub(super) headings: Vec<(String, String)>,
    /// Aspects of headings with their identifier.
    pub(super) qualifiers: Vec<(String, String)>,
}

pub(super) struct Journal {
    pub(super) title: String,
    pub(super) abbreviation: String,
    pub(super) issn: String,
    pub(super) nlm_id: String,
    pub(super) language: &'static str,
}

const ONSETS: &[&str] =
    &["b", "br", "c", "d", "f", "g", "gl", "h", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "v"];
const NUCLEI: &[&str] = &["a", "e", "i", "o", "u", "ae", "io"];
const CODAS: &[&str] = &["", "", "", "l", "m", "n", "r", "s", "x"];
const ENDINGS: &[&str] = &["ine", "osis", "al", "um", "ate", "ion", "ic", "a", "ol", "ens"];

/// Letters that names have and ASCII has not.
const ACCENTS: &[(&str, &str)] =
    &[("a", "á"), ("e", "é"), ("o", "ö"), ("u", "ü"), ("n", "ñ"), ("s", "š"), ("c", "ç")];

/// Languages of journals; most are English.
const LANGUAGES: &[&str] = &[
    "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng",
    "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng", "eng", "ger", "rus", "fre", "jpn",
];

impl Vocabulary {
    pub(super) fn new(random: &Random) -> Self {
        let words: Vec<String> = (0..4000).map(|_| word(random)).collect();
        let families: Vec<String> = (0..3000).map(|_| family(random)).collect();
        let givens: Vec<String> =
            (0..400).map(|_| accented(random, capitalised(&word(random)))).collect();
        let heading =
            |letter: char, number: u32, text: String| (text, format!("{letter}{number:06}"));
        let headings = (1..2500).map(|n| heading('D', n, term(random, &words))).collect();
        let qualifiers = (1..80).map(|n| heading('Q', n, random.pick(&words).clone())).collect();
        let journals = (1..400).map(|n| journal(random, &words, n)).collect();
        Self { words, families, givens, journals, headings, qualifiers }
    }

    pub(super) fn word(&self, random: &Random) -> &str {
        random.pick_early(&self.words).as_str()
    }

    pub(super) fn family(&self, random: &Random) -> &str {
        random.pick(&self.families).as_str()
    }

    pub(super) fn given(&self, random: &Random) -> &str {
        random.pick(&self.givens).as_str()
    }

    /// So many words, the first with a capital, now and then with markup or signs between them.
    ///
    /// The result is XML: it holds elements, and what is no markup is escaped.
    pub(super) fn sentence(&self, random: &Random, count: u32) -> String {
        let mut out = capitalised(self.word(random));
        for _ in 1..count {
            out.push(' ');
            let word = self.word(random);
            match random.below(400) {
                0 => out.extend(["<i>", &capitalised(word), "</i>"]),
                1 => out.extend([word, "<sub>2</sub>"]),
                2 => out.push_str("10<sup>6</sup>"),
                3 => out.push_str("(p&lt;0.05)"),
                4 => out.extend([word, " &amp; co"]),
                5 => out.push_str(["α-", "β", "≥", "µg ", "±3"][random.below(5) as usize]),
                6..16 => out.extend([word, ","]),
                16..30 => out.push_str(&random.below(2000).to_string()),
                30..36 => out.push_str(&word.to_uppercase()),
                _ => out.push_str(word),
            }
        }
        out
    }
}

/// A word of two to four syllables.
fn word(random: &Random) -> String {
    let mut word = String::new();
    for _ in 0..random.between(1, 3) {
        word.push_str(random.one_of(ONSETS));
        word.push_str(random.one_of(NUCLEI));
        word.push_str(random.one_of(CODAS));
    }
    word.push_str(random.one_of(ENDINGS));
    word
}

/// A family name, some with a particle, some of two parts.
fn family(random: &Random) -> String {
    let name = accented(random, capitalised(&word(random)));
    match random.below(60) {
        0 => format!("van der {name}"),
        1 => format!("{name}-{}", capitalised(&word(random))),
        2 => format!("O'{name}"),
        _ => name,
    }
}

/// The name, one time in eight with the first letter of a kind replaced by an accented one.
fn accented(random: &Random, name: String) -> String {
    if !random.percent(12) {
        return name;
    }
    let (plain, accented) = random.pick(ACCENTS);
    name.replacen(plain, accented, 1)
}

fn capitalised(word: &str) -> String {
    let mut signs = word.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

/// A heading: one to three words with capitals, some turned round a comma.
fn term(random: &Random, words: &[String]) -> String {
    let mut parts: Vec<String> =
        (0..random.between(1, 3)).map(|_| capitalised(random.pick(words).as_str())).collect();
    if parts.len() > 1 && random.percent(30) {
        parts[0].push(',');
    }
    parts.join(" ")
}

fn journal(random: &Random, words: &[String], number: u32) -> Journal {
    let title = match random.below(12) {
        0 => format!(
            "{} : the journal of {}",
            capitalised(random.pick(words).as_str()),
            random.pick(words)
        ),
        1 => format!(
            "{} ({})",
            capitalised(random.pick(words).as_str()),
            capitalised(random.pick(words).as_str())
        ),
        _ => format!("Journal of {} and {}", random.pick(words), random.pick(words)),
    };
    let short = |word: &str| word.chars().filter(|sign| *sign != ':').take(4).collect::<String>();
    let abbreviation = title
        .split(' ')
        .filter(|word| !matches!(*word, "of" | "and" | "the" | ":"))
        .map(|word| capitalised(&short(word)))
        .collect::<Vec<_>>()
        .join(" ")
        .replace(['(', ')'], "");
    Journal {
        title,
        abbreviation,
        issn: format!("{:04}-{:04}", random.below(10_000), number),
        nlm_id: format!("9{number:06}"),
        language: random.one_of(LANGUAGES),
    }
}
