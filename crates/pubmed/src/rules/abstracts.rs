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
