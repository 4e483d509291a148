//! Pages of the site as it is since 2020: an article, several abstracts, a list of results
//! (`html-pages.md` sections 4, 6 and 7).

use model::{Section, Text};
use scraper::ElementRef;

use super::dom::{all, attribute, collapsed, first, first_words, meta, own_words, rich, words};
use super::sheet::{Linked, Person, Place, Sheet};
use super::text::LINK_HEADINGS;
use super::text::take_doi;

/// The record of an article page.
///
/// Everything is taken from the full view where there is one: the short view repeats it, shortened.
pub(crate) fn article(page: ElementRef<'_>) -> Sheet {
    let details = first(page, "main#article-details").or_else(|| first(page, ".article-details"));
    let details = details.or_else(|| first(page, "main")).unwrap_or(page);
    let head = first(page, "#full-view-heading").unwrap_or(details);
    let mut sheet = Sheet::default();
    heading(&mut sheet, head);
    body(&mut sheet, details);
    metas(&mut sheet, page);
    sheet
}

/// The records of a page of several abstracts.
pub(crate) fn abstracts(page: ElementRef<'_>) -> Vec<Sheet> {
    let articles = all(page, ".results-article").into_iter().map(|article| {
        let mut sheet = Sheet::default();
        heading(&mut sheet, article);
        body(&mut sheet, article);
        sheet
    });
    articles.filter(Sheet::is_record).collect()
}

/// What stands above the abstract.
fn heading(sheet: &mut Sheet, head: ElementRef<'_>) {
    sheet.types.extend(all(head, ".publication-type").into_iter().filter_map(sentence));
    if let Some(button) = first(head, "button[id$=\"journal-trigger\"], .journal-actions button") {
        sheet.journal = attribute(button, "title");
        sheet.abbreviation = own_words(button);
    }
    sheet.citation = first_words(head, ".cit, .volume-issue-pages");
    let behind = [".secondary-date", ".ahead-of-print"];
    let sentences = behind.iter().filter_map(|css| first_words(head, css));
    sheet.secondary = sentences.collect::<Vec<_>>().join(" ");
    if let Some(title) = first(head, "h1.heading-title") {
        sheet.title = rich(title, true);
    }
    sheet.says_no_authors = first(head, ".empty-authors").is_some();
    if let Some(list) = first(head, ".authors-list") {
        let items = all(list, ".authors-list-item").into_iter();
        sheet.authors = items.filter_map(|item| author(item, head)).collect();
    }
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

fn author(item: ElementRef<'_>, head: ElementRef<'_>) -> Option<Person> {
    let link = first(item, "a.full-name");
    let printed = first_words(item, ".full-name").or_else(|| own_words(item))?;
    let told = link.and_then(|link| link.attr("href")).and_then(term);
    let marks = all(item, "a.affiliation-link").into_iter();
    let affiliations = marks.filter_map(|mark| {
        attribute(mark, "title").or_else(|| {
            let id = mark.attr("href")?.strip_prefix('#')?;
            listed(head, id)
        })
    });
    Some(Person {
        group: told.is_none() && !printed.contains(',') && is_body(&printed),
        printed,
        short: false,
        told,
        affiliations: affiliations.collect(),
    })
}

/// Whether a name without a link of its own is that of a body.
fn is_body(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "Group",
        "Consortium",
        "Collaborat",
        "Investigators",
        "Network",
        "Society",
        "Committee",
        "Association",
        "Initiative",
    ];
    WORDS.iter().any(|word| name.to_ascii_lowercase().contains(&word.to_ascii_lowercase()))
}

/// The affiliation of that id in the list below the authors, without its number.
fn listed(head: ElementRef<'_>, id: &str) -> Option<String> {
    let items = all(head, ".affiliations li").into_iter();
    let item = { items }
        .find(|item| [item.attr("data-affiliation-id"), item.attr("id")].contains(&Some(id)))?;
    let key = first_words(item, "sup.key").unwrap_or_default();
    words(item).map(|text| text.strip_prefix(key.as_str()).unwrap_or(&text).trim().to_owned())
}

/// The author of a search link: `/?sort=jour&term=Zhang+C&cauthor_id=1` is `Zhang C`.
fn term(href: &str) -> Option<String> {
    let (_, query) = href.split_once('?')?;
    let term = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "term");
    let name = term.map(|(_, value)| collapsed(value.split('[').next().unwrap_or("")));
    name.filter(|name| !name.is_empty())
}

/// What stands below the heading.
fn body(sheet: &mut Sheet, details: ElementRef<'_>) {
    if let Some(area) = first(details, "#abstract, div.abstract") {
        abstract_(sheet, area);
    }
    sheet.copyright = first_words(details, "p.copyright");
    sheet.conflict = first_words(details, "#conflict-of-interest .statement");
    let terms = |id: &str| -> Vec<String> {
        let css = format!("#{id} button.keyword-link");
        all(details, &css).into_iter().filter_map(own_words).collect()
    };
    for kind in terms("publication-types") {
        if !sheet.types.contains(&kind) {
            sheet.types.push(kind);
        }
    }
    sheet.mesh = terms("mesh-terms");
    sheet.substances = terms("substances");
    sheet.data = terms("supplemental-data");
    sheet.persons = terms("personal-name-subjects");
    sheet.grants = grants(details);
    let items = all(details, "#references .references-and-notes-list > li").into_iter();
    sheet.references = items.filter_map(reference).collect();
    sheet.references_said = first_words(details, "#references button.show-all").and_then(|text| {
        text.split(|sign: char| !sign.is_ascii_digit()).find_map(|number| number.parse().ok())
    });
    links(sheet, details);
}

fn abstract_(sheet: &mut Sheet, area: ElementRef<'_>) {
    let blocks = all(area, ".abstract-content");
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
            let list = text.flatten();
            let list = list.trim().strip_suffix('.').unwrap_or(list.trim()).to_owned();
            let terms = list.split(';').map(str::trim).filter(|term| !term.is_empty());
            sheet.keywords.extend(terms.map(Text::plain));
        } else if !text.is_empty() {
            sheet.sections.push(Section { label: Some(label), category: None, text });
        }
    }
}

fn sections(block: ElementRef<'_>) -> Vec<Section> {
    if first(block, "em.empty-abstract").is_some() {
        return Vec::new();
    }
    let paragraphs = all(block, "p").into_iter().map(|paragraph| match labelled(paragraph) {
        Some((label, text)) => Section { label: Some(label), category: None, text },
        None => Section { text: rich(paragraph, true), ..Section::default() },
    });
    paragraphs
        .filter(|section| !section.text.is_empty())
        .filter(|section| section.text.flatten() != "No abstract available")
        .collect()
}

/// The label of a paragraph and the text behind it.
fn labelled(paragraph: ElementRef<'_>) -> Option<(String, Text)> {
    let heading = first(paragraph, "strong.sub-title")?;
    let printed = words(heading)?;
    let label = printed.strip_suffix(':').unwrap_or(&printed).trim().to_owned();
    let mut text = rich(paragraph, true);
    text.edit(|runs| {
        if let Some(model::Inline::Plain(first)) = runs.first_mut()
            && let Some(rest) = first.strip_prefix(printed.as_str())
        {
            *first = rest.trim_start().to_owned();
        }
    });
    Some((label, text))
}

fn grants(details: ElementRef<'_>) -> Vec<String> {
    let sections = all(details, "#grants, .grants").into_iter();
    let items = sections.flat_map(|section| all(section, "li"));
    let mut grants = Vec::new();
    for item in items {
        let text = first(item, "button, a").map_or_else(|| words(item), own_words);
        grants.extend(text.filter(|text| text.contains('/')));
    }
    grants
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
    Some(text.to_owned())
}

/// Other works in a block under a heading that says how they are linked.
fn links(sheet: &mut Sheet, details: ElementRef<'_>) {
    for title in all(details, ".title, h2, h3") {
        let Some(heading) = words(title) else { continue };
        let known = LINK_HEADINGS.iter().find(|known| known.eq_ignore_ascii_case(&heading));
        let (Some(known), Some(block)) = (known, title.parent().and_then(ElementRef::wrap)) else {
            continue;
        };
        for item in all(block, ".full-docsum, li.comments") {
            sheet.links.push(Linked {
                heading: (*known).to_owned(),
                source: first_words(item, ".full-journal-citation, .docsum-journal-citation"),
                pmid: first_words(item, ".docsum-pmid"),
            });
        }
    }
}

/// What the head of the document repeats: a check, and a source where the body is silent.
fn metas(sheet: &mut Sheet, page: ElementRef<'_>) {
    for name in ["citation_pmid", "uid", "ncbi_uid"] {
        sheet.pmids.extend(place(meta(page, name), "head of the page"));
    }
    let marked = first(page, "#article-page").and_then(|e| attribute(e, "data-article-pmid"));
    sheet.pmids.extend(place(marked, "article"));
    let canonical = first(page, "link[rel=\"canonical\"]").and_then(|e| attribute(e, "href"));
    let last = canonical.as_deref().and_then(|link| link.trim_end_matches('/').rsplit('/').next());
    let last = last.filter(|id| !id.is_empty() && id.bytes().all(|sign| sign.is_ascii_digit()));
    sheet.pmids.extend(place(last.map(str::to_owned), "address"));
    sheet.dois.extend(place(meta(page, "citation_doi"), "head of the page"));
    let title = meta(page, "citation_title");
    if sheet.title.is_empty() {
        let social = || meta(page, "og:title").map(|t| t.trim_end_matches(" - PubMed").to_owned());
        sheet.title = title.or_else(social).map(Text::plain).unwrap_or_default();
    } else {
        sheet.second_title = title;
    }
    sheet.journal = sheet.journal.take().or_else(|| meta(page, "citation_journal_title"));
    sheet.abbreviation = sheet.abbreviation.take().or_else(|| meta(page, "citation_publisher"));
    sheet.issn = meta(page, "citation_issn");
    sheet.second_citation.volume = meta(page, "citation_volume");
    sheet.second_citation.issue = meta(page, "citation_issue");
    let short = meta(page, "citation_authors").unwrap_or_default();
    let short: Vec<&str> = short.split(';').map(str::trim).filter(|n| !n.is_empty()).collect();
    if short.len() == sheet.authors.len() {
        for (author, short) in sheet.authors.iter_mut().zip(&short) {
            author.told = author.told.take().or_else(|| Some((*short).to_owned()));
        }
    }
    for name in short.iter().skip(sheet.authors.len()) {
        sheet.authors.push(Person {
            printed: (*name).to_owned(),
            short: true,
            ..Person::default()
        });
    }
}

/// The records of a list of results, and what the page says of how many there are.
pub(crate) fn list(page: ElementRef<'_>) -> (Vec<Sheet>, Shown) {
    let items = all(page, "article.full-docsum").into_iter();
    let sheets: Vec<Sheet> = items.map(item).filter(Sheet::is_record).collect();
    let chunk = first(page, ".search-results-chunk");
    let amount = chunk.and_then(|chunk| attribute(chunk, "data-results-amount"));
    let amount = amount.or_else(|| meta(page, "log_resultcount"));
    let results = amount.and_then(|number| number.replace(',', "").parse().ok());
    let ids = chunk.and_then(|chunk| attribute(chunk, "data-chunk-ids"));
    let ids = ids.or_else(|| meta(page, "log_displayeduids"));
    let listed = ids.map(|ids| ids.split(',').count());
    (sheets, Shown { results, listed })
}

/// How many records a list page speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Results of the query.
    pub(crate) results: Option<usize>,
    /// Records that the page says it holds.
    pub(crate) listed: Option<usize>,
}

fn item(item: ElementRef<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    let content = first(item, ".docsum-content").unwrap_or(item);
    let title = first(content, "a.docsum-title");
    sheet.pmids.extend(place(first_words(content, ".docsum-pmid"), "citation"));
    let marked = title.and_then(|title| attribute(title, "data-article-id"));
    sheet.pmids.extend(place(marked, "title"));
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

/// Authors in NLM's short form, groups behind a semicolon: `Smith J, Doe A; Society of Mills.`
pub(crate) fn short_authors(sheet: &mut Sheet, text: &str) {
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.contains("No authors listed") {
        sheet.says_no_authors = true;
        return;
    }
    for (place, part) in text.split(';').map(str::trim).enumerate() {
        let names = part.split(", ").map(str::trim).filter(|name| !name.is_empty());
        for name in names {
            if matches!(name, "et al" | "et al.") {
                sheet.more_authors = true;
            } else if place > 0 || !is_short_form(name) && is_body(name) {
                sheet.authors.push(Person {
                    printed: name.to_owned(),
                    group: true,
                    ..Person::default()
                });
            } else {
                let printed = name.to_owned();
                sheet.authors.push(Person { printed, short: true, ..Person::default() });
            }
        }
    }
}

/// Whether a name ends in initials, with or without a suffix behind them.
fn is_short_form(name: &str) -> bool {
    let is_initials =
        |word: &str| word.len() <= 4 && word.chars().all(|c| c.is_uppercase() || c == '-');
    name.split(' ').skip(1).any(is_initials)
}

/// `Hypertension. 2021 Nov;78(5):1185-1196. doi: 10.….  Epub 2021 Oct 4.`
pub(crate) fn list_citation(sheet: &mut Sheet, text: &str) {
    let text = match text.strip_prefix("Among authors: ") {
        Some(rest) => rest.split_once(". ").map_or("", |(_, rest)| rest),
        None => text,
    };
    let Some((journal, rest)) = text.split_once(". ") else {
        sheet.citation = Some(text.to_owned());
        return;
    };
    if journal.contains([':', ';']) {
        // A book: `Oslo, Norway: Centre; 2017 Aug 25. Report No. 1.`
        sheet.citation = Some(text.to_owned());
        return;
    }
    let (body, behind) = super::citation::sentence(rest);
    sheet.abbreviation = Some(journal.to_owned());
    sheet.citation = Some(format!("{body}."));
    take_doi(sheet, behind);
}

/// The words of an element without their full stop.
fn sentence(element: ElementRef<'_>) -> Option<String> {
    words(element).map(|text| text.strip_suffix('.').unwrap_or(&text).to_owned())
}

fn place(value: Option<String>, place: &'static str) -> Option<Place> {
    value.map(|value| Place { value, place })
}
