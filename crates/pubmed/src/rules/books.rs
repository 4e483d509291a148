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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_has_its_number() {
        for (printed, kept) in [
            ("Chapter 2", Some("2")),
            ("chapter  12a", Some("12a")),
            ("Appendix A", Some("A")),
            ("chapter", Some("chapter")),
            ("7", Some("7")),
            ("", None),
        ] {
            assert_eq!(section_label(printed).as_deref(), kept);
        }
    }

    #[test]
    fn the_longer_isbn_comes_first() {
        let given = ["0123456789", "9780123456786", "012345678X", "978-0-12-345679-3"];
        let mut isbns = given.map(str::to_owned);
        order_isbns(&mut isbns);
        assert_eq!(isbns, ["9780123456786", "978-0-12-345679-3", "0123456789", "012345678X"]);
    }
}
