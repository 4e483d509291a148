//! Which publication types are worth a `work-type` (`mapping.md` section 6).

use model::PublicationType;

/// The types that are never a genre: by identifier where one is known, and by name.
const NEVER: &[(&str, &str)] = &[
    ("D016428", "Journal Article"),
    ("D004740", "English Abstract"),
    ("D003160", "Comparative Study"),
    ("D016448", "Multicenter Study"),
    ("D023362", "Evaluation Study"),
    ("", "Evaluation Studies"),
    ("D023361", "Validation Study"),
    ("", "Validation Studies"),
    ("", "Twin Study"),
    ("", "In Vitro"),
    ("", "Collected Work"),
    ("", "Collected Works"),
    ("", "Electronic Supplementary Materials"),
    ("D016441", "Retracted Publication"),
];

/// All types of research support, whoever gave it.
const SUPPORT: &str = "Research Support";

/// Whether a type says what a work is, not how it was done or paid for.
pub(super) fn is_telling(kind: &PublicationType) -> bool {
    let text = kind.text.trim();
    let ui = kind.ui.as_deref().unwrap_or("");
    let is_never = |(never_ui, never_text): &(&str, &str)| {
        (!ui.is_empty() && ui == *never_ui) || text.eq_ignore_ascii_case(never_text)
    };
    let is_support =
        text.get(..SUPPORT.len()).is_some_and(|start| start.eq_ignore_ascii_case(SUPPORT));
    !is_support && !NEVER.iter().any(is_never)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_and_methods_are_no_work_types() {
        let telling = |text: &str, ui: Option<&str>| {
            is_telling(&PublicationType { text: text.into(), ui: ui.map(str::to_owned) })
        };
        assert!(telling("Review", Some("D016454")));
        assert!(telling("Preprint", None));
        assert!(!telling("journal article ", None));
        assert!(!telling("Article de revue", Some("D016428")));
        assert!(!telling("Research Support, U.S. Gov't, P.H.S.", Some("D013487")));
    }
}
