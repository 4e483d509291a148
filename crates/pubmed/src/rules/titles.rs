//! Titles (`mapping.md` section 7.2): brackets of a translation, the final stop, empty titles.

use std::borrow::Cow;

use model::{Code, Inline, Text, Warning};

use crate::options::Options;
use crate::rules::warn;

/// What a record says about its title.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Titles {
    /// The title.
    pub(crate) title: Text,
    /// Whether it is NLM's translation.
    pub(crate) translated: bool,
    /// The title in the language of the work.
    pub(crate) original: Text,
}

/// The titles of an article, from its title, its vernacular title and whether a language other
/// than English is named.
pub(crate) fn titles(
    mut title: Text,
    vernacular: Text,
    foreign: bool,
    options: Options,
    warnings: &mut Vec<Warning>,
) -> Titles {
    let original = without_final_stop(vernacular, options);
    if title.as_plain().is_some_and(is_placeholder) {
        title = Text::default();
    }
    let (title, bracketed) = without_brackets(title, options, warnings);
    if title.is_empty() {
        let code = if original.is_empty() { Code::TitleMissing } else { Code::TitleFromVernacular };
        warn(warnings, code, "title", "");
        return Titles { title: original, ..Titles::default() };
    }
    Titles { title, translated: bracketed && (foreign || !original.is_empty()), original }
}

/// The title without exactly one final stop; an ellipsis stays, `?` and `!` stay.
pub(crate) fn without_final_stop(mut title: Text, options: Options) -> Text {
    if !options.keep_full_stop {
        let flat = flat(&title);
        let back = flat.len() - before_stop(&flat).trim_end().len();
        drop(flat);
        cut(&mut title, 0, back);
    }
    title
}

/// Whether the title says only that there is none.
fn is_placeholder(title: &str) -> bool {
    let title = title.strip_suffix('.').unwrap_or(title);
    title.eq_ignore_ascii_case("[Not Available]") || title.eq_ignore_ascii_case("[Not Available.]")
}

/// Takes off the brackets of a translation and the final stop; whether there were brackets.
fn without_brackets(
    mut title: Text,
    options: Options,
    warnings: &mut Vec<Warning>,
) -> (Text, bool) {
    let Some(brackets) = Brackets::of(&flat(&title)) else {
        return (without_final_stop(title, options), false);
    };
    if !brackets.balanced {
        warn(warnings, Code::TitleBracketsUnbalanced, "title", &flat(&title));
    }
    if let Some((front, back)) = brackets.cut.filter(|_| !options.keep_brackets) {
        cut(&mut title, front, back);
        if options.keep_full_stop && brackets.stop {
            title.push_str(".");
        }
    }
    (without_final_stop(title, options), brackets.cut.is_some())
}

/// The brackets of a title that begins with one.
struct Brackets {
    /// Whether the first bracket is closed.
    balanced: bool,
    /// What to cut off the front and the back, in bytes, if they are those of a translation.
    cut: Option<(usize, usize)>,
    /// Whether the one stop of the title stands behind them.
    stop: bool,
}

impl Brackets {
    fn of(title: &str) -> Option<Self> {
        let rest = title.strip_prefix('[')?;
        let balanced = closing(title).is_some();
        let inner = rest.strip_suffix("].").or_else(|| rest.strip_suffix(']'));
        // The first bracket must not be closed before the last one.
        let Some(inner) = inner.filter(|inner| closing(&title[..=inner.len()]).is_none()) else {
            return Some(Self { balanced, cut: None, stop: false });
        };
        // A `[` that is now alone at the very beginning was doubled by mistake.
        let kept = inner.trim_start();
        let kept = match kept.strip_prefix('[') {
            Some(rest) if closing(kept).is_none() => rest.trim_start(),
            _ => kept,
        };
        let front = 1 + inner.len() - kept.len();
        let kept = kept.trim_end();
        let stop = title.ends_with('.') && !kept.ends_with(['.', '?', '!']);
        Some(Self { balanced, cut: Some((front, title.len() - front - kept.len())), stop })
    }
}

/// Where the bracket at the beginning is closed.
fn closing(title: &str) -> Option<usize> {
    let mut depth = 0_usize;
    title.bytes().position(|sign| {
        match sign {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

fn before_stop(title: &str) -> &str {
    match title.strip_suffix('.') {
        Some(before) if !before.ends_with("..") => before,
        _ => title,
    }
}

/// The words, with one sign for each piece of mathematics.
fn flat(text: &Text) -> Cow<'_, str> {
    fn walk(text: &Text, out: &mut String) {
        for run in text.runs() {
            match run {
                Inline::Plain(words) => out.push_str(words),
                Inline::Styled(_, inner) => walk(inner, out),
                Inline::Math(_) => out.push(MATH),
            }
        }
    }
    if let Some(words) = text.as_plain() {
        return Cow::Borrowed(words);
    }
    let mut out = String::new();
    walk(text, &mut out);
    Cow::Owned(out)
}

/// Stands for a piece of mathematics in [`flat`] text.
const MATH: char = '\u{FFFC}';

/// Cuts so many bytes of the [`flat`] text off the front and off the back.
fn cut(text: &mut Text, front: usize, back: usize) {
    if front > 0 {
        text.edit(|runs| cut_front(runs, front));
    }
    if back > 0 {
        text.edit(|runs| cut_back(runs, back));
    }
}

fn cut_front(runs: &mut Vec<Inline>, mut bytes: usize) {
    let mut gone = 0;
    for run in runs.iter_mut() {
        let length = length(run);
        if length > bytes {
            match run {
                Inline::Plain(words) => drop(words.drain(..bytes)),
                Inline::Styled(_, inner) => inner.edit(|runs| cut_front(runs, bytes)),
                Inline::Math(_) => {}
            }
            break;
        }
        bytes -= length;
        gone += 1;
    }
    runs.drain(..gone);
}

fn cut_back(runs: &mut Vec<Inline>, mut bytes: usize) {
    while let Some(run) = runs.last_mut() {
        let length = length(run);
        if length > bytes {
            match run {
                Inline::Plain(words) => words.truncate(length - bytes),
                Inline::Styled(_, inner) => inner.edit(|runs| cut_back(runs, bytes)),
                Inline::Math(_) => {}
            }
            return;
        }
        bytes -= length;
        runs.pop();
    }
}

/// Bytes of a run in [`flat`] text.
fn length(run: &Inline) -> usize {
    match run {
        Inline::Plain(words) => words.len(),
        Inline::Styled(_, inner) => inner.runs().iter().map(length).sum(),
        Inline::Math(_) => MATH.len_utf8(),
    }
}

#[cfg(test)]
mod tests;
