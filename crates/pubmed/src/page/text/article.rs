//! An article page as text: extracted by a crawler, or copied from a browser
//! (`html-pages.md` sections 9.1 to 9.3).

use model::Text;

use super::below::sections;
use super::words::{TYPES, is_blank, is_content, is_heading, trimmed};
use crate::page::affiliations::Affiliations;
use crate::page::citation;
use crate::page::line::{is_body, take_doi};
use crate::page::sheet::{Person, Place, Sheet};

/// The citation behind the stop that a page's anchor line begins with.
pub(super) fn anchor(line: &str) -> Option<&str> {
    let rest = trimmed(line).strip_prefix('.')?;
    let citation = rest.trim_start_matches(is_blank);
    (citation.len() < rest.len() && citation::parse(citation).is_some()).then_some(citation)
}

/// The record of a page whose lines hold an anchor.
pub(super) fn page(lines: &[&str]) -> Option<Sheet> {
    let at = lines.iter().position(|line| anchor(line).is_some())?;
    let mut sheet = Sheet::default();
    let whole = anchor(lines[at])?;
    // Copied text has the DOI and what follows on the same line.
    let (body, rest) = citation::sentence(whole);
    sheet.citation = Some(format!("{body}."));
    let mut next = at + 1;
    let mut secondary = rest.trim().to_owned();
    while let Some(line) = lines.get(next) {
        if line.starts_with("doi:") || is_secondary(line) {
            let longer = format!("{secondary} {line}");
            longer.trim().clone_into(&mut secondary);
        } else if !line.is_empty() {
            break;
        }
        next += 1;
    }
    take_doi(&mut sheet, &secondary);
    let title = lines.get(next).copied().unwrap_or("");
    sheet.title = Text::plain(title);
    let body = &lines[(next + 1).min(lines.len())..];
    let head = body.iter().position(|line| is_heading(line)).unwrap_or(body.len());
    let mut above = lines[..at].iter().rev();
    let before = above.find(|line| is_content(line)).copied().unwrap_or("");
    let panel = lines[..at].iter().find_map(|line| panel_pmid(line));
    if panel.is_some() || body[..head].iter().any(|line| line.starts_with("PMID:")) {
        copied(&mut sheet, before, &body[..head]);
    } else {
        extracted(&mut sheet, before, title, &body[..head]);
    }
    for line in &lines[..at] {
        let search = line.strip_prefix("Found 1 result for ").filter(|query| is_number(query));
        sheet.pmids.extend(search.map(|pmid| found(pmid, "search")));
    }
    sheet.pmids.extend(panel.map(|pmid| found(pmid, "panel")));
    sections(&mut sheet, &body[head..]);
    Some(sheet)
}

/// The PMID in a panel that the page hides: `Subject: 1 selected item: 11208940 - PubMed`.
fn panel_pmid(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("1 selected item: ")?;
    rest.split(is_blank).next().filter(|pmid| is_number(pmid))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit())
}

fn found(pmid: &str, place: &'static str) -> Place {
    Place { value: pmid.to_owned(), place }
}

fn is_secondary(line: &str) -> bool {
    ["Epub ", "eCollection ", "Online ahead of print", "Print "].iter().any(|w| line.starts_with(w))
}

/// The head of a page that a text extractor made: the first author and the abbreviation stand in
/// the short citation behind the second title.
fn extracted(sheet: &mut Sheet, before: &str, title: &str, head: &[&str]) {
    if TYPES.contains(&before) {
        sheet.types.push(before.to_owned());
    }
    let again = head.iter().position(|line| *line == title);
    let short = match again {
        Some(at) => head[at + 1..].iter().find(|line| !line.is_empty()),
        None => head.iter().rev().find(|line| short_citation(line).is_some()),
    };
    if let Some((author, more, abbreviation)) = short.and_then(|line| short_citation(line)) {
        sheet.authors.push(Person { printed: author.to_owned(), ..Person::default() });
        sheet.more_authors = more;
        sheet.abbreviation = Some(abbreviation.to_owned());
    }
    if again.is_none() {
        let at = short.and_then(|short| head.iter().position(|line| line == short));
        let second = at.and_then(|at| head[..at].iter().rev().find(|line| !line.is_empty()));
        sheet.second.title = second.map(|line| (*line).to_owned());
    }
}

/// First author, whether there are more, and the journal's abbreviation.
fn short_citation(line: &str) -> Option<(&str, bool, &str)> {
    let (author, more, rest) = match line.find("et al. ") {
        Some(at) if line[..at].ends_with(is_blank) => {
            (line[..at].trim_matches(is_blank), true, &line[at + "et al. ".len()..])
        }
        _ => {
            let (author, rest) = line.split_once(". ")?;
            (author, false, rest)
        }
    };
    let printed = rest.split(['.', ':', ';']).next()?;
    let stop = rest[printed.len()..].starts_with('.');
    let abbreviation = printed.trim_matches(is_blank);
    (stop && !author.is_empty() && !abbreviation.is_empty()).then_some((author, more, abbreviation))
}

/// The head of a page that was copied from a browser: all authors, numbered affiliations, and the
/// identifiers on one line.
fn copied(sheet: &mut Sheet, before: &str, head: &[&str]) {
    let kind = TYPES.iter().find_map(|kind| {
        let rest = before.strip_prefix(kind)?;
        rest.starts_with(is_blank).then(|| (*kind, rest.trim_matches(is_blank)))
    });
    let (kind, abbreviation) = kind.map_or((None, before), |(kind, rest)| (Some(kind), rest));
    sheet.types.extend(kind.map(str::to_owned));
    sheet.abbreviation = (!abbreviation.is_empty()).then(|| abbreviation.to_owned());
    let mut lines = head.iter().filter(|line| is_content(line)).peekable();
    let mut numbers: Vec<Vec<String>> = Vec::new();
    let mut listed = Affiliations::default();
    if let Some(names) =
        lines.next_if(|line| !line.starts_with("PMID:") && affiliation(line).is_none())
    {
        if names.contains("No authors listed") {
            sheet.says_no_authors = true;
        } else {
            for name in names.split(',').map(|name| name.trim_matches(is_blank)) {
                if name.is_empty() {
                    continue;
                }
                let (printed, marks) = numbered(name);
                numbers.push(marks);
                let group = is_body(printed);
                let printed = printed.to_owned();
                sheet.authors.push(Person { printed, group, ..Person::default() });
            }
        }
    }
    for line in lines {
        if ["PMID:", "PMCID:", "DOI:"].iter().any(|name| line.starts_with(name)) {
            identifiers(sheet, line);
        } else if let Some((number, text)) = affiliation(line) {
            listed.add(number, text.to_owned());
        }
    }
    for (marks, author) in numbers.iter().zip(&mut sheet.authors) {
        for mark in marks {
            listed.give(mark, author);
        }
    }
}

/// A name and the affiliation numbers behind it: `A B Surname 1 2`, `A B Surname1`.
fn numbered(name: &str) -> (&str, Vec<String>) {
    let mut marks = Vec::new();
    let mut rest = name;
    loop {
        let digits = rest.len() - rest.trim_end_matches(|sign: char| sign.is_ascii_digit()).len();
        if digits == 0 {
            break;
        }
        let (before, mark) = rest.split_at(rest.len() - digits);
        marks.push(mark.to_owned());
        rest = before.trim_end_matches(is_blank);
    }
    marks.reverse();
    (rest, marks)
}

/// The number and the text of an affiliation line: `1Division of Human Genetics, …`.
fn affiliation(line: &str) -> Option<(&str, &str)> {
    let digits = line.find(|sign: char| !sign.is_ascii_digit())?;
    let (number, text) = line.split_at(digits);
    let text = text.trim_start_matches(is_blank);
    (!number.is_empty() && text.starts_with(|sign: char| sign.is_alphabetic()))
        .then_some((number, text))
}

/// `PMID: 24300658 PMCID: PMC… DOI: 10.7196/samj.7627`
fn identifiers(sheet: &mut Sheet, line: &str) {
    let mut words = line.split(is_blank).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        match word {
            "PMID:" => sheet.pmids.extend(
                words.next().map(|value| Place { value: value.to_owned(), place: "identifiers" }),
            ),
            "PMCID:" => sheet.pmcid = words.next().map(str::to_owned),
            "DOI:" => {
                if let Some(value) = words.next() {
                    sheet.identified_by_doi(value.to_owned());
                }
            }
            _ => {}
        }
    }
}
