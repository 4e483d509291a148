//! Abstracts (`mapping.md` section 7.4, reading).

use model::{Code, Section, Text, Warning};

use crate::rules::text::{present, scalar};
use crate::rules::warn;

/// A part of an abstract; none if there is neither a label nor text.
pub(crate) fn section(label: &str, category: &str, text: Text) -> Option<Section> {
    let label = scalar(label);
    let label = label.trim_end_matches([':', ' ']);
    let label = if label.eq_ignore_ascii_case("UNLABELLED") { "" } else { label };
    match (label.is_empty(), text.is_empty()) {
        (true, true) => None,
        // The fact stands in the label, and the element is empty.
        (false, true) => {
            Some(Section { label: None, category: present(category), text: Text::plain(label) })
        }
        (_, false) => {
            let shown = !label.is_empty() && !begins_with(&text, label);
            let label = shown.then(|| label.to_owned());
            Some(Section { label, category: present(category), text })
        }
    }
}

/// The abstract, unless all it says is that there is none.
pub(crate) fn settled(sections: Vec<Section>, warnings: &mut Vec<Warning>) -> Vec<Section> {
    if let [Section { label: None, text, .. }] = sections.as_slice()
        && let Some(words) = text.as_plain().filter(|words| is_placeholder(words))
    {
        warn(warnings, Code::AbstractPlaceholder, "abstract", words);
        return Vec::new();
    }
    sections
}

/// The parts of an abstract that holds its labels inside, as MEDLINE text has it.
///
/// Split only at `(^|\. )[A-Z][A-Z ,&/-]{3,60}: `, and only if there are two such labels or more
/// (`xml-input.md` section 9.2, AB).
pub(crate) fn split(words: &str) -> Vec<Section> {
    let words = scalar(words);
    let mut labels = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if let Some(length) = label_at(&words[at..]) {
            labels.push((at, at + length));
            at += length;
        }
        at = words[at..].find(". ").map_or(words.len(), |stop| at + stop + 2);
    }
    if labels.len() < 2 {
        return section("", "", Text::plain(&*words)).into_iter().collect();
    }
    let ends = labels.iter().skip(1).map(|(start, _)| *start).chain([words.len()]);
    let before = section("", "", Text::plain(words[..labels[0].0].trim()));
    let labelled = labels.iter().zip(ends).filter_map(|((start, colon), end)| {
        let text = words[*colon..end].trim_start_matches([':', ' ']).trim_end();
        section(&words[*start..*colon], "", Text::plain(text))
    });
    before.into_iter().chain(labelled).collect()
}

/// The length of the label that the text begins with, without its colon.
fn label_at(text: &str) -> Option<usize> {
    let length = text
        .bytes()
        .take_while(|sign| matches!(sign, b'A'..=b'Z' | b' ' | b',' | b'&' | b'/' | b'-'))
        .count();
    let capital = text.starts_with(|sign: char| sign.is_ascii_uppercase());
    (capital && (4..=61).contains(&length) && text[length..].starts_with(": ")).then_some(length)
}

/// Whether the text begins with that label and a colon.
fn begins_with(text: &Text, label: &str) -> bool {
    let flat = text.flatten();
    let (head, rest) = flat.split_at_checked(label.len()).unwrap_or_default();
    head.eq_ignore_ascii_case(label) && rest.trim_start().starts_with(':')
}

fn is_placeholder(words: &str) -> bool {
    const WORDS: &[&str] = &["N/A", "None", "Not available", "No abstract available"];
    let words = words.strip_suffix('.').unwrap_or(words);
    WORDS.iter().any(|placeholder| words.eq_ignore_ascii_case(placeholder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(label: &str, text: &str) -> Option<(Option<String>, String)> {
        let section = section(label, "UNASSIGNED", Text::plain(text))?;
        assert_eq!(section.category.as_deref(), Some("UNASSIGNED"));
        Some((section.label, section.text.flatten()))
    }

    #[test]
    fn a_label_is_written_as_given_or_not_at_all() {
        for (label, text, expected) in [
            ("BACKGROUND", "First.", Some((Some("BACKGROUND"), "First."))),
            ("Methods and findings:", "Two.", Some((Some("Methods and findings"), "Two."))),
            ("UNLABELLED", "Second.", Some((None, "Second."))),
            ("", "Third.", Some((None, "Third."))),
            ("RESULTS", "RESULTS: Many.", Some((None, "RESULTS: Many."))),
            ("RESULTS", "Results : many.", Some((None, "Results : many."))),
            ("RESULTS", "Results were many.", Some((Some("RESULTS"), "Results were many."))),
            ("É", "ÉÉ", Some((Some("É"), "ÉÉ"))),
            ("LEVEL OF EVIDENCE: 4", "", Some((None, "LEVEL OF EVIDENCE: 4"))),
            ("UNLABELLED", "", None),
            (" ", "", None),
        ] {
            let expected =
                expected.map(|(label, text)| (label.map(str::to_owned), text.to_owned()));
            assert_eq!(read(label, text), expected, "{label}");
        }
    }

    #[test]
    fn an_abstract_that_says_there_is_none_is_none() {
        let of = |text: &str| section("", "", Text::plain(text)).into_iter().collect::<Vec<_>>();
        for words in ["N/A", "N/A.", "None", "Not available.", "No abstract available"] {
            let mut warnings = Vec::new();
            assert_eq!(settled(of(words), &mut warnings), []);
            assert_eq!(warnings[0].code, Code::AbstractPlaceholder, "{words}");
        }
        for words in ["None of it.", "(ABSTRACT TRUNCATED AT 250 WORDS)"] {
            let mut warnings = Vec::new();
            assert_eq!(settled(of(words), &mut warnings).len(), 1);
            assert_eq!(warnings, []);
        }
    }

    #[test]
    fn labels_inside_one_text_are_found_where_there_are_two() {
        let parts = |words: &str| {
            let parts = split(words).into_iter();
            parts
                .map(|part| format!("{}|{}", part.label.unwrap_or_default(), part.text.flatten()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            parts("OBJECTIVES: To see. METHODS & DATA: We saw: it. RESULTS: Seen."),
            ["OBJECTIVES|To see.", "METHODS & DATA|We saw: it.", "RESULTS|Seen."]
        );
        assert_eq!(
            parts("Before. AIMS: To see. ENDS: Seen."),
            ["|Before.", "AIMS|To see.", "ENDS|Seen."]
        );
        for whole in [
            "OBJECTIVES: To see, and that is all.",
            "The gene ABCD: one. The gene EFGH: two.",
            "DNA: short. RNA: short.",
            "",
        ] {
            let expected: Vec<String> =
                (!whole.is_empty()).then(|| format!("|{whole}")).into_iter().collect();
            assert_eq!(parts(whole), expected);
        }
    }
}
