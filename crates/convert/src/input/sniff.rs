//! What an input is, told by its first bytes alone (`xml-input.md` section 3).

use crate::request::Source;

/// What the first bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Something that a reader may understand; the reader decides.
    Source(Source),
    /// Something else, in words.
    Foreign(&'static str),
    /// Nothing but white space.
    Empty,
}

/// What begins with which bytes, and is no text.
const BINARY: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "gzip data inside gzip data"),
    (b"%PDF-", "a PDF document"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "a program"),
];

/// What begins with which text, behind white space.
const TEXT: &[(&[u8], &str)] = &[
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"TY  -", "RIS, which refmill writes and does not read"),
    (b"{\"nlm\":", "JSON of PubMed's \"Cite\" button, which holds printed citations only"),
    (b"{", "JSON"),
    (b"[", "JSON"),
];

/// Elements that a page begins with, in any case.
const HTML: &[&[u8]] = &[b"html", b"head", b"body", b"div", b"meta", b"pre"];
/// Elements that a piece of a page may begin with; XML has such names in capitals.
const PIECES: &[&[u8]] =
    &[b"main", b"article", b"header", b"section", b"title", b"link", b"ul", b"li", b"h1", b"p"];

/// Tells binary data apart from text.
pub(super) fn binary(start: &[u8]) -> Option<&'static str> {
    let known = BINARY.iter().find(|(magic, _)| start.starts_with(magic));
    known.map(|(_, name)| *name)
}

/// Tells the kinds of text apart, in UTF-8 without a mark.
pub(super) fn text(start: &[u8]) -> Look {
    let start = start.trim_ascii_start();
    if start.is_empty() {
        return Look::Empty;
    }
    if start.starts_with(b"<") {
        return Look::Source(if is_html(start) { Source::PubmedHtml } else { Source::PubmedXml });
    }
    if let Some((_, name)) = TEXT.iter().find(|(word, _)| start.starts_with(word)) {
        return Look::Foreign(name);
    }
    if is_bibtex(start) {
        return Look::Foreign("BibTeX, which refmill writes and does not read");
    }
    if pubmed::is_archive(start) {
        return Look::Source(Source::PubmedHtml);
    }
    if is_medline(start) {
        return Look::Source(Source::Nbib);
    }
    if start.iter().take(4096).any(|byte| matches!(byte, 0..9 | 0x0e..0x1b)) {
        return Look::Foreign("binary data");
    }
    Look::Source(Source::Text)
}

/// Whether the document type or the first start tag is HTML's, behind any XML declaration.
fn is_html(start: &[u8]) -> bool {
    let mut rest = start;
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', declaration @ ..] => {
                let mut words =
                    declaration.split(|byte| byte.is_ascii_whitespace() || *byte == b'>');
                let mut is_next = |word: &[u8]| {
                    words.next().is_some_and(|other| other.eq_ignore_ascii_case(word))
                };
                return is_next(b"doctype") && is_next(b"html");
            }
            [b'<', name @ ..] => {
                // A piece cut out of a page may begin with an end tag.
                let name = name.strip_prefix(b"/").unwrap_or(name);
                let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric());
                let name = &name[..end.unwrap_or(name.len())];
                return HTML.iter().any(|other| name.eq_ignore_ascii_case(other))
                    || PIECES.contains(&name);
            }
            _ => return false,
        };
        match memchr::memmem::find(rest, end) {
            Some(at) => rest = &rest[at + end.len()..],
            None => return false,
        }
    }
}

/// Whether it begins `@article{` or the like.
fn is_bibtex(start: &[u8]) -> bool {
    let Some(rest) = start.strip_prefix(b"@") else { return false };
    let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    letters > 0 && rest[letters..].trim_ascii_start().starts_with(b"{")
}

/// Whether the first line is one of `^(PMID|PMC |OWN |STAT)\s*- ?` (step 7).
fn is_medline(start: &[u8]) -> bool {
    [&b"PMID"[..], b"PMC ", b"OWN ", b"STAT"].iter().any(|tag| {
        let rest = start.strip_prefix(*tag);
        rest.is_some_and(|rest| {
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            rest[blanks..].starts_with(b"-")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_text_is_told_by_its_beginning() {
        let foreign = Look::Foreign;
        for (start, look) in [
            ("", Look::Empty),
            (" \r\n\t", Look::Empty),
            ("<PubmedArticleSet>", Look::Source(Source::PubmedXml)),
            (
                "\n<?xml version=\"1.0\"?>\n<!DOCTYPE PubmedArticleSet>",
                Look::Source(Source::PubmedXml),
            ),
            ("<!-- <html> --><PubmedArticle>", Look::Source(Source::PubmedXml)),
            ("<!-- a comment that has no end", Look::Source(Source::PubmedXml)),
            ("<htmlish/>", Look::Source(Source::PubmedXml)),
            ("<!DOCTYPE html><html lang=\"en\">", Look::Source(Source::PubmedHtml)),
            ("<!doctype HTML PUBLIC \"-//W3C//DTD\">", Look::Source(Source::PubmedHtml)),
            ("<?xml version=\"1.0\"?>\n<!-- x --><HTML>", Look::Source(Source::PubmedHtml)),
            ("<html>", Look::Source(Source::PubmedHtml)),
            ("</html><body></div>", Look::Source(Source::PubmedHtml)),
            ("<article class=\"full-docsum\">", Look::Source(Source::PubmedHtml)),
            ("<Article PubModel=\"Print\">", Look::Source(Source::PubmedXml)),
            ("PMID- 12079647\n", Look::Source(Source::Nbib)),
            ("\nPMC - PMC1\n", Look::Source(Source::Nbib)),
            ("OWN - NLM", Look::Source(Source::Nbib)),
            ("PMID: 12", Look::Source(Source::Text)),
            ("S Afr Med J\n. 2013 Oct", Look::Source(Source::Text)),
            ("{\"header\":{}}", foreign("JSON")),
            (
                "{\"nlm\":{\"orig\":\"\"}}",
                foreign("JSON of PubMed's \"Cite\" button, which holds printed citations only"),
            ),
            ("TY  - JOUR\r\n", foreign("RIS, which refmill writes and does not read")),
            ("@article{x,", foreign("BibTeX, which refmill writes and does not read")),
            ("@author", Look::Source(Source::Text)),
            ("a\0b\0", foreign("binary data")),
        ] {
            assert_eq!(text(start.as_bytes()), look, "{start:?}");
        }
    }
}
