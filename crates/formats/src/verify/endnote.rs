//! EndNote XML by `quick-xml`, event by event.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::{Fault, Found};

/// Where the records stand.
const RECORD: &[&str] = &["xml", "records", "record"];

/// Reads the records of one document.
pub(super) fn read(reader: &mut dyn BufRead, each: &mut dyn FnMut(Found)) -> Result<(), Fault> {
    let mut reader = Reader::from_reader(reader);
    let mut buffer = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut found = Found::default();
    let mut roots = 0;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(fault)? {
            Event::Start(start) => {
                roots += usize::from(path.is_empty());
                path.push(start.name().as_ref().to_owned());
            }
            Event::End(_) => {
                if path == RECORD {
                    each(std::mem::take(&mut found));
                }
                path.pop();
            }
            Event::Text(words) => push(&path, &words.xml10_content(), &mut found)?,
            Event::GeneralRef(name) => push(&path, &resolved(&name)?, &mut found)?,
            Event::Decl(_) if roots == 0 => {}
            Event::Eof if path.is_empty() && roots == 1 => return Ok(()),
            Event::Eof => return Err(Fault::malformed("the document is not whole")),
            other => return Err(Fault::malformed(format_args!("{other:?} is not expected"))),
        }
    }
}

fn fault(source: quick_xml::Error) -> Fault {
    match source {
        quick_xml::Error::Io(source) => Fault::Io(std::io::Error::new(source.kind(), source)),
        source => Fault::malformed(source),
    }
}

/// Adds words to the field in whose element they stand.
fn push(path: &[String], words: &str, found: &mut Found) -> Result<(), Fault> {
    let inside = match path.split_at_checked(RECORD.len()) {
        Some((head, inside)) if head == RECORD => inside,
        _ if words.trim().is_empty() => return Ok(()),
        _ => return Err(Fault::malformed("text stands outside the records")),
    };
    let names = [inside.first(), inside.get(1)].map(|name| name.map_or("", String::as_str));
    let field = match names {
        ["titles", "title"] => &mut found.title,
        ["accession-num", _] => &mut found.pmid,
        ["electronic-resource-num", _] => &mut found.doi,
        _ => return Ok(()),
    };
    field.get_or_insert_default().push_str(words);
    Ok(())
}

fn resolved(name: &BytesRef<'_>) -> Result<String, Fault> {
    match name.resolve_char_ref().map_err(Fault::malformed)? {
        Some(character) => Ok(character.to_string()),
        None => resolve_predefined_entity(name)
            .map(str::to_owned)
            .ok_or_else(|| Fault::malformed("an entity that is not predefined")),
    }
}
