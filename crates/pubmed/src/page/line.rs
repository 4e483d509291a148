//! Citations that a list prints on one line: authors, journal, date, numbers, DOI
//! (`html-pages.md` section 6).

use super::citation;
use super::sheet::{BookLine, Person, Place, Sheet};

/// Authors in NLM's short form, groups behind a semicolon: `Smith J, Doe A; Society of Mills.`
pub(super) fn short_authors(sheet: &mut Sheet, text: &str) {
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.contains("No authors listed") {
        sheet.says_no_authors = true;
        return;
    }
    for (place, part) in text.split(';').map(str::trim).enumerate() {
        for name in part.split(", ").map(str::trim).filter(|name| !name.is_empty()) {
            if matches!(name, "et al" | "et al.") {
                sheet.more_authors = true;
            } else {
                let group = place > 0 || is_group(name);
                sheet.authors.push(Person {
                    printed: name.to_owned(),
                    short: !group,
                    group,
                    ..Person::default()
                });
            }
        }
    }
}

/// Whether a name in a list, without initials at its end, is that of a body.
pub(super) fn is_group(name: &str) -> bool {
    !is_short_form(name) && is_body(name)
}

/// Whether a name has a word in it that bodies have.
pub(super) fn is_body(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "group",
        "consortium",
        "collaborat",
        "investigators",
        "network",
        "society",
        "committee",
        "association",
        "initiative",
        "task force",
    ];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// Whether a name ends in initials, with or without a suffix behind them.
pub(super) fn is_short_form(name: &str) -> bool {
    let is_initials =
        |word: &str| word.len() <= 4 && word.chars().all(|c| c.is_uppercase() || c == '-');
    name.split(' ').skip(1).any(is_initials)
}

/// `Hypertension. 2021 Nov;78(5):1185-1196. doi: 10.….  Epub 2021 Oct 4.`
pub(super) fn list_citation(sheet: &mut Sheet, text: &str) {
    let text = match text.strip_prefix("Among authors: ") {
        Some(rest) => rest.split_once(". ").map_or("", |(_, rest)| rest),
        None => text,
    };
    let journal = text.split_once(". ").filter(|(journal, _)| !journal.contains([':', ';']));
    let Some((journal, rest)) = journal else {
        sheet.book = book(text);
        sheet.citation = (sheet.book.is_none() && !text.is_empty()).then(|| text.to_owned());
        return;
    };
    let (body, behind) = citation::sentence(rest);
    sheet.abbreviation = Some(journal.to_owned());
    sheet.citation = Some(format!("{body}."));
    take_doi(sheet, behind);
}

/// `Oslo, Norway: Centre of Mills; 2017 Aug 25. Report No. 1.`
pub(super) fn book(text: &str) -> Option<BookLine> {
    let (place, rest) = text.split_once(": ")?;
    let (publisher, rest) = rest.split_once("; ")?;
    let (date, note) = citation::sentence(rest);
    let printed = citation::parse(date)?;
    // The date of a chapter may be open: `2009 Jan-`.
    let is_whole = date.trim_end_matches(['-', '–']).trim() == printed.date;
    is_whole.then(|| BookLine {
        place: place.trim().to_owned(),
        publisher: publisher.trim().to_owned(),
        date: printed.date.to_owned(),
        note: note.trim().to_owned(),
    })
}

/// Takes the DOI off the sentences behind a citation; what is left is the secondary dates.
pub(super) fn take_doi(sheet: &mut Sheet, sentences: &str) {
    let Some((before, rest)) = sentences.split_once("doi:") else {
        sentences.trim().clone_into(&mut sheet.secondary);
        return;
    };
    let rest = rest.trim_start();
    let (doi, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let doi = doi.strip_suffix('.').unwrap_or(doi);
    if !doi.is_empty() {
        sheet.dois.push(Place { value: doi.to_owned(), place: "citation" });
    }
    let sentences = format!("{} {}", before.trim(), after.trim());
    sentences.trim().clone_into(&mut sheet.secondary);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_list_comes_apart() {
        let mut sheet = Sheet::default();
        list_citation(
            &mut sheet,
            "Among authors: mill a. J Test (Oslo). 2021 Nov;78(5):1-6. doi:  10.5555/A.b.1. Epub 2021 Oct 4.",
        );
        assert_eq!(sheet.abbreviation.as_deref(), Some("J Test (Oslo)"));
        assert_eq!(sheet.citation.as_deref(), Some("2021 Nov;78(5):1-6."));
        assert_eq!(sheet.dois[0].value, "10.5555/A.b.1");
        assert_eq!(sheet.secondary, "Epub 2021 Oct 4.");
    }

    #[test]
    fn a_book_is_told_by_its_place_and_publisher() {
        let text = "Oslo, Norway: Centre of Mills at the Fjord; 2017 Aug 25. Report No. 2017-01.";
        let mut sheet = Sheet::default();
        list_citation(&mut sheet, text);
        let book = sheet.book.expect("a book");
        assert_eq!((book.place.as_str(), book.date.as_str()), ("Oslo, Norway", "2017 Aug 25"));
        assert_eq!(book.publisher, "Centre of Mills at the Fjord");
        assert_eq!((book.note.as_str(), sheet.citation), ("Report No. 2017-01.", None));
        for text in ["Oslo: Mills; undated.", "A: b. 2017;1:2."] {
            assert_eq!(book_of(text), None, "{text}");
        }
    }

    fn book_of(text: &str) -> Option<BookLine> {
        book(text)
    }

    #[test]
    fn bodies_are_told_from_persons() {
        let mut sheet = Sheet::default();
        short_authors(
            &mut sheet,
            "Group A, Nordic Mill Group, Smith RL 3rd; Stones United, et al.",
        );
        let groups: Vec<bool> = sheet.authors.iter().map(|author| author.group).collect();
        assert_eq!((groups, sheet.more_authors), (vec![false, true, false, true], true));
    }
}
