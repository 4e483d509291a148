//! Formulas as words with sub- and superscripts (`mapping.md` section 7.3).

use std::borrow::Cow;

use model::{Code, Inline, Style, Text, Warning};

use super::{Node, Scripts, parse};
use crate::plain;

/// The text without mathematics: each formula is spelled out in words and scripts.
pub(crate) fn spelled_out(text: &Text) -> Cow<'_, Text> {
    if holds_math(text) { Cow::Owned(runs(text)) } else { Cow::Borrowed(text) }
}

/// Adds `math-flattened` if a formula of the text has a form that its words do not show.
///
/// `scripts_shown` says that the format writes sub- and superscripts as such.
pub(crate) fn note_loss(
    text: &Text,
    place: &str,
    scripts_shown: bool,
    warnings: &mut Vec<Warning>,
) {
    if holds_math(text) && loses(text, scripts_shown) {
        let words = plain::line(text, crate::options::Markup::Unicode);
        warnings.push(Warning::new(Code::MathFlattened, format!("{place}: {words}")));
    }
}

fn holds_math(text: &Text) -> bool {
    text.runs().iter().any(|run| match run {
        Inline::Plain(_) => false,
        Inline::Styled(_, inner) => holds_math(inner),
        Inline::Math(_) => true,
    })
}

fn runs(text: &Text) -> Text {
    let mut out = Text::default();
    for run in text.runs() {
        match run {
            Inline::Math(markup) => out.extend(formula(markup).0.runs().iter().cloned()),
            Inline::Styled(style, inner) => out.push(Inline::Styled(*style, runs(inner))),
            Inline::Plain(words) => out.push_str(words),
        }
    }
    out
}

fn loses(text: &Text, scripts_shown: bool) -> bool {
    text.runs().iter().any(|run| match run {
        Inline::Plain(_) => false,
        Inline::Styled(_, inner) => loses(inner, scripts_shown),
        Inline::Math(markup) => {
            let (words, lost) = formula(markup);
            lost || (!scripts_shown && !plain::shows_scripts(&words))
        }
    })
}

/// The words of a formula, and whether they fail to show its form.
fn formula(markup: &str) -> (Text, bool) {
    let mut words = Words::default();
    if let Some(node) = parse(markup) {
        words.node(&node);
    } else {
        // Not well-formed: the character data is all there is.
        let unread: Text = [Inline::Math(markup.to_owned())].into_iter().collect();
        words = Words { out: Text::plain(unread.flatten()), lost: true };
    }
    (words.out, words.lost)
}

#[derive(Default)]
struct Words {
    out: Text,
    lost: bool,
}

impl Words {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Token(_, words) => self.out.push_str(words),
            Node::Space => self.out.push_str(" "),
            Node::Row(pieces) => self.row(pieces),
            Node::Scripts(scripts) => self.scripts(scripts),
            Node::Fraction(parts) => {
                self.part(&parts[0]);
                self.out.push_str("/");
                self.part(&parts[1]);
            }
            Node::Root { radicand, index } => {
                if let Some(index) = index {
                    self.node(index);
                }
                self.out.push_str("√(");
                self.node(radicand);
                self.out.push_str(")");
            }
            Node::Stack { base, under, over } => {
                self.stack(base, under.as_deref(), over.as_deref());
            }
            Node::Fenced { open, separators, close, pieces } => {
                self.out.push_str(open);
                for (at, piece) in pieces.iter().enumerate() {
                    if at > 0 {
                        let separator = separators.get(at - 1).or(separators.last());
                        self.out.extend(separator.map(|sign| Inline::Plain(sign.to_string())));
                    }
                    self.node(piece);
                }
                self.out.push_str(close);
            }
            Node::Table(rows) => {
                self.lost = true;
                self.out.push_str("[");
                for (at, cells) in rows.iter().enumerate() {
                    self.out.push_str(if at > 0 { "; " } else { "" });
                    for (at, cell) in cells.iter().enumerate() {
                        self.out.push_str(if at > 0 { ", " } else { "" });
                        self.node(cell);
                    }
                }
                self.out.push_str("]");
            }
            Node::Unknown(pieces) => {
                self.lost = true;
                self.row(pieces);
            }
        }
    }

    fn row(&mut self, pieces: &[Node]) {
        for piece in pieces {
            self.node(piece);
        }
    }

    fn scripts(&mut self, Scripts { base, before, behind }: &Scripts) {
        for [sub, sup] in before {
            // As in ²³⁸₉₂U.
            self.script(Style::Superscript, sup.as_ref());
            self.script(Style::Subscript, sub.as_ref());
        }
        self.node(base);
        for [sub, sup] in behind {
            self.script(Style::Subscript, sub.as_ref());
            self.script(Style::Superscript, sup.as_ref());
        }
    }

    fn script(&mut self, style: Style, node: Option<&Node>) {
        let Some(node) = node else { return };
        let mut inner = Self::default();
        inner.node(node);
        self.lost |= inner.lost;
        self.out.push(Inline::Styled(style, inner.out));
    }

    /// A part of a fraction, in parentheses if it is longer than one node.
    fn part(&mut self, node: &Node) {
        let single = matches!(
            node,
            Node::Token(..) | Node::Scripts(_) | Node::Root { .. } | Node::Fenced { .. }
        );
        if single {
            self.node(node);
        } else {
            self.out.push_str("(");
            self.node(node);
            self.out.push_str(")");
        }
    }

    fn stack(&mut self, base: &Node, under: Option<&Node>, over: Option<&Node>) {
        self.node(base);
        for (accent, combining) in [(under, below as Combining), (over, above as Combining)] {
            let Some(accent) = accent else { continue };
            let mark = match (base, accent) {
                (Node::Token(_, base), Node::Token(_, accent)) if base.chars().count() == 1 => {
                    combining(accent)
                }
                _ => None,
            };
            if let Some(mark) = mark {
                self.out.push_str(mark);
            } else {
                self.lost = true;
                self.node(accent);
            }
        }
    }
}

/// Finds the combining form of an accent.
type Combining = fn(&str) -> Option<&'static str>;

/// The mark that combines with the letter before it, for an accent over a letter.
pub(crate) fn above(accent: &str) -> Option<&'static str> {
    Some(match accent {
        "¯" | "‾" | "ˉ" | "-" | "−" | "_" | "\u{304}" | "\u{305}" => "\u{304}",
        "^" | "ˆ" | "\u{302}" => "\u{302}",
        "~" | "˜" | "∼" | "\u{303}" => "\u{303}",
        "." | "˙" | "⋅" | "·" | "\u{307}" => "\u{307}",
        "¨" | ".." | "\u{308}" => "\u{308}",
        "→" | "⟶" | "⇀" | "\u{20D7}" => "\u{20D7}",
        "ˇ" | "\u{30C}" => "\u{30C}",
        "˘" | "\u{306}" => "\u{306}",
        "´" | "ˊ" | "\u{301}" => "\u{301}",
        "`" | "ˋ" | "\u{300}" => "\u{300}",
        "°" | "˚" | "\u{30A}" => "\u{30A}",
        _ => return None,
    })
}

/// The same for an accent under a letter.
pub(crate) fn below(accent: &str) -> Option<&'static str> {
    Some(match accent {
        "_" | "¯" | "‾" | "-" | "−" | "\u{332}" => "\u{332}",
        "." | "\u{323}" => "\u{323}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Markup;

    fn lines(inner: &str) -> [String; 3] {
        let mut text = Text::default();
        text.push(Inline::Math(format!("<math>{inner}</math>")));
        [Markup::Unicode, Markup::Plain, Markup::Html]
            .map(|markup| plain::line(&text, markup).into_owned())
    }

    fn unicode(inner: &str) -> String {
        lines(inner)[0].clone()
    }

    #[test]
    fn scripts_are_spelled_like_those_of_words() {
        let squared = lines("<msup><mi>x</mi><mn>2</mn></msup>");
        assert_eq!(squared, ["x²", "x2", "x<sup>2</sup>"]);
        let starred = lines("<msubsup><mi>T</mi><mn>2</mn><mo>∗</mo></msubsup>");
        assert_eq!(starred, ["T₂∗", "T2∗", "T<sub>2</sub><sup>∗</sup>"]);
        let power = "<msup><mi>x</mi><mrow><mi>k</mi><mo>+</mo><mn>1</mn></mrow></msup>";
        assert_eq!(unicode(power), "x^(k+1)");
    }

    #[test]
    fn parts_of_a_fraction_that_are_long_stand_in_parentheses() {
        assert_eq!(unicode("<mfrac><mi>a</mi><mi>b</mi></mfrac>"), "a/b");
        let long = "<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac>";
        assert_eq!(unicode(long), "(a+1)/b");
    }

    #[test]
    fn roots_accents_fences_and_tables_have_a_spelling() {
        assert_eq!(unicode("<msqrt><mi>x</mi><mi>y</mi></msqrt>"), "√(xy)");
        assert_eq!(unicode("<mroot><mi>x</mi><mn>3</mn></mroot>"), "3√(x)");
        assert_eq!(unicode("<mover><mi>x</mi><mo>¯</mo></mover>"), "x\u{304}");
        assert_eq!(unicode("<mfenced><mi>a</mi><mi>b</mi></mfenced>"), "(a,b)");
        assert_eq!(unicode("<mfenced open='[' close=']'><mi>a</mi></mfenced>"), "[a]");
        let cells = |cells: &str| format!("<mtr>{cells}</mtr>");
        let table = cells("<mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd>")
            + &cells("<mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd>");
        assert_eq!(unicode(&format!("<mtable>{table}</mtable>")), "[a, b; c, d]");
        assert_eq!(unicode("<mi>a</mi><mspace/><mi>b</mi>"), "a b");
    }

    #[test]
    fn a_form_that_words_do_not_show_is_reported() {
        let warnings = |inner: &str, scripts_shown| {
            let mut text = Text::default();
            text.push(Inline::Math(format!("<math>{inner}</math>")));
            let mut warnings = Vec::new();
            note_loss(&text, "title", scripts_shown, &mut warnings);
            warnings.len()
        };
        let max = "<msub><mi>V</mi><mi>max</mi></msub>";
        assert_eq!((warnings(max, false), warnings(max, true)), (1, 0));
        assert_eq!(warnings("<msub><mi>T</mi><mn>1</mn></msub>", false), 0);
        assert_eq!(warnings("<mnovel><mi>x</mi></mnovel>", true), 1);
        assert_eq!(warnings("<mi>x", true), 1);
    }
}
