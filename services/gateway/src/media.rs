//! What a body is said to be: its type and its coding (`service.md` section 6.3).

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use jobs::{Coding, ProblemCode};

use crate::accept::essence;
use crate::refusal::Refusal;

/// What a body is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// The input itself.
    Raw {
        /// Its kind; none if its bytes are to be looked at.
        kind: Option<&'static str>,
        /// How it is packed.
        coding: Option<Coding>,
    },
    /// A form with the input in it.
    Form,
}

/// Reads `Content-Type` and `Content-Encoding`.
pub(crate) fn of(headers: &HeaderMap) -> Result<Media, Refusal> {
    let coding = coding(headers)?;
    let kind = match single(headers, &header::CONTENT_TYPE)? {
        Some(text) => of_type(text)?,
        None => Media::Raw { kind: None, coding: None },
    };
    match (kind, coding) {
        (Media::Raw { kind, coding: None }, coding) => Ok(Media::Raw { kind, coding }),
        (media, None) => Ok(media),
        (_, Some(_)) => Err(unsupported_coding()),
    }
}

/// What a media type says of a body.
pub(crate) fn of_type(media_type: &str) -> Result<Media, Refusal> {
    let essence = essence(media_type).to_ascii_lowercase();
    let raw = |kind| Ok(Media::Raw { kind, coding: None });
    match essence.as_str() {
        "text/html" | "application/xhtml+xml" => raw(Some("pubmed-html")),
        "application/xml" | "text/xml" => raw(Some("pubmed-xml")),
        "application/nbib" | "application/x-nbib" => raw(Some("nbib")),
        "application/gzip" | "application/x-gzip" => {
            Ok(Media::Raw { kind: None, coding: Some(Coding::Gzip) })
        }
        "text/plain" | "application/octet-stream" | "application/x-www-form-urlencoded" => {
            raw(None)
        }
        "multipart/form-data" => Ok(Media::Form),
        other if other.contains('/') && other.ends_with("+xml") => raw(Some("pubmed-xml")),
        _ => {
            let detail = "XML, HTML, nbib, plain text, gzip and multipart/form-data are taken";
            Err(Refusal::new(ProblemCode::UnsupportedMediaType, detail))
        }
    }
}

fn coding(headers: &HeaderMap) -> Result<Option<Coding>, Refusal> {
    let mut found = None;
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let text = value.to_str().map_err(|_| unsupported_coding())?;
        for word in text.split(',').map(|word| word.trim().to_ascii_lowercase()) {
            match word.as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" if found.is_none() => found = Some(Coding::Gzip),
                _ => return Err(unsupported_coding()),
            }
        }
    }
    Ok(found)
}

fn unsupported_coding() -> Refusal {
    let detail = "a body is packed once with gzip, or not at all";
    Refusal::new(ProblemCode::UnsupportedCoding, detail)
        .with_header(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"))
}

fn single<'a>(
    headers: &'a HeaderMap,
    name: &header::HeaderName,
) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name);
    let first = values.next().map(HeaderValue::to_str);
    match (first, values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(text)), None) => Ok(Some(text)),
        _ => {
            let detail = "the media type cannot be read";
            Err(Refusal::new(ProblemCode::UnsupportedMediaType, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(kind: Option<&str>, coding: Option<&str>) -> Result<Media, ProblemCode> {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::CONTENT_TYPE, kind), (header::CONTENT_ENCODING, coding)] {
            let value = value.map(HeaderValue::from_str);
            if let Some(Ok(value)) = value {
                headers.insert(name, value);
            }
        }
        of(&headers).map_err(|refusal| refusal.code())
    }

    fn raw(kind: Option<&'static str>) -> Media {
        Media::Raw { kind, coding: None }
    }

    #[test]
    fn every_row_of_the_table_is_known() {
        let rows = [
            (None, Ok(raw(None))),
            (Some("application/xml"), Ok(raw(Some("pubmed-xml")))),
            (Some("Text/XML; charset=utf-8"), Ok(raw(Some("pubmed-xml")))),
            (Some("application/atom+xml"), Ok(raw(Some("pubmed-xml")))),
            (Some("text/html"), Ok(raw(Some("pubmed-html")))),
            (Some("application/xhtml+xml"), Ok(raw(Some("pubmed-html")))),
            (Some("application/nbib"), Ok(raw(Some("nbib")))),
            (Some("application/x-nbib"), Ok(raw(Some("nbib")))),
            (Some("text/plain"), Ok(raw(None))),
            (Some("application/octet-stream"), Ok(raw(None))),
            (Some("application/x-www-form-urlencoded"), Ok(raw(None))),
            (Some("application/gzip"), Ok(Media::Raw { kind: None, coding: Some(Coding::Gzip) })),
            (Some("multipart/form-data; boundary=x"), Ok(Media::Form)),
            (Some("application/json"), Err(ProblemCode::UnsupportedMediaType)),
            (Some("application/pdf"), Err(ProblemCode::UnsupportedMediaType)),
            (Some("nonsense"), Err(ProblemCode::UnsupportedMediaType)),
            (Some(""), Err(ProblemCode::UnsupportedMediaType)),
        ];
        for (kind, expected) in rows {
            assert_eq!(media(kind, None), expected, "{kind:?}");
        }
    }

    #[test]
    fn one_layer_of_gzip_is_taken() {
        let xml = Some("application/xml");
        let packed = Media::Raw { kind: Some("pubmed-xml"), coding: Some(Coding::Gzip) };
        assert_eq!(media(xml, Some("gzip")), Ok(packed));
        assert_eq!(media(xml, Some("X-GZIP")), Ok(packed));
        assert_eq!(media(xml, Some("identity")), Ok(raw(Some("pubmed-xml"))));
        for refused in ["br", "gzip, gzip", "deflate", "zstd"] {
            assert_eq!(media(xml, Some(refused)), Err(ProblemCode::UnsupportedCoding), "{refused}");
        }
        for kind in ["application/gzip", "multipart/form-data; boundary=x"] {
            let found = media(Some(kind), Some("gzip"));
            assert_eq!(found, Err(ProblemCode::UnsupportedCoding), "{kind}");
        }
    }
}
