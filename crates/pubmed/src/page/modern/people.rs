//! Authors of a modern page and where they work (`html-pages.md` section 4.4).

use scraper::ElementRef;

use crate::page::affiliations::Affiliations;
use crate::page::dom::{all, attribute, collapsed, first, first_words, own_words, words};
use crate::page::line::{is_body, is_short_form};
use crate::page::sheet::{Person, Sheet};

/// Reads the authors of a heading.
pub(super) fn people(sheet: &mut Sheet, head: ElementRef<'_>) {
    sheet.says_no_authors = first(head, ".empty-authors").is_some();
    let Some(list) = first(head, ".authors-list") else { return };
    let mut listed = listed(head);
    let items = all(list, ".authors-list-item").into_iter();
    sheet.authors = items.filter_map(|item| author(item, &mut listed)).collect();
    // Persons are linked with a search for their name; where that is so, what has no link is none.
    if sheet.authors.iter().any(|author| author.told.is_some()) {
        for author in &mut sheet.authors {
            author.group |= author.told.is_none();
        }
    }
}

fn author(item: ElementRef<'_>, listed: &mut Affiliations) -> Option<Person> {
    let link = first(item, "a.full-name");
    let printed = first_words(item, ".full-name").or_else(|| own_words(item))?;
    let term = link.and_then(|link| link.attr("href")).and_then(term);
    let group = match &term {
        Some(term) if term.to_ascii_lowercase().contains("[corporate author]") => true,
        Some(term) => is_body(&printed) && !is_short_form(term),
        None => is_body(&printed),
    };
    let told = term.map(|term| collapsed(term.split('[').next().unwrap_or_default()));
    let told = told.filter(|told| !group && !told.is_empty());
    let mut author = Person { printed, told, group, ..Person::default() };
    for mark in all(item, "a.affiliation-link") {
        if let Some(title) = attribute(mark, "title") {
            author.affiliations.push(title);
        } else if let Some((_, id)) = mark.attr("href").and_then(|href| href.rsplit_once('#')) {
            listed.give(bare(id), &mut author);
        }
    }
    Some(author)
}

/// The affiliations in the list below the authors, without their numbers.
fn listed(head: ElementRef<'_>) -> Affiliations {
    let mut listed = Affiliations::default();
    for item in all(head, ".affiliations li") {
        let key = first_words(item, "sup.key").unwrap_or_default();
        let text = words(item).unwrap_or_default();
        let text = text.strip_prefix(key.as_str()).unwrap_or(&text).trim();
        for id in [item.attr("data-affiliation-id"), item.attr("id")].into_iter().flatten() {
            listed.add(bare(id), text.to_owned());
        }
    }
    listed
}

/// Older pages have ids without the name of the view before them.
fn bare(id: &str) -> &str {
    id.trim_start_matches("full-view-")
}

/// The term of a search link: `/?sort=jour&term=Zhang+C&cauthor_id=1` is `Zhang C`.
fn term(href: &str) -> Option<String> {
    let (_, query) = href.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let term = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "term");
    term.map(|(_, value)| value.into_owned())
}
