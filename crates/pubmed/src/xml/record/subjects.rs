//! What a work is about (`xml-input.md` section 6.9) and what kind of work it is.

use model::{Chemical, Heading, PublicationType, Qualifier, Supplementary};

use crate::rules::keywords::Keywords;
use crate::xml::record::cursor::{Cursor, Read, Tag};
use crate::xml::record::rich::rich;

/// Reads `MeshHeading`.
pub(crate) fn mesh_heading<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    headings: &mut Vec<Heading>,
) -> Read<()> {
    let mut heading = Heading::default();
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"DescriptorName" => {
                let name = mesh_name(cursor, &child)?;
                if heading.descriptor.is_empty() {
                    heading = Heading {
                        descriptor: name.name,
                        ui: name.ui,
                        major: name.major,
                        qualifiers: heading.qualifiers,
                    };
                }
            }
            b"QualifierName" => {
                let name = mesh_name(cursor, &child)?;
                if !name.name.is_empty() {
                    heading.qualifiers.push(name);
                }
            }
            _ => cursor.unknown(&child)?,
        }
    }
    if !heading.descriptor.is_empty() {
        headings.push(heading);
    }
    Ok(())
}

/// A name of MeSH; descriptors and qualifiers look the same.
fn mesh_name<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<Qualifier> {
    let mut name = Qualifier::default();
    for (attribute, value) in tag.attributes() {
        match attribute {
            "UI" if !value.is_empty() => name.ui = Some(cursor.value(value).into_owned()),
            "MajorTopicYN" => name.major = value == "Y",
            _ => {}
        }
    }
    name.name = cursor.scalar(tag)?.into_owned();
    Ok(name)
}

/// Reads `Chemical`.
pub(crate) fn chemical<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    chemicals: &mut Vec<Chemical>,
) -> Read<()> {
    let (mut name, mut ui, mut registry) = (None, None, None);
    while let Some(child) = cursor.child(tag)? {
        match child.name {
            b"NameOfSubstance" => {
                ui = ui.or(cursor.property(&child, "UI"));
                cursor.line_into(&child, &mut name)?;
            }
            b"RegistryNumber" => cursor.line_into(&child, &mut registry)?,
            _ => cursor.unknown(&child)?,
        }
    }
    if let Some(name) = name {
        // The number 0 stands for none.
        registry = registry.filter(|number| number != "0");
        chemicals.push(Chemical { name, registry, ui });
    }
    Ok(())
}

/// Reads `SupplMeshName`.
pub(crate) fn supplementary<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    concepts: &mut Vec<Supplementary>,
) -> Read<()> {
    let kind = cursor.property(tag, "Type");
    let ui = cursor.property(tag, "UI");
    let name = cursor.scalar(tag)?.into_owned();
    if !name.is_empty() {
        concepts.push(Supplementary { name, kind, ui });
    }
    Ok(())
}

/// Reads `PublicationType`.
pub(crate) fn publication_type<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    types: &mut Vec<PublicationType>,
) -> Read<()> {
    let ui = cursor.property(tag, "UI");
    let text = cursor.scalar(tag)?.into_owned();
    if !text.is_empty() {
        types.push(PublicationType { text, ui });
    }
    Ok(())
}

/// Reads `KeywordList`.
pub(crate) fn keyword_list<'a>(
    cursor: &mut Cursor<'a>,
    tag: &Tag<'a>,
    keywords: &mut Keywords,
) -> Read<()> {
    let owner = cursor.attribute(tag, "Owner");
    cursor.each(tag, b"Keyword", |cursor, child| {
        keywords.push(owner.as_deref(), rich(cursor, child, "keyword")?);
        Ok(())
    })
}
