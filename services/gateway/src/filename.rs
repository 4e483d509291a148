//! Names of files: as callers give them, and as downloads get them.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The most bytes that a name keeps.
const MAX_BYTES: usize = 150;

/// What stands bare in an extended value (RFC 8187): letters, digits and some signs.
const EXTENDED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b',')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'{')
    .add(b'}');

/// A name as a label: no path, no control characters, not too long; none if nothing is left.
pub(crate) fn label(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut label: String = name.chars().filter(|sign| !is_hidden(*sign)).collect();
    let mut end = label.len().min(MAX_BYTES);
    while !label.is_char_boundary(end) {
        end -= 1;
    }
    label.truncate(end);
    let label = label.trim().trim_matches('.').trim();
    (!label.is_empty()).then(|| label.to_owned())
}

/// The value of `Content-Disposition` for a download (RFC 6266).
///
/// The plain form has ASCII alone; what is beyond stands in the extended form as well.
pub(crate) fn attachment(input: Option<&str>, extension: &str) -> String {
    let label = input.and_then(label);
    let stem = label.as_deref().map_or("pubmed", stem);
    let name = format!("{stem}.{extension}");
    let plain: String = name
        .chars()
        .map(|sign| match sign {
            '"' | '\\' | '%' => '_',
            ' '..='~' => sign,
            _ => '_',
        })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    let extended = utf8_percent_encode(&name, EXTENDED);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}")
}

/// A name without the endings that inputs have.
fn stem(name: &str) -> &str {
    const ENDINGS: [&str; 7] = [".gz", ".xml", ".html", ".htm", ".nbib", ".txt", ".medline"];
    let mut stem = name;
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| {
        let at = stem.len().checked_sub(ending.len()).filter(|at| *at > 0)?;
        let tail = stem.get(at..)?;
        tail.eq_ignore_ascii_case(ending).then(|| &stem[..at])
    }) {
        stem = shorter;
    }
    stem
}

/// Control characters, and those that turn or hide text.
fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_are_no_paths() {
        let rows = [
            ("pubmed26n0001.xml.gz", Some("pubmed26n0001.xml.gz")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\papers\\set.xml", Some("set.xml")),
            ("a\r\nX-Evil: 1", Some("aX-Evil: 1")),
            ("\u{202e}lmx.exe", Some("lmx.exe")),
            ("..", None),
            ("", None),
            ("/", None),
        ];
        for (name, expected) in rows {
            assert_eq!(label(name).as_deref(), expected, "{name:?}");
        }
        assert_eq!(label(&"ä".repeat(100)).map(|name| name.len()), Some(150));
    }

    #[test]
    fn downloads_are_named_after_their_input() {
        let rows = [
            (None, "ris", "attachment; filename=\"pubmed.ris\""),
            (Some("set.xml.gz"), "ris", "attachment; filename=\"set.ris\""),
            (Some(".xml"), "bib", "attachment; filename=\"xml.bib\""),
            (
                Some("a\"b.xml"),
                "ris",
                "attachment; filename=\"a_b.ris\"; filename*=UTF-8''a%22b.ris",
            ),
            (
                Some("größe €.nbib"),
                "json",
                "attachment; filename=\"gr__e _.json\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%E2%82%AC.json",
            ),
        ];
        for (input, extension, expected) in rows {
            assert_eq!(attachment(input, extension), expected);
        }
    }

    proptest! {
        /// S9: a name stays inside of its header and inside of its quotes.
        #[test]
        fn no_name_forges_a_header(name in any::<String>()) {
            let value = attachment(Some(&name), "ris");
            prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{value:?}");
            prop_assert_eq!(value.matches('"').count(), 2);
            prop_assert!(!value.contains('\\'));
            prop_assert!(value.starts_with("attachment; filename=\""));
            let parts: Vec<&str> = value.split('"').collect();
            let is_end = parts[2].is_empty()
                || parts[2].strip_prefix("; filename*=UTF-8''").is_some_and(|rest| {
                    rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%._-!#$&+^`|~".contains(&byte))
                });
            prop_assert!(is_end, "{}", value);
        }
    }
}
