//! Persons and groups (`xml-input.md` section 6.3, `mapping.md` section 7.1).

use std::borrow::Cow;

use model::{Affiliation, Author, Completeness, Identifier, Name};

use crate::options::Parts;
use crate::rules::names::{self, Pieces};
use crate::xml::record::cursor::{Cursor, Read, Tag};

/// An `AuthorList`.
#[derive(Debug, Default)]
pub(crate) struct AuthorList {
    pub(crate) authors: Vec<Author>,
    pub(crate) completeness: Completeness,
    /// Whether these are the editors.
    pub(crate) editors: bool,
    /// Groups whose members are listed elsewhere.
    pub(crate) groups: Vec<Group>,
}

/// A group and the mark under which its members are listed.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) mark: String,
    pub(crate) name: String,
}

/// Reads `AuthorList`.
pub(crate) fn author_list<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<AuthorList> {
    let mut list = AuthorList::default();
    for attribute in tag.attributes() {
        match attribute {
            ("CompleteYN", "N") => list.completeness = Completeness::Shortened,
            ("Type", "editors") => list.editors = true,
            _ => {}
        }
    }
    cursor.each(tag, b"Author", |cursor, child| {
        if let Some((author, members)) = person(cursor, child)? {
            if let (Some(mark), Name::Group(name)) = (members, &author.name) {
                list.groups.push(Group { mark, name: name.clone() });
            }
            list.authors.push(author);
        }
        Ok(())
    })?;
    Ok(list)
}

/// Reads `InvestigatorList`. They are never authors.
///
/// The mark of the list stands where the group they belong to will: [`name_groups`] puts it there.
pub(crate) fn investigator_list<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    investigators: &mut Vec<Author>,
) -> Read<()> {
    if cursor.options.leave_out.has(Parts::INVESTIGATORS) {
        return cursor.skip_to(tag, "</InvestigatorList>");
    }
    let mark = cursor.property(tag, "ID");
    cursor.each(tag, b"Investigator", |cursor, child| {
        let investigator = person(cursor, child)?;
        let marked = |(person, _)| Author { member_of: mark.clone(), ..person };
        investigators.extend(investigator.map(marked));
        Ok(())
    })
}

/// Puts the names of groups in the place of the marks of their lists.
pub(crate) fn name_groups(investigators: &mut [Author], groups: &[Group]) {
    for investigator in investigators {
        let mark = investigator.member_of.take();
        let group = groups.iter().find(|group| Some(&group.mark) == mark.as_ref());
        investigator.member_of = group.map(|group| group.name.clone());
    }
}

/// Reads `PersonalNameSubject`: someone written about, never an author.
pub(crate) fn person_subject<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    subjects: &mut Vec<Name>,
) -> Read<()> {
    subjects.extend(person(cursor, tag)?.map(|(person, _)| person.name));
    Ok(())
}

/// Reads `Author`, `Investigator` or `PersonalNameSubject`; `None` for what is marked as the
/// misspelt double of a neighbour, or has no name. With it the mark of a group's list of members.
fn person<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<Option<(Author, Option<String>)>> {
    let (mut valid, mut equal) = (true, false);
    for attribute in tag.attributes() {
        match attribute {
            ("ValidYN", "N") => valid = false,
            ("EqualContrib", "Y") => equal = true,
            _ => {}
        }
    }
    if !valid {
        cursor.skip(tag)?;
        return Ok(None);
    }
    let mut pieces: [Cow<'a, str>; 5] = Default::default();
    let (mut orcid, mut affiliations, mut members) = (None, Vec::new(), None);
    while let Some(child) = cursor.child(tag)? {
        let piece = match child.name {
            b"LastName" => 0,
            b"ForeName" => 1,
            b"Initials" => 2,
            b"Suffix" => 3,
            b"CollectiveName" => {
                members = members.or(cursor.property(&child, "Investigators"));
                4
            }
            b"Identifier" => {
                let source = cursor.attribute(&child, "Source").unwrap_or_default();
                let value = cursor.scalar(&child)?;
                if source.trim() == "ORCID" && orcid.is_none() {
                    orcid = names::orcid(&value, &mut cursor.warnings);
                }
                continue;
            }
            b"AffiliationInfo" => {
                affiliation_info(cursor, &child, &mut affiliations)?;
                continue;
            }
            // Without `AffiliationInfo` until 2014.
            b"Affiliation" => {
                affiliation(cursor, &child, &mut affiliations)?;
                continue;
            }
            _ => {
                cursor.unknown(&child)?;
                continue;
            }
        };
        let text = cursor.scalar(&child)?;
        if pieces[piece].is_empty() {
            pieces[piece] = text;
        }
    }
    let [last, fore, initials, suffix, collective] = &pieces;
    let pieces = Pieces { last, fore, initials, suffix, collective };
    let author = names::author(pieces, &mut cursor.warnings);
    Ok(author.map(|author| (Author { orcid, affiliations, equal, ..author }, members)))
}

/// Reads `AffiliationInfo`: an address, and who gave what number to the institution.
fn affiliation_info<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    affiliations: &mut Vec<Affiliation>,
) -> Read<()> {
    if cursor.options.leave_out.has(Parts::AFFILIATIONS) {
        return cursor.skip_to(tag, "</AffiliationInfo>");
    }
    let (mut text, mut identifiers) = (None, Vec::new());
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"Affiliation" => cursor.line_into(&child, &mut text)?,
            b"Identifier" => {
                let source = cursor.property(&child, "Source").unwrap_or_default();
                let value = cursor.scalar(&child)?.into_owned();
                if !value.is_empty() {
                    identifiers.push(Identifier { source, value });
                }
            }
            _ => cursor.unknown(&child)?,
        }
    }
    affiliations.extend(text.map(|text| Affiliation { text, identifiers }));
    Ok(())
}

/// Reads an `Affiliation` that stands alone.
fn affiliation<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    affiliations: &mut Vec<Affiliation>,
) -> Read<()> {
    if cursor.options.leave_out.has(Parts::AFFILIATIONS) {
        return cursor.skip(tag);
    }
    let text = cursor.scalar(tag)?.into_owned();
    if !text.is_empty() {
        affiliations.push(Affiliation { text, identifiers: Vec::new() });
    }
    Ok(())
}
