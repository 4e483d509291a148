//! The tree of a page, built within bounds (`docs/decisions/pages.md`).

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use scraper::{Html, HtmlTreeSink};

/// Elements inside one another, at most; a page of PubMed has some thirty, a browser builds 512.
const DEPTH: usize = 512;
/// Nodes of a page, at most; a list of 200 results has some hundred thousand.
const NODES: usize = 1_000_000;
/// Bytes times depth, at most: what the parser does for a tag grows with the open elements.
const WORK: usize = 1 << 30;
/// Bytes that are parsed between two looks at the tree.
const PORTION: usize = 1024;

/// The tree of a page, or a sentence that says why it is not built.
///
/// The parser itself has no bounds: what a tag costs grows with the elements that are open, so
/// that the time for a page grows with the square of its length. Only the parser knows how many
/// those are, so the tree is looked at while it grows.
pub(crate) fn tree(markup: &str) -> Result<Html, String> {
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = markup;
    let mut work = 0_usize;
    while !rest.is_empty() {
        let (portion, after) = rest.split_at(rest.floor_char_boundary(PORTION));
        parser.process(portion.into());
        rest = after;
        let page = parser.tokenizer.sink.sink.0.borrow();
        let depth = page.tree.nodes().next_back().map_or(0, |node| node.ancestors().count());
        work += portion.len() * depth;
        if depth > DEPTH {
            return Err(format!("a page with more than {DEPTH} elements inside one another"));
        }
        if page.tree.nodes().len() > NODES || work > WORK {
            return Err(format!("a page of more than {NODES} elements, or of tangled ones"));
        }
    }
    Ok(parser.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_parsed_as_the_library_does_it() {
        let page = "<!DOCTYPE html><p>Mühle<b>x<p>y</b><table>z<tr><td>a<!-- c -->".repeat(100);
        let (bounded, plain) = (tree(&page).expect("a page"), Html::parse_document(&page));
        assert_eq!(bounded.tree, plain.tree);
    }

    #[test]
    fn what_nests_too_deep_is_refused_however_it_is_hidden() {
        for piece in [
            "<div>",
            "<b>",
            "<table><tr><td>",
            "<ul><li>",
            "<svg><g>",
            "<div></x>",
            "<div title='</div>'>",
            "<div><!--</div>-->",
            "<section/>",
        ] {
            let sentence = tree(&piece.repeat(50_000)).err().unwrap_or_default();
            assert!(sentence.contains("inside one another"), "{piece}: {sentence}");
        }
        // Fonts that every new paragraph takes over from the one before.
        let fonts = (0..50_000).map(|number| format!("<p><font size={number}></p>"));
        assert!(tree(&fonts.collect::<String>()).is_err());
        // Tags that close one another.
        for piece in ["<p><br>", "<li>", "<option>", "<b></b>"] {
            assert!(tree(&piece.repeat(50_000)).is_ok(), "{piece}");
        }
    }

    #[test]
    fn much_in_a_deep_place_is_refused() {
        let deep = |bytes: usize| format!("{}{}", "<div>".repeat(500), "x".repeat(bytes));
        assert!(tree(&deep(1 << 20)).is_ok());
        assert!(tree(&deep(WORK / 500)).is_err());
    }

    #[test]
    fn a_mass_of_elements_is_refused() {
        assert!(tree(&"<i>x</i>".repeat(NODES)).is_err());
    }
}
