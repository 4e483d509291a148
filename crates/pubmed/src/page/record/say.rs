//! What the sheet says about the work: abstract, terms, support, links to other works.

use std::collections::HashSet;

use model::{
    Accession, Chemical, Code, Heading, Link, OtherAbstract, PublicationType, Qualifier, Record,
    Reference, Section,
};

use crate::medline::grant;
use crate::options::Options;
use crate::page::sheet::Sheet;
use crate::rules::keywords::Keywords;
use crate::rules::text::{TextBuilder, present};
use crate::rules::{abstracts, links, warn};

/// The abstract, the terms, the links and what else the page says.
pub(super) fn say(sheet: Sheet, options: Options, record: &mut Record) {
    let warnings = &mut record.warnings;
    let tidy = |section: Section| {
        let label = section.label.as_deref().unwrap_or_default();
        let category = section.category.as_deref().unwrap_or_default();
        abstracts::section(label, category, section.text)
    };
    let sections = sheet.sections.into_iter().filter_map(tidy).collect();
    record.abstract_ = abstracts::settled(sections, warnings);
    for (language, sections) in sheet.other_abstracts {
        let sections = sections.into_iter().filter_map(tidy).collect();
        let other = OtherAbstract { language, sections, ..OtherAbstract::default() };
        record.other_abstracts.push(other);
    }
    record.copyright = sheet.copyright.as_deref().and_then(present);
    record.conflict_of_interest = sheet.conflict.as_deref().and_then(present);
    let mut keywords = Keywords::default();
    sheet.keywords.into_iter().for_each(|keyword| keywords.push(None, keyword));
    record.keywords = keywords.finish();
    record.mesh = headings(&sheet.mesh);
    let substances = sheet.substances.iter().filter_map(|name| present(name));
    record.chemicals = substances.map(|name| Chemical { name, ..Chemical::default() }).collect();
    record.grants = sheet.grants.iter().map(|text| grant(text)).collect();
    for text in &sheet.data {
        let (bank, number) = text.split_once('/').unwrap_or((text, ""));
        record
            .accessions
            .extend(present(bank).map(|bank| Accession { bank, number: present(number) }));
    }
    for linked in &sheet.links {
        record.links.push(Link {
            kind: links::kind(&linked.heading.replace(' ', ""), warnings),
            source: linked.source.as_deref().and_then(links::source),
            pmid: linked.pmid.as_deref().and_then(|pmid| pmid.parse().ok()),
            note: None,
        });
    }
    if let Some(said) = sheet.references_said.filter(|said| *said > sheet.references.len()) {
        let text = format!("{} of {said}", sheet.references.len());
        warn(warnings, Code::ReferencesTruncated, "references", &text);
    }
    if options.keep_references {
        for citation in &sheet.references {
            let mut text = TextBuilder::new(options.entities);
            text.push_str(citation);
            let citation = text.finish("reference", warnings);
            record.references.push(Reference { citation, identifiers: Vec::new() });
        }
    }
    record.notes.extend(sheet.notes);
    let mut seen = HashSet::new();
    let types = sheet.types.into_iter().filter(|text| seen.insert(text.clone()));
    record.types = types.map(|text| PublicationType { text, ui: None }).collect();
}

/// MeSH rows, one for each descriptor or pair, as headings: neighbours of one descriptor are one.
fn headings(rows: &[String]) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    for row in rows {
        let (descriptor, qualifier) = match row.split_once(" / ") {
            Some((descriptor, qualifier)) => (descriptor, Some(qualifier)),
            None => match row.split_once('/') {
                Some((descriptor, qualifier)) => (descriptor, Some(qualifier)),
                None => (row.as_str(), None),
            },
        };
        let starred = |term: &str| match term.trim().strip_suffix('*') {
            Some(name) => (name.trim().to_owned(), true),
            None => (term.trim().to_owned(), false),
        };
        let (descriptor, major) = starred(descriptor);
        if descriptor.is_empty() {
            continue;
        }
        let qualifier =
            qualifier.map(starred).map(|(name, major)| Qualifier { name, ui: None, major });
        match headings.last_mut() {
            Some(last) if last.descriptor == descriptor && qualifier.is_some() => {
                last.major |= major;
                last.qualifiers.extend(qualifier);
            }
            _ => headings.push(Heading {
                descriptor,
                ui: None,
                major,
                qualifiers: qualifier.into_iter().collect(),
            }),
        }
    }
    headings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_descriptor_are_one_heading() {
        let rows = ["Aorta* / surgery", "Mills / history", "Mills / trends*", "A & B/x & y*"];
        let headings = headings(&rows.map(str::to_owned));
        assert_eq!(headings.len(), 3);
        assert!(headings[0].major && !headings[0].qualifiers[0].major);
        assert_eq!(headings[1].qualifiers.len(), 2);
        assert!(headings[1].qualifiers[1].major);
        assert_eq!(headings[2].qualifiers[0].name, "x & y");
    }
}
