//! Looking things up in an HTML page: by selector, as plain or as rich text.

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use model::{Inline, Style, Text};
use scraper::{ElementRef, Node, Selector};

use crate::options::Entities;
use crate::rules::text::TextBuilder;

/// The elements below `root` that a selector names, in document order, but none inside another:
/// PubMed nests no item in an item, and what is in none of the others is looked at once.
///
/// The selectors of this crate are constants; one that does not parse selects nothing.
pub(crate) fn all<'a>(root: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    let Ok(selector) = Selector::parse(css) else { return Vec::new() };
    let mut found = Vec::new();
    let mut inside = None;
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) if inside.is_none() && node.id() != root.id() => {
                if let Some(element) = ElementRef::wrap(node).filter(|e| selector.matches(e)) {
                    found.push(element);
                    inside = Some(node.id());
                }
            }
            Edge::Close(node) if inside == Some(node.id()) => inside = None,
            Edge::Open(_) | Edge::Close(_) => {}
        }
    }
    found
}

/// The first element below `root` that a selector names.
pub(crate) fn first<'a>(root: ElementRef<'a>, css: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(css).ok()?;
    root.select(&selector).next()
}

/// The words of an element, white space collapsed; `None` if there are none.
pub(crate) fn words(element: ElementRef<'_>) -> Option<String> {
    present(&element.text().collect::<String>())
}

/// The words of the first element that a selector names.
pub(crate) fn first_words(root: ElementRef<'_>, css: &str) -> Option<String> {
    all(root, css).into_iter().find_map(words)
}

/// The words that stand directly in an element, without those of its children.
pub(crate) fn own_words(element: ElementRef<'_>) -> Option<String> {
    let own = element.children().filter_map(|child| child.value().as_text());
    present(&own.map(|text| &**text).collect::<String>())
}

/// An attribute, white space collapsed; `None` if it is absent or empty.
pub(crate) fn attribute(element: ElementRef<'_>, name: &str) -> Option<String> {
    element.attr(name).and_then(present)
}

/// The content of the first `meta` element of that name that has any.
pub(crate) fn meta(root: ElementRef<'_>, name: &str) -> Option<String> {
    let css = format!("meta[name=\"{name}\"], meta[property=\"{name}\"]");
    all(root, &css).into_iter().find_map(|element| attribute(element, "content"))
}

/// An element as rich text: `i sub sup u` (and `b`, where `bold` says that it is no hit mark) are
/// kept, all other elements keep their words.
pub(crate) fn rich(element: ElementRef<'_>, bold: bool) -> Text {
    marked(element, None, bold)
}

/// An element as rich text, without what stands in one element below it.
pub(crate) fn rich_without(element: ElementRef<'_>, without: ElementRef<'_>, bold: bool) -> Text {
    marked(element, Some(without.id()), bold)
}

fn marked(element: ElementRef<'_>, without: Option<NodeId>, bold: bool) -> Text {
    let mut text = TextBuilder::new(Entities::Literal);
    let mut is_left_out = false;
    // A walk with a stack of its own: pages nest as deep as they like.
    for edge in element.traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        if Some(node.id()) == without {
            is_left_out = opens;
            continue;
        }
        if is_left_out {
            continue;
        }
        match node.value() {
            // On a page a no-break blank is a blank.
            Node::Text(words) if opens => text.push_str(&words.replace('\u{a0}', " ")),
            Node::Element(inner) => match style(inner.name(), bold) {
                Some(style) if opens => text.open(style),
                Some(_) => text.close(),
                None => {}
            },
            _ => {}
        }
    }
    text.finish("page", &mut Vec::new())
}

fn style(name: &str, bold: bool) -> Option<Style> {
    match name {
        "i" | "em" => Some(Style::Italic),
        "sub" => Some(Style::Subscript),
        "sup" => Some(Style::Superscript),
        "u" => Some(Style::Underline),
        "b" if bold => Some(Style::Bold),
        _ => None,
    }
}

/// The parts of a list that a sign separates, styles kept, without the list's final stop.
pub(crate) fn split(list: &Text, sign: char) -> Vec<Text> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    for run in list.runs() {
        let Inline::Plain(words) = run else {
            part.push(run.clone());
            continue;
        };
        for (place, piece) in words.split(sign).enumerate() {
            if place > 0 {
                parts.push(std::mem::take(&mut part));
            }
            part.push(Inline::Plain(piece.to_owned()));
        }
    }
    if let Some(Inline::Plain(last)) = part.last_mut()
        && let Some(before) = last.trim_end().strip_suffix('.')
    {
        *last = before.to_owned();
    }
    parts.push(part);
    parts.into_iter().map(trimmed).filter(|part| !part.is_empty()).collect()
}

fn trimmed(mut runs: Vec<Inline>) -> Text {
    if let Some(Inline::Plain(first)) = runs.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(Inline::Plain(last)) = runs.last_mut() {
        *last = last.trim_end().to_owned();
    }
    let mut text = Text::default();
    for run in runs {
        text.push(run);
    }
    text
}

/// The text with its white space collapsed, no-break blanks included.
pub(crate) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn present(text: &str) -> Option<String> {
    let text = collapsed(text);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[test]
    fn a_list_comes_apart_and_keeps_its_styles() {
        let page =
            Html::parse_fragment("<p><b>Keywords:</b> <i>E. coli</i>; rye, old ; mills.</p>");
        let (list, label) = (first(page.root_element(), "p"), first(page.root_element(), "b"));
        let (list, label) = (list.expect("a list"), label.expect("a label"));
        let terms = split(&rich_without(list, label, true), ';');
        let words: Vec<String> = terms.iter().map(Text::flatten).collect();
        assert_eq!(words, ["E. coli", "rye, old", "mills"]);
        assert_eq!(terms[0].as_plain(), None);
    }

    #[test]
    fn rich_text_keeps_styles_and_collapses_white_space_across_them() {
        let page = Html::parse_fragment(
            "<h1>\n  Milling <b>CO</b><sub>2</sub>\n with <i> E. coli</i>\u{a0}: a <span>trial </span>\n</h1>",
        );
        let title = first(page.root_element(), "h1").expect("an h1");
        let text = rich(title, false);
        assert_eq!(text.flatten(), "Milling CO2 with E. coli : a trial");
        assert_eq!(text.runs().len(), 5);
        assert_eq!(words(title).as_deref(), Some("Milling CO2 with E. coli : a trial"));
    }
}
