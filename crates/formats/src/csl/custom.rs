//! The key `custom`: what CSL-JSON has no variable for (`mapping.md` section 8.3).
//!
//! The keys, but for `mid`, are those of the record itself, the shapes those of JSON Lines, with
//! rich text as plain text.

use model::{Author, Container, Grant, Identifier, OtherAbstract, Point, Record, Section, Text};

use crate::json::{Array, Object};
use crate::options::{CslCustom, Markup};
use crate::plain;

use super::{name_of_model, push_names};

/// Writes `custom` as asked; nothing if nothing is left to say.
pub(super) fn write(record: &Record, choice: CslCustom, item: &mut Object<'_>) {
    match choice {
        CslCustom::Off => {}
        CslCustom::Ids => item.object("custom", |custom| ids(record, custom)),
        CslCustom::Full => item.object("custom", |custom| {
            ids(record, custom);
            identity(record, custom);
            people(record, custom);
            content(record, custom);
            money_and_notes(record, custom);
        }),
    }
}

fn ids(record: &Record, custom: &mut Object<'_>) {
    if let Some(version) = record.version {
        custom.number("version", version.into());
    }
    custom.strings("pii", &record.pii);
    custom.strings("mid", &record.manuscript_ids);
    custom.array("orcid", |list| {
        for (place, orcid) in record.orcids() {
            list.object(|object| {
                object.number("author", u64::try_from(place).unwrap_or(u64::MAX));
                object.line("id", orcid.as_str());
            });
        }
    });
}

fn identity(record: &Record, custom: &mut Object<'_>) {
    custom.array("other_ids", |list| identifiers(&record.other_ids, list));
    if let Some(Container::Journal(journal)) = &record.container {
        custom.optional("nlm_id", journal.nlm_id.as_deref());
        custom.optional("country", journal.country.as_deref());
    }
    custom.array("history", |list| {
        for event in &record.history {
            list.object(|object| {
                object.string("status", &event.status);
                object.object("date", |object| point(event.date, object));
            });
        }
    });
}

fn people(record: &Record, custom: &mut Object<'_>) {
    custom.array("investigators", |list| {
        for Author { name, orcid, member_of, .. } in &record.investigators {
            list.object(|object| {
                name_of_model(name, object);
                object.optional("orcid", orcid.as_ref().map(model::Orcid::as_str));
                object.optional("member_of", member_of.as_deref());
            });
        }
    });
    custom.array("person_subjects", |list| push_names(record.person_subjects.iter(), list));
}

fn content(record: &Record, custom: &mut Object<'_>) {
    custom.array("other_abstracts", |list| {
        for OtherAbstract { kind, language, sections: parts, copyright } in &record.other_abstracts
        {
            list.object(|object| {
                object.optional("kind", kind.as_deref());
                object.optional("language", language.as_deref());
                object.array("sections", |list| sections(parts, list));
                object.optional("copyright", copyright.as_deref());
            });
        }
    });
    custom.optional("copyright", record.copyright.as_deref());
    custom.array("chemicals", |list| {
        for chemical in &record.chemicals {
            list.object(|object| {
                object.string("name", &chemical.name);
                object.optional("registry", chemical.registry.as_deref());
                object.optional("ui", chemical.ui.as_deref());
            });
        }
    });
    custom.array("supplementary", |list| {
        for concept in &record.supplementary {
            list.object(|object| {
                object.string("name", &concept.name);
                object.optional("kind", concept.kind.as_deref());
                object.optional("ui", concept.ui.as_deref());
            });
        }
    });
    custom.strings("genes", &record.genes);
}

fn money_and_notes(record: &Record, custom: &mut Object<'_>) {
    custom.array("grants", |list| {
        for Grant { id, acronym, agency, country } in &record.grants {
            list.object(|object| {
                object.optional("id", id.as_deref());
                object.optional("acronym", acronym.as_deref());
                object.optional("agency", agency.as_deref());
                object.optional("country", country.as_deref());
            });
        }
    });
    custom.array("accessions", |list| {
        for accession in &record.accessions {
            list.object(|object| {
                object.string("bank", &accession.bank);
                object.optional("number", accession.number.as_deref());
            });
        }
    });
    custom.optional("conflict_of_interest", record.conflict_of_interest.as_deref());
    custom.strings("notes", &record.notes);
    custom.strings("missions", &record.missions);
    custom.array("references", |list| {
        for reference in &record.references {
            list.object(|object| {
                text("citation", &reference.citation, object);
                object.array("identifiers", |list| identifiers(&reference.identifiers, list));
            });
        }
    });
}

fn identifiers(identifiers: &[Identifier], list: &mut Array<'_>) {
    for Identifier { source, value } in identifiers {
        list.object(|object| {
            object.string("source", source);
            object.string("value", value);
        });
    }
}

fn sections(sections: &[Section], list: &mut Array<'_>) {
    for section in sections {
        list.object(|object| {
            object.optional("label", section.label.as_deref());
            object.optional("category", section.category.as_deref());
            text("text", &section.text, object);
        });
    }
}

fn text(key: &str, text: &Text, object: &mut Object<'_>) {
    object.line(key, &plain::line(text, Markup::Unicode));
}

fn point(point: Point, object: &mut Object<'_>) {
    object.number("year", point.year.into());
    if let Some(month) = point.month {
        object.number("month", month.number().into());
    }
    if let Some(day) = point.day {
        object.number("day", day.into());
    }
}
