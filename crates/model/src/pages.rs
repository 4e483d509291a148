//! Pages and article numbers.

use serde::{Deserialize, Serialize};

use crate::serial::is_default;

/// Where in its container a work stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// What was printed.
    pub raw: String,
    /// Whole ranges, first and last page complete; an article number is one range without a last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<PageRange>,
    /// What was printed beside the pages: `discussion E1246`, `passim`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<String>,
    /// What the value is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: PageKind,
}

/// One page, or a first and a last one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageRange {
    /// First page, complete with its prefix.
    pub first: String,
    /// Last page, complete; none for a single page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// What a value in the place of pages is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// Pages.
    #[default]
    Pages,
    /// The number of an article that has no pages.
    ArticleNumber,
    /// How long it is (`62 p.`), not where.
    Extent,
    /// Not understood: only `raw` speaks.
    Unparsed,
}

impl Pages {
    /// The article number, if it is one.
    #[must_use]
    pub fn article_number(&self) -> Option<&str> {
        match (self.kind, self.ranges.as_slice()) {
            (PageKind::ArticleNumber, [number, ..]) => Some(&number.first),
            _ => None,
        }
    }
}
