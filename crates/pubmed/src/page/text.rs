//! Pages as text: extracted by a crawler, or copied from a browser (`html-pages.md` section 9).
//!
//! Both forms hang on one line, a full stop, a blank and the citation: `. 2023 Dec 20;16(1):23.`
//! The journal's name before the stop was a button, which is lost or stands on the line before.

use model::{Section, Text};

use super::citation;
use super::sheet::{Linked, Person, Place, Sheet};

/// The line that every page begins with.
const PAGE_START: &str = "Skip to main page content";

/// Headings that end what stands before them.
const HEADINGS: &[&str] = &[
    "Abstract",
    "PubMed Disclaimer",
    "Conflict of interest statement",
    "Figures",
    "Similar articles",
    "Cited by",
    "References",
    "Publication types",
    "MeSH terms",
    "Substances",
    "Personal name as subject",
    "Grants and funding",
    "Grant support",
    "Associated data",
    "Supplementary concepts",
    "Related information",
    "LinkOut - more resources",
    "Plain language summary",
];

/// Headings over other works that the record is linked to.
pub(crate) const LINK_HEADINGS: &[&str] = &[
    "Comment in",
    "Comment on",
    "Erratum in",
    "Erratum for",
    "Retraction in",
    "Retraction of",
    "Expression of concern in",
    "Expression of concern for",
    "Republished in",
    "Republished from",
    "Corrected and republished in",
    "Corrected and republished from",
    "Update in",
    "Update of",
    "Summary for patients in",
    "Original report in",
    "Retracted and republished in",
    "Retracted and republished from",
];

/// Words of menus, which are data nowhere.
const MENU: &[&str] = &[
    "Actions",
    "Search in PubMed",
    "Search in MeSH",
    "Search in NLM Catalog",
    "Add to Search",
    "See all similar articles",
    "Show all",
    "Cite",
    "Affiliations Expand",
    "Affiliations Collapse",
];

/// Publication types that a page shows above its title.
const TYPES: &[&str] = &[
    "Review",
    "Clinical Trial",
    "Randomized Controlled Trial",
    "Controlled Clinical Trial",
    "Meta-Analysis",
    "Systematic Review",
    "Comment",
    "Editorial",
    "Letter",
    "Case Reports",
    "Practice Guideline",
    "Guideline",
    "Observational Study",
    "Multicenter Study",
    "Comparative Study",
    "Historical Article",
    "News",
    "Preprint",
    "Published Erratum",
    "Retracted Publication",
    "Retraction of Publication",
    "Biography",
    "Autobiography",
    "Interview",
    "Festschrift",
    "Lecture",
    "Expression of Concern",
    "Duplicate Publication",
    "Video-Audio Media",
    "Clinical Trial, Phase I",
    "Clinical Trial, Phase II",
    "Clinical Trial, Phase III",
    "Clinical Trial, Phase IV",
    "Clinical Trial Protocol",
    "Consensus Development Conference",
    "Corrected and Republished Article",
    "Dataset",
    "Personal Narrative",
    "Evaluation Study",
    "Validation Study",
    "Twin Study",
    "Patient Education Handout",
    "Portrait",
    "Congress",
];

/// Whether the text is a page, or several, as text.
pub(crate) fn is_page(text: &str) -> bool {
    text.lines().any(|line| anchor(line).is_some())
}

/// The records of a text, one a page.
pub(crate) fn sheets(text: &str) -> Vec<Sheet> {
    let lines: Vec<&str> = text.lines().map(trimmed).collect();
    let mut starts: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].starts_with(PAGE_START)).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let pages = starts.iter().copied().zip(ends).map(|(start, end)| &lines[start..end]);
    pages.filter_map(page).collect()
}

/// The citation behind the stop that a page's anchor line begins with.
fn anchor(line: &str) -> Option<&str> {
    let rest = trimmed(line).strip_prefix('.')?;
    let citation = rest.trim_start_matches(is_blank);
    (citation.len() < rest.len() && citation::parse(citation).is_some()).then_some(citation)
}

fn page(lines: &[&str]) -> Option<Sheet> {
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
    for line in &lines[..at] {
        if let Some(pmid) = line.strip_prefix("Found 1 result for ")
            && pmid.bytes().all(|sign| sign.is_ascii_digit())
        {
            sheet.pmids.push(Place { value: pmid.to_owned(), place: "search" });
        }
    }
    let body = &lines[(next + 1).min(lines.len())..];
    let head = body.iter().position(|line| is_heading(line)).unwrap_or(body.len());
    let before = lines[..at].iter().rev().find(|line| !line.is_empty()).copied().unwrap_or("");
    if body[..head].iter().any(|line| line.starts_with("PMID:")) {
        copied(&mut sheet, before, &body[..head]);
    } else {
        extracted(&mut sheet, before, title, &body[..head]);
    }
    sections(&mut sheet, &body[head..]);
    Some(sheet)
}

fn is_secondary(line: &str) -> bool {
    ["Epub ", "eCollection ", "Online ahead of print", "Print "].iter().any(|w| line.starts_with(w))
}

/// Takes the DOI off the sentences behind a citation; what is left is the secondary dates.
pub(crate) fn take_doi(sheet: &mut Sheet, sentences: &str) {
    let Some((before, rest)) = sentences.split_once("doi:") else {
        sentences.trim().clone_into(&mut sheet.secondary);
        return;
    };
    let rest = rest.trim_start_matches(is_blank);
    let (doi, after) = rest.split_once(is_blank).unwrap_or((rest, ""));
    let doi = doi.strip_suffix('.').unwrap_or(doi);
    sheet.dois.push(Place { value: doi.to_owned(), place: "citation" });
    let sentences = format!("{} {}", before.trim(), after.trim());
    sentences.trim().clone_into(&mut sheet.secondary);
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
        sheet.second_title = second.map(|line| (*line).to_owned());
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
    let abbreviation = rest.split(['.', ':', ';']).next()?.trim_matches(is_blank);
    let stop = rest[abbreviation.len()..].starts_with('.');
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
    let mut lines = head.iter().filter(|line| !line.is_empty()).peekable();
    let mut numbers: Vec<Vec<String>> = Vec::new();
    if let Some(names) = lines.next_if(|line| !line.starts_with("PMID:")) {
        if names.contains("No authors listed") {
            sheet.says_no_authors = true;
        } else {
            for name in names.split(',').map(|name| name.trim_matches(is_blank)) {
                if name.is_empty() {
                    continue;
                }
                let (printed, marks) = numbered(name);
                numbers.push(marks);
                sheet.authors.push(Person { printed: printed.to_owned(), ..Person::default() });
            }
        }
    }
    for line in lines {
        if line.starts_with("PMID:") {
            identifiers(sheet, line);
        } else if let Some((number, text)) = affiliation(line) {
            let marked = numbers.iter().zip(&mut sheet.authors);
            for (_, author) in marked.filter(|(marks, _)| marks.iter().any(|mark| mark == number)) {
                author.affiliations.push(text.to_owned());
            }
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
        marks.insert(0, mark.to_owned());
        rest = before.trim_end_matches(is_blank);
    }
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
                    let place = Place { value: value.to_owned(), place: "identifiers" };
                    sheet.dois.insert(0, place);
                }
            }
            _ => {}
        }
    }
}

/// What stands under headings.
fn sections(sheet: &mut Sheet, lines: &[&str]) {
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

fn is_heading(line: &str) -> bool {
    HEADINGS.contains(&line) || LINK_HEADINGS.contains(&line)
}

fn is_content(line: &str) -> bool {
    !line.is_empty() && !MENU.contains(&line)
}

fn trimmed(line: &str) -> &str {
    line.trim_matches(is_blank)
}

fn is_blank(sign: char) -> bool {
    sign.is_whitespace() || sign == '\u{a0}'
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTRACTED: &str = "Skip to main page content\nReview\n. 2031 May 2;7(3):e45.\n\
        doi: 10.5555/refmill.77. Epub 2031 Apr 30.\n\nMilling references by hand\n\nAffiliations\n\
        Review\n\nMilling references by hand\n\nAda van Mill\u{a0}et al. J Test (Oslo). .\n\n\
        Abstract\n\nAims: To mill.\nResults: It was milled.\n\nKeywords: mills; flour, fine.\n\n\
        PubMed Disclaimer\n\nConflict of interest statement\n\nNone, says the miller.\n\nReferences\n\n\
        \u{20}   1. Another A. Other work. doi: 10.5555/other.1. - DOI - PubMed\n    1. Second. - PMC\n";

    #[test]
    fn extracted_text_gives_what_it_holds_and_no_more() {
        let sheets = sheets(EXTRACTED);
        let [sheet] = sheets.as_slice() else { panic!("one page") };
        assert_eq!(sheet.title.flatten(), "Milling references by hand");
        assert_eq!(sheet.authors[0].printed, "Ada van Mill");
        assert!(sheet.more_authors);
        assert_eq!(sheet.abbreviation.as_deref(), Some("J Test (Oslo)"));
        assert_eq!(sheet.citation.as_deref(), Some("2031 May 2;7(3):e45."));
        assert_eq!(sheet.secondary, "Epub 2031 Apr 30.");
        assert_eq!(sheet.dois.len(), 1);
        assert_eq!(sheet.dois[0].value, "10.5555/refmill.77");
        assert_eq!(sheet.types, ["Review"]);
        assert_eq!(sheet.sections.len(), 2);
        assert_eq!(sheet.sections[0].label.as_deref(), Some("Aims"));
        assert_eq!(sheet.keywords.len(), 2);
        assert_eq!(sheet.conflict.as_deref(), Some("None, says the miller."));
        assert_eq!(sheet.references, ["Another A. Other work. doi: 10.5555/other.1.", "Second."]);
        assert_eq!(sheet.pmids, []);
        assert_eq!(sheet.second_title, None);
    }

    #[test]
    fn copied_text_gives_all_authors_and_the_terms_under_headings() {
        let text = "Page navigation\nMeSH terms\nReview J Test\n\
            . 2031 Oct 16;10(2 Suppl 1):95-104. doi: 10.5555/refmill.78. Epub 2031 Sep 1.\n\
            A tribute to mills\nJane Q Mill 1 2, Bo de Kok2,Second Mill Jr\nAffiliations Collapse\n\
            Affiliations\n1Mill House, Oslo.\n2Kitchen, Bergen.\nPMID: 99000078 PMCID: PMC9990078 \
            DOI: 10.5555/refmill.78\nNo abstract available\nPubMed Disclaimer\n\nSimilar articles\n\
            A similar one.\nOther O.\nJ Test. 1982;1:1.\nPMID: 99000001 No abstract available.\n\
            Erratum in\nJ Test. 2032 Jan;11(1):1.\nPMID: 99000002\nMeSH terms\nMills / history*\n\
            Actions\nSearch in MeSH\nFlour, Fine\nLinkOut - more resources\nScience\n";
        let sheets = sheets(text);
        let [sheet] = sheets.as_slice() else { panic!("one page") };
        let names: Vec<&str> = sheet.authors.iter().map(|a| a.printed.as_str()).collect();
        assert_eq!(names, ["Jane Q Mill", "Bo de Kok", "Second Mill Jr"]);
        assert_eq!(sheet.authors[0].affiliations, ["Mill House, Oslo.", "Kitchen, Bergen."]);
        assert_eq!(sheet.authors[1].affiliations, ["Kitchen, Bergen."]);
        assert_eq!(sheet.abbreviation.as_deref(), Some("J Test"));
        assert_eq!(sheet.types, ["Review"]);
        assert_eq!(sheet.pmids.len(), 1);
        assert_eq!(sheet.pmids[0].value, "99000078");
        assert_eq!(sheet.pmcid.as_deref(), Some("PMC9990078"));
        assert_eq!(sheet.mesh, ["Mills / history*", "Flour, Fine"]);
        assert_eq!(sheet.secondary, "Epub 2031 Sep 1.");
        assert_eq!(sheet.links.len(), 1);
        assert_eq!(sheet.links[0].pmid.as_deref(), Some("99000002"));
        assert_eq!(sheet.sections, []);
    }

    #[test]
    fn several_pages_in_one_text_are_several_records() {
        let text = format!("{EXTRACTED}\n{EXTRACTED}");
        assert_eq!(sheets(&text).len(), 2);
        assert!(is_page(EXTRACTED));
        assert!(!is_page("A letter about 2031.\n. It has stops.\n"));
    }
}
