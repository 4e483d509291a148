//! Choices of what is written, in all formats alike.

use std::fmt;
use std::str::FromStr;

use super::UnknownValue;
use super::kinds::{choice, several};

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
