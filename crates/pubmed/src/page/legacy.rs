//! Pages of the site as it was until 2020, and lists that others keep (`html-pages.md` section 8).

use model::{Section, Text};
use scraper::ElementRef;

use super::affiliations::Affiliations;
use super::dom::{all, attribute, first, first_words, meta, rich, words};
use super::line::{is_group, list_citation, short_authors};
use super::sheet::{Linked, Person, Place, Sheet};
use super::text::{LINK_HEADINGS, TYPES};

/// The records of an article page of 2010 to 2020, or of a list of abstracts.
pub(crate) fn articles(page: ElementRef<'_>) -> Vec<Sheet> {
    let reports = all(page, "div.rprt.abstract");
    let alone = reports.len() == 1;
    let sheets = reports.into_iter().map(|report| {
        let mut sheet = article(report);
        if alone {
            sheet.pmids.extend(place(meta(page, "ncbi_uidlist"), "head of the page"));
            let input = first(page, "input#absid").and_then(|input| attribute(input, "value"));
            sheet.pmids.extend(place(input, "form"));
            description(&mut sheet, page);
        }
        sheet
    });
    sheets.collect()
}

fn article(report: ElementRef<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    if let Some(line) = first(report, "div.cit") {
        citation(&mut sheet, line);
    }
    if let Some(title) = first(report, "h1") {
        sheet.title = rich(title, true);
        article_language(&mut sheet);
    }
    affiliated_authors(&mut sheet, report);
    if let Some(area) = first(report, "div.abstr") {
        abstract_(&mut sheet, area);
    }
    if let Some(list) = first_words(report, "div.keywords p") {
        let list = list.strip_suffix('.').unwrap_or(&list);
        let terms = list.split(';').map(str::trim).filter(|term| !term.is_empty());
        sheet.keywords.extend(terms.map(Text::plain));
    }
    identifiers(&mut sheet, report);
    let terms = |section: &str| -> Vec<String> {
        let css = format!("a[alsec=\"{section}\"]");
        all(report, &css).into_iter().filter_map(words).collect()
    };
    sheet.types = terms("ptyp");
    sheet.mesh = terms("mesh");
    sheet.substances = terms("subs");
    let conflict = all(report, "h3, h4").into_iter();
    let conflict = { conflict }.find(|heading| {
        words(*heading).is_some_and(|text| text.starts_with("Conflict of interest statement"))
    });
    sheet.conflict = conflict
        .and_then(|heading| heading.next_siblings().filter_map(ElementRef::wrap).find_map(words));
    for heading in all(report, "div.morecit h4, div.comments h3, div.comments h4") {
        under(&mut sheet, heading);
    }
    sheet
}

/// What the head of the page repeats: `J Test. 2012 Mar 1;32(3):171-8. doi: ….  Review; Comment`.
fn description(sheet: &mut Sheet, page: ElementRef<'_>) {
    let Some(text) = meta(page, "description") else { return };
    let (citation, types) = match text.rsplit_once(". ") {
        Some((before, last)) if last.split(';').all(|kind| TYPES.contains(&kind.trim())) => {
            (format!("{before}."), last)
        }
        _ => (text.clone(), ""),
    };
    if sheet.citation.is_none() {
        list_citation(sheet, &citation);
    }
    if sheet.types.is_empty() {
        let types = types.split(';').map(str::trim).filter(|kind| !kind.is_empty());
        sheet.types.extend(types.map(str::to_owned));
    }
}

/// `<a alsec=jour>Bioorg Chem.</a> 2019 Aug 21;92:103214. doi: 10.…. [Epub ahead of print]`
fn citation(sheet: &mut Sheet, line: ElementRef<'_>) {
    let journal = first(line, "a[alsec=\"jour\"]");
    let full = words(line).unwrap_or_default();
    let name = journal.and_then(words).unwrap_or_default();
    let rest = full.strip_prefix(name.as_str()).unwrap_or(&full).trim();
    let unstopped = |text: String| text.strip_suffix('.').map_or(text.clone(), str::to_owned);
    sheet.journal = journal.and_then(|link| attribute(link, "title")).map(unstopped);
    let term = journal.and_then(|link| attribute(link, "alterm")).map(unstopped);
    if name.is_empty() {
        list_citation(sheet, rest);
    } else {
        list_citation(sheet, &format!("{}. {rest}", unstopped(name.clone())));
    }
    sheet.abbreviation = sheet.abbreviation.take().or(term);
    // The bracketed word behind the sentences.
    if let Some(before) = sheet.secondary.strip_suffix("[Epub ahead of print]") {
        let sentences = format!("{} Online ahead of print.", before.trim());
        sentences.trim().clone_into(&mut sheet.secondary);
    }
}

/// Takes `[Article in Chinese]` off a title.
fn article_language(sheet: &mut Sheet) {
    sheet.title.edit(|runs| {
        let Some(model::Inline::Plain(last)) = runs.last_mut() else { return };
        let Some(at) = last.rfind("[Article in ") else { return };
        let language = last[at + "[Article in ".len()..].trim().strip_suffix(']');
        sheet.language = language.map(str::to_owned);
        last.truncate(last[..at].trim_end().len());
    });
}

/// Authors are links in NLM's short form, with the numbers of their affiliations behind them.
fn affiliated_authors(sheet: &mut Sheet, report: ElementRef<'_>) {
    let Some(line) = first(report, "div.auths") else { return };
    let (mut listed, mut alone) = affiliations(report);
    for child in line.child_elements() {
        match child.value().name() {
            "a" => {
                let corporate = attribute(child, "href").is_some_and(|link| {
                    let address = link.to_ascii_lowercase();
                    address.contains("[corporate") || address.contains("%5bcorporate")
                });
                sheet.authors.extend(words(child).map(|printed| {
                    let group = corporate || is_group(&printed);
                    Person { printed, short: !group, group, ..Person::default() }
                }));
            }
            "sup" => {
                let Some(author) = sheet.authors.last_mut() else { continue };
                let marks = words(child).unwrap_or_default();
                for mark in marks.split([',', ' ']).filter(|mark| !mark.is_empty()) {
                    listed.give(mark, author);
                }
            }
            _ => {}
        }
    }
    if let (Some(text), Some(author)) = (alone.take(), sheet.authors.first_mut()) {
        author.affiliations.push(text);
    }
}

/// The affiliations by number, from either form of the list; and one that has no number, which is
/// the first author's.
fn affiliations(report: ElementRef<'_>) -> (Affiliations, Option<String>) {
    let mut listed = Affiliations::default();
    let mut alone = None;
    let numbers = all(report, "div.afflist dt").into_iter();
    for (number, text) in numbers.zip(all(report, "div.afflist dd")) {
        listed.add(&words(number).unwrap_or_default(), words(text).unwrap_or_default());
    }
    let items = all(report, "div.afflist li");
    for item in &items {
        let number = first_words(*item, "sup").unwrap_or_default();
        let text = words(*item).unwrap_or_default();
        let text = text.strip_prefix(number.as_str()).unwrap_or(&text).trim().to_owned();
        if items.len() == 1 && number.is_empty() && !text.is_empty() {
            alone = Some(text);
        } else {
            listed.add(&number, text);
        }
    }
    (listed, alone)
}

fn abstract_(sheet: &mut Sheet, area: ElementRef<'_>) {
    let mut label = None;
    for element in all(area, "h4, p") {
        if element.value().name() == "h4" {
            label = words(element).map(|text| text.trim_end_matches(':').trim().to_owned());
            continue;
        }
        let text = rich(element, true);
        let printed = text.flatten();
        let copyright = element.value().classes().any(|class| class == "copyright")
            || ["Copyright", "©", "(c)"].iter().any(|mark| printed.starts_with(mark));
        if copyright {
            sheet.copyright = Some(printed);
            label = None;
            continue;
        }
        let raw = first(element, "abstracttext");
        let attribute = |name| raw.and_then(|raw| attribute(raw, name));
        let section = Section {
            label: attribute("label").or(label.take()),
            category: attribute("nlmcategory"),
            text,
        };
        label = None;
        if !section.text.is_empty() && printed != "No abstract available" {
            sheet.sections.push(section);
        }
    }
}

/// `dt` says what the `dd` behind it is.
fn identifiers(sheet: &mut Sheet, report: ElementRef<'_>) {
    let mut name = String::new();
    for element in all(report, "dl.rprtid > dt, dl.rprtid > dd") {
        let text = words(element).unwrap_or_default();
        if element.value().name() == "dt" {
            name = text;
            continue;
        }
        match name.as_str() {
            "PMID:" => sheet.pmids.extend(place(Some(text), "identifiers")),
            "PMCID:" => sheet.pmcid = Some(text),
            "DOI:" => sheet.identified_by_doi(text),
            _ => {}
        }
        name.clear();
    }
}

/// Lists under headings that have no links of their own: grants, data, other works.
fn under(sheet: &mut Sheet, heading: ElementRef<'_>) {
    let name = words(heading).unwrap_or_default();
    let below = heading.next_siblings().filter_map(ElementRef::wrap);
    let mut below = below.take_while(|e| !matches!(e.value().name(), "h3" | "h4"));
    let list = below.find(|e| {
        e.value().name() == "ul" || e.value().classes().any(|c| c.contains("toggler-slave"))
    });
    let items = list.map(|list| all(list, "li")).unwrap_or_default();
    match name.as_str() {
        "Publication Types" | "Publication types" if sheet.types.is_empty() => {
            sheet.types.extend(items.into_iter().filter_map(words));
        }
        "MeSH Terms" | "MeSH terms" if sheet.mesh.is_empty() => {
            sheet.mesh.extend(items.into_iter().filter_map(words));
        }
        "Substances" | "Substance" if sheet.substances.is_empty() => {
            sheet.substances.extend(items.into_iter().filter_map(words));
        }
        "Grant Support" => sheet.grants.extend(items.into_iter().filter_map(words)),
        "Secondary Source ID" => sheet.data.extend(items.into_iter().filter_map(words)),
        "Personal Name as Subject" => sheet.persons.extend(items.into_iter().filter_map(words)),
        _ => {
            let known = LINK_HEADINGS.iter().find(|known| known.eq_ignore_ascii_case(&name));
            let Some(known) = known else { return };
            for item in items {
                let link = first(item, "a").and_then(|link| attribute(link, "href"));
                let id = link.as_deref().and_then(|l| l.trim_end_matches('/').rsplit('/').next());
                let pmid = id.filter(|id| id.bytes().all(|sign| sign.is_ascii_digit()));
                sheet.links.push(Linked {
                    heading: (*known).to_owned(),
                    source: words(item),
                    pmid: pmid.map(str::to_owned),
                });
            }
        }
    }
}

/// The records of a list of results of 2010 to 2020.
pub(crate) fn list(page: ElementRef<'_>) -> Vec<Sheet> {
    let items = all(page, "div.rprt").into_iter().map(|report| {
        let mut sheet = Sheet::default();
        if let Some(title) = first(report, "p.title > a") {
            sheet.title = rich(title, false);
            let link = attribute(title, "href").unwrap_or_default();
            let id = link.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if !id.is_empty() && id.bytes().all(|sign| sign.is_ascii_digit()) {
                sheet.pmids.push(Place { value: id.to_owned(), place: "title" });
            }
        }
        if let Some(authors) = first_words(report, "p.desc") {
            short_authors(&mut sheet, &authors);
        }
        if let Some(details) = first(report, "p.details") {
            if let Some(text) = words(details) {
                list_citation(&mut sheet, &text);
            }
            let journal = first(details, "span.jrnl");
            let full = journal.and_then(|journal| attribute(journal, "title"));
            sheet.journal = full.map(|full| full.strip_suffix('.').unwrap_or(&full).to_owned());
        }
        identifiers(&mut sheet, report);
        sheet
    });
    items.collect()
}

/// The record of the page used until 2009.
pub(crate) fn abstract_plus(page: ElementRef<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    let line = all(page, "p.citation, .citation, dt, .source").into_iter().filter_map(words);
    // `1: Journal Abbrev. 2004;51(2):101-9. Epub 2004 May 3.`
    if let Some(line) = { line }.find(|line| running_number(line).is_some()) {
        list_citation(&mut sheet, running_number(&line).unwrap_or(&line));
    }
    let title = first(page, "dd.abstract h2").or_else(|| first(page, "h2"));
    sheet.title = title.map(|title| rich(title, true)).unwrap_or_default();
    let authors = all(page, ".authors a").into_iter().filter_map(words);
    sheet.authors =
        authors.map(|printed| Person { printed, short: true, ..Person::default() }).collect();
    if let (Some(author), Some(text)) =
        (sheet.authors.first_mut(), first_words(page, "p.affiliation"))
    {
        author.affiliations.push(text);
    }
    if let Some(text) = first(page, "p.abstract") {
        sheet.sections.push(Section { text: rich(text, true), ..Section::default() });
    }
    let line = first_words(page, "p.pmid").unwrap_or_default();
    let id = line.split_whitespace().find(|word| word.bytes().all(|s| s.is_ascii_digit()));
    sheet.pmids.extend(place(id.map(str::to_owned), "identifiers"));
    sheet
}

/// What stands behind `1: `.
fn running_number(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(':')?;
    let digits = !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit());
    (digits && rest.contains(". ")).then(|| rest.trim())
}

/// The records of a "My Bibliography" list: authors, a linked title, a citation, identifiers.
pub(crate) fn bibliography(page: ElementRef<'_>) -> Vec<Sheet> {
    let items = all(page, "li.citationListItem").into_iter().map(|item| {
        let content = first(item, ".docsumRightcol").unwrap_or(item);
        let mut sheet = Sheet::default();
        let text = words(content).unwrap_or_default();
        let (authors, rest) = if let Some(link) = first(content, "a") {
            sheet.title = rich(link, true);
            let title = words(link).unwrap_or_default();
            text.split_once(title.as_str()).unwrap_or(("", ""))
        } else {
            // A book or a thesis may have no link.
            let (authors, rest) = text.split_once(". ").unwrap_or(("", &text));
            let (title, rest) = rest.split_once(". ").unwrap_or((rest, ""));
            sheet.title = Text::plain(title);
            (authors, rest)
        };
        if authors.trim().is_empty() {
            sheet.says_no_authors = true;
        } else {
            short_authors(&mut sheet, authors);
        }
        let (rest, ids) = rest.split_once("PubMed PMID:").unwrap_or((rest, ""));
        list_citation(&mut sheet, rest.trim().trim_start_matches('.').trim());
        let (own, central) = ids.split_once("PubMed Central PMCID:").unwrap_or((ids, ""));
        let tidy = |id: &str| id.trim().trim_end_matches(['.', ';']).trim().to_owned();
        let found = |id: String| (!id.is_empty()).then_some(id);
        sheet.pmids.extend(place(found(tidy(own)), "citation"));
        sheet.pmcid = found(tidy(central));
        sheet
    });
    items.collect()
}

/// The text of a page whose whole body is one `pre`.
pub(crate) fn preformatted(page: ElementRef<'_>) -> Option<String> {
    let block = first(page, "pre")?;
    let text: String = block.text().collect();
    (!text.trim().is_empty()).then_some(text)
}

fn place(value: Option<String>, place: &'static str) -> Option<Place> {
    value.map(|value| Place { value, place })
}
