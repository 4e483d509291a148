//! What stands under the headings of a page as text.

use model::{Section, Text};

use super::words::{LINK_HEADINGS, is_blank, is_content, is_heading};
use crate::page::sheet::{Linked, Sheet};

/// What stands under headings.
pub(super) fn sections(sheet: &mut Sheet, lines: &[&str]) {
    let mut at = 0;
    while at < lines.len() {
        let heading = lines[at];
        let content = &lines[at + 1..];
        let end = content.iter().position(|line| is_heading(line)).unwrap_or(content.len());
        let content: Vec<&str> =
            content[..end].iter().copied().filter(|line| is_content(line)).collect();
        let terms = || content.iter().map(|line| (*line).to_owned());
        match heading {
            "Abstract" => abstract_(sheet, &content),
            "Conflict of interest statement" => {
                sheet.conflict = (!content.is_empty()).then(|| content.join(" "));
            }
            "References" => sheet.references.extend(content.iter().map(|line| reference(line))),
            "Publication types" => sheet.types.extend(terms()),
            "MeSH terms" => sheet.mesh.extend(terms()),
            "Substances" => sheet.substances.extend(terms()),
            "Personal name as subject" => sheet.persons.extend(terms()),
            "Grants and funding" | "Grant support" => sheet.grants.extend(terms()),
            "Associated data" => sheet.data.extend(terms()),
            _ if LINK_HEADINGS.contains(&heading) => links(sheet, heading, &content),
            _ => {}
        }
        if heading.starts_with("LinkOut") {
            break;
        }
        at += 1 + end;
    }
    sheet.types.dedup();
}

fn abstract_(sheet: &mut Sheet, paragraphs: &[&str]) {
    let label = |paragraph: &str| {
        let (label, _) = paragraph.split_once(": ")?;
        let fits = (3..=61).contains(&label.chars().count())
            && label.starts_with(|sign: char| sign.is_ascii_uppercase())
            && !label.contains('.');
        fits.then_some(label.len())
    };
    let keywords = |paragraph: &&&str| !paragraph.starts_with("Keywords:");
    let labelled =
        paragraphs.iter().filter(keywords).filter(|paragraph| label(paragraph).is_some()).count();
    for paragraph in paragraphs {
        if let Some(words) = paragraph.strip_prefix("Keywords:") {
            let words = words.trim().strip_suffix('.').unwrap_or(words.trim());
            let words = words.split(';').map(str::trim).filter(|word| !word.is_empty());
            sheet.keywords.extend(words.map(Text::plain));
        } else if let (Some(length), true) = (label(paragraph), labelled >= 2) {
            let text = Text::plain(paragraph[length + 1..].trim());
            let label = Some(paragraph[..length].to_owned());
            sheet.sections.push(Section { label, category: None, text });
        } else {
            let text = Text::plain(*paragraph);
            sheet.sections.push(Section { text, ..Section::default() });
        }
    }
}

/// A reference without its number and without the words of its links.
fn reference(line: &str) -> String {
    let mut text = line.strip_prefix("1. ").unwrap_or(line).trim();
    while let Some(shorter) =
        [" - DOI", " - PMC", " - PubMed"].iter().find_map(|link| text.strip_suffix(link))
    {
        text = shorter.trim_end();
    }
    text.to_owned()
}

/// Items of several lines, each ending with the line that holds its PMID.
fn links(sheet: &mut Sheet, heading: &str, lines: &[&str]) {
    let mut source = None;
    for line in lines {
        if let Some(rest) = line.strip_prefix("PMID:") {
            let pmid = rest.split(is_blank).find(|word| !word.is_empty()).map(str::to_owned);
            sheet.links.push(Linked { heading: heading.to_owned(), source: source.take(), pmid });
        } else {
            source = Some((*line).to_owned());
        }
    }
    if let Some(source) = source {
        sheet.links.push(Linked { heading: heading.to_owned(), source: Some(source), pmid: None });
    }
}
