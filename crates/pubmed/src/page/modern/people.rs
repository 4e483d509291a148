//! Authors of a modern page and where they work (`html-pages.md` section 4.4).

use scraper::ElementRef;

use crate::page::dom::{all, attribute, collapsed, first, first_words, own_words, words};
use crate::page::line::{is_body, is_short_form};
use crate::page::sheet::{Person, Sheet};

/// Reads the authors of a heading.
pub(super) fn people(sheet: &mut Sheet, head: ElementRef<'_>) {
    sheet.says_no_authors = first(head, ".empty-authors").is_some();
    let Some(list) = first(head, ".authors-list") else { return };
    let items = all(list, ".authors-list-item").into_iter();
    sheet.authors = items.filter_map(|item| author(item, head)).collect();
    // Persons are linked with a search for their name; where that is so, what has no link is none.
    if sheet.authors.iter().any(|author| author.told.is_some()) {
        for author in &mut sheet.authors {
            author.group |= author.told.is_none();
        }
    }
}

fn author(item: ElementRef<'_>, head: ElementRef<'_>) -> Option<Person> {
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
    let marks = all(item, "a.affiliation-link").into_iter();
    let affiliations = marks.filter_map(|mark| {
        attribute(mark, "title").or_else(|| {
            let (_, id) = mark.attr("href")?.rsplit_once('#')?;
            listed(head, id)
        })
    });
    Some(Person { group, printed, short: false, told, affiliations: affiliations.collect() })
}

/// The affiliation of that id in the list below the authors, without its number.
fn listed(head: ElementRef<'_>, id: &str) -> Option<String> {
    let bare = |id: &str| id.trim_start_matches("full-view-").to_owned();
    let items = all(head, ".affiliations li").into_iter();
    let item = { items }.find(|item| {
        let ids = [item.attr("data-affiliation-id"), item.attr("id")];
        ids.into_iter().flatten().any(|other| bare(other) == bare(id))
    })?;
    let key = first_words(item, "sup.key").unwrap_or_default();
    words(item).map(|text| text.strip_prefix(key.as_str()).unwrap_or(&text).trim().to_owned())
}

/// The term of a search link: `/?sort=jour&term=Zhang+C&cauthor_id=1` is `Zhang C`.
fn term(href: &str) -> Option<String> {
    let (_, query) = href.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let term = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "term");
    term.map(|(_, value)| value.into_owned())
}
