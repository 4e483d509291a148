//! Journals: abbreviations and serial numbers (`mapping.md` section 7.8).

use model::{Code, Issn, IssnKind, Warning};

use crate::rules::text::scalar;
use crate::rules::warn;

/// The abbreviation to write: the ISO one if it has no stops, else MEDLINE's.
pub(crate) fn abbreviation<'a>(iso: Option<&'a str>, medline: Option<&'a str>) -> Option<&'a str> {
    match iso {
        Some(iso) if !iso.contains('.') => Some(iso),
        _ => medline.or(iso),
    }
}

/// A serial number with its hyphen; none if it is none, with a warning unless it is empty.
pub(crate) fn issn(
    printed: &str,
    kind: Option<IssnKind>,
    warnings: &mut Vec<Warning>,
) -> Option<Issn> {
    let printed = scalar(printed);
    if printed.is_empty() {
        return None;
    }
    let value = printed.parse().ok();
    if value.is_none() {
        warn(warnings, Code::IssnInvalid, "ISSN", &printed);
    }
    Some(Issn { value: value?, kind })
}

/// What `IssnType` says; none for anything unknown.
pub(crate) fn issn_kind(issn_type: &str) -> Option<IssnKind> {
    match issn_type.trim() {
        "Print" => Some(IssnKind::Print),
        "Electronic" => Some(IssnKind::Electronic),
        "Linking" => Some(IssnKind::Linking),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_abbreviation_has_no_stops_if_there_is_a_choice() {
        let (iso, stops) = (Some("Nippon Naika Zasshi"), Some("Proc. Natl. Acad. U.S.A."));
        let medline = Some("Proc Natl Acad U S A");
        for (iso, medline, expected) in [
            (iso, medline, iso),
            (stops, medline, medline),
            (stops, None, stops),
            (None, medline, medline),
            (None, None, None),
        ] {
            assert_eq!(abbreviation(iso, medline), expected);
        }
    }

    #[test]
    fn an_issn_has_its_hyphen_or_is_none() {
        let mut warnings = Vec::new();
        let found = issn(" 15333450\n", issn_kind("Electronic"), &mut warnings);
        let found = found.expect("a serial number");
        assert_eq!((found.value.as_str(), found.kind), ("1533-3450", Some(IssnKind::Electronic)));
        assert_eq!(issn("", issn_kind("Undetermined"), &mut warnings), None);
        assert_eq!(warnings, []);
        assert_eq!(issn("none", None, &mut warnings), None);
        assert_eq!(warnings[0].code, Code::IssnInvalid);
    }
}
