//! Items of lists as text (`html-pages.md` sections 9.1 and 9.4): each ends at its `PMID: `.

use model::Text;

use super::words::{LINK_HEADINGS, TYPES, is_blank, is_content};
use crate::page::citation;
use crate::page::line::{list_citation, short_authors};
use crate::page::sheet::{Linked, Place, Sheet};

/// Lines that an item of a pasted list may have.
const ITEM_LINES: usize = 20;

/// The records of a list, up to where a page names other works.
pub(super) fn sheets(lines: &[&str]) -> Vec<Sheet> {
    let other = ["Similar articles", "Cited by", "PubMed Disclaimer", "References"];
    let end = lines.iter().position(|line| other.contains(line)).unwrap_or(lines.len());
    (0..end).filter_map(|at| item(&lines[..end], at)).collect()
}

fn item(lines: &[&str], at: usize) -> Option<Sheet> {
    let (before, after) = lines[at].split_once("PMID:")?;
    let after = after.trim_start_matches(is_blank);
    let length = after.bytes().take_while(u8::is_ascii_digit).count();
    let (pmid, tail) = after.split_at(length);
    let mut sheet = Sheet::default();
    if before.trim_matches(is_blank).is_empty() {
        pasted(&mut sheet, lines, at)?;
    } else {
        glued(&mut sheet, before.trim_matches(is_blank))?;
        let above = &lines[at.saturating_sub(ITEM_LINES)..at];
        let title = above.iter().rev().find(|line| is_title(line));
        sheet.title = Text::plain(title.copied().unwrap_or_default());
    }
    if !pmid.is_empty() {
        sheet.pmids.push(Place { value: pmid.to_owned(), place: "citation" });
    }
    let known = |word: &&str| TYPES.contains(word);
    sheet.types.extend(tail.split('.').map(str::trim).filter(known).map(str::to_owned));
    Some(sheet)
}

fn is_title(line: &str) -> bool {
    is_content(line) && !line.contains("PMID:") && !line.bytes().all(|sign| sign.is_ascii_digit())
}

/// `Mill A, Stone B. Mill A, et al. J Test. 2021 Nov;78(5):1-6. doi: …. Epub …. J Test. 2021.`:
/// the full and the short citation in one.
fn glued(sheet: &mut Sheet, line: &str) -> Option<()> {
    const NONE: &str = "[No authors listed]";
    let mut rest = line;
    if let Some(after) = line.strip_prefix(NONE) {
        sheet.says_no_authors = true;
        rest = after.trim_start().trim_start_matches(NONE).trim_start();
    } else {
        let (authors, after) = line.split_once(". ")?;
        if citation::parse(after).is_none() {
            short_authors(sheet, authors);
            let first = authors.split([',', ';']).next().unwrap_or_default();
            rest = match after.strip_prefix(first) {
                Some(short) if short.starts_with(", et al. ") => &short[", et al. ".len()..],
                Some(short) if short.starts_with(['.', ',', ';']) || short.starts_with(" and ") => {
                    short.split_once(". ").map_or("", |(_, behind)| behind)
                }
                _ => after,
            };
        }
    }
    list_citation(sheet, rest);
    citation::parse(sheet.citation.as_deref()?)?;
    let year = sheet.citation.as_deref().and_then(|citation| citation.get(..4)).unwrap_or_default();
    let short = format!("{}. {year}.", sheet.abbreviation.as_deref().unwrap_or_default());
    let secondary = sheet.secondary.trim_end();
    sheet.secondary = secondary.strip_suffix(&short).unwrap_or(secondary).trim().to_owned();
    Some(())
}

/// Lines under a number: title, authors, citation, other works, `PMID: `.
fn pasted(sheet: &mut Sheet, lines: &[&str], at: usize) -> Option<()> {
    let is_number = |line: &&str| {
        line.strip_suffix(['.', ':']).is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit())
        })
    };
    let above = &lines[at.saturating_sub(ITEM_LINES)..at];
    let start = above.iter().rposition(is_number)?;
    let item: Vec<&str> = above[start + 1..].iter().copied().filter(|l| is_content(l)).collect();
    if item.iter().any(|line| line.starts_with("PMID:")) {
        return None;
    }
    let cited = item.iter().skip(1).position(|line| is_citation(line))? + 1;
    let titles = cited.saturating_sub(1).max(1);
    sheet.title = Text::plain(item[..titles].join(" "));
    if let Some(authors) = item.get(titles).filter(|_| cited > titles) {
        short_authors(sheet, authors);
    }
    list_citation(sheet, item[cited]);
    for line in &item[cited + 1..] {
        let Some((heading, source)) = line.split_once(": ") else { continue };
        if LINK_HEADINGS.contains(&heading) {
            let (heading, source) = (heading.to_owned(), Some(source.to_owned()));
            sheet.links.push(Linked { heading, source, pmid: None });
        }
    }
    Some(())
}

/// `Journal. 2017;1:1. doi: 10.1000/article.1.`
fn is_citation(line: &str) -> bool {
    line.split_once(". ").is_some_and(|(journal, rest)| {
        !journal.contains([':', ';', ',']) && citation::parse(rest).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::text::words::trimmed;

    fn read(text: &str) -> Vec<Sheet> {
        let lines: Vec<&str> = text.lines().map(trimmed).collect();
        sheets(&lines)
    }

    #[test]
    fn a_list_gives_its_items_without_the_short_forms() {
        let sheets = read(
            "1\nCite\nMills in rye.\nMill AB, Stone B 3rd. Mill AB, et al. J Test. 2031 Nov;78(5):1-6. \
             doi: 10.5555/mill.1. Epub 2031 Oct 4. J Test. 2031. PMID: 99000801 Free PMC article. Review.\n\
             A snippet of rye …\nA snippet …\n2\nLetters on mills.\n[No authors listed] [No authors listed] \
             Old Mill (Oslo). 1931;2:5. Old Mill (Oslo). 1931. PMID: 99000802 No abstract available.\n\
             Alone.\nMill A. Mill A. J Test. 2030;1:1. J Test. 2030. PMID: 99000803\n\
             Similar articles\nOther.\nOther O. Other O. J Test. 2029;1:1. PMID: 99000804\n",
        );
        assert_eq!(sheets.len(), 3);
        let names: Vec<&str> = sheets[0].authors.iter().map(|a| a.printed.as_str()).collect();
        assert_eq!(names, ["Mill AB", "Stone B 3rd"]);
        assert_eq!(sheets[0].title.flatten(), "Mills in rye.");
        assert_eq!(sheets[0].abbreviation.as_deref(), Some("J Test"));
        assert_eq!(sheets[0].citation.as_deref(), Some("2031 Nov;78(5):1-6."));
        assert_eq!(sheets[0].secondary, "Epub 2031 Oct 4.");
        assert_eq!(sheets[0].dois[0].value, "10.5555/mill.1");
        assert_eq!(sheets[0].types, ["Review"]);
        assert!(sheets[1].says_no_authors);
        assert_eq!(sheets[1].abbreviation.as_deref(), Some("Old Mill (Oslo)"));
        assert_eq!(sheets[1].secondary, "");
        assert_eq!((sheets[2].authors.len(), sheets[2].pmids[0].value.as_str()), (1, "99000803"));
        assert!(sheets.iter().all(|sheet| !sheet.more_authors && sheet.sections.is_empty()));
    }

    #[test]
    fn a_pasted_summary_gives_its_items() {
        let sheets = read(
            "1.\nMills in rye.\nMill A, Stone B.\nJournal. 2031;1:1. doi: 10.5555/article.1.\n\
             Retraction in: Journal. 2032;2:2. doi: 10.5555/retraction.2.\n\
             PMID: 99000811      Free PMC article.\n\n2.\nNo one's mills.\nJ Test. 2030 Jan;1(1):2.\n\
             PMID: 99000812\n",
        );
        assert_eq!(sheets.len(), 2);
        assert_eq!((sheets[0].authors.len(), sheets[0].dois.len()), (2, 1));
        assert_eq!(sheets[0].dois[0].value, "10.5555/article.1");
        assert_eq!(sheets[0].links[0].heading, "Retraction in");
        assert_eq!(sheets[1].title.flatten(), "No one's mills.");
        assert_eq!((sheets[1].authors.len(), sheets[1].links.len()), (0, 0));
    }
}
