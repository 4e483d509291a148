//! What can be chosen about the writing (`mapping.md` section 10), each choice a closed list.

use std::fmt;
use std::str::FromStr;

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

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$value_doc])* $value,)* }

        impl $name {
            /// The values, the default first.
            pub const VALUES: &[&str] = &[$($word),*];

            /// The value as a word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)* }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                [$(Self::$value),*][0]
            }
        }

        impl FromStr for $name {
            type Err = UnknownValue;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$value),)*
                    _ => Err(UnknownValue {
                        value: word.to_owned(),
                        expected: Self::VALUES.join(", "),
                    }),
                }
            }
        }
    };
}

choice! {
    /// Whose reading of RIS the file is written for.
    RisDialect {
        /// EndNote's.
        Endnote = "endnote",
        /// Zotero's.
        Zotero = "zotero",
        /// JabRef's.
        Jabref = "jabref",
        /// As NCBI's own exporter writes it.
        Ctxp = "ctxp",
    }
}

choice! {
    /// Whether RIS holds the date of electronic publication.
    RisEpubDate {
        /// No.
        Off = "off",
        /// In `ET`.
        Et = "et",
    }
}

choice! {
    /// Whether RIS holds a citation key.
    RisId {
        /// No.
        Off = "off",
        /// In `ID`.
        Key = "key",
    }
}

choice! {
    /// Rich text in RIS.
    Markup {
        /// Unicode sub- and superscripts.
        Unicode = "unicode",
        /// Words alone.
        Plain = "plain",
        /// HTML tags.
        Html = "html",
    }
}

choice! {
    /// Greek letters and mathematical signs in BibTeX and BibLaTeX.
    BibtexText {
        /// As LaTeX commands.
        Latex = "latex",
        /// As they are.
        Unicode = "unicode",
    }
}

choice! {
    /// Braces round capitals in BibTeX and BibLaTeX.
    BibtexCase {
        /// Where a capital means something.
        Auto = "auto",
        /// Round every part with a capital.
        All = "all",
        /// Nowhere.
        None = "none",
    }
}

choice! {
    /// When BibTeX and BibLaTeX hold a URL.
    BibtexUrl {
        /// Without a DOI, and always for books.
        Auto = "auto",
        /// Always.
        Always = "always",
        /// Never.
        Never = "never",
    }
}

choice! {
    /// Seasons in BibLaTeX.
    BiblatexSeason {
        /// In `issue`, beside a year.
        Issue = "issue",
        /// In `date`, as EDTF.
        Edtf = "edtf",
    }
}

choice! {
    /// The PMID in BibLaTeX.
    BiblatexPmid {
        /// In `eprint`.
        Eprint = "eprint",
        /// In `pmid`.
        Pmid = "pmid",
        /// In both.
        Both = "both",
    }
}

choice! {
    /// ORCIDs in BibLaTeX.
    BiblatexOrcid {
        /// Not written.
        Off = "off",
        /// As annotations of the authors.
        Annotation = "annotation",
    }
}

choice! {
    /// What CSL-JSON holds under `custom`.
    CslCustom {
        /// Identifiers that have no place elsewhere.
        Ids = "ids",
        /// Everything that has no place elsewhere.
        Full = "full",
        /// Nothing.
        Off = "off",
    }
}

choice! {
    /// Rich text in EndNote XML.
    EndnoteMarkup {
        /// A run for each style.
        Styled = "styled",
        /// One run.
        Plain = "plain",
    }
}

choice! {
    /// The type of a preprint in RIS.
    PreprintRis {
        /// Journal article.
        Jour = "jour",
        /// Unpublished work.
        Unpb = "unpb",
        /// Generic.
        Gen = "gen",
    }
}

choice! {
    /// The type of a preprint in BibTeX.
    PreprintBibtex {
        /// `@misc`.
        Misc = "misc",
        /// `@article`.
        Article = "article",
        /// `@unpublished`.
        Unpublished = "unpublished",
    }
}

choice! {
    /// The type of a preprint in BibLaTeX.
    PreprintBiblatex {
        /// `@online`.
        Online = "online",
        /// `@article`.
        Article = "article",
        /// `@misc`.
        Misc = "misc",
    }
}

choice! {
    /// The type of a preprint in EndNote XML.
    PreprintEndnote {
        /// Journal article, 17.
        Article = "article",
        /// Unpublished work, 34.
        Unpublished = "unpublished",
    }
}

choice! {
    /// Where an article number goes.
    ArticleNumber {
        /// Into the place of pages.
        Pages = "pages",
        /// Into a field of its own.
        Field = "field",
        /// Into both.
        Both = "both",
    }
}

choice! {
    /// The name of the journal.
    JournalName {
        /// The full title.
        Full = "full",
        /// The abbreviation.
        Abbr = "abbr",
    }
}

choice! {
    /// Which abbreviation of the journal is written.
    JournalAbbreviation {
        /// The ISO abbreviation if it has no stops, else MEDLINE's.
        Auto = "auto",
        /// The ISO abbreviation.
        Iso = "iso",
        /// MEDLINE's.
        Medline = "medline",
    }
}

choice! {
    /// What is cut from a journal's title.
    JournalTrim {
        /// Nothing.
        None = "none",
        /// One final qualifier in brackets.
        Qualifier = "qualifier",
    }
}

choice! {
    /// Which ISSN is written.
    Issn {
        /// The journal's own, else the linking one.
        Journal = "journal",
        /// The linking one, else the journal's own.
        Linking = "linking",
        /// All.
        All = "all",
    }
}

choice! {
    /// Which terms become keywords.
    Keywords {
        /// Keywords and MeSH.
        All = "all",
        /// Keywords alone.
        Author = "author",
        /// MeSH alone.
        Mesh = "mesh",
        /// None.
        None = "none",
    }
}

choice! {
    /// MeSH headings as keywords.
    Mesh {
        /// A term for each qualifier.
        Pairs = "pairs",
        /// Descriptors alone.
        Descriptors = "descriptors",
        /// None.
        None = "none",
    }
}

choice! {
    /// The star of a main heading.
    MeshMajor {
        /// Not written.
        None = "none",
        /// Behind the term.
        Suffix = "suffix",
        /// Before its major part.
        Prefix = "prefix",
    }
}

choice! {
    /// Which links become notes.
    Links {
        /// Those that touch the integrity of the work.
        Integrity = "integrity",
        /// All.
        All = "all",
        /// None; the status stays.
        None = "none",
    }
}

/// On or off, `DEFAULT` being what it is when nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch<const DEFAULT: bool>(pub bool);

impl<const DEFAULT: bool> Default for Switch<DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: bool> FromStr for Switch<DEFAULT> {
    type Err = UnknownValue;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "on" | "yes" => Ok(Self(true)),
            "off" | "no" => Ok(Self(false)),
            _ => Err(UnknownValue { value: word.to_owned(), expected: "on, off".to_owned() }),
        }
    }
}

macro_rules! several {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$value_doc])* pub $value: bool,)* }

        impl $name {
            /// What can be chosen.
            pub const VALUES: &[&str] = &[$($word),*];
        }

        impl FromStr for $name {
            type Err = UnknownValue;

            /// A comma list, in any order; empty for none.
            fn from_str(list: &str) -> Result<Self, Self::Err> {
                let mut chosen = Self::default();
                for word in list.split(',').map(str::trim).filter(|word| !word.is_empty()) {
                    match word {
                        $($word => chosen.$value = true,)*
                        _ => return Err(UnknownValue {
                            value: word.to_owned(),
                            expected: Self::VALUES.join(", "),
                        }),
                    }
                }
                Ok(chosen)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                let words: Vec<&str> =
                    [$((self.$value, $word)),*].iter().filter(|w| w.0).map(|w| w.1).collect();
                out.write_str(&words.join(","))
            }
        }
    };
}

several! {
    /// Lists that are added to the keywords, behind MeSH.
    SubjectKinds {
        /// Substances.
        chemicals = "chemicals",
        /// Supplementary concepts.
        supplementary = "supplementary",
        /// Gene symbols.
        genes = "genes",
        /// Persons written about.
        persons = "persons",
    }
}

several! {
    /// What is added to the notes.
    NoteKinds {
        /// Grants.
        grants = "grants",
        /// Registered trials and data sets.
        accessions = "accessions",
        /// Conflicts of interest.
        conflict = "conflict",
        /// General notes.
        general = "general",
        /// Copyright of the abstract.
        copyright = "copyright",
    }
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
