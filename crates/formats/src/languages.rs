//! Names of languages (`mapping.md` section 7.9).

use std::borrow::Cow;

use model::Record;

/// A language by the names that formats have for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Language {
    /// ISO 639-2/B, as NLM writes it.
    code: &'static str,
    /// BCP-47.
    pub bcp47: &'static str,
    /// The name that babel knows, if it knows the language.
    pub babel: Option<&'static str>,
}

/// The languages of the work as codes, in order; `und` says nothing and is left out.
pub(crate) fn codes(record: &Record) -> impl Iterator<Item = Cow<'_, str>> {
    let codes = record.languages.iter().map(|code| lower(code));
    codes.filter(|code| !code.is_empty() && code != "und")
}

/// The language of a code of three letters, or of the two of BCP-47.
pub(crate) fn language(code: &str) -> Option<&'static Language> {
    let code = lower(code);
    let code = match &*code {
        "scr" => "hrv",
        "scc" => "srp",
        code => code,
    };
    LANGUAGES.iter().find(|language| language.code == code || language.bcp47 == code)
}

/// The BCP-47 tag of a code; a code of two letters is taken for one.
pub(crate) fn bcp47(code: &str) -> Option<&str> {
    let known = language(code).map(|language| language.bcp47);
    known.or_else(|| {
        let is_tag = code.len() == 2 && code.bytes().all(|sign| sign.is_ascii_lowercase());
        is_tag.then_some(code)
    })
}

/// The language that the title is printed in, which need not be that of the work.
///
/// English where any language of the work is English or the title is a translation, else the
/// first; none where that is not known or babel has no name for it.
pub(crate) fn langid(record: &Record) -> Option<&'static str> {
    if record.title_translated || codes(record).any(|code| code == "eng" || code == "en") {
        return Some("english");
    }
    language(&codes(record).next()?)?.babel
}

fn lower(code: &str) -> Cow<'_, str> {
    let code = code.trim();
    if code.bytes().any(|sign| sign.is_ascii_uppercase()) {
        Cow::Owned(code.to_ascii_lowercase())
    } else {
        Cow::Borrowed(code)
    }
}

const fn row(code: &'static str, bcp47: &'static str, babel: &'static str) -> Language {
    Language { code, bcp47, babel: if babel.is_empty() { None } else { Some(babel) } }
}

/// The table of section 7.9; `mul`, several languages, is BCP-47 too.
#[rustfmt::skip]
const LANGUAGES: &[Language] = &[
    row("eng", "en", "english"), row("ger", "de", "german"), row("fre", "fr", "french"),
    row("spa", "es", "spanish"), row("ita", "it", "italian"), row("por", "pt", "portuguese"),
    row("dut", "nl", "dutch"), row("dan", "da", "danish"), row("nor", "no", "norwegian"),
    row("swe", "sv", "swedish"), row("fin", "fi", "finnish"), row("ice", "is", "icelandic"),
    row("cat", "ca", "catalan"), row("glg", "gl", "galician"), row("baq", "eu", "basque"),
    row("wel", "cy", "welsh"), row("gle", "ga", "irish"), row("lat", "la", "latin"),
    row("rus", "ru", "russian"), row("ukr", "uk", "ukrainian"), row("bel", "be", "belarusian"),
    row("pol", "pl", "polish"), row("cze", "cs", "czech"), row("slo", "sk", "slovak"),
    row("slv", "sl", "slovene"), row("hun", "hu", "magyar"), row("rum", "ro", "romanian"),
    row("bul", "bg", "bulgarian"), row("hrv", "hr", "croatian"), row("srp", "sr", "serbian"),
    row("bos", "bs", "bosnian"), row("mac", "mk", "macedonian"), row("alb", "sq", "albanian"),
    row("gre", "el", "greek"), row("est", "et", "estonian"), row("lav", "lv", "latvian"),
    row("lit", "lt", "lithuanian"),
    row("jpn", "ja", "japanese"), row("chi", "zh", "chinese"), row("kor", "ko", "korean"),
    row("tur", "tr", "turkish"), row("heb", "he", "hebrew"), row("ara", "ar", "arabic"),
    row("per", "fa", "persian"), row("geo", "ka", "georgian"), row("arm", "hy", "armenian"),
    row("aze", "az", "azerbaijani"), row("kaz", "kk", ""), row("uzb", "uz", ""),
    row("tha", "th", "thai"), row("vie", "vi", "vietnamese"), row("ind", "id", "indonesian"),
    row("may", "ms", "malay"), row("hin", "hi", "hindi"), row("afr", "af", "afrikaans"),
    row("epo", "eo", "esperanto"), row("mul", "mul", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn in_languages(codes: &[&str]) -> Record {
        Record { languages: codes.iter().map(|&code| code.into()).collect(), ..Record::default() }
    }

    #[test]
    fn a_language_is_known_by_any_of_its_codes() {
        for (code, bcp47, babel) in [
            ("ger", "de", Some("german")),
            (" ENG", "en", Some("english")),
            ("en", "en", Some("english")),
            ("scr", "hr", Some("croatian")),
            ("kaz", "kk", None),
            ("mul", "mul", None),
        ] {
            let language = language(code).expect(code);
            assert_eq!((language.bcp47, language.babel), (bcp47, babel));
        }
        assert_eq!(language("tlh"), None);
        assert_eq!(language(""), None);
        assert_eq!([bcp47("jpn"), bcp47("sw"), bcp47("swa")], [Some("ja"), Some("sw"), None]);
    }

    #[test]
    fn an_undetermined_language_is_none() {
        assert_eq!(codes(&in_languages(&["und", "", "FRE"])).collect::<Vec<_>>(), ["fre"]);
    }

    #[test]
    fn the_title_of_a_translated_work_is_english() {
        assert_eq!(langid(&in_languages(&["fre", "ger"])), Some("french"));
        assert_eq!(langid(&in_languages(&["fre", "eng"])), Some("english"));
        let translated = Record { title_translated: true, ..in_languages(&["ger"]) };
        assert_eq!(langid(&translated), Some("english"));
        assert_eq!(langid(&in_languages(&["und", "rus"])), Some("russian"));
        assert_eq!(langid(&Record::default()), None);
    }
}
