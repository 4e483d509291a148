//! Presentation MathML as a tree, small enough to be spelled in words or in TeX.
//!
//! The model keeps a formula as markup; each writer that meets one reads it here. The tree knows
//! scripts, fractions, roots and the like; everything else is a row of its children.

mod words;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

pub(crate) use words::{note_loss, spelled_out};

use crate::clean;

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// `mi`, `mn`, `mo`, `mtext`, `ms`: the words, cleaned; never empty.
    Token(Token, String),
    /// `mspace`.
    Space,
    /// Pieces side by side: `mrow`, `mstyle` and all that only groups.
    Row(Vec<Node>),
    /// `msub`, `msup`, `msubsup` and `mmultiscripts`, also the limits of a sum.
    Scripts(Box<Scripts>),
    /// `mfrac`: numerator and denominator.
    Fraction(Box<[Node; 2]>),
    /// `msqrt`, and with an index `mroot`.
    Root { radicand: Box<Node>, index: Option<Box<Node>> },
    /// `mover`, `munder`, `munderover`: a base and what stands under and over it.
    Stack { base: Box<Node>, under: Option<Box<Node>>, over: Option<Box<Node>> },
    /// `mfenced`: pieces between fences, with separators.
    Fenced { open: String, separators: Vec<char>, close: String, pieces: Vec<Node> },
    /// `mtable`: rows of cells.
    Table(Vec<Vec<Node>>),
    /// An element that this edition does not know: its children side by side.
    Unknown(Vec<Node>),
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// `mi`: a variable, the name of a function.
    Identifier,
    /// `mn`.
    Number,
    /// `mo`.
    Operator,
    /// `mtext`, `ms`, and words that stand in no token.
    Words,
}

/// A base with what stands at its corners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scripts {
    pub(crate) base: Node,
    /// Pairs before the base: subscript, superscript.
    pub(crate) before: Vec<[Option<Node>; 2]>,
    /// Pairs behind the base: subscript, superscript.
    pub(crate) behind: Vec<[Option<Node>; 2]>,
}

/// Reads a `math` element; `None` if it is not well-formed, or nested deeper than 64 elements.
pub(crate) fn parse(markup: &str) -> Option<Node> {
    let mut reader = Reader::from_str(markup);
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() <= MAX_DEPTH => open.push(Element::new(&start)),
            Event::Start(_) => return None,
            Event::Empty(start) => {
                let node = Element::new(&start).close();
                open.last_mut()?.children.extend(node);
            }
            Event::End(_) => {
                let node = open.pop()?.close();
                open.last_mut()?.children.extend(node);
            }
            Event::Text(words) => open.last_mut()?.push(&words.xml10_content()),
            Event::CData(words) => open.last_mut()?.push(&words.xml10_content()),
            Event::GeneralRef(name) => open.last_mut()?.push(&resolved(&name)?),
            Event::Eof => break,
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    let root = open.pop().filter(|_| open.is_empty())?;
    Some(row(root.close_children()))
}

/// Formulas of real records nest a dozen elements.
const MAX_DEPTH: usize = 64;

/// What stands behind a sum or a limit is its limits, not an accent.
const LARGE: &[&str] =
    &["∑", "∏", "∐", "∫", "∬", "⋂", "⋃", "⨁", "⨂", "lim", "max", "min", "sup", "inf"];

/// An element that is being read.
#[derive(Default)]
struct Element {
    name: String,
    fences: Option<[Option<String>; 3]>,
    words: String,
    children: Vec<Node>,
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Self {
        let name = start.local_name().as_ref().to_owned();
        let attribute = |name: &str| {
            let attribute = start.try_get_attribute(name).ok().flatten()?;
            let value =
                quick_xml::escape::unescape_with(&attribute.value, resolve_predefined_entity);
            Some(clean::one_line(&value.ok()?).into_owned())
        };
        let fences = (name == "mfenced").then(|| ["open", "separators", "close"].map(attribute));
        Self { name, fences, ..Self::default() }
    }

    fn push(&mut self, words: &str) {
        self.words.push_str(words);
    }

    /// Puts words that stand between elements into their place.
    fn close_children(mut self) -> Vec<Node> {
        self.children.extend(token(Token::Words, &self.words));
        self.children
    }

    fn close(self) -> Option<Node> {
        let kind = match self.name.as_str() {
            "mi" => Some(Token::Identifier),
            "mn" => Some(Token::Number),
            "mo" => Some(Token::Operator),
            "mtext" | "ms" => Some(Token::Words),
            _ => None,
        };
        if let Some(kind) = kind {
            return token(kind, &self.words);
        }
        let name = self.name.clone();
        let fences = self.fences.clone();
        let mut children = self.close_children();
        Some(match name.as_str() {
            "mspace" => Node::Space,
            "none" => Node::Row(Vec::new()),
            "mprescripts" => Node::Unknown(Vec::new()),
            "annotation" | "annotation-xml" | "mphantom" | "maligngroup" | "malignmark" => {
                return None;
            }
            "msub" => scripts(children, [true, false]),
            "msup" => scripts(children, [false, true]),
            "msubsup" => scripts(children, [true, true]),
            "mmultiscripts" => multiscripts(children),
            "mfrac" if children.len() == 2 => {
                let denominator = children.pop()?;
                Node::Fraction(Box::new([children.pop()?, denominator]))
            }
            "msqrt" => Node::Root { radicand: Box::new(row(children)), index: None },
            "mroot" if children.len() == 2 => {
                let index = children.pop().map(Box::new);
                Node::Root { radicand: Box::new(children.pop()?), index }
            }
            "munder" => stack(children, [true, false]),
            "mover" => stack(children, [false, true]),
            "munderover" => stack(children, [true, true]),
            "mfenced" => fenced(fences?, children),
            "mtr" | "mlabeledtr" => Node::Table(vec![children]),
            "mtable" => Node::Table(children.into_iter().flat_map(cells).collect()),
            "math" | "mrow" | "mstyle" | "mpadded" | "menclose" | "merror" | "semantics"
            | "maction" | "mtd" => row(children),
            _ => Node::Unknown(children),
        })
    }
}

fn row(mut pieces: Vec<Node>) -> Node {
    match pieces.len() {
        1 => pieces.remove(0),
        _ => Node::Row(pieces),
    }
}

fn token(kind: Token, words: &str) -> Option<Node> {
    // Invisible operators: function application, times, separator, plus.
    let visible: String =
        words.chars().filter(|sign| !matches!(sign, '\u{2061}'..='\u{2064}')).collect();
    // White space of the markup is none; that which was written as a character stays.
    let visible = visible.trim_matches(['\t', '\n', '\r', ' ']);
    let blank = !visible.is_empty() && visible.chars().all(char::is_whitespace);
    let words = clean::one_line(visible).into_owned();
    match (blank, words.is_empty()) {
        (true, _) => Some(Node::Space),
        (false, true) => None,
        (false, false) => Some(Node::Token(kind, words)),
    }
}

fn resolved(name: &BytesRef<'_>) -> Option<String> {
    match name.resolve_char_ref().ok()? {
        Some(character) => Some(character.to_string()),
        // The reader has resolved what it knows; the rest stands as it was written.
        None => Some(match resolve_predefined_entity(name) {
            Some(known) => known.to_owned(),
            None => format!("&{};", &**name),
        }),
    }
}

/// A base and one or two scripts; a missing one is none, one too many makes a row.
fn scripts(children: Vec<Node>, [lower, upper]: [bool; 2]) -> Node {
    if children.len() > 1 + usize::from(lower) + usize::from(upper) {
        return Node::Unknown(children);
    }
    let mut children = children.into_iter();
    let Some(base) = children.next() else { return Node::Row(Vec::new()) };
    let sub = if lower { children.next().and_then(present) } else { None };
    let sup = if upper { children.next().and_then(present) } else { None };
    if sub.is_none() && sup.is_none() {
        return base;
    }
    Node::Scripts(Box::new(Scripts { base, before: Vec::new(), behind: vec![[sub, sup]] }))
}

fn multiscripts(children: Vec<Node>) -> Node {
    let is_divider = |node: &Node| *node == Node::Unknown(Vec::new());
    let mut children = children.into_iter();
    let Some(base) = children.next() else { return Node::Row(Vec::new()) };
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    let mut side = &mut behind;
    while let Some(sub) = children.next() {
        if is_divider(&sub) {
            side = &mut before;
            continue;
        }
        let pair = [present(sub), children.next().and_then(present)];
        if pair != [None, None] {
            side.push(pair);
        }
    }
    Node::Scripts(Box::new(Scripts { base, before, behind }))
}

fn stack(children: Vec<Node>, [lower, upper]: [bool; 2]) -> Node {
    let is_large =
        |base: &Node| matches!(base, Node::Token(_, words) if LARGE.contains(&words.as_str()));
    if children.first().is_some_and(is_large) {
        return scripts(children, [lower, upper]);
    }
    if children.len() > 1 + usize::from(lower) + usize::from(upper) {
        return Node::Unknown(children);
    }
    let mut children = children.into_iter();
    let Some(base) = children.next() else { return Node::Row(Vec::new()) };
    let mut next = |wanted: bool| {
        if wanted { children.next().and_then(present).map(Box::new) } else { None }
    };
    let (under, over) = (next(lower), next(upper));
    Node::Stack { base: Box::new(base), under, over }
}

/// `none` and empty rows hold the place of a script that is not there.
fn present(node: Node) -> Option<Node> {
    (node != Node::Row(Vec::new())).then_some(node)
}

fn fenced([open, separators, close]: [Option<String>; 3], pieces: Vec<Node>) -> Node {
    let separators = separators.unwrap_or_else(|| ",".to_owned());
    Node::Fenced {
        open: open.unwrap_or_else(|| "(".to_owned()),
        separators: separators.chars().filter(|sign| !sign.is_whitespace()).collect(),
        close: close.unwrap_or_else(|| ")".to_owned()),
        pieces,
    }
}

fn cells(table_row: Node) -> Vec<Vec<Node>> {
    match table_row {
        Node::Table(rows) => rows,
        other => vec![vec![other]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(words: &str) -> Node {
        Node::Token(Token::Identifier, words.to_owned())
    }

    #[test]
    fn white_space_between_elements_is_no_content() {
        let markup = "<mml:math xmlns:mml='m'>\n <mml:mi> x </mml:mi>\n</mml:math>";
        assert_eq!(parse(markup), Some(identifier("x")));
    }

    #[test]
    fn references_are_characters() {
        assert_eq!(
            parse("<math><mi>&#945;&lt;&nosuch;</mi></math>"),
            Some(identifier("α<&nosuch;"))
        );
    }

    #[test]
    fn prescripts_stand_before_their_base() {
        let markup = "<math><mmultiscripts><mi>F</mi><mprescripts/><none/><mn>18</mn></mmultiscripts></math>";
        let number = Node::Token(Token::Number, "18".to_owned());
        let scripts = Scripts {
            base: identifier("F"),
            before: vec![[None, Some(number)]],
            behind: Vec::new(),
        };
        assert_eq!(parse(markup), Some(Node::Scripts(Box::new(scripts))));
    }

    #[test]
    fn broken_or_bottomless_markup_is_no_formula() {
        let deep = "<mrow>".repeat(70) + &"</mrow>".repeat(70);
        for markup in ["<math><mi>x</math>", "<math>", &deep] {
            assert_eq!(parse(markup), None, "{markup}");
        }
    }
}
