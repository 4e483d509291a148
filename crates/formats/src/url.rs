//! The one address of a record (`mapping.md` sections 5.1 and 7.12).

use std::fmt;

use model::{Pmid, Record};

/// Where a record can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Url<'r> {
    /// At NCBI's Bookshelf, under its accession.
    Bookshelf(&'r str),
    /// At PubMed.
    Pubmed(Pmid),
}

impl<'r> Url<'r> {
    /// The Bookshelf page of a record that has one, else its PubMed page.
    pub(crate) fn of(record: &'r Record) -> Option<Self> {
        let accession = record.bookshelf.as_deref().filter(|accession| {
            !accession.is_empty() && accession.bytes().all(|sign| sign.is_ascii_alphanumeric())
        });
        accession.map(Self::Bookshelf).or(record.pmid.map(Self::Pubmed))
    }
}

impl fmt::Display for Url<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bookshelf(accession) => {
                write!(out, "https://www.ncbi.nlm.nih.gov/books/{accession}/")
            }
            Self::Pubmed(pmid) => write!(out, "https://pubmed.ncbi.nlm.nih.gov/{pmid}/"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_is_seen_at_the_bookshelf() {
        let mut record = Record { pmid: "31452104".parse().ok(), ..Record::default() };
        let url = |record: &Record| Url::of(record).map(|url| url.to_string());
        assert_eq!(url(&record).as_deref(), Some("https://pubmed.ncbi.nlm.nih.gov/31452104/"));
        record.bookshelf = Some("NBK1403".into());
        assert_eq!(url(&record).as_deref(), Some("https://www.ncbi.nlm.nih.gov/books/NBK1403/"));
        record.bookshelf = Some("../a b".into());
        assert_eq!(url(&record).as_deref(), Some("https://pubmed.ncbi.nlm.nih.gov/31452104/"));
        assert_eq!(url(&Record::default()), None);
    }
}
