//! What tells the two dialects apart (`output-formats.md` section 4.2).

use model::{Kind, Record};

use super::case::Protection;
use super::tex::Spelling;
use crate::languages;
use crate::notes::Topic;
use crate::options::{BibtexCase, BibtexText, Options};

/// A dialect of the `.bib` file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// For BibTeX: LaTeX everywhere, bytes, old field names.
    Bibtex,
    /// For BibLaTeX with biber: letters as they are, EDTF dates, more fields and types.
    Biblatex,
}

impl Dialect {
    /// How characters are spelled in text fields.
    pub(super) fn of_text(self, options: &Options) -> Spelling {
        match (options.bibtex_text, self) {
            (BibtexText::Unicode, _) => Spelling::Unicode,
            (BibtexText::Latex, Self::Bibtex) => Spelling::Macros,
            (BibtexText::Latex, Self::Biblatex) => Spelling::Letters,
        }
    }

    /// How characters are spelled in names.
    pub(super) fn of_names(self, options: &Options) -> Spelling {
        match (options.bibtex_text, self) {
            (BibtexText::Unicode, _) => Spelling::Unicode,
            (BibtexText::Latex, Self::Bibtex) => Spelling::Names,
            (BibtexText::Latex, Self::Biblatex) => Spelling::Letters,
        }
    }

    /// How the capitals of titles are protected (`output-formats.md` section 4.6, step 1).
    pub(super) fn of_titles(self, record: &Record, options: &Options) -> Protection {
        let langid = languages::langid(record);
        let is_foreign = langid != Some("english") && languages::codes(record).next().is_some();
        match options.bibtex_case {
            BibtexCase::None => Protection::Nothing,
            // Without `langid`, which babel's names are, nothing else tells BibLaTeX.
            _ if is_foreign && (self == Self::Bibtex || langid.is_none()) => Protection::Whole,
            BibtexCase::All => Protection::Everything,
            BibtexCase::Auto if is_foreign => Protection::Markup,
            BibtexCase::Auto => Protection::English,
        }
    }

    /// How the capitals of a title in the original language are protected.
    pub(super) fn of_original_title(options: &Options) -> Protection {
        match options.bibtex_case {
            BibtexCase::None => Protection::Nothing,
            BibtexCase::All => Protection::Everything,
            BibtexCase::Auto => Protection::Foreign,
        }
    }

    /// How many languages are named.
    pub(super) fn languages(self) -> usize {
        match self {
            Self::Bibtex => 1,
            Self::Biblatex => usize::MAX,
        }
    }

    /// Whether the title of a volume has a field, beside that of the whole work.
    pub(super) fn has_main_title(self, kind: Kind) -> bool {
        self == Self::Biblatex && matches!(kind, Kind::Book | Kind::Chapter)
    }

    /// What is said in `note`, in order.
    pub(super) fn topics(self) -> &'static [Topic] {
        match self {
            Self::Bibtex => &[
                Topic::Retracted,
                Topic::Links,
                Topic::OriginalTitle,
                Topic::AheadOfPrint,
                Topic::Preprint,
                Topic::Pagination,
                Topic::AuthorsIncomplete,
                Topic::VolumeTitle,
                Topic::Updated,
                Topic::Grants,
                Topic::Accessions,
            ],
            Self::Biblatex => &[
                Topic::Retracted,
                Topic::Links,
                Topic::Preprint,
                Topic::Pagination,
                Topic::AuthorsIncomplete,
                Topic::Updated,
                Topic::Grants,
                Topic::Accessions,
            ],
        }
    }
}
