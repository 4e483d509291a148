//! Formulas as TeX (`mapping.md` section 7.3, `output-formats.md` section 4.5).

use super::letters::is_mark;
use super::script::Script;
use super::tex::{self, Sign, Spelling};
use crate::math::{self as tree, Node, Scripts, Token};

/// Writes a formula in dollars of its own; tells whether it could be read.
pub(super) fn formula(out: &mut String, markup: &str, spelling: Spelling) -> bool {
    let Some(node) = tree::parse(markup) else { return false };
    let mut formula = Formula::new(out, spelling);
    formula.out.push('$');
    formula.outermost(&node);
    // Two dollars with nothing between them would begin a formula on a line of its own.
    if formula.out.ends_with('$') {
        formula.out.pop();
    } else {
        formula.out.push('$');
    }
    formula.finish();
    true
}

/// Writes a formula where mathematics has begun already; tells whether it could be read.
pub(super) fn inside(out: &mut String, markup: &str, spelling: Spelling) -> bool {
    let Some(node) = tree::parse(markup) else { return false };
    let mut formula = Formula::new(out, spelling);
    formula.node(&node);
    formula.finish();
    true
}

struct Formula<'o> {
    out: &'o mut String,
    spelling: Spelling,
    /// Where the formula begins.
    start: usize,
    /// The places of opening braces that no closing one has followed yet.
    open: Vec<usize>,
}

impl<'o> Formula<'o> {
    fn new(out: &'o mut String, spelling: Spelling) -> Self {
        let start = out.len();
        Self { out, spelling, start, open: Vec::new() }
    }

    /// A brace that was never closed would not balance.
    fn finish(self) {
        for at in self.open.iter().rev() {
            self.out.replace_range(at..&(at + 2), "(");
        }
    }

    /// Writes a piece that stands in no other. Of two scripts on one base the second gets dollars
    /// of its own.
    fn outermost(&mut self, node: &Node) {
        match node {
            Node::Row(pieces) | Node::Unknown(pieces) => {
                for piece in pieces {
                    self.outermost(piece);
                }
            }
            Node::Scripts(scripts) if !is_large(&scripts.base) => {
                for pair in &scripts.before {
                    self.outermost_scripts(pair);
                }
                if !scripts.before.is_empty() {
                    self.begin_anew();
                }
                self.outermost(&scripts.base);
                for pair in &scripts.behind {
                    self.outermost_scripts(pair);
                }
            }
            _ => self.node(node),
        }
    }

    fn outermost_scripts(&mut self, pair: &[Option<Node>; 2]) {
        for (sign, script) in ["_", "^"].into_iter().zip(pair) {
            let Some(script) = script else { continue };
            if self.ends_in_script() {
                self.begin_anew();
            }
            self.script(sign, script);
        }
    }

    fn begin_anew(&mut self) {
        if !self.out.ends_with('$') {
            self.out.push_str("$$");
        }
    }

    /// Whether TeX would take a further script for a second one on the same base.
    fn ends_in_script(&self) -> bool {
        let written = &self.out[self.start..];
        let Some(last) = written.rfind('$').map(|at| &written[at + 1..]) else { return false };
        let mut depth = 0_usize;
        if !last.ends_with('}') {
            return false;
        }
        for (at, sign) in last.char_indices().rev() {
            match sign {
                '}' => depth += 1,
                '{' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return last[..at].ends_with(['_', '^']);
            }
        }
        false
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Token(kind, words) => self.token(*kind, words),
            Node::Space => self.out.push_str(r"\ "),
            Node::Row(pieces) | Node::Unknown(pieces) => {
                for piece in pieces {
                    self.node(piece);
                }
            }
            Node::Scripts(scripts) => self.scripts(scripts),
            Node::Fraction(parts) => {
                self.out.push_str(r"\frac");
                parts.iter().for_each(|part| self.group(part));
            }
            Node::Root { radicand, index } => {
                self.out.push_str(r"\sqrt");
                if let Some(index) = index {
                    // Braces, lest a bracket in the index end it.
                    self.out.push('[');
                    self.group(index);
                    self.out.push(']');
                }
                self.group(radicand);
            }
            Node::Stack { base, under, over } => {
                self.stack(base, under.as_deref(), over.as_deref());
            }
            Node::Fenced { open, separators, close, pieces } => {
                self.token(Token::Operator, open);
                for (number, piece) in pieces.iter().enumerate() {
                    if let Some(before) = number.checked_sub(1) {
                        let separator = separators.get(before).or(separators.last());
                        if let Some(sign) = separator {
                            self.sign(*sign);
                        }
                    }
                    self.node(piece);
                }
                self.token(Token::Operator, close);
            }
            Node::Table(rows) => self.table(rows),
        }
    }

    fn group(&mut self, node: &Node) {
        self.out.push('{');
        self.node(node);
        self.out.push('}');
    }

    fn script(&mut self, sign: &str, node: &Node) {
        self.out.push_str(sign);
        self.group(node);
    }

    fn scripts(&mut self, Scripts { base, before, behind }: &Scripts) {
        for pair in before {
            self.out.push_str("{}");
            self.pair(pair);
        }
        match base {
            Node::Token(..) => self.node(base),
            _ => self.group(base),
        }
        for (number, pair) in behind.iter().enumerate() {
            if number > 0 {
                self.out.push_str("{}");
            }
            self.pair(pair);
        }
    }

    fn pair(&mut self, pair: &[Option<Node>; 2]) {
        for (sign, script) in ["_", "^"].into_iter().zip(pair) {
            if let Some(script) = script {
                self.script(sign, script);
            }
        }
    }

    fn stack(&mut self, base: &Node, under: Option<&Node>, over: Option<&Node>) {
        let is_single = matches!(base, Node::Token(_, words) if words.chars().nth(1).is_none());
        let accent = |node: Option<&Node>, known: fn(&str, bool) -> Option<&'static str>| match node
        {
            Some(Node::Token(_, words)) => known(words, is_single),
            _ => None,
        };
        let (over_accent, under_accent) = (accent(over, above), accent(under, below));
        match (over_accent, over) {
            (Some(command), _) => self.out.push_str(command),
            (None, Some(over)) => {
                self.out.push_str(r"\stackrel");
                self.group(over);
            }
            (None, None) => {}
        }
        if over.is_some() {
            self.out.push('{');
        }
        match (under_accent, under) {
            (Some(command), _) => {
                self.out.push_str(command);
                self.group(base);
            }
            (None, Some(under)) => {
                self.out.push_str(r"\mathop");
                self.group(base);
                self.out.push_str(r"\limits");
                self.script("_", under);
            }
            (None, None) => self.node(base),
        }
        if over.is_some() {
            self.out.push('}');
        }
    }

    fn table(&mut self, rows: &[Vec<Node>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(1);
        self.out.push_str(r"\begin{array}{");
        self.out.extend(std::iter::repeat_n('c', columns));
        self.out.push('}');
        for (number, cells) in rows.iter().enumerate() {
            if number > 0 {
                // With the blank, no reader takes the second backslash for the escape of a brace.
                self.out.push_str(r"\\ ");
            }
            for (number, cell) in cells.iter().enumerate() {
                if number > 0 {
                    self.out.push('&');
                }
                // A bracket would be an argument of the line end before it.
                self.group(cell);
            }
        }
        self.out.push_str(r"\end{array}");
    }

    fn token(&mut self, kind: Token, words: &str) {
        if FUNCTIONS.contains(&words) {
            self.command_named(words);
            return;
        }
        let is_text = match kind {
            Token::Number => false,
            Token::Words => true,
            Token::Identifier | Token::Operator => {
                words.chars().filter(|sign| !is_mark(*sign)).nth(1).is_some()
                    && words.contains(|sign: char| sign.is_ascii_alphabetic())
            }
        };
        let mut text = String::new();
        let mut signs = words.chars().peekable();
        while let Some(sign) = signs.next() {
            if is_text && is_text_sign(sign) || !is_math(sign) {
                text.push(sign);
                continue;
            }
            self.text(&mut text);
            // A stop or a dash behind a sign stands beside it; only a combining mark stands over it.
            let mut mark = [0; 4];
            let combining = signs.peek().filter(|mark| is_combining(**mark));
            match combining.and_then(|mark_sign| above(mark_sign.encode_utf8(&mut mark), true)) {
                Some(accent) if !sign.is_ascii_punctuation() => {
                    signs.next();
                    self.out.push_str(accent);
                    self.out.push('{');
                    self.sign(sign);
                    self.out.push('}');
                }
                _ => self.sign(sign),
            }
        }
        self.text(&mut text);
    }

    /// Writes the text gathered so far, if any.
    fn text(&mut self, text: &mut String) {
        if !text.is_empty() {
            self.out.push_str(r"\textrm{");
            tex::escape(self.out, text, self.spelling);
            self.out.push('}');
            text.clear();
        }
    }

    fn sign(&mut self, sign: char) {
        match sign {
            '{' => {
                self.open.push(self.out.len());
                self.out.push_str(r"\{");
            }
            '}' if self.open.pop().is_some() => self.out.push_str(r"\}"),
            '}' => self.out.push(')'),
            '%' | '#' | '&' | '_' => self.out.extend(['\\', sign]),
            '$' => self.command(r"\mathdollar"),
            '~' => self.command(r"\sim"),
            '\\' => self.command(r"\backslash"),
            '^' => self.out.push_str(r"\textrm{\textasciicircum}"),
            ' ' => self.out.push_str(r"\ "),
            sign if Script::of(sign).is_some() => self.unicode_script(sign),
            sign => match (command(sign), plainer(sign)) {
                (Some(command), _) => self.command(command),
                (None, Some(twin)) => twin.chars().for_each(|sign| self.sign(sign)),
                (None, None) => {
                    if sign.is_ascii_alphabetic() && self.ends_in_command() {
                        self.out.push(' ');
                    }
                    self.out.push(sign);
                }
            },
        }
    }

    fn unicode_script(&mut self, sign: char) {
        if let Some((script, base)) = Script::of(sign) {
            self.out.push_str("{}");
            self.out.push_str(script.open());
            self.sign(base);
            self.out.push('}');
        }
    }

    fn command(&mut self, command: &str) {
        // These are superscripts, and a second one needs a base of its own.
        if command.starts_with(['\'', '^']) && self.out.ends_with('}') {
            self.out.push_str("{}");
        }
        let is_letter = command.starts_with(|sign: char| sign.is_ascii_alphabetic());
        if is_letter && self.ends_in_command() {
            self.out.push(' ');
        }
        self.out.push_str(command);
    }

    fn command_named(&mut self, name: &str) {
        self.out.push('\\');
        self.out.push_str(name);
    }

    fn ends_in_command(&self) -> bool {
        let before = self.out.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        before.len() < self.out.len() && before.ends_with('\\')
    }
}

/// Functions that TeX sets upright under a command of their name.
const FUNCTIONS: &[&str] = &[
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim",
    "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "ln", "log", "max", "min", "sec", "sin",
    "sinh", "sup", "tan", "tanh",
];

/// Operators that carry limits, which cannot be taken apart.
fn is_large(base: &Node) -> bool {
    matches!(base, Node::Token(_, words)
        if matches!(words.as_str(), "∑" | "∏" | "∐" | "∫" | "∬" | "∮" | "⋂" | "⋃" | "⨁" | "⨂")
            || FUNCTIONS.contains(&words.as_str()))
}

/// Whether a character can stand in mathematics as [`Formula::sign`] writes it.
fn is_math(sign: char) -> bool {
    sign != '"'
        && (sign.is_ascii()
            || command(sign).is_some()
            || Script::of(sign).is_some()
            || plainer(sign).is_some())
}

/// What needs no mathematics inside words.
fn is_text_sign(sign: char) -> bool {
    sign.is_ascii_alphanumeric()
        || matches!(sign, ' ' | ',' | '.' | ';' | ':' | '-' | '\'' | '/' | '(' | ')')
}

/// The command of a sign in mathematics.
fn command(sign: char) -> Option<&'static str> {
    Some(match sign {
        '×' => r"\times",
        '÷' => r"\div",
        '±' => r"\pm",
        '∓' => r"\mp",
        '·' | '⋅' | '∙' => r"\cdot",
        '∘' => r"\circ",
        '°' => r"^{\circ}",
        '•' => r"\bullet",
        '∗' => "*",
        '∼' => r"\sim",
        '‐' | '‑' | '–' | '—' => "-",
        '→' | '⟶' => r"\rightarrow",
        '←' | '⟵' => r"\leftarrow",
        '↑' => r"\uparrow",
        '↓' => r"\downarrow",
        '↦' => r"\mapsto",
        '…' => r"\ldots",
        '⋯' => r"\cdots",
        '⋮' => r"\vdots",
        '∧' => r"\wedge",
        '∨' => r"\vee",
        '¬' => r"\neg",
        '⊃' => r"\supset",
        '⊇' => r"\supseteq",
        '∖' => r"\setminus",
        '∣' => "|",
        '‖' => r"\|",
        '⟨' | '〈' => r"\langle",
        '⟩' | '〉' => r"\rangle",
        '⌊' => r"\lfloor",
        '⌋' => r"\rfloor",
        '⌈' => r"\lceil",
        '⌉' => r"\rceil",
        '†' => r"\dagger",
        '‡' => r"\ddagger",
        'ℏ' => r"\hbar",
        'ϱ' => r"\varrho",
        'µ' => r"\mu",
        sign => match tex::sign(sign) {
            Some(Sign::Math(command)) => command,
            Some(Sign::Text(_) | Sign::Nothing) | None => return None,
        },
    })
}

/// Plain signs that stand for the same as this one.
fn plainer(sign: char) -> Option<String> {
    match tex::sign(sign) {
        Some(Sign::Text(text)) if text.is_ascii() => Some(text.to_owned()),
        _ => tex::compatible(sign),
    }
}

fn is_combining(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20FF}')
}

/// The command that sets an accent over a single letter or over more.
fn above(accent: &str, is_single: bool) -> Option<&'static str> {
    Some(match (accent, is_single) {
        ("¯" | "‾" | "ˉ" | "-" | "−" | "_" | "\u{304}" | "\u{305}", true) => r"\bar",
        ("¯" | "‾" | "ˉ" | "-" | "−" | "_" | "\u{304}" | "\u{305}", false) => r"\overline",
        ("^" | "ˆ" | "\u{302}", true) => r"\hat",
        ("^" | "ˆ" | "\u{302}", false) => r"\widehat",
        ("~" | "˜" | "∼" | "\u{303}", true) => r"\tilde",
        ("~" | "˜" | "∼" | "\u{303}", false) => r"\widetilde",
        ("." | "˙" | "⋅" | "·" | "\u{307}", _) => r"\dot",
        ("¨" | ".." | "\u{308}", _) => r"\ddot",
        ("ˇ" | "\u{30C}", _) => r"\check",
        ("˘" | "\u{306}", _) => r"\breve",
        ("→" | "⇀" | "\u{20D7}", true) => r"\vec",
        ("→" | "⇀" | "\u{20D7}", false) => r"\overrightarrow",
        ("⏞", _) => r"\overbrace",
        _ => return None,
    })
}

fn below(accent: &str, _: bool) -> Option<&'static str> {
    match accent {
        "_" | "¯" | "‾" | "ˉ" | "-" | "−" | "\u{332}" => Some(r"\underline"),
        "⏟" => Some(r"\underbrace"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(inner: &str) -> String {
        let mut out = String::new();
        assert!(formula(&mut out, &format!("<math>{inner}</math>"), Spelling::Macros));
        out
    }

    #[test]
    fn a_second_script_has_dollars_of_its_own() {
        assert_eq!(spelled("<msup><mi>x</mi><mn>2</mn></msup>"), "$x^{2}$");
        let starred = "$T_{2}$$^{*}$";
        assert_eq!(spelled("<msubsup><mi>T</mi><mn>2</mn><mo>∗</mo></msubsup>"), starred);
        let nested = "<msup><msub><mi>T</mi><mn>2</mn></msub><mo>*</mo></msup>";
        assert_eq!(spelled(nested), starred);
        assert_eq!(
            spelled("<msubsup><mi>T</mi><mn>2</mn><mo>*</mo></msubsup><mo>+</mo><mi>y</mi>"),
            "$T_{2}$$^{*}+y$"
        );
        assert_eq!(
            spelled("<mmultiscripts><mi>F</mi><mprescripts/><none/><mn>18</mn></mmultiscripts>"),
            "$^{18}$$F$"
        );
    }

    #[test]
    fn forms_are_the_usual_commands() {
        for (markup, tex) in [
            ("<mfrac><mi>a</mi><mi>b</mi></mfrac>", r"$\frac{a}{b}$"),
            ("<msqrt><mi>x</mi></msqrt>", r"$\sqrt{x}$"),
            ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"$\sqrt[{3}]{x}$"),
            ("<mover><mi>x</mi><mo>¯</mo></mover>", r"$\bar{x}$"),
            ("<mover><mi>AB</mi><mo>→</mo></mover>", r"$\overrightarrow{\textrm{AB}}$"),
            ("<munder><mi>x</mi><mo>_</mo></munder>", r"$\underline{x}$"),
            ("<mover><mi>x</mi><mn>1</mn></mover>", r"$\stackrel{1}{x}$"),
            (
                "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>i</mi>",
                r"$\sum_{i}^{n}i$",
            ),
            ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "$(a,b)$"),
            (
                "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd></mtr></mtable>",
                r"$\begin{array}{cc}{a}&{b}\\ {c}\end{array}$",
            ),
            ("<mi>a</mi><mspace/><mi>b</mi>", r"$a\ b$"),
            ("<mi>log</mi><mi>x</mi>", r"$\log x$"),
            ("<mi>α</mi><mi>x</mi><mo>≤</mo><mn>5</mn>", r"$\alpha x\leq5$"),
            ("<mtext>if p&lt;5</mtext>", r"$\textrm{if p}<\textrm{5}$"),
            ("<mi>x\u{304}</mi><mo>″</mo><mo>′</mo>", r"$\bar{x}{}'''$"),
            ("<mn>0.5</mn><mo>,</mo><mn>3-4</mn>", "$0.5,3-4$"),
            ("<mi>𝛼</mi><mo>%</mo><mo>$</mo>", r"$\alpha\%\mathdollar$"),
            (
                "<mfrac><msubsup><mi>T</mi><mn>2</mn><mo>*</mo></msubsup><mn>2</mn></mfrac>",
                r"$\frac{T_{2}^{*}}{2}$",
            ),
        ] {
            assert_eq!(spelled(markup), tex, "{markup}");
        }
    }

    #[test]
    fn braces_balance() {
        assert_eq!(spelled("<mo>{</mo><mi>x</mi><mo>}</mo>"), r"$\{x\}$");
        assert_eq!(spelled("<mo>}</mo><mi>x</mi><mo>{</mo>"), "$)x($");
        assert_eq!(spelled("<mo>{</mo><mo>{</mo><mo>}</mo>"), r"$(\{\}$");
    }

    #[test]
    fn what_is_no_formula_is_not_written() {
        let mut out = String::new();
        assert!(!formula(&mut out, "<math><mi>x</math>", Spelling::Macros));
        assert_eq!(out, "");
    }
}
