//! What a work rests on and what stands beside it: abstracts, grants, deposited data, cited works,
//! links (`mapping.md` sections 5.6 and 5.8).

use std::borrow::Cow;

use model::{
    Accession, Grant, Identifier, Link, LinkKind, OtherAbstract, Reference, Section, Warning,
};

use crate::options::Parts;
use crate::rules::{abstracts, languages, links};
use crate::xml::record::cursor::{Cursor, Read, Tag};
use crate::xml::record::rich::rich;

/// Reads `Abstract`, or the inside of `OtherAbstract`.
pub(crate) fn abstract_parts<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    sections: &mut Vec<Section>,
    copyright: &mut Option<String>,
) -> Read<()> {
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"AbstractText" => {
                let label = cursor.attribute(&child, "Label").unwrap_or_default();
                let category = cursor.attribute(&child, "NlmCategory").unwrap_or_default();
                let text = rich(cursor, &child, "abstract")?;
                sections.extend(abstracts::section(&label, &category, text));
            }
            b"CopyrightInformation" => cursor.line_into(&child, copyright)?,
            _ => cursor.unknown(&child)?,
        }
    }
    Ok(())
}

/// Reads `OtherAbstract`; none if it says nothing.
pub(crate) fn other_abstract<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    others: &mut Vec<OtherAbstract>,
) -> Read<()> {
    let mut other = OtherAbstract {
        kind: cursor.property(tag, "Type"),
        language: cursor.attribute(tag, "Language").and_then(|code| languages::code(&code)),
        ..OtherAbstract::default()
    };
    abstract_parts(cursor, tag, &mut other.sections, &mut other.copyright)?;
    if !other.sections.is_empty() {
        others.push(other);
    }
    Ok(())
}

/// Reads `GrantList`.
pub(crate) fn grant_list<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    grants: &mut Vec<Grant>,
) -> Read<()> {
    if cursor.options.leave_out.has(Parts::GRANTS) {
        return cursor.skip_to(tag, "</GrantList>");
    }
    cursor.each(tag, b"Grant", |cursor, child| grant(cursor, child, grants))
}

fn grant<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>, grants: &mut Vec<Grant>) -> Read<()> {
    let mut grant = Grant::default();
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"GrantID" | b"ContractNumber" => cursor.line_into(&child, &mut grant.id)?,
            b"Acronym" => cursor.line_into(&child, &mut grant.acronym)?,
            b"Agency" => cursor.line_into(&child, &mut grant.agency)?,
            b"Country" => cursor.line_into(&child, &mut grant.country)?,
            _ => cursor.unknown(&child)?,
        }
    }
    if grant != Grant::default() {
        grants.push(grant);
    }
    Ok(())
}

/// Reads `DataBankList`.
pub(crate) fn data_bank_list<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    accessions: &mut Vec<Accession>,
) -> Read<()> {
    cursor.each(tag, b"DataBank", |cursor, child| data_bank(cursor, child, accessions))
}

/// Reads `DataBank`: one accession for each of its numbers.
fn data_bank<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    accessions: &mut Vec<Accession>,
) -> Read<()> {
    let (mut bank, mut numbers) = (None, Vec::new());
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"DataBankName" => cursor.line_into(&child, &mut bank)?,
            b"AccessionNumberList" => {
                cursor.each(&child, b"AccessionNumber", |cursor, number| {
                    cursor.line_onto(number, &mut numbers)
                })?
            }
            _ => cursor.unknown(&child)?,
        }
    }
    if numbers.is_empty() {
        accessions.extend(bank.map(|bank| Accession { bank, number: None }));
    } else {
        let bank = bank.unwrap_or_default();
        let accession = |number| Accession { bank: bank.clone(), number: Some(number) };
        accessions.extend(numbers.into_iter().map(accession));
    }
    Ok(())
}

/// Reads `CommentsCorrections`, and the form of before 2008, in which elements named for the kind
/// of the link stand inside it.
pub(crate) fn comments_corrections<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    found: &mut Vec<Link>,
) -> Read<()> {
    let mut link = Printed::default();
    while let Some(child) = cursor.child(tag)? {
        if link.take(cursor, &child)? {
            continue;
        }
        if is_ref_type(&child.name_text()) {
            let mut old = Printed::default();
            while let Some(part) = cursor.child(&child)? {
                if !old.take(cursor, &part)? {
                    cursor.unknown(&part)?;
                }
            }
            found.extend(old.link(&child.name_text(), &mut cursor.warnings));
        } else {
            cursor.unknown(&child)?;
        }
    }
    let kind = cursor.attribute(tag, "RefType").unwrap_or_default();
    found.extend(link.link(&kind, &mut cursor.warnings));
    Ok(())
}

/// Whether an element is named for a kind of link.
fn is_ref_type(name: &str) -> bool {
    !matches!(links::kind(name, &mut Vec::new()), LinkKind::Other(_))
}

/// What a link says beside its kind. The PMID in it is the other work's.
#[derive(Default)]
struct Printed<'a> {
    source: Cow<'a, str>,
    pmid: Cow<'a, str>,
    note: Cow<'a, str>,
}

impl<'a> Printed<'a> {
    /// Reads a part of a link, if `child` is one.
    fn take(&mut self, cursor: &mut Cursor<'a>, child: &Tag<'a>) -> Read<bool> {
        let part = match child.name {
            b"RefSource" => &mut self.source,
            b"PMID" => &mut self.pmid,
            b"Note" => &mut self.note,
            _ => return Ok(false),
        };
        *part = cursor.scalar(child)?;
        Ok(true)
    }

    fn link(&self, ref_type: &str, warnings: &mut Vec<Warning>) -> Option<Link> {
        let source = links::source(&self.source);
        let note = (!self.note.is_empty()).then(|| self.note.clone().into_owned());
        let pmid = self.pmid.parse().ok();
        let anything = source.is_some() || note.is_some() || pmid.is_some();
        anything.then(|| Link { kind: links::kind(ref_type, warnings), source, pmid, note })
    }
}

/// Reads `ReferenceList`, and those in it, in order.
///
/// Nothing in it belongs to the record itself.
pub(crate) fn reference_list<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    references: &mut Vec<Reference>,
) -> Read<()> {
    if !cursor.options.keep_references {
        return cursor.skip_nested(tag, "ReferenceList");
    }
    let mut open = vec![*tag];
    while let Some(list) = open.last() {
        match cursor.child(list)? {
            None => {
                open.pop();
            }
            Some(child) => match child.name {
                b"ReferenceList" => open.push(child),
                b"Reference" => reference(cursor, &child, references)?,
                b"Title" => cursor.skip(&child)?,
                _ => cursor.unknown(&child)?,
            },
        }
    }
    Ok(())
}

fn reference<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    references: &mut Vec<Reference>,
) -> Read<()> {
    let mut reference = Reference::default();
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"Citation" => reference.citation = rich(cursor, &child, "reference")?,
            b"ArticleIdList" => cursor.each(&child, b"ArticleId", |cursor, id| {
                let source = cursor.property(id, "IdType").unwrap_or_else(|| "pubmed".to_owned());
                let value = cursor.scalar(id)?.into_owned();
                if !value.is_empty() {
                    reference.identifiers.push(Identifier { source, value });
                }
                Ok(())
            })?,
            _ => cursor.unknown(&child)?,
        }
    }
    if reference != Reference::default() {
        references.push(reference);
    }
    Ok(())
}
