//! Signs of mathematics and their commands.

use super::super::script::Script;
use super::super::tex::{self, Sign};
use crate::math::Node;

/// Functions that TeX sets upright under a command of their name.
pub(super) const FUNCTIONS: &[&str] = &[
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim",
    "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "ln", "log", "max", "min", "sec", "sin",
    "sinh", "sup", "tan", "tanh",
];

/// Operators that carry limits, which cannot be taken apart.
pub(super) fn is_large(base: &Node) -> bool {
    matches!(base, Node::Token(_, words)
        if matches!(words.as_str(), "∑" | "∏" | "∐" | "∫" | "∬" | "∮" | "⋂" | "⋃" | "⨁" | "⨂")
            || FUNCTIONS.contains(&words.as_str()))
}

/// Whether a character can stand in mathematics as [`Formula::sign`] writes it.
pub(super) fn is_math(sign: char) -> bool {
    sign != '"'
        && (sign.is_ascii()
            || command(sign).is_some()
            || Script::of(sign).is_some()
            || plainer(sign).is_some())
}

/// What needs no mathematics inside words.
pub(super) fn is_text_sign(sign: char) -> bool {
    sign.is_ascii_alphanumeric()
        || matches!(sign, ' ' | ',' | '.' | ';' | ':' | '-' | '\'' | '/' | '(' | ')')
}

/// The command of a sign in mathematics.
pub(super) fn command(sign: char) -> Option<&'static str> {
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
pub(super) fn plainer(sign: char) -> Option<String> {
    match tex::sign(sign) {
        Some(Sign::Text(text)) if text.is_ascii() => Some(text.to_owned()),
        _ => tex::compatible(sign),
    }
}

pub(super) fn is_combining(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20FF}')
}

/// The command that sets an accent over a single letter or over more.
pub(super) fn above(accent: &str, is_single: bool) -> Option<&'static str> {
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

pub(super) fn below(accent: &str, _: bool) -> Option<&'static str> {
    match accent {
        "_" | "¯" | "‾" | "ˉ" | "-" | "−" | "\u{332}" => Some(r"\underline"),
        "⏟" => Some(r"\underbrace"),
        _ => None,
    }
}
