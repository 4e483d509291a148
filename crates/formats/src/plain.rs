//! Rich text as one line of plain text (`mapping.md` section 7.3, `output-formats.md` section 2).

use std::borrow::Cow;

use model::{Inline, Style, Text};

use crate::options::Markup;
use crate::{clean, math};

/// The text as one clean line; `markup` is the spelling of what is not plain.
pub(crate) fn line(text: &Text, markup: Markup) -> Cow<'_, str> {
    if let Some(words) = text.as_plain() {
        return clean::one_line(words);
    }
    let spelled_out = math::spelled_out(text);
    let text = clean::text(&spelled_out);
    let mut out = String::new();
    push(&text, markup, &mut out);
    // A mark may stand right behind a letter only now.
    Cow::Owned(match clean::one_line(&out) {
        Cow::Borrowed(_) => out,
        Cow::Owned(line) => line,
    })
}

/// Whether every sub- and superscript of the text can still be told when it is plain.
pub(crate) fn shows_scripts(text: &Text) -> bool {
    text.runs().iter().all(|run| match run {
        Inline::Plain(_) | Inline::Math(_) => true,
        Inline::Styled(Style::Subscript, inner) => mapped(inner, subscript).is_some(),
        Inline::Styled(Style::Superscript, inner) => mapped(inner, superscript).is_some(),
        Inline::Styled(_, inner) => shows_scripts(inner),
    })
}

fn push(text: &Text, markup: Markup, out: &mut String) {
    for run in text.runs() {
        match run {
            Inline::Plain(words) => out.push_str(words),
            Inline::Styled(style, inner) => match markup {
                Markup::Unicode => in_unicode(*style, inner, out),
                Markup::Plain => in_words(*style, inner, out),
                Markup::Html => in_html(*style, inner, out),
            },
            // `line` has spelled it out.
            Inline::Math(_) => {}
        }
    }
}

fn in_unicode(style: Style, inner: &Text, out: &mut String) {
    let signs = match style {
        Style::Subscript => mapped(inner, subscript),
        Style::Superscript => mapped(inner, superscript),
        Style::Italic | Style::Bold | Style::Underline | Style::SmallCaps => None,
    };
    match (style, signs) {
        (_, Some(signs)) => out.push_str(&signs),
        (Style::Superscript, None) => raised(inner, Markup::Unicode, char::is_alphanumeric, out),
        (_, None) => push(inner, Markup::Unicode, out),
    }
}

fn in_words(style: Style, inner: &Text, out: &mut String) {
    match style {
        Style::Superscript => raised(inner, Markup::Plain, |sign| sign.is_ascii_digit(), out),
        _ => push(inner, Markup::Plain, out),
    }
}

fn in_html(style: Style, inner: &Text, out: &mut String) {
    let (start, end) = match style {
        Style::Italic => ("<i>", "</i>"),
        Style::Bold => ("<b>", "</b>"),
        Style::Underline => ("<u>", "</u>"),
        Style::Subscript => ("<sub>", "</sub>"),
        Style::Superscript => ("<sup>", "</sup>"),
        Style::SmallCaps => (r#"<span style="font-variant:small-caps;">"#, "</span>"),
    };
    out.push_str(start);
    push(inner, Markup::Html, out);
    out.push_str(end);
}

/// A superscript as `^2.5` or `^(k+1)` where its digits would run into what stands `before`.
fn raised(inner: &Text, markup: Markup, before: fn(char) -> bool, out: &mut String) {
    let mut words = String::new();
    push(inner, markup, &mut words);
    let misread = words.contains(|sign: char| sign.is_ascii_digit()) && out.ends_with(before);
    match (misread, words.chars().count() == 1 || is_number(&words)) {
        (false, _) => out.push_str(&words),
        (true, true) => out.extend(['^'].into_iter().chain(words.chars())),
        (true, false) => {
            out.extend(['^', '('].into_iter().chain(words.chars()).chain([')']));
        }
    }
}

/// `6`, `-3`, `6.5`.
fn is_number(words: &str) -> bool {
    let digits = words.strip_prefix(['+', '-', '−']).unwrap_or(words);
    digits.starts_with(|sign: char| sign.is_ascii_digit())
        && digits.chars().all(|sign| sign.is_ascii_digit() || sign == '.')
}

/// The run as Unicode signs, if every character of it has one.
fn mapped(inner: &Text, sign: fn(char) -> Option<char>) -> Option<String> {
    if let Some(words) = inner.as_plain() {
        return words.chars().map(sign).collect();
    }
    let mut words = String::new();
    push(inner, Markup::Unicode, &mut words);
    words.chars().map(sign).collect()
}

fn subscript(character: char) -> Option<char> {
    Some(match character {
        '0'..='9' => char::from_u32('₀' as u32 + (character as u32 - '0' as u32))?,
        '+' => '₊',
        '-' | '−' => '₋',
        '=' => '₌',
        '(' => '₍',
        ')' => '₎',
        _ => return None,
    })
}

fn superscript(character: char) -> Option<char> {
    Some(match character {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => char::from_u32('⁰' as u32 + (character as u32 - '0' as u32))?,
        '+' => '⁺',
        '-' | '−' => '⁻',
        '=' => '⁼',
        '(' => '⁽',
        ')' => '⁾',
        'n' => 'ⁿ',
        'i' => 'ⁱ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `["Ca", ("sup", "2+")]` as the model has it.
    fn text(json: &str) -> Text {
        serde_json::from_str(json).expect("a text in JSON")
    }

    /// The rows of the table in section 7.3: unicode, plain, html.
    #[test]
    fn markup_is_spelled_as_the_table_says() {
        for (json, expected) in [
            (r#"[{"i":["E. coli"]}]"#, ["E. coli", "E. coli", "<i>E. coli</i>"]),
            (r#"[{"b":["x"]},{"u":["y"]}]"#, ["xy", "xy", "<b>x</b><u>y</u>"]),
            (r#"["CO",{"sub":["2"]}]"#, ["CO₂", "CO2", "CO<sub>2</sub>"]),
            (r#"["Ca",{"sup":["2+"]}]"#, ["Ca²⁺", "Ca2+", "Ca<sup>2+</sup>"]),
            (r#"["10",{"sup":["6"]}]"#, ["10⁶", "10^6", "10<sup>6</sup>"]),
            (r#"["10",{"sup":["-3"]}]"#, ["10⁻³", "10^-3", "10<sup>-3</sup>"]),
            (r#"["10",{"sup":["6.5"]}]"#, ["10^6.5", "10^6.5", "10<sup>6.5</sup>"]),
            (r#"["V",{"sub":["max"]}]"#, ["Vmax", "Vmax", "V<sub>max</sub>"]),
            (r#"["x",{"sup":["k+1"]}]"#, ["x^(k+1)", "xk+1", "x<sup>k+1</sup>"]),
            (r#"["2",{"sup":["nd"]}]"#, ["2nd", "2nd", "2<sup>nd</sup>"]),
            (
                r#"["GeneReviews",{"sup":["®"]}]"#,
                ["GeneReviews®", "GeneReviews®", "GeneReviews<sup>®</sup>"],
            ),
        ] {
            let text = text(json);
            let spelled = [Markup::Unicode, Markup::Plain, Markup::Html]
                .map(|markup| line(&text, markup).into_owned());
            assert_eq!(spelled, expected, "{json}");
        }
    }

    #[test]
    fn digits_of_a_superscript_never_run_into_a_number() {
        assert_eq!(line(&text(r#"["10",{"sup":[{"i":["6"]}]}]"#), Markup::Unicode), "10⁶");
        assert_eq!(line(&text(r#"["10",{"sup":["6a"]}]"#), Markup::Unicode), "10^(6a)");
        assert_eq!(line(&text(r#"["10",{"sup":["6a"]}]"#), Markup::Plain), "10^(6a)");
    }

    #[test]
    fn blanks_round_markup_are_neither_added_nor_taken() {
        let title = text(r#"[{"i":["cis"]},"-",{"i":["trans"]}," and ",{"i":[" E. coli "]}," "]"#);
        assert_eq!(line(&title, Markup::Unicode), "cis-trans and E. coli");
        assert_eq!(line(&title, Markup::Html), "<i>cis</i>-<i>trans</i> and <i>E. coli</i>");
    }
}
