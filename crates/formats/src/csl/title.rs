//! Titles with the tags of CSL: `<i> <b> <sup> <sub>` (`output-formats.md` section 5).

use std::borrow::Cow;

use model::{Inline, Style, Text};

use crate::options::Options;
use crate::{clean, math};

/// The title as one clean line. Signs of the title's own stay as they are, also `<` and `&`.
pub(super) fn marked_up<'r>(title: &'r Text, _options: &Options) -> Cow<'r, str> {
    if let Some(words) = title.as_plain() {
        return clean::one_line(words);
    }
    let title = math::spelled_out(title);
    let mut out = String::new();
    push(&clean::text(&title), &mut out);
    // A mark may stand right behind a letter only now.
    Cow::Owned(clean::one_line(&out).into_owned())
}

fn push(text: &Text, out: &mut String) {
    for run in text.runs() {
        match run {
            Inline::Plain(words) => out.push_str(words),
            Inline::Styled(style, inner) => match tag(*style) {
                Some(tag) => {
                    let (before, inner, behind) = without_stray_quotes(inner);
                    out.extend([before, "<", tag, ">"]);
                    push(&inner, out);
                    out.extend(["</", tag, ">", behind]);
                }
                None => push(inner, out),
            },
            // It has been spelled out.
            Inline::Math(_) => {}
        }
    }
}

/// A quotation mark at the edge of a styled run, whose other one stands outside of the run, goes
/// outside too: processors pair quotation marks as they pair tags, and print the tags that cross.
fn without_stray_quotes(text: &Text) -> (&str, Cow<'_, Text>, &str) {
    let whole = || ("", Cow::Borrowed(text), "");
    let Some(words) = text.as_plain() else { return whole() };
    for quote in ["\"", "'"] {
        if words.matches(quote).count() % 2 == 1 {
            if let Some(inner) = words.strip_suffix(quote).filter(|inner| !inner.is_empty()) {
                return ("", Cow::Owned(Text::plain(inner)), quote);
            }
            if let Some(inner) = words.strip_prefix(quote).filter(|inner| !inner.is_empty()) {
                return (quote, Cow::Owned(Text::plain(inner)), "");
            }
        }
    }
    whole()
}

/// CSL has no tag for the other styles.
fn tag(style: Style) -> Option<&'static str> {
    match style {
        Style::Italic | Style::Bold | Style::Subscript | Style::Superscript => Some(style.as_str()),
        Style::Underline | Style::SmallCaps => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_quotation_marks_do_not_cross() {
        for (before, inner, behind, shown) in [
            ("A \"", "Blood relation\"", " of two", "A \"<i>Blood relation</i>\" of two"),
            ("", "\"Blood", " relation\"", "\"<i>Blood</i> relation\""),
            ("", "\"Blood\"", "", "<i>\"Blood\"</i>"),
            ("the ", "dogs'", " tails", "the <i>dogs</i>' tails"),
            ("", "O'Neil", "", "<i>O'Neil</i>"),
            ("", "\"", "", "<i>\"</i>"),
        ] {
            let mut title = Text::plain(before);
            title.push(Inline::Styled(Style::Italic, Text::plain(inner)));
            title.push_str(behind);
            assert_eq!(marked_up(&title, &Options::default()), shown);
        }
    }
}
