//! Pages as one string (`mapping.md` section 7.6).

use std::borrow::Cow;

use model::{PageKind, Pages};

/// All ranges with that sign between first and last page, joined by `, `; an article number as it
/// is, and what was not understood as it was printed. None for an extent.
pub(crate) fn spelled<'r>(pages: &'r Pages, separator: &str) -> Option<Cow<'r, str>> {
    let spelled = match (pages.kind, pages.ranges.as_slice()) {
        (PageKind::Extent, _) | (PageKind::Pages | PageKind::ArticleNumber, []) => return None,
        (PageKind::Unparsed, _) => Cow::Borrowed(pages.raw.as_str()),
        (PageKind::Pages | PageKind::ArticleNumber, [range]) if range.last.is_none() => {
            Cow::Borrowed(range.first.as_str())
        }
        (PageKind::Pages | PageKind::ArticleNumber, ranges) => {
            let mut spelled = String::with_capacity(pages.raw.len() + 16);
            for range in ranges {
                if !spelled.is_empty() {
                    spelled.push_str(", ");
                }
                spelled.push_str(&range.first);
                if let Some(last) = &range.last {
                    spelled.push_str(separator);
                    spelled.push_str(last);
                }
            }
            Cow::Owned(spelled)
        }
    };
    (!spelled.is_empty()).then_some(spelled)
}

#[cfg(test)]
mod tests {
    use model::PageRange;

    use super::*;

    fn pages(raw: &str, kind: PageKind, ranges: &[(&str, &str)]) -> Pages {
        let range = |&(first, last): &(&str, &str)| PageRange {
            first: first.into(),
            last: Some(last).filter(|last| !last.is_empty()).map(Into::into),
        };
        Pages { raw: raw.into(), kind, ranges: ranges.iter().map(range).collect(), rest: vec![] }
    }

    #[test]
    fn ranges_have_the_sign_of_the_format() {
        let several = pages("3-4, 11", PageKind::Pages, &[("3", "4"), ("11", "")]);
        assert_eq!(spelled(&several, "--").as_deref(), Some("3--4, 11"));
        let one = pages("A-24", PageKind::Pages, &[("A-24", "")]);
        assert_eq!(spelled(&one, "--").as_deref(), Some("A-24"));
        let number = pages("e12", PageKind::ArticleNumber, &[("e12", "")]);
        assert_eq!(spelled(&number, "-").as_deref(), Some("e12"));
        let unparsed = pages("389-392-5", PageKind::Unparsed, &[]);
        assert_eq!(spelled(&unparsed, "--").as_deref(), Some("389-392-5"));
        assert_eq!(spelled(&pages("62 p.", PageKind::Extent, &[]), "-"), None);
        assert_eq!(spelled(&Pages::default(), "-"), None);
    }
}
