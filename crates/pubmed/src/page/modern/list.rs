//! A list of results (`html-pages.md` section 6).

use scraper::ElementRef;

use super::{place, sentence};
use crate::page::dom::{all, attribute, first, first_words, meta, rich};
use crate::page::line::{list_citation, short_authors};
use crate::page::sheet::Sheet;

/// The records of a list of results, and what the page says of how many there are.
pub(in crate::page) fn list(page: ElementRef<'_>) -> (Vec<Sheet>, Shown) {
    let sheets = all(page, "article.full-docsum").into_iter().map(item).collect();
    let chunks = all(page, ".search-results-chunk");
    let amount = chunks.first().and_then(|chunk| attribute(*chunk, "data-results-amount"));
    let amount = amount.or_else(|| meta(page, "log_resultcount"));
    let results = amount.and_then(|number| number.replace(',', "").parse().ok());
    let ids = chunks.iter().filter_map(|chunk| attribute(*chunk, "data-chunk-ids"));
    let listed = ids.map(|ids| ids.split(',').count()).sum();
    let displayed = || meta(page, "log_displayeduids").map_or(0, |ids| ids.split(',').count());
    (sheets, Shown { results, listed: if listed > 0 { listed } else { displayed() } })
}

/// How many records a list page speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::page) struct Shown {
    /// Results of the query.
    pub(in crate::page) results: Option<usize>,
    /// Records that the page says it holds; 0 if it does not say.
    pub(in crate::page) listed: usize,
}

fn item(item: ElementRef<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    let content = first(item, ".docsum-content").unwrap_or(item);
    let title = first(content, "a.docsum-title");
    sheet.pmids.extend(place(first_words(content, ".docsum-pmid"), "citation"));
    let marked = title.and_then(|title| attribute(title, "data-article-id"));
    sheet.pmids.extend(place(marked, "title"));
    let link = title.and_then(|title| attribute(title, "href"));
    sheet.pmids.extend(place(link.as_deref().and_then(linked_pmid), "link"));
    let input = first(item, "input.search-result-selector").and_then(|e| attribute(e, "value"));
    sheet.pmids.extend(place(input, "selector"));
    // In a list `b` marks what the search hit.
    sheet.title = title.map(|title| rich(title, false)).unwrap_or_default();
    if let Some(authors) = first_words(content, ".docsum-authors.full-authors") {
        short_authors(&mut sheet, &authors);
    }
    if let Some(text) = first_words(content, ".docsum-journal-citation.full-journal-citation") {
        list_citation(&mut sheet, &text);
    }
    sheet.types = all(content, ".publication-type").into_iter().filter_map(sentence).collect();
    sheet.language = first(content, ".language").and_then(sentence);
    sheet
}

/// The PMID of a link to an article: `/99000001/`, `https://pubmed.ncbi.nlm.nih.gov/99000001/?x`.
pub(super) fn linked_pmid(link: &str) -> Option<String> {
    let path = link.split(['?', '#']).next()?;
    let id = path.trim_end_matches('/').rsplit('/').next()?;
    (!id.is_empty() && id.bytes().all(|sign| sign.is_ascii_digit())).then(|| id.to_owned())
}
