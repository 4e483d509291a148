//! What stands below the heading of a modern page (`html-pages.md` sections 4.2 to 4.5).

use model::{Section, Text};
use scraper::ElementRef;

use super::list::linked_pmid;
use crate::page::dom::{
    all, attribute, first, first_words, own_words, rich, rich_without, split, words,
};
use crate::page::sheet::{Linked, Sheet};
use crate::page::text::LINK_HEADINGS;

/// Reads the abstract and the sections below it.
pub(super) fn body(sheet: &mut Sheet, details: ElementRef<'_>) {
    if let Some(area) = first(details, "#abstract, div.abstract") {
        abstract_(sheet, area);
    }
    sheet.copyright = first_words(details, "p.copyright");
    let conflict = section(details, "#conflict-of-interest", "Conflict of interest statement");
    sheet.conflict = conflict.and_then(|area| first_words(area, ".statement"));
    sheet.types.extend(terms(details, "#publication-types", "Publication types"));
    sheet.mesh = terms(details, "#mesh-terms", "MeSH terms");
    sheet.substances = terms(details, "#substances", "Substances");
    sheet.data = terms(details, "#supplemental-data", "Associated data");
    sheet.persons = terms(details, "#personal-name-subjects", "Personal name as subject");
    sheet.grants = grants(details);
    if let Some(area) = section(details, "#references", "References") {
        references(sheet, area);
    }
    links(sheet, details);
}

/// A section of the page: by its id, else as what stands about its heading.
fn section<'a>(details: ElementRef<'a>, css: &str, heading: &str) -> Option<ElementRef<'a>> {
    first(details, css).or_else(|| {
        let mut titles = all(details, "h2, h3, .title").into_iter();
        let title = titles.find(|title| words(*title).as_deref() == Some(heading))?;
        title.parent().and_then(ElementRef::wrap).filter(|area| *area != details)
    })
}

/// The terms of a list. The drop-down beside each is a menu.
fn terms(details: ElementRef<'_>, css: &str, heading: &str) -> Vec<String> {
    let Some(area) = section(details, css, heading) else { return Vec::new() };
    let buttons = all(area, "button.keyword-link").into_iter();
    let term = |button: ElementRef<'_>| {
        let term = own_words(button)?;
        let is_major = button.value().classes().any(|class| class == "major");
        match term.split_once(" / ") {
            _ if !is_major || term.contains('*') => Some(term),
            // The class says the same as a star, but not which part it stands for.
            Some((descriptor, qualifier)) => Some(format!("{descriptor}* / {qualifier}")),
            None => Some(format!("{term}*")),
        }
    };
    buttons.filter_map(term).collect()
}

fn abstract_(sheet: &mut Sheet, area: ElementRef<'_>) {
    let mut blocks = all(area, ".abstract-content");
    if blocks.is_empty() {
        blocks = all(area, "[id$=\"-abstract\"]");
    }
    let shown = blocks.iter().position(|block| block.value().classes().any(|c| c == "selected"));
    for (place, block) in blocks.iter().enumerate() {
        let sections = sections(*block);
        if sections.is_empty() {
        } else if place == shown.unwrap_or(0) {
            sheet.sections = sections;
        } else {
            let id = block.attr("id").and_then(|id| id.strip_suffix("-abstract"));
            let language = id.filter(|id| id.len() == 3).map(str::to_owned);
            sheet.other_abstracts.push((language, sections));
        }
    }
    // Paragraphs beside the block: keywords, and sections that are not part of it.
    let beside = area.child_elements().filter(|child| child.value().name() == "p");
    for paragraph in beside {
        let Some((label, text)) = labelled(paragraph) else { continue };
        if label.eq_ignore_ascii_case("keywords") {
            sheet.keywords.extend(split(&text, ';'));
        } else if !text.is_empty() {
            sheet.sections.push(Section { label: Some(label), category: None, text });
        }
    }
}

fn sections(block: ElementRef<'_>) -> Vec<Section> {
    if first(block, "em.empty-abstract").is_some() {
        return Vec::new();
    }
    let mut paragraphs = all(block, "p");
    if paragraphs.is_empty() {
        paragraphs.push(block);
    }
    let sections = paragraphs.into_iter().map(|paragraph| match labelled(paragraph) {
        Some((label, text)) => Section { label: Some(label), category: None, text },
        None => Section { text: rich(paragraph, true), ..Section::default() },
    });
    let says_none =
        |text: &str| text.trim_end_matches('.').eq_ignore_ascii_case("No abstract available");
    sections
        .filter(|section| !section.text.is_empty() && !says_none(&section.text.flatten()))
        .collect()
}

/// The label of a paragraph and the text behind it.
fn labelled(paragraph: ElementRef<'_>) -> Option<(String, Text)> {
    let heading = first(paragraph, "strong.sub-title")?;
    let printed = words(heading)?;
    let label = printed.strip_suffix(':').unwrap_or(&printed).trim().to_owned();
    Some((label, rich_without(paragraph, heading, true)))
}

fn grants(details: ElementRef<'_>) -> Vec<String> {
    let Some(area) = section(details, "#grants, .grants", "Grants and funding") else {
        return Vec::new();
    };
    let mut grants = Vec::new();
    for item in all(area, "li") {
        let text = first(item, "button, a").map_or_else(|| words(item), own_words);
        grants.extend(text.filter(|text| text.contains('/')));
    }
    grants
}

fn references(sheet: &mut Sheet, area: ElementRef<'_>) {
    let mut items = all(area, ".references-and-notes-list > li");
    if items.is_empty() {
        items = all(area, ".references-list > li");
    }
    sheet.references = items.into_iter().filter_map(reference).collect();
    sheet.references_said = first_words(area, "button.show-all").and_then(|text| {
        let text = text.replace(',', "");
        text.split(|sign: char| !sign.is_ascii_digit()).find_map(|number| number.parse().ok())
    });
}

/// A reference without the words of its links.
fn reference(item: ElementRef<'_>) -> Option<String> {
    let text = words(item)?;
    let mut text = text.as_str();
    while let Some(shorter) =
        ["- DOI", "- PMC", "- PubMed"].iter().find_map(|link| text.strip_suffix(link))
    {
        text = shorter.trim_end();
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// Other works, each under the last heading before it; the heading says how they are linked.
fn links(sheet: &mut Sheet, details: ElementRef<'_>) {
    let mut heading = None;
    for element in all(details, "h2, h3, .title, .full-docsum, li.comments, li.linked-article") {
        let is_item = element.value().classes().any(|class| class == "full-docsum")
            || element.value().name() == "li";
        if !is_item {
            let printed = words(element).unwrap_or_default();
            let known = LINK_HEADINGS.iter().find(|known| known.eq_ignore_ascii_case(&printed));
            // Menus have titles that are no headings.
            if known.is_some() || element.value().name() != "div" {
                heading = known;
            }
            continue;
        }
        let Some(heading) = heading else { continue };
        let link = || {
            let link = first(element, "a.docsum-title").and_then(|e| attribute(e, "href"));
            link.as_deref().and_then(linked_pmid)
        };
        sheet.links.push(Linked {
            heading: (*heading).to_owned(),
            source: first_words(element, ".full-journal-citation, .docsum-journal-citation"),
            pmid: first_words(element, ".docsum-pmid").or_else(link),
        });
    }
}
