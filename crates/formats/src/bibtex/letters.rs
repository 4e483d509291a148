//! Letters with marks as TeX (`output-formats.md` section 4.4, with its table of letters in names).

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use super::tex::Spelling;

/// Writes a letter, or any other character that no table of signs knows.
pub(super) fn letter(out: &mut String, character: char, spelling: Spelling) {
    let spelled = match spelling {
        Spelling::Unicode | Spelling::Letters => None,
        Spelling::Macros if is_in_t1(character) => None,
        Spelling::Macros => composed(character, ""),
        Spelling::Names => in_names(character),
    };
    match spelled {
        Some(spelled) => out.push_str(&spelled),
        None => out.push(character),
    }
}

/// Writes marks that did not compose with the character before them, which `out` may end in.
pub(super) fn mark(out: &mut String, before: Option<char>, marks: &str, spelling: Spelling) {
    let joined = || {
        let base = before.filter(|_| matches!(spelling, Spelling::Macros | Spelling::Names))?;
        let joined = composed(base, marks)?;
        let mut alone = String::new();
        letter(&mut alone, base, spelling);
        Some((out.len() - out.strip_suffix(&alone)?.len(), joined))
    };
    match joined() {
        Some((replaced, joined)) => {
            out.truncate(out.len() - replaced);
            out.push_str(&joined);
        }
        None => out.push_str(marks),
    }
}

/// Whether a character changes the one before it.
pub(super) fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36F}')
}

/// The letters that are raw in every text field: what pdfLaTeX knows with T1.
fn is_in_t1(character: char) -> bool {
    match character {
        'Ħ' | 'ħ' | 'ĸ' | 'Ŀ' | 'ŀ' | 'ŉ' | 'Ŧ' | 'ŧ' | 'ſ' => false,
        'À'..='ſ' => true,
        letter => "ȘșȚțǎǐǒǔḍḥṃṅṇṛṣṭ".contains(letter),
    }
}

/// The table of letters in names; `None` for those that are raw.
fn in_names(character: char) -> Option<String> {
    if let Some(command) = own_command(character) {
        return Some(format!("{{{command}}}"));
    }
    // `{\c t}` would be ţ.
    let is_raw = "ȘșȚțḍḥṃṇṛṣṭ".contains(character);
    if is_raw { None } else { composed(character, "") }
}

/// The letters that are commands, as far as every reader knows them.
fn own_command(character: char) -> Option<&'static str> {
    Some(match character {
        'ø' => r"\o",
        'Ø' => r"\O",
        'ł' => r"\l",
        'Ł' => r"\L",
        'æ' => r"\ae",
        'Æ' => r"\AE",
        'ß' => r"\ss",
        'ı' => r"\i",
        _ => return None,
    })
}

/// A Latin letter with the marks that it holds and those that follow it: `{\'{\^e}}`.
fn composed(character: char, further: &str) -> Option<String> {
    let mut parts = Vec::new();
    decompose_canonical(character, |part| parts.push(part));
    for mark in further.chars() {
        decompose_canonical(mark, |part| parts.push(part));
    }
    let (base, marks) = parts.split_first_mut()?;
    if marks.is_empty() {
        return None;
    }
    // What stands below goes outside: TeX sets it under a box, but an accent only upon a letter.
    marks.sort_by_key(|mark| canonical_combining_class(*mark) != ABOVE);
    let mut spelled = match *base {
        base if base.is_ascii_alphabetic() => base.to_string(),
        base => own_command(base)?.to_owned(),
    };
    for mark in marks.iter() {
        let accent = accent(*mark)?;
        spelled = if spelled.len() > 1 {
            format!("{accent}{{{spelled}}}")
        } else if accent.ends_with(|last: char| last.is_ascii_alphabetic()) {
            format!("{accent} {spelled}")
        } else {
            format!("{accent}{spelled}")
        };
    }
    Some(format!("{{{spelled}}}"))
}

/// The combining class of marks above a letter.
const ABOVE: u8 = 230;

fn accent(mark: char) -> Option<&'static str> {
    Some(match mark {
        '\u{300}' => r"\`",
        '\u{301}' => r"\'",
        '\u{302}' => r"\^",
        '\u{303}' => r"\~",
        '\u{304}' => r"\=",
        '\u{306}' => r"\u",
        '\u{307}' => r"\.",
        '\u{308}' => "\\\"",
        '\u{30A}' => r"\r",
        '\u{30B}' => r"\H",
        '\u{30C}' => r"\v",
        '\u{323}' => r"\d",
        '\u{327}' => r"\c",
        '\u{328}' => r"\k",
        '\u{331}' => r"\b",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tex::escape;
    use super::*;

    fn spelled(words: &str, spelling: Spelling) -> String {
        let mut out = String::new();
        escape(&mut out, words, spelling);
        out
    }

    #[test]
    fn letters_of_names_are_macros_in_bibtex() {
        for (letters, macros) in [
            ("àéôñü", r#"{\`a}{\'e}{\^o}{\~n}{\"u}"#),
            ("āżåÅů", r"{\=a}{\.z}{\r a}{\r A}{\r u}"),
            ("ğšő", r"{\u g}{\v s}{\H o}"),
            ("çą", r"{\c c}{\k a}"),
            ("øØłŁæÆßı", r"{\o}{\O}{\l}{\L}{\ae}{\AE}{\ss}{\i}"),
            ("íïī", r#"{\'i}{\"i}{\=i}"#),
            ("œŒđĐðÐþÞŋŊșȘțȚħ", "œŒđĐðÐþÞŋŊșȘțȚħ"),
            ("ḍṭ", "ḍṭ"),
            ("Ḥḏ", r"{\d H}{\b d}"),
            ("ǿ", r"{\'{\o}}"),
            ("王Ж", "王Ж"),
        ] {
            assert_eq!(spelled(letters, Spelling::Names), macros);
            assert_eq!(spelled(letters, Spelling::Letters), letters);
            assert_eq!(spelled(letters, Spelling::Unicode), letters);
        }
    }

    #[test]
    fn text_holds_the_letters_that_t1_has() {
        let raw = "ÀéñŁłœđþșțŠžǎǐǒǔḍḥṃṅṇṛṣṭ";
        assert_eq!(spelled(raw, Spelling::Macros), raw);
        assert_eq!(spelled("ẅḤế", Spelling::Macros), r#"{\"w}{\d H}{\'{\^e}}"#);
        assert_eq!(spelled("ẅḤế", Spelling::Letters), "ẅḤế");
        assert_eq!(spelled("ệ", Spelling::Macros), r"{\d{\^e}}");
    }

    #[test]
    fn a_mark_that_does_not_compose_takes_its_letter_along() {
        assert_eq!(spelled("mean x\u{304}", Spelling::Macros), r"mean {\=x}");
        assert_eq!(spelled("mean x\u{304}", Spelling::Letters), "mean x\u{304}");
        assert_eq!(spelled("é\u{323}", Spelling::Macros), r"{\d{\'e}}");
        assert_eq!(spelled("é\u{323}", Spelling::Names), r"{\d{\'e}}");
        for alone in ["\u{304}", "5\u{304}", "Ж\u{304}", "x\u{338}"] {
            assert_eq!(spelled(alone, Spelling::Macros), alone);
        }
    }
}
