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
                    out.extend(["<", tag, ">"]);
                    push(inner, out);
                    out.extend(["</", tag, ">"]);
                }
                None => push(inner, out),
            },
            // It has been spelled out.
            Inline::Math(_) => {}
        }
    }
}

/// CSL has no tag for the other styles.
fn tag(style: Style) -> Option<&'static str> {
    match style {
        Style::Italic | Style::Bold | Style::Subscript | Style::Superscript => Some(style.as_str()),
        Style::Underline | Style::SmallCaps => None,
    }
}
