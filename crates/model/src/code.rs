//! The codes of everything that can be said about an input, as one table.
//!
//! `docs/diagnostics.md` is printed from this table. Where specifications name one situation
//! differently, the name in `mapping.md` section 11 stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::serial::as_string;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is doubtful or was decided; nothing is lost.
    Note,
    /// Something that stood in the input is in no output.
    Loss,
    /// The record was not written.
    Error,
    /// Reading ended here; the records before stand.
    Fatal,
}

/// Something to be said about a record: a code of the table and the text concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// What it is.
    pub code: Code,
    /// The place and the text concerned.
    pub text: String,
}

impl Warning {
    /// A warning about that text.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

macro_rules! codes {
    ($($code:ident $name:literal $severity:ident $meaning:literal)*) => {
        /// What a diagnostic is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $meaning] $code,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The name that stands in reports: `doi-invalid`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// How much it matters.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// What it means, as one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$code => $meaning,)* }
            }
        }
    };
}

codes! {
    // Readers: something is in no output.
    DoiInvalid "doi-invalid" Loss "A DOI that is none was left out."
    OrcidInvalid "orcid-invalid" Loss "An ORCID with a wrong form or check character was left out."
    SuffixDropped "suffix-dropped" Loss "A name's suffix that is no generation is kept as credentials and not written."
    PmidInvalid "pmid-invalid" Loss "A PMID that is not all digits, or begins with 0, was left out."
    ElementUnknown "element-unknown" Loss "An element or tag that this edition does not know was skipped; its text is kept where it stood inside text."
    LineIgnored "line-ignored" Loss "A line of MEDLINE text that is no field was skipped."
    AbstractPlaceholder "abstract-placeholder" Loss "An abstract that only says that there is none was left out."
    CitationUnparsed "citation-unparsed" Loss "A citation line was not understood and is kept as a note."
    IssnInvalid "issn-invalid" Loss "An ISSN that is none was left out."

    // Readers: nothing is lost.
    PmidMissing "pmid-missing" Note "The record has no PMID."
    TitleMissing "title-missing" Note "The record has no title."
    DateMissing "date-missing" Note "The record has no date of publication."
    DateUnparsed "date-unparsed" Note "A date was not, or not wholly, understood; what was printed is kept."
    PagesUnparsed "pages-unparsed" Note "Pages were not understood and are written as printed."
    PagesUnsure "pages-unsure" Note "The source marks the pages as doubtful."
    SourcesDisagree "sources-disagree" Note "One datum stands in two places with two values; the first was taken."
    NameSuspect "name-suspect" Note "A name looks wrong and was kept as printed, or was too short to be one."
    AuthorsIncomplete "authors-incomplete" Note "The source names some of the authors only."
    KeywordsSplit "keywords-split" Note "A keyword that held a whole list was split."
    DoubleEscaped "double-escaped" Note "Text was escaped twice by its publisher and was left as it is."
    EntityRepaired "entity-repaired" Note "Text that was escaped twice was decoded once more, as asked for."
    EntityUnknown "entity-unknown" Note "A named entity that is not HTML's was left as written."
    CharacterIllegal "character-illegal" Note "A character that XML forbids was replaced by U+FFFD."
    ReftypeUnknown "reftype-unknown" Note "A link to another work is of a kind that this edition does not know."
    PiiIsDoi "pii-is-doi" Note "A DOI stood in the place of a publisher's item identifier."
    TitleFromVernacular "title-from-vernacular" Note "The title is empty, and the vernacular title stands in its place."
    TitleBracketsUnbalanced "title-brackets-unbalanced" Note "The brackets of a translated title do not balance."
    AuthorSingleField "author-single-field" Note "An author's name stands in one field and was not split."
    GroupCleaned "group-cleaned" Note "Stray words or signs were taken off a group's name."
    FamilyNameGuessed "family-name-guessed" Note "The page does not tell the family name; the last word was taken."
    NameMismatch "name-mismatch" Note "Two forms of a name do not fit each other; the short form was kept."
    AuthorsShortened "authors-shortened" Note "The page shows fewer full names than there are authors."
    AuthorsMissing "authors-missing" Note "The page names no author and does not say that there is none."
    ReferencesTruncated "references-truncated" Note "The page shows only the first references."
    ListIncomplete "list-incomplete" Note "The page shows fewer records than the query has."

    // Mapping.
    TypeUnknown "type-unknown" Note "A publication type that this edition does not know became the genre."
    LanguageUnknown "language-unknown" Loss "A language code is not known and is not written where a name of it is needed."
    MathFlattened "math-flattened" Note "A formula lost its form in a format that has no mathematics."
    GroupCommaReplaced "group-comma-replaced" Note "A comma inside a group's name became a hyphen, so that importers keep the name whole."

    // Joining.
    RecordDuplicate "record-duplicate" Note "The same PMID and version stood earlier in this input."
    VersionSuperseded "version-superseded" Loss "A later version of the record is in this input, and only that was asked for."
    CitekeyDuplicate "citekey-duplicate" Note "Two records have the same citation key."

    // The input as a whole, reading goes on.
    ContainerUnknown "container-unknown" Note "Records stand under a root that PubMed does not use."
    DocumentConcatenated "document-concatenated" Note "Several documents stand in one input."
    ContentOutsideRoot "content-outside-root" Note "Text stands outside the root."

    // A record was not written.
    RecordMalformed "record-malformed" Error "The markup of the record is broken."
    RecordTooLarge "record-too-large" Error "The record is larger than the limit."
    RecordTruncated "record-truncated" Error "The input ends inside the record."
    RecordForeign "record-foreign" Error "There is no citation in the record."
    LimitExceeded "limit-exceeded" Error "One piece of text of the record is larger, or its elements are nested deeper, than the limit."

    // Reading ended.
    DocumentMalformed "document-malformed" Fatal "The markup of the document is broken outside a record."
    DocumentTruncated "document-truncated" Fatal "The input ends before its root has closed."
    EncodingInvalid "encoding-invalid" Fatal "The bytes are not text in the declared encoding."
    CompressionDamaged "compression-damaged" Fatal "The compressed data ends early or fails its checksum."
    InputRefused "input-refused" Fatal "The input is not a PubMed document."
    InputEmpty "input-empty" Fatal "The input is empty."
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name).ok_or(UnknownCode)
    }
}

/// A name that is no code of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a diagnostic code")]
pub struct UnknownCode;

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

as_string!(Code);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own() {
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!(code.meaning().ends_with('.'), "{code}");
        }
    }
}
