//! Languages (`mapping.md` section 7.9, reading).

use crate::rules::text::scalar;

/// The code in lower case; none for an undetermined language.
pub(crate) fn code(printed: &str) -> Option<String> {
    let code = scalar(printed).to_lowercase();
    (!code.is_empty() && code != "und").then_some(code)
}

/// Whether a language other than English is among them.
pub(crate) fn is_foreign(languages: &[String]) -> bool {
    languages.iter().any(|code| !matches!(code.as_str(), "eng" | "en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_in_lower_case_and_undetermined_is_none() {
        for (printed, kept) in [
            ("eng", Some("eng")),
            (" ENG\n", Some("eng")),
            ("en", Some("en")),
            ("und", None),
            ("", None),
        ] {
            assert_eq!(code(printed).as_deref(), kept, "{printed}");
        }
    }

    #[test]
    fn english_alone_is_not_foreign() {
        let foreign = |codes: &[&str]| {
            is_foreign(&codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>())
        };
        assert!(foreign(&["ger"]) && foreign(&["eng", "spa"]));
        assert!(!foreign(&["eng"]) && !foreign(&["en"]) && !foreign(&[]));
    }
}
