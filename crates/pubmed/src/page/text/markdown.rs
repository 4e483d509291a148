//! Markdown that page-reading services make of a page (`html-pages.md` section 9.3), as plain text.

use std::borrow::Cow;

/// The text without a head of `name: value` lines and without marks; other text stays as it is.
///
/// The head names an author and a date that are those of a login box and of a script.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let start = text.trim_start();
    let begins = |word: &str| start.get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word));
    let body = if begins("---\n") || begins("---\r") {
        let rest = &start[3..];
        rest.split_once("\n---").map_or(rest, |(_, body)| body)
    } else if begins("title: ") {
        start
    } else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(body.len());
    for line in body.lines() {
        unmark(line, &mut out);
        out.push('\n');
    }
    Cow::Owned(out)
}

/// Adds a line without the marks of headings, lists, links and emphasis.
fn unmark(line: &str, out: &mut String) {
    let line = line.trim().trim_start_matches('#').trim_start();
    let bullet = ["* ", "- ", "+ ", "> "].iter().find_map(|mark| line.strip_prefix(mark));
    let mut rest = bullet.unwrap_or(line).trim_start();
    while let Some(at) = rest.find(['[', '\\', '*', '_', '!']) {
        out.push_str(&rest[..at]);
        let mark = &rest[at..];
        if let Some((words, after)) = link(mark.strip_prefix('!').unwrap_or(mark)) {
            out.push_str(if mark.starts_with('!') { "" } else { words });
            rest = after;
        } else if let Some(after) = mark.strip_prefix("**").or_else(|| mark.strip_prefix("__")) {
            rest = after;
        } else {
            // A backslash goes, and the sign behind it stays.
            let mut signs = mark.chars();
            let first = signs.next().unwrap_or_default();
            let kept = if first == '\\' { signs.next() } else { Some(first) };
            out.extend(kept);
            rest = signs.as_str();
        }
    }
    out.push_str(rest);
}

/// `[words](address)`: the words, and what stands behind the link.
fn link(mark: &str) -> Option<(&str, &str)> {
    let (words, rest) = mark.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    (!words.contains('[') && !address.contains(' ')).then_some((words, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        let text = "---\ntitle: Mills - PubMed\nauthor: Username\n---\n# Mills\n\n*   [Actions](https://x.example/)\n\
            **Aims:** 10\\.5 _of_ mills ![icon](a.png)\nMills* / history\n";
        assert_eq!(plain(text), "\nMills\n\nActions\nAims: 10.5 _of_ mills \nMills* / history\n");
        assert!(matches!(plain("# no head\n"), Cow::Borrowed(_)));
    }
}
