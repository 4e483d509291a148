//! An article page of 2010 to 2020 as extracted text (`html-pages.md` section 9.1, last paragraph).
//!
//! The authors were links and are lost; the journal stands before the citation.

use model::{Section, Text};

use super::words::{is_blank, is_content};
use crate::page::citation;
use crate::page::line::list_citation;
use crate::page::sheet::{Place, Sheet};

/// Lines below the citation in which a page of that time shows what it is.
const HEAD_LINES: usize = 40;

/// The record of the page, if it is one.
pub(super) fn page(lines: &[&str]) -> Option<Sheet> {
    let at = (0..lines.len()).find(|at| is_citation(lines[*at]) && is_head(&lines[at + 1..]))?;
    let mut sheet = Sheet::default();
    let line = lines[at].replace("[Epub ahead of print]", "Online ahead of print.");
    list_citation(&mut sheet, line.trim());
    let mut below = lines[at + 1..].iter().copied().filter(|line| is_content(line));
    sheet.title = Text::plain(below.next().unwrap_or_default());
    let start = lines.iter().position(|line| *line == "Abstract");
    if let Some(start) = start {
        abstract_(&mut sheet, &lines[start + 1..]);
    }
    Some(sheet)
}

/// `Clin Test. 2012 Mar 1;32(3):171-8. doi: ….`
fn is_citation(line: &str) -> bool {
    let Some((journal, rest)) = line.split_once(". ") else { return false };
    let parts = citation::parse(rest);
    journal.len() <= 80
        && !journal.contains([':', ';', ','])
        && (rest.contains("doi:") || parts.as_ref().is_some_and(|p| p.volume.is_some()))
        && parts.is_some()
}

fn is_head(below: &[&str]) -> bool {
    let mut below = below.iter().take(HEAD_LINES);
    below.any(|line| matches!(*line, "Author information" | "Abstract"))
}

fn abstract_(sheet: &mut Sheet, lines: &[&str]) {
    let ends =
        ["Publication Types", "MeSH Terms", "Substances", "Similar articles", "Grant Support"];
    let mut label = None;
    for line in lines.iter().copied().filter(|line| is_content(line)) {
        if let Some(rest) = line.strip_prefix("PMID:") {
            let pmid = rest.split(is_blank).find(|word| !word.is_empty()).unwrap_or_default();
            if !pmid.is_empty() && pmid.bytes().all(|sign| sign.is_ascii_digit()) {
                sheet.pmids.push(Place { value: pmid.to_owned(), place: "identifiers" });
            }
            return;
        }
        if ends.iter().any(|end| line.eq_ignore_ascii_case(end))
            || ["DOI:", "PMCID:", "LinkOut"].iter().any(|end| line.starts_with(end))
        {
            return;
        }
        if let Some(heading) = heading(line) {
            label = Some(heading.to_owned());
        } else if ["Copyright", "©", "(c)"].iter().any(|mark| line.starts_with(mark)) {
            sheet.copyright = Some(line.to_owned());
        } else if label.as_deref().is_some_and(|label| label.eq_ignore_ascii_case("keywords")) {
            let list = line.strip_suffix('.').unwrap_or(line);
            let terms = list.split(';').map(str::trim).filter(|term| !term.is_empty());
            sheet.keywords.extend(terms.map(Text::plain));
        } else {
            let text = Text::plain(line);
            sheet.sections.push(Section { label: label.take(), category: None, text });
        }
    }
}

/// A label on a line of its own: `BACKGROUND AND OBJECTIVES:`.
fn heading(line: &str) -> Option<&str> {
    let label = line.strip_suffix(':')?;
    let fits = label.len() <= 60 && !label.chars().any(char::is_lowercase);
    (fits && label.chars().any(char::is_uppercase)).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::text::words::trimmed;

    #[test]
    fn an_older_page_gives_all_but_its_authors() {
        let text = "Format: Abstract\nClin Mill. 2012 Mar 1;32(3):171-8. doi: 10.5555/old.1. [Epub ahead of print]\n\
            Mills with losses: a trial.\n\nAuthor information\n\n  • 1Department of Mills, Oslo.\n\nAbstract\n\
            BACKGROUND AND OBJECTIVES:\n\nMills turn.\n\nRESULTS:\nThey turned.\nCopyright 2012 Mill.\n\
            KEYWORDS:\nmills; rye, old.\nPMID: 99000821 [PubMed - in process]\nSimilar articles\nOther.\n";
        let lines: Vec<&str> = text.lines().map(trimmed).collect();
        let sheet = page(&lines).expect("a page");
        assert_eq!(sheet.title.flatten(), "Mills with losses: a trial.");
        assert_eq!(sheet.abbreviation.as_deref(), Some("Clin Mill"));
        assert_eq!(sheet.secondary, "Online ahead of print.");
        assert_eq!(sheet.dois[0].value, "10.5555/old.1");
        let labels: Vec<_> = sheet.sections.iter().map(|s| s.label.as_deref()).collect();
        assert_eq!(labels, [Some("BACKGROUND AND OBJECTIVES"), Some("RESULTS")]);
        assert_eq!((sheet.keywords.len(), sheet.pmids.len(), sheet.authors.len()), (2, 1, 0));
        assert_eq!(sheet.copyright.as_deref(), Some("Copyright 2012 Mill."));
        assert!(page(&["A letter. It has stops.", "Abstract"]).is_none());
    }
}
