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

/// The ISO 639-2/B code of a language by its English name, as pages print it.
pub(crate) fn by_name(name: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("Afrikaans", "afr"),
        ("Albanian", "alb"),
        ("Arabic", "ara"),
        ("Armenian", "arm"),
        ("Azerbaijani", "aze"),
        ("Basque", "baq"),
        ("Bosnian", "bos"),
        ("Bulgarian", "bul"),
        ("Catalan", "cat"),
        ("Chinese", "chi"),
        ("Croatian", "hrv"),
        ("Czech", "cze"),
        ("Danish", "dan"),
        ("Dutch", "dut"),
        ("English", "eng"),
        ("Esperanto", "epo"),
        ("Estonian", "est"),
        ("Finnish", "fin"),
        ("French", "fre"),
        ("Galician", "glg"),
        ("Georgian", "geo"),
        ("German", "ger"),
        ("Greek", "gre"),
        ("Greek, Modern", "gre"),
        ("Hebrew", "heb"),
        ("Hindi", "hin"),
        ("Hungarian", "hun"),
        ("Icelandic", "ice"),
        ("Indonesian", "ind"),
        ("Irish", "gle"),
        ("Italian", "ita"),
        ("Japanese", "jpn"),
        ("Korean", "kor"),
        ("Latin", "lat"),
        ("Latvian", "lav"),
        ("Lithuanian", "lit"),
        ("Macedonian", "mac"),
        ("Malay", "may"),
        ("Multiple Languages", "mul"),
        ("Norwegian", "nor"),
        ("Persian", "per"),
        ("Polish", "pol"),
        ("Portuguese", "por"),
        ("Romanian", "rum"),
        ("Russian", "rus"),
        ("Serbian", "srp"),
        ("Slovak", "slo"),
        ("Slovenian", "slv"),
        ("Spanish", "spa"),
        ("Swedish", "swe"),
        ("Thai", "tha"),
        ("Turkish", "tur"),
        ("Ukrainian", "ukr"),
        ("Vietnamese", "vie"),
        ("Welsh", "wel"),
    ];
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_names_of_languages_have_codes() {
        assert_eq!(by_name("japanese"), Some("jpn"));
        assert_eq!(by_name("Klingon"), None);
    }

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
