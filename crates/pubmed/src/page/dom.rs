//! Looking things up in an HTML page: by selector, as plain or as rich text.

use model::{Inline, Style, Text};
use scraper::{ElementRef, Node, Selector};

/// The elements below `root` that a selector names, in document order.
///
/// The selectors of this crate are constants; one that does not parse selects nothing.
pub(crate) fn all<'a>(root: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(css).map_or_else(|_| Vec::new(), |selector| root.select(&selector).collect())
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
    let mut text = Text::default();
    let mut blank = Blank { pending: false, begun: false };
    // A walk with a stack of its own: pages nest as deep as they like.
    let mut open: Vec<(Style, Text)> = Vec::new();
    for edge in element.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                Node::Text(words) => {
                    let target = open.last_mut().map_or(&mut text, |(_, text)| text);
                    blank.push(words, target);
                }
                Node::Element(inner) => {
                    if let Some(style) = style(inner.name(), bold) {
                        open.push((style, Text::default()));
                    }
                }
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => {
                let closes = node.value().as_element().and_then(|e| style(e.name(), bold));
                if closes.is_some()
                    && let Some((style, inner)) = open.pop()
                {
                    let target = open.last_mut().map_or(&mut text, |(_, text)| text);
                    target.push(Inline::Styled(style, inner));
                }
            }
        }
    }
    text
}

/// White space that is written only when a word follows it.
struct Blank {
    pending: bool,
    begun: bool,
}

impl Blank {
    fn push(&mut self, words: &str, out: &mut Text) {
        for (place, word) in words.split(char::is_whitespace).enumerate() {
            self.pending |= place > 0;
            if word.is_empty() {
                continue;
            }
            if self.pending && self.begun {
                out.push_str(" ");
            }
            out.push_str(word);
            (self.pending, self.begun) = (false, true);
        }
    }
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
