//! Parts of a result (RFC 9110 section 14).

use std::ops::Range;

/// What a `Range` header asks for, of so many bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything: there is no header, or none that is understood.
    Whole,
    /// Those bytes.
    Bytes(Range<u64>),
    /// Bytes that are not there.
    Unsatisfiable,
}

/// Reads a `Range` header. Several ranges are answered with the whole.
pub(crate) fn of(header: Option<&str>, length: u64) -> Part {
    let spec = header.and_then(|text| {
        let (unit, spec) = text.split_once('=')?;
        unit.trim().eq_ignore_ascii_case("bytes").then(|| spec.trim())
    });
    let Some(spec) = spec else { return Part::Whole };
    if spec.contains(',') {
        return Part::Whole;
    }
    let Some((first, last)) = spec.split_once('-') else { return Part::Whole };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => {
            if first >= length {
                return Part::Unsatisfiable;
            }
            Part::Bytes(first..last.saturating_add(1).min(length))
        }
        (Some(first), None) if last.is_empty() => {
            if first >= length {
                return Part::Unsatisfiable;
            }
            Part::Bytes(first..length)
        }
        (None, Some(suffix)) if first.is_empty() => {
            if suffix == 0 || length == 0 {
                return Part::Unsatisfiable;
            }
            Part::Bytes(length.saturating_sub(suffix)..length)
        }
        _ => Part::Whole,
    }
}

/// A number of digits alone; more than fits counts as the most that fits.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        let rows = [
            (None, 10, Part::Whole),
            (Some("bytes=0-0"), 10, Part::Bytes(0..1)),
            (Some("bytes=0-4"), 10, Part::Bytes(0..5)),
            (Some("Bytes = 2-"), 10, Part::Bytes(2..10)),
            (Some("bytes=5-99"), 10, Part::Bytes(5..10)),
            (Some("bytes=-3"), 10, Part::Bytes(7..10)),
            (Some("bytes=-99"), 10, Part::Bytes(0..10)),
            (Some("bytes=0-99999999999999999999999"), 10, Part::Bytes(0..10)),
            (Some("bytes=10-"), 10, Part::Unsatisfiable),
            (Some("bytes=99999999999999999999999-"), 10, Part::Unsatisfiable),
            (Some("bytes=-0"), 10, Part::Unsatisfiable),
            (Some("bytes=0-"), 0, Part::Unsatisfiable),
            (Some("bytes=4-2"), 10, Part::Whole),
            (Some("bytes=-"), 10, Part::Whole),
            (Some("bytes=a-b"), 10, Part::Whole),
            (Some("bytes=+1-2"), 10, Part::Whole),
            (Some("bytes=0-1,3-4"), 10, Part::Whole),
            (Some("lines=0-1"), 10, Part::Whole),
            (Some("bytes"), 10, Part::Whole),
        ];
        for (header, length, part) in rows {
            assert_eq!(of(header, length), part, "{header:?} of {length}");
        }
    }

    /// A part lies within the whole, and what cannot be had begins behind it.
    fn holds(header: &str, length: u64) -> Result<(), TestCaseError> {
        if let Part::Bytes(range) = of(Some(header), length) {
            prop_assert!(range.start < range.end && range.end <= length, "{header:?}: {range:?}");
        }
        Ok(())
    }

    /// Any text, most often nearly a range.
    fn hostile() -> impl Strategy<Value = String> {
        let number = prop_oneof![
            any::<u64>().prop_map(|number| number.to_string()),
            "[0-9]{0,40}",
            Just(u64::MAX.to_string()),
        ];
        let dash = prop_oneof![3 => Just("-".to_owned()), 1 => "[-–,; ]{0,2}"];
        let range = (number.clone(), dash, number);
        prop_oneof![
            4 => range.prop_map(|(first, dash, last)| format!("bytes={first}{dash}{last}")),
            2 => "(bytes=)?[0-9,-]{0,24}",
            1 => any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn a_part_lies_within_the_whole(
            header in hostile(), length in prop_oneof![any::<u64>(), 0..100_u64],
        ) {
            holds(&header, length)?;
        }
    }

    /// S21.
    #[test]
    fn every_range_of_the_corpus_lies_within_the_whole() {
        let lines = include_str!("../../../tests/corpus/range/headers.txt").lines();
        assert!(lines.clone().count() > 10);
        for (header, length) in lines.flat_map(|line| [0, 1, 10, u64::MAX].map(|all| (line, all))) {
            let found = holds(header, length);
            assert!(found.is_ok(), "{header:?} of {length}: {found:?}");
        }
    }
}
