//! Records of surprising shapes, invented (`xml-input.md` sections 5.5 and 6).

use model::{
    Accession, Completeness, Container, Date, Inline, IssnKind, Kind, LinkKind, Month, Name, Point,
    Status, Style, Text,
};

use super::*;
use crate::options::Parts;

mod books;
mod envelope;
mod identifiers;
mod people;
mod publication;
mod subjects;
mod text;

fn read_as(root: Root, text: &str, options: Options) -> Result<Record, Flaw> {
    read(text.as_bytes(), root, options, &Limits::default())
}

/// A record of `PubmedArticle` with that inside.
fn pubmed_article(inside: &str) -> Record {
    let text = format!("<PubmedArticle>{inside}</PubmedArticle>");
    read_as(Root::PubmedArticle, &text, Options::default()).expect("a record")
}

/// A record with a PMID and that inside `MedlineCitation`.
fn citation(inside: &str) -> Record {
    pubmed_article(&format!("<MedlineCitation><PMID>31</PMID>{inside}</MedlineCitation>"))
}

/// A record with that inside `Article`.
fn article(inside: &str) -> Record {
    citation(&format!("<Article>{inside}</Article>"))
}

fn document(inside: &str) -> Record {
    let text = format!("<BookDocument><PMID>31</PMID>{inside}</BookDocument>");
    read_as(Root::BookDocument, &text, Options::default()).expect("a record")
}

fn codes(record: &Record) -> Vec<Code> {
    record.warnings.iter().map(|warning| warning.code).collect()
}

fn words(text: &Text) -> &str {
    text.as_plain().expect("no markup")
}
