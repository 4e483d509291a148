//! Books and chapters (`mapping.md` sections 5.9 and 7.12).

use crate::rules::text::scalar;

/// The number of a chapter: `Chapter 2` is `2`, and a word alone stays.
pub(crate) fn section_label(printed: &str) -> Option<String> {
    const PARTS: &[&str] = &["chapter", "part", "section", "appendix", "figure", "table", "box"];
    let label = scalar(printed);
    let number = match label.split_once(' ') {
        Some((word, rest)) if PARTS.iter().any(|part| word.eq_ignore_ascii_case(part)) => rest,
        _ => &label,
    };
    (!number.is_empty()).then(|| number.to_owned())
}

/// Puts ISBNs of 13 digits before those of 10; otherwise they stay in order.
pub(crate) fn order_isbns(isbns: &mut [String]) {
    isbns
        .sort_by_key(|isbn| isbn.chars().filter(|sign| *sign != '-' && *sign != ' ').count() != 13);
}
