//! Pages as text: extracted by a crawler, copied from a browser, or made by a page-reading service
//! (`html-pages.md` section 9).
//!
//! An article hangs on one line, a full stop, a blank and the citation: `. 2023 Dec 20;16(1):23.`
//! The journal's name before the stop was a button, which is lost or stands on the line before. An
//! item of a list hangs on its `PMID: `.

mod article;
mod below;
mod listed;
mod markdown;
mod older;
mod words;

use super::sheet::Sheet;
pub(super) use words::{LINK_HEADINGS, TYPES};
use words::{is_heading, trimmed};

/// The line that every page begins with.
pub(crate) const PAGE_START: &str = "Skip to main page content";

/// The records of a text, one a page or several. A page of the site without any record is an empty
/// sheet; other text is none.
pub(super) fn sheets(text: &str) -> Vec<Sheet> {
    let plain = markdown::plain(text);
    let lines: Vec<&str> = plain.lines().map(trimmed).collect();
    let mut starts: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].starts_with(PAGE_START)).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let pages = starts.iter().copied().zip(ends).map(|(start, end)| &lines[start..end]);
    pages.flat_map(page).collect()
}

/// The records of the text between two banners.
fn page(lines: &[&str]) -> Vec<Sheet> {
    let articles = articles(lines);
    if !articles.is_empty() {
        return articles.into_iter().filter_map(article::page).collect();
    }
    let listed = listed::sheets(lines);
    if !listed.is_empty() {
        return listed;
    }
    let is_site = lines.first().is_some_and(|line| line.starts_with(PAGE_START));
    older::page(lines).or_else(|| is_site.then(Sheet::default)).into_iter().collect()
}

/// The articles of a text without banners: each has one anchor, and its journal on the line before.
fn articles<'a, 'b>(lines: &'a [&'b str]) -> Vec<&'a [&'b str]> {
    let mut starts: Vec<usize> = Vec::new();
    let mut last = None;
    for (at, line) in lines.iter().enumerate() {
        let Some(citation) = article::anchor(line) else { continue };
        // The same citation twice is one page that repeats itself.
        if last.replace(citation) == Some(citation) {
            continue;
        }
        let before = (0..at).rev().find(|before| !lines[*before].is_empty());
        let is_journal = |line: &str| line.len() < 80 && !line.ends_with('.') && !is_heading(line);
        starts.push(before.filter(|before| is_journal(lines[*before])).unwrap_or(at));
    }
    if let Some(first) = starts.first_mut() {
        *first = 0;
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| &lines[start..end]).collect()
}

#[cfg(test)]
mod tests;
