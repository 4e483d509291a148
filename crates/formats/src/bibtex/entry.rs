//! Which type an entry has (`output-formats.md` section 4.7).

use biblatex::EntryType;
use model::{Kind, Record};

use super::dialect::Dialect;
use crate::options::{Options, PreprintBiblatex, PreprintBibtex};

/// The type of a record's entry.
pub(super) fn entry_type(record: &Record, dialect: Dialect, options: &Options) -> EntryType {
    let has_editors = !record.editors.is_empty();
    match (record.kind, dialect) {
        (Kind::Article | Kind::Newspaper, _) => EntryType::Article,
        (Kind::Chapter, Dialect::Biblatex) if !has_editors => EntryType::InBook,
        (Kind::Chapter, _) => EntryType::InCollection,
        (Kind::Book, Dialect::Biblatex) if has_editors && record.authors.is_empty() => {
            EntryType::Collection
        }
        (Kind::Book, _) => EntryType::Book,
        (Kind::Report, Dialect::Bibtex) => EntryType::TechReport,
        (Kind::Report, Dialect::Biblatex) => EntryType::Report,
        (Kind::Thesis, Dialect::Bibtex) => EntryType::PhdThesis,
        (Kind::Thesis, Dialect::Biblatex) => EntryType::Thesis,
        (Kind::Dataset, Dialect::Bibtex) => EntryType::Misc,
        (Kind::Dataset, Dialect::Biblatex) => EntryType::Dataset,
        (Kind::Preprint, Dialect::Bibtex) => match options.preprint_bibtex {
            PreprintBibtex::Misc => EntryType::Misc,
            PreprintBibtex::Article => EntryType::Article,
            PreprintBibtex::Unpublished => EntryType::Unpublished,
        },
        (Kind::Preprint, Dialect::Biblatex) => match options.preprint_biblatex {
            PreprintBiblatex::Online => EntryType::Online,
            PreprintBiblatex::Article => EntryType::Article,
            PreprintBiblatex::Misc => EntryType::Misc,
        },
    }
}
