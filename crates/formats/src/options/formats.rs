//! Choices of single formats.

use std::str::FromStr;

use super::UnknownValue;
use super::kinds::choice;

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
