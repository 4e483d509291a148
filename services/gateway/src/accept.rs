//! What a caller of the synchronous conversion wants to get (RFC 9110 section 12.5.1).

use formats::Format;
use jobs::ProblemCode;
use serde_json::json;

use crate::refusal::Refusal;

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One format as it is.
    Plain(Format),
    /// All formats and the diagnostics in one JSON object.
    Envelope,
}

/// One range of an `Accept` header, with its quality in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: u32,
}

/// Chooses among the formats.
///
/// `named` are the formats of the query, if it names any; else every format may be the answer,
/// in its order the better for being earlier.
pub(crate) fn choose(accept: Option<&str>, named: Option<&[Format]>) -> Result<Shape, Refusal> {
    let ranges: Vec<Range<'_>> = accept.unwrap_or("*/*").split(',').filter_map(range).collect();
    let envelope = quality(&ranges, "application/json", true);
    match named {
        Some([format]) => {
            let plain = quality(&ranges, format.media_type(), false);
            match (plain, envelope) {
                (0, 0) => Err(not_acceptable()),
                (plain, envelope) if envelope > plain => Ok(Shape::Envelope),
                _ => Ok(Shape::Plain(*format)),
            }
        }
        Some(_) if envelope > 0 => Ok(Shape::Envelope),
        Some(_) => {
            let detail = "several formats need `Accept: application/json`";
            Err(Refusal::new(ProblemCode::InvalidRequest, detail))
        }
        None => {
            let mut best = (0, None);
            for format in Format::ALL {
                let quality = quality(&ranges, format.media_type(), false);
                if quality > best.0 {
                    best = (quality, Some(format));
                }
            }
            match best {
                (0, _) if envelope == 0 => Err(not_acceptable()),
                (plain, Some(format)) if plain >= envelope => Ok(Shape::Plain(format)),
                _ => Ok(Shape::Envelope),
            }
        }
    }
}

fn not_acceptable() -> Refusal {
    let formats: Vec<&str> =
        Format::ALL.iter().map(|format| essence(format.media_type())).collect();
    let detail = "no format has a media type of the `Accept` header";
    Refusal::new(ProblemCode::NotAcceptable, detail).with("formats", json!(formats))
}

/// The media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The quality of a media type: that of the narrowest range that has it; 0 if none has. The
/// envelope must be asked for by name.
fn quality(ranges: &[Range<'_>], media_type: &str, by_name: bool) -> u32 {
    let (kind, subtype) = essence(media_type).split_once('/').unwrap_or_default();
    let rank = |range: &Range<'_>| match (range.kind, range.subtype) {
        ("*", "*") => 1,
        (wanted, "*") if wanted.eq_ignore_ascii_case(kind) => 2,
        (wanted, sub) if wanted.eq_ignore_ascii_case(kind) && sub.eq_ignore_ascii_case(subtype) => {
            3
        }
        _ => 0,
    };
    let fitting = ranges.iter().map(|range| (rank(range), range.quality));
    let least = if by_name { 3 } else { 1 };
    let best = fitting.filter(|(rank, _)| *rank >= least).max_by_key(|(rank, _)| *rank);
    best.map_or(0, |(_, quality)| quality)
}

fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let (kind, subtype) = parts.next()?.split_once('/')?;
    let quality = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
    });
    Some(Range { kind: kind.trim(), subtype: subtype.trim(), quality: quality.unwrap_or(1000) })
}

/// A quality in thousandths; what is none counts as 0.
pub(crate) fn thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(whole, "0" | "1") || fraction.len() > 3 || !is_number(fraction) {
        return 0;
    }
    let fraction = format!("{fraction:0<3}").parse().unwrap_or(0);
    if whole == "1" { 1000 } else { fraction }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &str, named: &[Format]) -> Result<Shape, ProblemCode> {
        let accept = (!accept.is_empty()).then_some(accept);
        let named = (!named.is_empty()).then_some(named);
        choose(accept, named).map_err(|refusal| refusal.code())
    }

    #[test]
    fn the_header_chooses_the_format() {
        let ris = Ok(Shape::Plain(Format::Ris));
        let bibtex = Ok(Shape::Plain(Format::Bibtex));
        let rows = [
            ("", ris),
            ("*/*", ris),
            ("application/*", ris),
            ("application/x-research-info-systems", ris),
            ("Application/X-BibTeX", bibtex),
            ("application/x-bibtex, application/x-research-info-systems;q=0.5", bibtex),
            ("application/x-bibtex;q=0.4, application/x-research-info-systems;q=0.5", ris),
            ("application/x-bibtex;q=0.4, */*;q=0.3", bibtex),
            ("application/x-research-info-systems;q=0, */*", bibtex),
            ("text/html, application/x-bibtex;charset=utf-8;q=0.9", bibtex),
            ("application/json", Ok(Shape::Envelope)),
            ("application/json, */*;q=0.1", Ok(Shape::Envelope)),
            ("application/x-bibtex, application/json", bibtex),
            ("application/x-ndjson", Ok(Shape::Plain(Format::Jsonl))),
            ("text/html", Err(ProblemCode::NotAcceptable)),
            ("image/*", Err(ProblemCode::NotAcceptable)),
            ("*/*;q=0", Err(ProblemCode::NotAcceptable)),
            ("*/*;q=2", Err(ProblemCode::NotAcceptable)),
            ("nonsense", Err(ProblemCode::NotAcceptable)),
        ];
        for (accept, shape) in rows {
            assert_eq!(chosen(accept, &[]), shape, "{accept}");
        }
    }

    #[test]
    fn the_query_goes_before_the_header() {
        let two = [Format::Ris, Format::Bibtex];
        let rows: [(&str, &[Format], Result<Shape, ProblemCode>); 7] = [
            ("", &[Format::Bibtex], Ok(Shape::Plain(Format::Bibtex))),
            ("*/*", &[Format::Jsonl], Ok(Shape::Plain(Format::Jsonl))),
            (
                "application/x-research-info-systems",
                &[Format::Jsonl],
                Err(ProblemCode::NotAcceptable),
            ),
            ("application/json", &[Format::Ris], Ok(Shape::Envelope)),
            ("application/json", &two, Ok(Shape::Envelope)),
            ("*/*", &two, Err(ProblemCode::InvalidRequest)),
            ("application/json;q=0", &two, Err(ProblemCode::InvalidRequest)),
        ];
        for (accept, named, shape) in rows {
            assert_eq!(chosen(accept, named), shape, "{accept} {named:?}");
        }
    }
}
