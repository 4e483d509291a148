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
