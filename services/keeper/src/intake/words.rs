//! Words of producers: media types, names of files, traces.

use jobs::{Coding, Problem, ProblemCode};

/// The most bytes that the name of a file keeps.
const NAME_BYTES: usize = 150;

/// The most characters of what a producer wrote that are said back.
const CLIPPED: usize = 300;

/// What a body is, by its media type and its coding (`service.md` section 6.3).
pub(crate) fn media(
    content_type: Option<&str>,
    content_encoding: Option<&str>,
) -> Result<(Option<&'static str>, Option<Coding>), Box<Problem>> {
    let packed = match content_encoding.map(|text| text.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => None,
        Some("gzip" | "x-gzip") => Some(Coding::Gzip),
        Some(_) => return Err(unsupported_coding().into()),
    };
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let kind = match essence.trim().to_ascii_lowercase().as_str() {
        "application/gzip" | "application/x-gzip" if packed.is_some() => {
            return Err(unsupported_coding().into());
        }
        "application/gzip" | "application/x-gzip" => return Ok((None, Some(Coding::Gzip))),
        "text/html" | "application/xhtml+xml" => Some("pubmed-html"),
        "application/xml" | "text/xml" => Some("pubmed-xml"),
        "application/nbib" | "application/x-nbib" => Some("nbib"),
        "" | "text/plain" | "application/octet-stream" | "application/x-www-form-urlencoded" => {
            None
        }
        other if other.contains('/') && other.ends_with("+xml") => Some("pubmed-xml"),
        _ => {
            let detail = "XML, HTML, nbib, plain text and gzip are taken";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, detail).into());
        }
    };
    Ok((kind, packed))
}

fn unsupported_coding() -> Problem {
    let detail = "a body is packed once with gzip, or not at all";
    Problem::new(ProblemCode::UnsupportedCoding, detail)
}

/// The name of a file as a label: no path, no control characters, not too long; none if nothing is
/// left.
pub(crate) fn label(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut label: String = name.chars().filter(|sign| !is_hidden(*sign)).collect();
    label.truncate(label.floor_char_boundary(NAME_BYTES));
    let label = label.trim().trim_matches('.').trim();
    (!label.is_empty()).then(|| label.to_owned())
}

/// Control characters, and those that turn or hide text.
fn is_hidden(sign: char) -> bool {
    let turns = matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
    sign.is_control() || turns || matches!(sign, '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What is said back of what a producer wrote: not more than a person would read.
pub(crate) fn clipped(text: &str) -> String {
    text.chars().filter(|sign| !is_hidden(*sign)).take(CLIPPED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_media_type_of_the_table_is_known() {
        let gzip = Some(Coding::Gzip);
        let rows = [
            (None, None, Ok((None, None))),
            (Some(""), None, Ok((None, None))),
            (Some("application/xml"), None, Ok((Some("pubmed-xml"), None))),
            (Some("Text/XML; charset=utf-8"), Some("gzip"), Ok((Some("pubmed-xml"), gzip))),
            (Some("application/atom+xml"), None, Ok((Some("pubmed-xml"), None))),
            (Some("application/xhtml+xml"), None, Ok((Some("pubmed-html"), None))),
            (Some("text/html"), Some("GZIP"), Ok((Some("pubmed-html"), gzip))),
            (Some("application/x-nbib"), None, Ok((Some("nbib"), None))),
            (Some("text/plain"), Some("identity"), Ok((None, None))),
            (Some("application/octet-stream"), Some("gzip"), Ok((None, gzip))),
            (Some("application/gzip"), None, Ok((None, gzip))),
            (Some("application/x-gzip"), Some("gzip"), Err(ProblemCode::UnsupportedCoding)),
            (Some("text/xml"), Some("br"), Err(ProblemCode::UnsupportedCoding)),
            (Some("text/xml"), Some("gzip, gzip"), Err(ProblemCode::UnsupportedCoding)),
            (Some("application/json"), None, Err(ProblemCode::UnsupportedMediaType)),
            (Some("multipart/form-data"), None, Err(ProblemCode::UnsupportedMediaType)),
            (Some("+xml"), None, Err(ProblemCode::UnsupportedMediaType)),
        ];
        for (kind, coding, expected) in rows {
            let found = media(kind, coding).map_err(|problem| problem.code);
            assert_eq!(found, expected, "{kind:?} {coding:?}");
        }
    }

    #[test]
    fn names_of_files_are_labels() {
        assert_eq!(label("../a\r\nb.xml").as_deref(), Some("ab.xml"));
        assert_eq!(label("C:\\x\\set.xml").as_deref(), Some("set.xml"));
        assert_eq!(label(" .. "), None);
        assert_eq!(label(&"ä".repeat(100)).map(|name| name.len()), Some(150));
    }
}
