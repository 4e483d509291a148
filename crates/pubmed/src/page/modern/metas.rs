//! What the head of an article page repeats (`html-pages.md` section 4.1): a check, and a source
//! where the body is silent.

use model::Text;
use scraper::ElementRef;

use super::place;
use crate::page::dom::{attribute, first, meta};
use crate::page::sheet::{Person, Place, Sheet};

/// Adds what the head of the page says.
pub(super) fn metas(sheet: &mut Sheet, page: ElementRef<'_>) {
    pmids(sheet, page);
    sheet.dois.extend(place(meta(page, "citation_doi"), "head of the page"));
    let title = meta(page, "citation_title");
    if sheet.title.is_empty() {
        let social = || {
            let title = meta(page, "og:title").or_else(|| meta(page, "twitter:title"));
            title.map(|title| title.strip_suffix(" - PubMed").unwrap_or(&title).to_owned())
        };
        sheet.title = title.or_else(social).map(Text::plain).unwrap_or_default();
    } else {
        sheet.second.title = title;
    }
    let journal = meta(page, "citation_journal_title");
    let abbreviation = meta(page, "citation_publisher");
    match &sheet.journal {
        Some(_) => sheet.second.journal = journal,
        None => sheet.journal = journal,
    }
    match &sheet.abbreviation {
        Some(_) => sheet.second.abbreviation = abbreviation,
        None => sheet.abbreviation = abbreviation,
    }
    sheet.issn = meta(page, "citation_issn");
    sheet.second.volume = meta(page, "citation_volume");
    sheet.second.issue = meta(page, "citation_issue");
    sheet.second.year = meta(page, "citation_date").as_deref().and_then(year);
    authors(sheet, &meta(page, "citation_authors").unwrap_or_default());
}

fn pmids(sheet: &mut Sheet, page: ElementRef<'_>) {
    let number = |value: &String| value.bytes().all(|sign| sign.is_ascii_digit());
    for name in ["citation_pmid", "uid", "ncbi_uid", "log_displayeduids"] {
        let found = meta(page, name).filter(number);
        sheet.pmids.extend(place(found, "head of the page"));
    }
    let marked = first(page, "#article-page").and_then(|e| attribute(e, "data-article-pmid"));
    sheet.pmids.extend(place(marked, "article"));
    let canonical = first(page, "link[rel=\"canonical\"]").and_then(|e| attribute(e, "href"));
    let last = canonical.as_deref().and_then(|link| link.trim_end_matches('/').rsplit('/').next());
    let last = last.map(str::to_owned).filter(|id| !id.is_empty() && number(id));
    sheet.pmids.extend(last.map(|value| Place { value, place: "address" }));
}

/// The year of `2025 Sep-Oct`, `2021 Jan` or `05/22/2020`.
fn year(date: &str) -> Option<String> {
    let digits = |text: &&str| text.len() == 4 && text.bytes().all(|sign| sign.is_ascii_digit());
    let year = date.split([' ', '/', '-']).find(digits);
    year.map(str::to_owned)
}

/// The one meta of all authors: `Zhang C;Butt S;`.
fn authors(sheet: &mut Sheet, list: &str) {
    let short: Vec<&str> = list.split(';').map(str::trim).filter(|n| !n.is_empty()).collect();
    if short.len() == sheet.authors.len() {
        let persons = sheet.authors.iter_mut().zip(&short).filter(|(author, _)| !author.group);
        for (author, short) in persons {
            author.told = author.told.take().or_else(|| Some((*short).to_owned()));
        }
    }
    for name in short.iter().skip(sheet.authors.len()) {
        let group = crate::page::line::is_group(name);
        let printed = (*name).to_owned();
        sheet.authors.push(Person { printed, short: !group, group, ..Person::default() });
    }
}
