//! The abstract, part by part, with the labels that are written (`mapping.md` section 7.4).

use model::{Record, Section, Text};

use crate::clean;
use crate::options::Options;

/// One part of the abstract as it is written: its label, its words, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// The label without its colon; `: ` follows it if there are words.
    pub(crate) label: Option<&'a str>,
    /// The words; empty where the label is all.
    pub(crate) text: &'a Text,
}

/// The parts to write, in order; none with `abstract=off`.
pub(crate) fn parts<'a>(
    record: &'a Record,
    options: &Options,
) -> impl Iterator<Item = Part<'a>> + use<'a> {
    let sections: &[Section] = if options.abstract_.0 { &record.abstract_ } else { &[] };
    sections.iter().filter_map(part)
}

fn part(section: &Section) -> Option<Part<'_>> {
    let label = section.label.as_deref().map_or("", bare);
    let silent = clean::one_line(label).is_empty()
        || label.eq_ignore_ascii_case("unlabelled")
        || begins_with_label(&section.text, label);
    let label = (!silent).then_some(label);
    let text = &section.text;
    (label.is_some() || !text.is_empty()).then_some(Part { label, text })
}

fn bare(label: &str) -> &str {
    let label = label.trim();
    label.strip_suffix(':').unwrap_or(label).trim_end()
}

/// Whether the words say the label and a colon themselves.
fn begins_with_label(text: &Text, label: &str) -> bool {
    let begins = |words: &str| {
        let words = words.trim_start();
        let rest = words
            .get(label.len()..)
            .filter(|_| words.as_bytes()[..label.len()].eq_ignore_ascii_case(label.as_bytes()));
        rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    text.as_plain().map_or_else(|| begins(&text.flatten()), begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(sections: &[(&str, &str)]) -> Vec<String> {
        let section = |(label, text): &(&str, &str)| Section {
            label: Some((*label).to_owned()),
            category: None,
            text: Text::plain(*text),
        };
        let record =
            Record { abstract_: sections.iter().map(section).collect(), ..Record::default() };
        let spell = |part: Part| format!("{:?} {}", part.label, part.text.flatten());
        parts(&record, &Options::default()).map(spell).collect()
    }

    #[test]
    fn labels_are_written_without_their_colon() {
        assert_eq!(printed(&[("BACKGROUND:", "First.")]), [r#"Some("BACKGROUND") First."#]);
    }

    #[test]
    fn a_label_that_says_nothing_or_is_said_already_is_left_out() {
        for label in ["UNLABELLED", "", " : "] {
            assert_eq!(printed(&[(label, "Second.")]), ["None Second."]);
        }
        assert_eq!(printed(&[("Aim", "AIM: To see.")]), ["None AIM: To see."]);
        assert_eq!(printed(&[("AIM", "Aimless.")]), [r#"Some("AIM") Aimless."#]);
    }

    #[test]
    fn a_label_alone_is_the_text() {
        assert_eq!(printed(&[("LEVEL OF EVIDENCE: 4", "")]), [r#"Some("LEVEL OF EVIDENCE: 4") "#]);
        assert_eq!(printed(&[("UNLABELLED", "")]), [""; 0]);
    }
}
