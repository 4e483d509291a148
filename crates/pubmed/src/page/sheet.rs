//! What a page shows of one record, as printed, before any rule has looked at it.

use model::{Section, Text};

/// One record of a page: every datum where the page kind has it, in the page's own words.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    /// PMIDs that the page gives for this record, the most trusted first, each with its place.
    pub(crate) pmids: Vec<Place>,
    /// DOIs likewise.
    pub(crate) dois: Vec<Place>,
    /// PMCID.
    pub(crate) pmcid: Option<String>,
    /// Title, markup kept, hit marks gone.
    pub(crate) title: Text,
    /// Authors in order.
    pub(crate) authors: Vec<Person>,
    /// Whether the page says that there are more authors than it names.
    pub(crate) more_authors: bool,
    /// Whether the page says that there is no author.
    pub(crate) says_no_authors: bool,
    /// Full title of the journal.
    pub(crate) journal: Option<String>,
    /// Abbreviation of the journal.
    pub(crate) abbreviation: Option<String>,
    /// One ISSN of unknown kind.
    pub(crate) issn: Option<String>,
    /// The citation string: date, volume, issue, pages.
    pub(crate) citation: Option<String>,
    /// What stands behind the citation: `Epub 2023 Oct 26.`
    pub(crate) secondary: String,
    /// A book in place of a journal's citation.
    pub(crate) book: Option<BookLine>,
    /// What stands in a second place, to check with.
    pub(crate) second: Second,
    /// Publication types.
    pub(crate) types: Vec<String>,
    /// Sections of the abstract.
    pub(crate) sections: Vec<Section>,
    /// Further abstracts: code of the language and sections.
    pub(crate) other_abstracts: Vec<(Option<String>, Vec<Section>)>,
    /// Copyright notice.
    pub(crate) copyright: Option<String>,
    /// Statement on conflicts of interest.
    pub(crate) conflict: Option<String>,
    /// Keywords.
    pub(crate) keywords: Vec<Text>,
    /// MeSH rows: `Losartan / administration & dosage*`.
    pub(crate) mesh: Vec<String>,
    /// Names of substances.
    pub(crate) substances: Vec<String>,
    /// Persons written about.
    pub(crate) persons: Vec<String>,
    /// Grants: `R01 DK012345/DK/NIDDK NIH HHS/United States`.
    pub(crate) grants: Vec<String>,
    /// Data sets: `ClinicalTrials.gov/NCT00000000`.
    pub(crate) data: Vec<String>,
    /// Other works under a heading such as `Comment in`.
    pub(crate) links: Vec<Linked>,
    /// Cited works, as free text.
    pub(crate) references: Vec<String>,
    /// How many references the page says that there are.
    pub(crate) references_said: Option<usize>,
    /// English name of the language.
    pub(crate) language: Option<String>,
    /// What stands on the page about the record and fits nowhere else.
    pub(crate) notes: Vec<String>,
}

/// A value and where on the page it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The value as printed.
    pub(crate) value: String,
    /// Where it stood, in words for a warning.
    pub(crate) place: &'static str,
}

/// An author as printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// The name: given and family name in reading order, or NLM's short form.
    pub(crate) printed: String,
    /// Whether `printed` is NLM's short form: `Zhang C`, `Smith RL 3rd`.
    pub(crate) short: bool,
    /// NLM's short form beside a full name.
    pub(crate) told: Option<String>,
    /// Whether the page marks it as a group.
    pub(crate) group: bool,
    /// Affiliations in order.
    pub(crate) affiliations: Vec<String>,
}

/// What a list says of a book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BookLine {
    /// Where it was published.
    pub(crate) place: String,
    /// Who published it.
    pub(crate) publisher: String,
    /// When.
    pub(crate) date: String,
    /// What else is said.
    pub(crate) note: String,
}

/// Data that stand in a second place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Second {
    /// Title.
    pub(crate) title: Option<String>,
    /// Full title of the journal.
    pub(crate) journal: Option<String>,
    /// Abbreviation of the journal.
    pub(crate) abbreviation: Option<String>,
    /// Year of the issue, or of the electronic publication.
    pub(crate) year: Option<String>,
    /// Volume.
    pub(crate) volume: Option<String>,
    /// Issue.
    pub(crate) issue: Option<String>,
}

/// Another work that the page names under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The heading: `Comment in`.
    pub(crate) heading: String,
    /// The other work's citation.
    pub(crate) source: Option<String>,
    /// The other work's PMID.
    pub(crate) pmid: Option<String>,
}

impl Sheet {
    /// Adds the DOI that stands among the identifiers, which is trusted most.
    pub(crate) fn identified_by_doi(&mut self, value: String) {
        let place = Place { value, place: "identifiers" };
        match self.dois.first() {
            Some(first) if first.place == place.place => self.dois.push(place),
            _ => self.dois.insert(0, place),
        }
    }

    /// Whether the page says enough of a record to be one: a title or an identifier.
    pub(crate) fn is_record(&self) -> bool {
        !self.title.is_empty() || !self.pmids.is_empty() || !self.dois.is_empty()
    }
}
