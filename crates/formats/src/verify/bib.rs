//! BibTeX and BibLaTeX by the parser of `biblatex`, entry by entry.

use std::io::BufRead;

use biblatex::{RawBibliography, RawChunk, RawEntry};

use super::{Fault, Found, next_line, tex};

/// Cuts the file before each line that begins with `@`, and parses each piece.
pub(super) fn read(reader: &mut dyn BufRead, each: &mut dyn FnMut(Found)) -> Result<(), Fault> {
    let mut buffer = Vec::new();
    let mut entry = String::new();
    while let Some(line) = next_line(reader, &mut buffer)? {
        if line.starts_with('@') && !entry.is_empty() {
            each(found(&entry)?);
            entry.clear();
        }
        if !entry.is_empty() || !line.trim().is_empty() {
            entry.push_str(line);
        }
    }
    if !entry.is_empty() {
        each(found(&entry)?);
    }
    Ok(())
}

fn found(source: &str) -> Result<Found, Fault> {
    let bibliography = RawBibliography::parse(source).map_err(Fault::malformed)?;
    let [entry] = bibliography.entries.as_slice() else {
        return Err(Fault::malformed("a piece of the file holds no entry, or several"));
    };
    // The parser passes over whatever stands outside entries.
    let is_whole = matches!(source[..entry.span.start].trim(), "" | "@")
        && ends_with_entry(source, entry.span.end);
    if !is_whole {
        return Err(Fault::malformed("text stands outside the entries"));
    }
    let entry = &entry.v;
    let eprint =
        || field(entry, "eprinttype").filter(|kind| kind == "pubmed").and(field(entry, "eprint"));
    Ok(Found {
        title: field(entry, "title").map(|title| tex::resolved(&title)),
        pmid: field(entry, "pmid").or_else(eprint),
        doi: field(entry, "doi"),
    })
}

fn ends_with_entry(source: &str, end: usize) -> bool {
    source[end..].trim_start_matches('}').trim().is_empty()
}

/// The value of a field as it is written.
fn field(entry: &RawEntry<'_>, name: &str) -> Option<String> {
    let pair = entry.fields.iter().find(|pair| pair.key.v == name)?;
    let pieces = pair.value.v.iter().map(|chunk| match chunk.v {
        RawChunk::Normal(words) | RawChunk::Abbreviation(words) => words,
    });
    Some(pieces.collect())
}
