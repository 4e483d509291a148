//! Braces: BibTeX counts them even behind a backslash, so that in every value they balance.

use std::borrow::Cow;

use memchr::{memchr2, memchr3};
use model::{Inline, Text};

/// Puts what was written since `start` into braces. If a backslash stood first in them, styles
/// would lower-case it as a "special character": that command gets braces of its own.
pub(super) fn enclose(out: &mut String, start: usize) {
    match first_command(&out[start..]) {
        Some(length) => {
            out.insert(start + length, '}');
            out.insert_str(start, "{{");
        }
        None => out.insert(start, '{'),
    }
    out.push('}');
}

/// The words with `(` and `)` in place of braces that do not balance.
pub(super) fn balanced(words: &str) -> Cow<'_, str> {
    let found = alone([words].into_iter());
    if found.is_empty() { Cow::Borrowed(words) } else { Cow::Owned(replaced(words, 0, &found)) }
}

/// The text with `(` and `)` in place of braces that do not balance, or that do only with a brace
/// in another style.
pub(super) fn balanced_text(text: &Text) -> Cow<'_, Text> {
    if has_braces(text) { Cow::Owned(balanced_runs(text)) } else { Cow::Borrowed(text) }
}

/// The value of a field that is not escaped, with `%7B` and `%7D` for braces that do not balance.
///
/// So too `%5C` for a backslash that many readers would take to escape a brace.
pub(super) fn percent_encoded(value: &str) -> Cow<'_, str> {
    if memchr3(b'{', b'}', b'\\', value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    let alone = alone([value].into_iter());
    let mut out = String::with_capacity(value.len() + 8);
    for (at, character) in value.char_indices() {
        match character {
            '{' if alone.contains(&(0, at)) => out.push_str("%7B"),
            '}' if alone.contains(&(0, at)) => out.push_str("%7D"),
            '\\' if matches!(value.as_bytes().get(at + 1), None | Some(b'{' | b'}' | b'\\')) => {
                out.push_str("%5C");
            }
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

fn has_braces(text: &Text) -> bool {
    text.runs().iter().any(|run| match run {
        Inline::Plain(words) => memchr2(b'{', b'}', words.as_bytes()).is_some(),
        Inline::Styled(_, inner) => has_braces(inner),
        Inline::Math(_) => false,
    })
}

fn balanced_runs(text: &Text) -> Text {
    let plain = text.runs().iter().map(|run| match run {
        Inline::Plain(words) => words.as_str(),
        Inline::Styled(..) | Inline::Math(_) => "",
    });
    let alone = alone(plain);
    let runs = text.runs().iter().enumerate().map(|(number, run)| match run {
        Inline::Plain(words) => Inline::Plain(replaced(words, number, &alone)),
        Inline::Styled(style, inner) => Inline::Styled(*style, balanced_runs(inner)),
        Inline::Math(markup) => Inline::Math(markup.clone()),
    });
    runs.collect()
}

/// The braces that do not balance: number of the piece and place in it.
fn alone<'a>(pieces: impl Iterator<Item = &'a str>) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut alone = Vec::new();
    for (number, piece) in pieces.enumerate() {
        let mut from = 0;
        while let Some(found) = memchr2(b'{', b'}', &piece.as_bytes()[from..]) {
            let at = from + found;
            if piece.as_bytes()[at] == b'{' {
                open.push((number, at));
            } else if open.pop().is_none() {
                alone.push((number, at));
            }
            from = at + 1;
        }
    }
    alone.extend(open);
    alone
}

fn replaced(words: &str, number: usize, alone: &[(usize, usize)]) -> String {
    let replace = |(at, character)| match character {
        '{' if alone.contains(&(number, at)) => '(',
        '}' if alone.contains(&(number, at)) => ')',
        other => other,
    };
    words.char_indices().map(replace).collect()
}

/// The length of the command that TeX begins with: `\&`, `\textit{…}`, `\{…\}`.
fn first_command(tex: &str) -> Option<usize> {
    let rest = tex.strip_prefix('\\')?;
    let letters =
        rest.len() - rest.trim_start_matches(|sign: char| sign.is_ascii_alphabetic()).len();
    // What an escaped brace begins ends with its partner.
    let name = if letters > 0 || rest.starts_with('{') { letters } else { 1 };
    let argument = &rest[name..];
    let mut depth = 0_usize;
    for (at, sign) in argument.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return Some(1 + name),
            _ => {}
        }
        if depth == 0 {
            return Some(1 + name + at + 1);
        }
    }
    Some(tex.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brace_never_begins_with_a_backslash() {
        for (tex, enclosed) in [
            ("DNA", "{DNA}"),
            (r"\textit{BRCA1}", r"{{\textit{BRCA1}}}"),
            (r"\textit{BRCA1}s", r"{{\textit{BRCA1}}s}"),
            (r"\textit{a {\d{\^e}}}s", r"{{\textit{a {\d{\^e}}}}s}"),
            (r"\{DNA\}", r"{{\{DNA\}}}"),
            (r"\{DNA\}-\{b\}", r"{{\{DNA\}}-\{b\}}"),
            (r"\& Co", r"{{\&} Co}"),
            (r"{\'E}cole", r"{{\'E}cole}"),
            ("", "{}"),
        ] {
            let mut out = format!("x {tex}");
            enclose(&mut out, 2);
            assert_eq!(out, format!("x {enclosed}"));
        }
    }

    #[test]
    fn braces_that_do_not_balance_are_parentheses() {
        for (words, expected) in [
            ("{a}", "{a}"),
            ("}a{", ")a("),
            ("{a}}", "{a})"),
            ("{{a}", "({a}"),
            ("no", "no"),
            ("é{", "é("),
        ] {
            assert_eq!(balanced(words), expected);
        }
    }

    #[test]
    fn braces_balance_in_one_style_alone() {
        let italic = |words: &str| Inline::Styled(model::Style::Italic, Text::plain(words));
        let mut text = Text::plain("{");
        text.push(italic("a}"));
        text.push_str("b}");
        let mut expected = Text::plain("{");
        expected.push(italic("a)"));
        expected.push_str("b}");
        assert_eq!(*balanced_text(&text), expected);
    }

    #[test]
    fn identifiers_have_percent_signs_for_lone_braces() {
        assert_eq!(percent_encoded("10.1/a{b}c"), "10.1/a{b}c");
        assert_eq!(percent_encoded("10.1/}a{"), "10.1/%7Da%7B");
        assert_eq!(percent_encoded(r"10.1/a\b\{c\}\\"), r"10.1/a\b%5C{c%5C}%5C%5C");
    }
}
