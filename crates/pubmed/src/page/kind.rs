//! Telling the kinds of pages apart (`html-pages.md` section 3).

use scraper::ElementRef;

use super::dom::{all, first, first_words, meta, words};
use super::legacy::preformatted;

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An article, since 2020.
    ModernArticle,
    /// A list of results, since 2020.
    ModernList,
    /// Several abstracts, since 2020.
    ModernAbstracts,
    /// MEDLINE text in a `pre`.
    Medline,
    /// An article or a list of abstracts, 2010 to 2020.
    LegacyArticle,
    /// A list of results, 2010 to 2020.
    LegacyList,
    /// The page used until 2009.
    AbstractPlus,
    /// A list of "My Bibliography".
    Bibliography,
}

impl Kind {
    /// The kind in words, for a message.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ModernArticle => "a PubMed article page",
            Self::ModernList => "a PubMed result list",
            Self::ModernAbstracts => "a PubMed page of abstracts",
            Self::Medline => "a PubMed page of MEDLINE text",
            Self::LegacyArticle => "an older PubMed article page",
            Self::LegacyList => "an older PubMed result list",
            Self::AbstractPlus => "a PubMed page of before 2010",
            Self::Bibliography => "a My Bibliography list",
        }
    }
}

/// The kind of a page, or a sentence that says what it is instead.
///
/// The tests stand in the order of the specification; none needs the page's address.
pub(crate) fn kind(page: ElementRef<'_>) -> Result<Kind, String> {
    let has = |css: &str| first(page, css).is_some();
    let app = meta(page, "ncbi_app").unwrap_or_default();
    let page_kind = meta(page, "ncbi_pdid").unwrap_or_default();
    let preformatted = pre(page);
    match preformatted {
        Some(Pre::Medline) => return Ok(Kind::Medline),
        Some(Pre::Numbers) => {
            let found = "a PubMed page that shows PMIDs only, no bibliographic data; save it with";
            return Err(format!("{found} the display option PubMed or Abstract"));
        }
        None => {}
    }
    let whole = has("#full-view-heading");
    let items = has("article.full-docsum .docsum-wrap");
    // A list of abstracts may call itself either of the other two.
    if has(".results-article") && !whole && !items {
        return Ok(Kind::ModernAbstracts);
    }
    let article = page_kind == "abstract" || has("meta[name=\"citation_pmid\"]");
    let fragment = (app == "pubmed" || app.is_empty()) && !items;
    if whole && !items || (app == "pubmed" && article) || fragment && has("main#article-details") {
        return Ok(Kind::ModernArticle);
    }
    if (app == "pubmed" && page_kind == "searchresult") || items {
        return Ok(Kind::ModernList);
    }
    let entrez = app == "entrez" && meta(page, "ncbi_db").as_deref() == Some("pubmed");
    if has("div.rprt.abstract") {
        return Ok(Kind::LegacyArticle);
    }
    if has("div.rprt div.rslt p.title > a") {
        return Ok(Kind::LegacyList);
    }
    if meta(page, "ncbi_report").as_deref() == Some("abstractplus") || has("dd.abstract") {
        return Ok(Kind::AbstractPlus);
    }
    if app.starts_with("myncbi") || has("li.citationListItem") {
        return Ok(Kind::Bibliography);
    }
    if entrez {
        return Ok(Kind::LegacyArticle);
    }
    Err(foreign(page, &page_kind))
}

enum Pre {
    Medline,
    Numbers,
}

/// What the page's `pre` holds, where it is the page's data.
fn pre(page: ElementRef<'_>) -> Option<Pre> {
    let named = first(page, "pre.search-results-chunk, #article-details pre, .article-details pre");
    let text = match named {
        Some(block) => block.text().collect(),
        None => preformatted(page)?,
    };
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    if begins.lines().next().is_some_and(|line| line.starts_with("PMID-")) {
        return Some(Pre::Medline);
    }
    let number = |line: &str| line.bytes().all(|sign| sign.is_ascii_digit());
    let lines = || begins.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_data = named.is_some() || lines().count() > 1;
    (is_data && lines().next().is_some() && lines().all(number)).then_some(Pre::Numbers)
}

/// A sentence that says what a page is that holds no PubMed record.
fn foreign(page: ElementRef<'_>, page_kind: &str) -> String {
    let title = first_words(page, "title").unwrap_or_default();
    let addresses = addresses(page);
    let from = |host: &str| addresses.iter().any(|address| address.contains(host));
    if matches!(page_kind, "book-part" | "book-toc") || from("ncbi.nlm.nih.gov/books/") {
        return "a Bookshelf page, not a PubMed page".to_owned();
    }
    if from("pmc.ncbi.nlm.nih.gov") || from("ncbi.nlm.nih.gov/pmc/") {
        return "a PubMed Central full-text page, not a PubMed page".to_owned();
    }
    if !all(page, "meta[name=\"citation_author\"]").is_empty() {
        return "an article page of another site, not a PubMed page".to_owned();
    }
    let lower = title.to_ascii_lowercase();
    let wrong = [
        "error blocked",
        "not found",
        "captcha",
        "access denied",
        "just a moment",
        "service unavailable",
        "bad gateway",
    ];
    if lower.starts_with("error") || wrong.iter().any(|words| lower.contains(words)) {
        return format!("an error page (\"{}\"), not a PubMed page", shortened(&title));
    }
    let text = first(page, "body").and_then(words).unwrap_or_default();
    if text.is_empty() {
        return "an HTML page without any text".to_owned();
    }
    match title.as_str() {
        "" => "an HTML page that is not of PubMed".to_owned(),
        title => format!("an HTML page (\"{}\") that is not of PubMed", shortened(title)),
    }
}

/// Where the page says that it comes from; browsers leave a comment when they save one.
fn addresses(page: ElementRef<'_>) -> Vec<String> {
    let css = "link[rel=\"canonical\"], meta[property=\"og:url\"], base";
    let links = all(page, css).into_iter().filter_map(|e| e.attr("href").or(e.attr("content")));
    let comments = page.parent().into_iter().flat_map(|document| document.descendants());
    let comments = comments.take(2000).filter_map(|node| {
        let comment: &str = node.value().as_comment()?;
        comment.contains("saved from url=").then(|| comment.to_owned())
    });
    links.map(str::to_owned).chain(comments).collect()
}

/// At most eighty characters, for a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    fn told(html: &str) -> Result<Kind, String> {
        kind(Html::parse_document(html).root_element())
    }

    #[test]
    fn pages_are_told_apart_by_what_stands_in_them() {
        for (html, expected) in [
            (
                "<meta name=ncbi_app content=pubmed><meta name=citation_pmid content=1>",
                Kind::ModernArticle,
            ),
            ("<div id=full-view-heading></div>", Kind::ModernArticle),
            (
                "<meta name=ncbi_app content=pubmed><meta name=ncbi_pdid content=searchresult>",
                Kind::ModernList,
            ),
            (
                "<article class=full-docsum><div class=docsum-wrap></div></article>",
                Kind::ModernList,
            ),
            ("<div class='results-article x'></div>", Kind::ModernAbstracts),
            (
                "<meta name=ncbi_app content=pubmed><meta name=ncbi_pdid content=searchresult>\
                 <div class=results-article></div>",
                Kind::ModernAbstracts,
            ),
            ("<main id=article-details class=article-details></main>", Kind::ModernArticle),
            ("<pre class=search-results-chunk>\nPMID- 1\n</pre>", Kind::Medline),
            ("<body><pre>PMID- 1\nTI  - x</pre>", Kind::Medline),
            ("</html><body></div><div class='rprt abstract'></div>", Kind::LegacyArticle),
            (
                "<div class=rprt><div class=rslt><p class=title><a>x</a></p></div></div>",
                Kind::LegacyList,
            ),
            ("<meta name=ncbi_report content=abstractplus>", Kind::AbstractPlus),
            ("<ul><li class=citationListItem></ul>", Kind::Bibliography),
        ] {
            assert_eq!(told(html), Ok(expected), "{html}");
        }
    }

    #[test]
    fn pages_of_other_kinds_are_named() {
        for (html, words) in [
            ("<pre class=search-results-chunk>1\n2\n</pre>", "PMIDs only"),
            ("<pre>11\n22\n</pre>", "PMIDs only"),
            ("<meta name=ncbi_pdid content=book-part>", "Bookshelf"),
            (
                "<!-- saved from url=(0046)https://www.ncbi.nlm.nih.gov/books/NBK1/ --><p>x",
                "Bookshelf",
            ),
            (
                "<link rel=canonical href='https://pmc.ncbi.nlm.nih.gov/articles/PMC1/'>\
                 <meta name=citation_author content=x><p>x",
                "PubMed Central",
            ),
            ("<title>Checking your browser - reCAPTCHA</title><p>x", "error page"),
            ("<title>Medication errors at home</title><p>x", "not of PubMed"),
            ("<meta name=citation_author content=x><p>x", "another site"),
            ("<title>NCBI - WWW Error Blocked Diagnostic</title><p>x", "Error Blocked"),
            ("<title>Cake</title><p>x", "not of PubMed"),
            ("", "without any text"),
        ] {
            let sentence = told(html).expect_err(html);
            assert!(sentence.contains(words), "{sentence}");
        }
    }
}
