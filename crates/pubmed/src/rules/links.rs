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
