//! Rich text as TeX (`output-formats.md` section 4.5).

use std::borrow::Cow;

use model::{Inline, Style, Text};

use super::script::{self, Script};
use super::tex::{self, Spelling};
use super::{braces, math};
use crate::clean;

/// TeX in the making.
pub(super) struct Tex {
    /// What is written.
    pub(super) out: String,
    /// How characters are spelled.
    pub(super) spelling: Spelling,
    /// Whether a formula was met that could not be read.
    pub(super) math_lost: bool,
}

impl Tex {
    /// Nothing yet; `capacity` in bytes.
    pub(super) fn new(spelling: Spelling, capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), spelling, math_lost: false }
    }

    /// Writes words without markup, cleaned.
    pub(super) fn words(&mut self, words: &str) {
        tex::escape(&mut self.out, &prepared_words(words), self.spelling);
    }

    /// Writes words that are prepared already.
    pub(super) fn words_as_they_are(&mut self, words: &str) {
        tex::escape(&mut self.out, words, self.spelling);
    }

    /// Writes rich text, cleaned, without protection of its capitals.
    pub(super) fn text(&mut self, text: &Text) {
        match text.as_plain() {
            Some(words) => self.words(words),
            None => self.runs(&prepared(text)),
        }
    }

    /// Writes text that is [`prepared`].
    pub(super) fn runs(&mut self, text: &Text) {
        text.runs().iter().for_each(|run| self.run(run));
    }

    /// Writes a run of text that is [`prepared`].
    pub(super) fn run(&mut self, run: &Inline) {
        match run {
            Inline::Plain(words) => self.words_as_they_are(words),
            Inline::Math(markup) => self.formula(markup),
            Inline::Styled(style, inner) => match (command(*style), Script::of_style(*style)) {
                (Some(command), _) => {
                    self.out.push_str(command);
                    self.runs(inner);
                    self.out.push('}');
                }
                (None, Some(script)) => script::text(self, script, inner),
                (None, None) => self.runs(inner),
            },
        }
    }

    /// Writes a formula in dollars of its own; as words, if it is none.
    fn formula(&mut self, markup: &str) {
        if !math::formula(&mut self.out, markup, self.spelling) {
            self.math_lost = true;
            let words = words_of(markup);
            self.words(&words);
        }
    }

    /// Writes a formula where mathematics has begun already; hands back its words, if it is none.
    pub(super) fn formula_inside(&mut self, markup: &str) -> Option<String> {
        if math::inside(&mut self.out, markup, self.spelling) {
            return None;
        }
        self.math_lost = true;
        Some(prepared_words(&words_of(markup)).into_owned())
    }
}

/// The text as [`Tex::runs`] takes it: cleaned, without styles that are not written, its braces
/// balanced.
pub(super) fn prepared(text: &Text) -> Cow<'_, Text> {
    if text.runs().iter().any(is_unwritten) {
        let text: Text = written(text).collect();
        return Cow::Owned(prepared(&text).into_owned());
    }
    match clean::text(text) {
        Cow::Borrowed(text) => braces::balanced_text(text),
        Cow::Owned(text) => Cow::Owned(braces::balanced_text(&text).into_owned()),
    }
}

/// Whether a style stands in a run that BibTeX has no command for.
fn is_unwritten(run: &Inline) -> bool {
    match run {
        Inline::Styled(Style::Underline | Style::SmallCaps, _) => true,
        Inline::Styled(_, inner) => inner.runs().iter().any(is_unwritten),
        Inline::Plain(_) | Inline::Math(_) => false,
    }
}

/// The runs without those styles.
fn written(text: &Text) -> Box<dyn Iterator<Item = Inline> + '_> {
    Box::new(text.runs().iter().flat_map(|run| match run {
        Inline::Styled(Style::Underline | Style::SmallCaps, inner) => written(inner),
        Inline::Styled(style, inner) => {
            Box::new(std::iter::once(Inline::Styled(*style, written(inner).collect())))
        }
        run @ (Inline::Plain(_) | Inline::Math(_)) => Box::new(std::iter::once(run.clone())),
    }))
}

/// The style of a run that is a command: italic and bold.
pub(super) fn command(style: Style) -> Option<&'static str> {
    match style {
        Style::Italic => Some(r"\textit{"),
        Style::Bold => Some(r"\textbf{"),
        Style::Underline | Style::SmallCaps | Style::Subscript | Style::Superscript => None,
    }
}

fn prepared_words(words: &str) -> Cow<'_, str> {
    match clean::one_line(words) {
        Cow::Borrowed(words) => braces::balanced(words),
        Cow::Owned(words) => Cow::Owned(braces::balanced(&words).into_owned()),
    }
}

/// The character data of a formula.
pub(super) fn words_of(markup: &str) -> String {
    let mut text = Text::default();
    text.push(Inline::Math(markup.to_owned()));
    text.flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(json: &str, spelling: Spelling) -> String {
        let text = serde_json::from_str(json).expect("text as JSON");
        let mut tex = Tex::new(spelling, 0);
        tex.text(&text);
        tex.out
    }

    #[test]
    fn markup_is_written_as_the_specification_has_it() {
        for (json, tex) in [
            (r#"[{"i":["p53"]}," and ",{"b":["a"]}]"#, r"\textit{p53} and \textbf{a}"),
            (r#"[{"u":["line"]},{"sc":["s"]}]"#, "lines"),
            (r#"["H",{"sub":["2"]},"O"]"#, "H$_{2}$O"),
            (r#"["Ca",{"sup":["2+"]}]"#, "Ca$^{2+}$"),
            (r#"["10",{"sup":["-3"]}]"#, "10$^{-3}$"),
            (r#"["10",{"sup":["6"]}]"#, "10$^{6}$"),
            (r#"["V",{"sub":["max"]}]"#, r"V$_{\textrm{max}}$"),
            (r#"["x",{"sup":["k+1"]}]"#, r"x$^{\textrm{k+1}}$"),
            (r#"["SO",{"sub":["4"]},{"sup":["2-"]}]"#, "SO$_{4}$$^{2-}$"),
            (r#"[{"math":"<math><msup><mi>x</mi><mn>2</mn></msup></math>"}]"#, "$x^{2}$"),
            (
                r#"[{"math":"<math><msubsup><mi>T</mi><mn>2</mn><mo>∗</mo></msubsup></math>"}]"#,
                "$T_{2}$$^{*}$",
            ),
            (r#"["x",{"sup":["a",{"sub":["2"]}]}]"#, r"x$^{\textrm{a}}$$^{_{2}}$"),
            (r#"["x",{"sup":[{"math":"<math><mi>α</mi></math>"}]}]"#, r"x$^{\alpha}$"),
            (r#"["x",{"sup":[{"math":"<math><mrow></mrow></math>"}]}]"#, "x"),
            (r#"[{"i":["a",{"b":["b"]},{"sub":["2"]}]}]"#, r"\textit{a\textbf{b}$_{2}$}"),
        ] {
            for spelling in [Spelling::Macros, Spelling::Letters, Spelling::Unicode] {
                assert_eq!(spelled(json, spelling), tex, "{json}");
            }
        }
    }

    #[test]
    fn several_greek_letters_share_no_dollars() {
        assert_eq!(spelled(r#"["αβ"]"#, Spelling::Macros), r"$\alpha$$\beta$");
        assert_eq!(spelled(r#"["αβ"]"#, Spelling::Unicode), "αβ");
    }

    #[test]
    fn a_formula_that_is_none_is_words() {
        let mut text = Text::plain("if ");
        text.push(Inline::Math("<math><mi>x</mi> &lt; }".into()));
        let mut tex = Tex::new(Spelling::Macros, 0);
        tex.text(&text);
        assert_eq!(tex.out, r"if x \&lt; )");
        assert!(tex.math_lost);
        let below = r#"["x",{"sub":[{"math":"a &lt; }"}]}]"#;
        assert_eq!(spelled(below, Spelling::Unicode), r"x$_{\textrm{a }<\textrm{ })}$");
    }
}
