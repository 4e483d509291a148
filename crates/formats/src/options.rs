//! What can be chosen about the writing (`mapping.md` section 10), each choice a closed list.

mod content;
mod formats;
mod kinds;

pub use content::{
    ArticleNumber, Issn, JournalAbbreviation, JournalName, JournalTrim, Keywords, Links, Markup,
    Mesh, MeshMajor, NoteKinds, SubjectKinds,
};
pub use formats::{
    BiblatexOrcid, BiblatexPmid, BiblatexSeason, BibtexCase, BibtexText, BibtexUrl, CslCustom,
    EndnoteMarkup, PreprintBiblatex, PreprintBibtex, PreprintEndnote, PreprintRis, RisDialect,
    RisEpubDate, RisId,
};
pub use kinds::Switch;

/// All choices of the writers. The default of each is the first value of its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// RIS dialect.
    pub ris: RisDialect,
    /// A comma behind the names of groups in RIS and EndNote XML.
    pub ris_group_comma: Switch<true>,
    /// The date of electronic publication in RIS.
    pub ris_epub_date: RisEpubDate,
    /// The citation key in RIS.
    pub ris_id: RisId,
    /// Rich text in RIS.
    pub markup: Markup,
    /// Mathematical signs in BibTeX and BibLaTeX.
    pub bibtex_text: BibtexText,
    /// Protection of capitals in BibTeX and BibLaTeX.
    pub bibtex_case: BibtexCase,
    /// What stands between two keywords in BibTeX and BibLaTeX.
    pub bibtex_keyword_separator: String,
    /// The URL in BibTeX and BibLaTeX.
    pub bibtex_url: BibtexUrl,
    /// Seasons in BibLaTeX.
    pub biblatex_season: BiblatexSeason,
    /// The PMID in BibLaTeX.
    pub biblatex_pmid: BiblatexPmid,
    /// ORCIDs in BibLaTeX.
    pub biblatex_orcid: BiblatexOrcid,
    /// The key `custom` of CSL-JSON.
    pub csl_custom: CslCustom,
    /// Rich text in EndNote XML.
    pub endnote_markup: EndnoteMarkup,
    /// Preprints in RIS.
    pub preprint_ris: PreprintRis,
    /// Preprints in BibTeX.
    pub preprint_bibtex: PreprintBibtex,
    /// Preprints in BibLaTeX.
    pub preprint_biblatex: PreprintBiblatex,
    /// Preprints in EndNote XML.
    pub preprint_endnote: PreprintEndnote,
    /// Where an article number goes.
    pub article_number: ArticleNumber,
    /// Full title or abbreviation of the journal.
    pub journal: JournalName,
    /// Which abbreviation of the journal.
    pub journal_abbreviation: JournalAbbreviation,
    /// Whether a final qualifier of a journal's title is cut.
    pub journal_trim: JournalTrim,
    /// Which ISSN.
    pub issn: Issn,
    /// Which keywords.
    pub keywords: Keywords,
    /// MeSH headings as keywords.
    pub mesh: Mesh,
    /// The star of a main heading.
    pub mesh_major: MeshMajor,
    /// Further lists as keywords.
    pub subjects: SubjectKinds,
    /// Which links to other works.
    pub links: Links,
    /// `RETRACTED: ` before the title.
    pub retraction_title_prefix: Switch<false>,
    /// Further notes.
    pub notes: NoteKinds,
    /// Addresses of the authors.
    pub affiliations: Switch<false>,
    /// The abstract.
    pub abstract_: Switch<true>,
    /// Template of the citation key.
    pub citekey: String,
}

/// A value that an option does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not one of {expected}")]
pub struct UnknownValue {
    /// What was asked for.
    pub value: String,
    /// What there is.
    pub expected: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ris: RisDialect::default(),
            ris_group_comma: Switch::default(),
            ris_epub_date: RisEpubDate::default(),
            ris_id: RisId::default(),
            markup: Markup::default(),
            bibtex_text: BibtexText::default(),
            bibtex_case: BibtexCase::default(),
            bibtex_keyword_separator: ", ".to_owned(),
            bibtex_url: BibtexUrl::default(),
            biblatex_season: BiblatexSeason::default(),
            biblatex_pmid: BiblatexPmid::default(),
            biblatex_orcid: BiblatexOrcid::default(),
            csl_custom: CslCustom::default(),
            endnote_markup: EndnoteMarkup::default(),
            preprint_ris: PreprintRis::default(),
            preprint_bibtex: PreprintBibtex::default(),
            preprint_biblatex: PreprintBiblatex::default(),
            preprint_endnote: PreprintEndnote::default(),
            article_number: ArticleNumber::default(),
            journal: JournalName::default(),
            journal_abbreviation: JournalAbbreviation::default(),
            journal_trim: JournalTrim::default(),
            issn: Issn::default(),
            keywords: Keywords::default(),
            mesh: Mesh::default(),
            mesh_major: MeshMajor::default(),
            subjects: SubjectKinds::default(),
            links: Links::default(),
            retraction_title_prefix: Switch::default(),
            notes: NoteKinds::default(),
            affiliations: Switch::default(),
            abstract_: Switch::default(),
            citekey: "{auth}{year}-{pmid}".to_owned(),
        }
    }
}
