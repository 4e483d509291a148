//! The print of a record: a number that every format's spelling of it leads to.
//!
//! Formats differ in how they set signs, styles and formulas, so that of a title only letters and
//! digits count, decomposed and without marks. Formulas are laid out in different orders (the
//! index of a root, the number over a sign); of a title that holds one the order does not count.

use std::hash::{DefaultHasher, Hash, Hasher};

use model::{Doi, Inline, Record, Text};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::math;

use super::Found;

/// The print of a record under the title that is written.
pub(super) fn expected(record: &Record, title: &Text) -> u64 {
    let order = if holds_math(title) { Order::Ignored } else { Order::Kept };
    let pmid = record.pmid.map(|pmid| pmid.to_string());
    let doi = record.doi.as_ref().map(Doi::as_str);
    print(words(title).as_deref(), pmid.as_deref(), doi, order)
}

/// The words of a title; none if it has only signs, which a format may leave out.
pub(super) fn words(title: &Text) -> Option<String> {
    let words = math::spelled_out(title).flatten();
    (!letters(&words).is_empty()).then_some(words)
}

/// Whether what was found has that print.
pub(super) fn matches(found: &Found, expected: u64) -> bool {
    let print = |order| {
        let Found { title, pmid, doi } = found;
        print(title.as_deref(), pmid.as_deref(), doi.as_deref(), order)
    };
    print(Order::Kept) == expected || print(Order::Ignored) == expected
}

/// Whether the order of letters counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Order {
    Kept,
    Ignored,
}

fn print(title: Option<&str>, pmid: Option<&str>, doi: Option<&str>, order: Order) -> u64 {
    let mut hasher = DefaultHasher::new();
    // A title of signs alone is none: no two formats need to set them alike.
    let mut letters = title.map(letters).unwrap_or_default();
    if order == Order::Ignored {
        letters.sort_unstable();
    }
    (order, letters, pmid).hash(&mut hasher);
    // An unbalanced brace of a DOI is percent-encoded in BibTeX.
    let doi = doi.map(|doi| doi.replace("%7B", "").replace("%7D", ""));
    for sign in doi.iter().flat_map(|doi| doi.chars()).filter(|sign| sign.is_alphanumeric()) {
        sign.hash(&mut hasher);
    }
    hasher.finish()
}

fn holds_math(text: &Text) -> bool {
    text.runs().iter().any(|run| match run {
        Inline::Plain(_) => false,
        Inline::Styled(_, inner) => holds_math(inner),
        Inline::Math(_) => true,
    })
}

/// The letters and digits of a text, as every format can say them, without tags of styles.
fn letters(words: &str) -> Vec<char> {
    let mut signs = Vec::new();
    for sign in words.chars().map(twin).nfkd().map(twin) {
        match sign {
            '<' | '/' => signs.push(sign),
            '>' => {
                signs.push(sign);
                close_tag(&mut signs);
            }
            sign if sign.is_alphanumeric() && !is_combining_mark(sign) => signs.push(sign),
            _ => {}
        }
    }
    signs.retain(|sign| !matches!(sign, '<' | '/' | '>'));
    signs
}

/// What TeX writes for signs that look alike, and a sign for those that it takes for signs.
fn twin(sign: char) -> char {
    match sign {
        sign if sign.is_ascii() => sign,
        'ɑ' | '⍺' => 'α',
        'ɛ' | 'ϵ' => 'ε',
        'ϕ' => 'φ',
        '∆' => 'Δ',
        'ο' => 'o',
        'Α' => 'A',
        'Β' => 'B',
        'Ε' => 'E',
        'Ζ' => 'Z',
        'Η' => 'H',
        'Ι' => 'I',
        'Κ' => 'K',
        'Μ' => 'M',
        'Ν' => 'N',
        'Ο' => 'O',
        'Ρ' => 'P',
        'Τ' => 'T',
        'Χ' => 'X',
        // A registered sign, and letters that are apostrophes and accents.
        'Ⓡ' | '\u{2B9}'..='\u{2DF}' | '\u{2E5}'..='\u{2FF}' => ' ',
        sign => sign,
    }
}

/// Takes off a tag that ends the signs: one of those that formats set for styles, as far as its
/// letters go. Taken off as they close, tags inside tags vanish as well.
fn close_tag(signs: &mut Vec<char>) {
    const TAGS: &[&str] = &[
        "<i>",
        "</i>",
        "<b>",
        "</b>",
        "<u>",
        "</u>",
        "<sup>",
        "</sup>",
        "<sub>",
        "</sub>",
        "<spanclassnocase>",
        "<spanstylefontvariantsmallcaps>",
        "</span>",
    ];
    let ends = |tag: &&&str| {
        let length = tag.len();
        signs.len() >= length && signs[signs.len() - length..].iter().copied().eq(tag.chars())
    };
    if let Some(tag) = TAGS.iter().find(ends) {
        signs.truncate(signs.len() - tag.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(words: &str) -> String {
        letters(words).into_iter().collect()
    }

    #[test]
    fn spellings_of_one_title_are_one() {
        for (one, other) in [
            ("10<sup>6</sup> <i>E. coli</i>", "10⁶ E. coli"),
            (r#"<span class="nocase">DNA</span>"#, "DNA"),
            ("Δ-tocopherol & μg", "∆-tocopherol, µg"),
            ("caf\u{e9} A\u{30a}", "cafe\u{301} \u{212b}"),
            ("ΑΒΕ", "ABE"),
            ("a < d > c", "a d c"),
            ("<i><i><</i>u<i>>A</i></i>", "<u>A"),
            ("__<_u_>A", "<u>A"),
            (r#"<span style="font-variant:small-caps;">DNA</span>"#, "DNA"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_eq!(folded("Mouse <5 and <inf>2"), "Mouse5andinf2");
    }

    #[test]
    fn another_title_is_another() {
        assert_ne!(folded("Part I"), folded("Part II"));
        assert_ne!(folded("α"), folded("β"));
        assert_ne!(folded("dna"), folded("DNA"));
    }
}
