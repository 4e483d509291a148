//! Pages of the site as it is since 2020: an article, several abstracts, a list of results
//! (`html-pages.md` sections 4, 6 and 7).

mod body;
mod list;
mod metas;
mod people;

use scraper::ElementRef;

use super::dom::{attribute, first, first_words, own_words, rich, words};
use super::line::{book, take_doi};
use super::sheet::{Place, Sheet};
pub(super) use list::{Shown, list};

/// The record of an article page.
///
/// Everything is taken from the full view where there is one: the short view repeats it, shortened.
pub(super) fn article(page: ElementRef<'_>) -> Sheet {
    let details = first(page, "main#article-details").or_else(|| first(page, ".article-details"));
    let details = details.or_else(|| first(page, "main")).unwrap_or(page);
    let head = first(page, "#full-view-heading").unwrap_or(details);
    let mut sheet = Sheet::default();
    heading(&mut sheet, head);
    body::body(&mut sheet, details);
    metas::metas(&mut sheet, page);
    sheet
}

/// The records of a page of several abstracts.
pub(super) fn abstracts(page: ElementRef<'_>) -> Vec<Sheet> {
    let articles = super::dom::all(page, ".results-article").into_iter().map(|article| {
        let mut sheet = Sheet::default();
        heading(&mut sheet, article);
        body::body(&mut sheet, article);
        sheet
    });
    articles.collect()
}

/// What stands above the abstract.
fn heading(sheet: &mut Sheet, head: ElementRef<'_>) {
    let types = super::dom::all(head, ".publication-type").into_iter();
    sheet.types.extend(types.filter_map(sentence));
    if let Some(button) = first(head, "button[id$=\"journal-trigger\"], .journal-actions button") {
        sheet.journal = attribute(button, "title");
        sheet.abbreviation = own_words(button);
    }
    sheet.citation = first_words(head, ".cit").or_else(|| trial_citation(head));
    if sheet.citation.is_none()
        && let Some(line) = first_words(head, ".book-citation")
    {
        sheet.book = book(&line);
        sheet.citation = sheet.book.is_none().then_some(line);
    }
    let behind = super::dom::all(head, ".secondary-date, .ahead-of-print").into_iter();
    sheet.secondary = behind.filter_map(words).collect::<Vec<_>>().join(" ");
    if let Some(title) = first(head, "h1.heading-title") {
        sheet.title = rich(title, true);
    }
    people::people(sheet, head);
    let identifiers = first(head, ".identifiers").unwrap_or(head);
    sheet.pmids.extend(place(first_words(identifiers, ".current-id"), "identifiers"));
    sheet.pmcid = first_words(identifiers, ".identifier.pmc a.id-link");
    let doi = first_words(identifiers, ".identifier.doi a.id-link");
    sheet.dois.extend(place(doi, "identifiers"));
    if let Some(doi) = first(head, ".citation-doi").and_then(own_words) {
        let mut behind = Sheet::default();
        take_doi(&mut behind, &doi);
        sheet.dois.extend(behind.dois);
    }
}

/// The citation as the trial site of 2019 had it: the date in `time`, the numbers apart.
fn trial_citation(head: ElementRef<'_>) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let numbers = first_words(head, ".volume-issue-pages");
    let time = first(head, ".article-citation time, .article-source time");
    let date = time.and_then(|time| {
        let stamp = attribute(time, "datetime").unwrap_or_default();
        let mut parts = stamp.split('-');
        let year = parts.next().filter(|year| year.len() == 4)?.to_owned();
        let month = parts.next().and_then(|month| month.parse::<usize>().ok());
        let Some(month) = month.and_then(|month| MONTHS.get(month.checked_sub(1)?)) else {
            return Some(year);
        };
        let day = parts.next().and_then(|day| day.parse::<u8>().ok());
        Some(day.map_or(format!("{year} {month}"), |day| format!("{year} {month} {day}")))
    });
    match (date, numbers) {
        (Some(date), Some(numbers)) if !numbers.starts_with(|sign: char| sign.is_ascii_digit()) => {
            Some(format!("{date};{}", numbers.trim_start_matches(['.', ';', ' '])))
        }
        (Some(date), Some(numbers)) if super::citation::parse(&numbers).is_none() => {
            Some(format!("{date};{numbers}"))
        }
        (_, Some(numbers)) => Some(numbers),
        (Some(date), None) => Some(date),
        (None, None) => None,
    }
}

/// The words of an element without their full stop.
fn sentence(element: ElementRef<'_>) -> Option<String> {
    words(element).map(|text| text.strip_suffix('.').unwrap_or(&text).to_owned())
}

fn place(value: Option<String>, place: &'static str) -> Option<Place> {
    value.map(|value| Place { value, place })
}
