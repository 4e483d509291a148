//! Formulas as TeX (`mapping.md` section 7.3, `output-formats.md` section 4.5).

use super::letters::is_mark;
use super::script::Script;
use super::tex::{self, Spelling};
use crate::math::{self as tree, Node, Scripts, Token};

mod signs;

use signs::{
    FUNCTIONS, above, below, command, is_combining, is_large, is_math, is_text_sign, plainer,
};

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

#[cfg(test)]
mod tests;
