//! Links to other works (`mapping.md` section 7.11, `xml-input.md` section 6.10).

use model::{Code, LinkKind, Warning};

use crate::rules::text::scalar;
use crate::rules::warn;

/// What a `RefType` says; an unknown one stays under its own name.
pub(crate) fn kind(ref_type: &str, warnings: &mut Vec<Warning>) -> LinkKind {
    let ref_type = scalar(ref_type);
    let known = LinkKind::ALL.iter().find(|kind| is_spelled(kind.as_str(), &ref_type));
    known.cloned().unwrap_or_else(|| {
        warn(warnings, Code::ReftypeUnknown, "CommentsCorrections", &ref_type);
        LinkKind::Other(hyphenated(&ref_type))
    })
}

/// The citation of the other work without an empty `;:` and one final stop.
pub(crate) fn source(ref_source: &str) -> Option<String> {
    let source = scalar(ref_source);
    let source = source.strip_suffix(";:").unwrap_or(&source).trim_end();
    let source = match source.strip_suffix('.') {
        Some(before) if !before.ends_with("..") => before.trim_end(),
        _ => source,
    };
    (!source.is_empty()).then(|| source.to_owned())
}

/// Whether `retraction-in` is `RetractionIn`, in any case.
fn is_spelled(name: &str, ref_type: &str) -> bool {
    let letters = name.bytes().filter(|sign| *sign != b'-');
    letters.eq(ref_type.bytes().map(|sign| sign.to_ascii_lowercase()))
}

/// `SomethingNew` as `something-new`.
fn hyphenated(ref_type: &str) -> String {
    let mut out = String::new();
    for sign in ref_type.chars() {
        if sign.is_uppercase() && out.ends_with(char::is_alphanumeric) {
            out.push('-');
        }
        out.extend(sign.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_ref_type() {
        let mut warnings = Vec::new();
        for (ref_type, expected) in [
            ("RetractionIn", LinkKind::RetractionIn),
            ("RetractionOf", LinkKind::RetractionOf),
            ("PartialRetractionIn", LinkKind::PartialRetractionIn),
            ("ErratumFor", LinkKind::ErratumFor),
            ("ExpressionOfConcernIn", LinkKind::ExpressionOfConcernIn),
            ("CorrectedandRepublishedFrom", LinkKind::CorrectedAndRepublishedFrom),
            ("RetractedandRepublishedIn", LinkKind::RetractedAndRepublishedIn),
            ("SummaryForPatientsIn", LinkKind::SummaryForPatientsIn),
            ("AssociatedDataset", LinkKind::AssociatedDataset),
            (" Cites ", LinkKind::Cites),
        ] {
            assert_eq!(kind(ref_type, &mut warnings), expected);
        }
        assert_eq!(warnings, []);
    }

    #[test]
    fn an_unknown_kind_keeps_its_name() {
        let mut warnings = Vec::new();
        let other = LinkKind::Other("translated-in".to_owned());
        assert_eq!(kind("TranslatedIn", &mut warnings), other);
        assert_eq!(warnings[0].code, Code::ReftypeUnknown);
    }

    #[test]
    fn an_empty_volume_and_one_stop_come_off_a_citation() {
        for (printed, kept) in [
            ("Oncol Lett. 2021 Jul;22(1):545", Some("Oncol Lett. 2021 Jul;22(1):545")),
            ("Eur J Immunol. 2021 Feb 12;:", Some("Eur J Immunol. 2021 Feb 12")),
            ("medRxiv. 2020 Nov 03.;:", Some("medRxiv. 2020 Nov 03")),
            ("As they say...", Some("As they say...")),
            ("J Test. 2020;1(2):3-4.", Some("J Test. 2020;1(2):3-4")),
            (
                "J Test. 2020;1(2):3-4. doi: 10.1000/x.",
                Some("J Test. 2020;1(2):3-4. doi: 10.1000/x"),
            ),
            (" \n", None),
            (";:", None),
        ] {
            assert_eq!(source(printed).as_deref(), kept, "{printed}");
        }
    }
}
