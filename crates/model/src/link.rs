//! Links to other works: corrections, retractions, comments.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifier::Pmid;
use crate::serial::as_string;

/// A link to another work. Nothing in it identifies this record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// How the other work stands to this one.
    pub kind: LinkKind,
    /// The other work's citation, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The other work's PMID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pmid: Option<Pmid>,
    /// A remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

macro_rules! link_kinds {
    ($($kind:ident $name:literal $words:literal $integrity:literal,)*) => {
        /// How another work stands to this record.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum LinkKind {
            $(#[doc = $words] $kind,)*
            /// A kind that this edition does not know, under its own name.
            Other(String),
        }

        impl LinkKind {
            /// Every named kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name in JSON: that of the `RefType`, lower case with hyphens.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(Self::$kind => $name,)* Self::Other(name) => name }
            }

            /// The kind in words, as a note begins: `Retraction in`.
            #[must_use]
            pub fn words(&self) -> &str {
                match self { $(Self::$kind => $words,)* Self::Other(name) => name }
            }

            /// Whether it touches the integrity of the work (`mapping.md` section 7.11).
            #[must_use]
            pub fn is_integrity(&self) -> bool {
                match self { $(Self::$kind => $integrity,)* Self::Other(_) => false }
            }
        }
    };
}

link_kinds! {
    RetractionIn "retraction-in" "Retraction in" true,
    RetractionOf "retraction-of" "Retraction of" true,
    PartialRetractionIn "partial-retraction-in" "Partial retraction in" true,
    PartialRetractionOf "partial-retraction-of" "Partial retraction of" true,
    ErratumIn "erratum-in" "Erratum in" true,
    ErratumFor "erratum-for" "Erratum for" true,
    ExpressionOfConcernIn "expression-of-concern-in" "Expression of concern in" true,
    ExpressionOfConcernFor "expression-of-concern-for" "Expression of concern for" true,
    CorrectedAndRepublishedIn "corrected-and-republished-in" "Corrected and republished in" true,
    CorrectedAndRepublishedFrom "corrected-and-republished-from" "Corrected and republished from" true,
    RetractedAndRepublishedIn "retracted-and-republished-in" "Retracted and republished in" true,
    RetractedAndRepublishedFrom "retracted-and-republished-from" "Retracted and republished from" true,
    RepublishedIn "republished-in" "Republished in" true,
    RepublishedFrom "republished-from" "Republished from" true,
    UpdateIn "update-in" "Update in" true,
    UpdateOf "update-of" "Update of" true,
    CommentIn "comment-in" "Comment in" false,
    CommentOn "comment-on" "Comment on" false,
    SummaryForPatientsIn "summary-for-patients-in" "Summary for patients in" false,
    OriginalReportIn "original-report-in" "Original report in" false,
    ReprintIn "reprint-in" "Reprint in" false,
    ReprintOf "reprint-of" "Reprint of" false,
    AssociatedDataset "associated-dataset" "Associated dataset" false,
    AssociatedPublication "associated-publication" "Associated publication" false,
    Cites "cites" "Cites" false,
}

impl FromStr for LinkKind {
    type Err = Infallible;

    /// Takes the JSON name; anything else becomes [`LinkKind::Other`].
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|kind| kind.as_str() == name);
        Ok(known.cloned().unwrap_or_else(|| Self::Other(name.to_owned())))
    }
}

impl fmt::Display for LinkKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

as_string!(LinkKind);
