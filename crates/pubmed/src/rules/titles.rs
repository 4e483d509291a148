//! Titles (`mapping.md` section 7.2): brackets of a translation, the final stop, empty titles.

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
    if title.is_empty() {
        let code = if original.is_empty() { Code::TitleMissing } else { Code::TitleFromVernacular };
        warn(warnings, code, "title", "");
        return Titles { title: original, ..Titles::default() };
    }
    let (title, bracketed) = without_brackets(title, options, warnings);
    Titles { title, translated: bracketed && (foreign || !original.is_empty()), original }
}

/// The title without exactly one final stop; an ellipsis stays, `?` and `!` stay.
pub(crate) fn without_final_stop(mut title: Text, options: Options) -> Text {
    if !options.keep_full_stop {
        let flat = flat(&title);
        let end = before_stop(&flat).trim_end().len();
        let back = flat.len() - end;
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
    let words = flat(&title);
    let Some(inner) = translated(&words) else {
        if words.starts_with('[') && closing(&words).is_none() {
            warn(warnings, Code::TitleBracketsUnbalanced, "title", &words);
        }
        return (without_final_stop(title, options), false);
    };
    let balanced = closing(&words).is_some();
    if !balanced {
        warn(warnings, Code::TitleBracketsUnbalanced, "title", &words);
    }
    if options.keep_brackets {
        return (without_final_stop(title, options), true);
    }
    // A `[` that is now alone at the very beginning was doubled by mistake.
    let inner = if balanced { inner } else { alone(inner) };
    let stop = inner.len() + 1 < words.trim_end().len() && words.ends_with('.');
    let front = inner.as_ptr().addr() - words.as_ptr().addr();
    let back = words.len() - front - inner.len();
    cut(&mut title, front, back);
    if options.keep_full_stop && stop && !inner.ends_with(['.', '?', '!']) {
        title.push_str(".");
    }
    (without_final_stop(title, options), true)
}

/// What stands between the brackets of a translated title, if they are such.
fn translated(title: &str) -> Option<&str> {
    let inner = title.strip_prefix('[')?;
    let inner = inner.strip_suffix("].").or_else(|| inner.strip_suffix(']'))?;
    // The first bracket must not be closed before the last one.
    closing(&title[..=inner.len()]).is_none().then(|| inner.trim())
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

/// Takes a bracket off the beginning that is never closed.
fn alone(inner: &str) -> &str {
    match inner.strip_prefix('[') {
        Some(rest) if closing(inner).is_none() => rest.trim_start(),
        _ => inner,
    }
}

fn before_stop(title: &str) -> &str {
    match title.strip_suffix('.') {
        Some(before) if !before.ends_with("..") => before,
        _ => title,
    }
}

/// The words, with one sign for each piece of mathematics.
fn flat(text: &Text) -> String {
    fn walk(text: &Text, out: &mut String) {
        for run in text.runs() {
            match run {
                Inline::Plain(words) => out.push_str(words),
                Inline::Styled(_, inner) => walk(inner, out),
                Inline::Math(_) => out.push(MATH),
            }
        }
    }
    let mut out = String::new();
    walk(text, &mut out);
    out
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
