//! Sub- and superscripts as TeX (`output-formats.md` section 4.5).
//!
//! Each is mathematics in dollars of its own: `$_{2}$`. Letters stand in `\textrm`. A sign that is
//! itself a command of mathematics gets a script to itself, because many readers take `$` for the
//! end of what the `$` before it began.

use std::borrow::Cow;

use model::{Inline, Style, Text};

use super::markup::Tex;
use super::tex::{self, Sign, Spelling};

/// Where a script stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Below the line.
    Below,
    /// Above the line.
    Above,
}

/// Sub- or superscript characters of Unicode side by side: `₁₂`.
pub(super) struct UnicodeRun {
    /// Where they stand.
    pub(super) script: Script,
    /// The characters that they are scripts of: `12`.
    pub(super) words: String,
    /// Their length in bytes.
    pub(super) bytes: usize,
}

/// The run that begins the words, if one does.
pub(super) fn unicode_run(words: &str) -> Option<UnicodeRun> {
    let (script, _) = Script::of(words.chars().next()?)?;
    let mut run = UnicodeRun { script, words: String::new(), bytes: 0 };
    for character in words.chars() {
        match Script::of(character) {
            Some((same, base)) if same == script => run.words.push(base),
            _ => break,
        }
        run.bytes += character.len_utf8();
    }
    Some(run)
}

/// Writes words as a script.
pub(super) fn words(out: &mut String, script: Script, words: &str, spelling: Spelling) {
    if script == Script::Above && stands_above(words) {
        tex::escape(out, words, spelling);
        return;
    }
    let inner = words.trim_matches(' ');
    out.push_str(if words.starts_with(' ') { " " } else { "" });
    pieces(out, &Frame::of(script), inner, spelling);
    out.push_str(if inner.len() < words.trim_start_matches(' ').len() { " " } else { "" });
}

/// Whether these signs stand above the line by themselves.
pub(super) fn stands_above(words: &str) -> bool {
    words.chars().all(|sign| matches!(sign, '®' | '™' | '℠' | '©' | '°'))
}

/// Writes rich text as a script; its italics and bold are lost in it.
pub(super) fn text(tex: &mut Tex, script: Script, text: &Text) {
    match text.as_plain() {
        Some(plain) => words(&mut tex.out, script, plain, tex.spelling),
        None => runs(tex, &Frame::of(script), text),
    }
}

/// What stands round each piece of a script: `$^{` and `}$`, or of a script in a script `$^{_{`
/// and `}}$`.
struct Frame {
    open: String,
    close: String,
}

impl Frame {
    fn of(script: Script) -> Self {
        Self { open: format!("${}", script.open()), close: "}$".to_owned() }
    }

    fn nested(&self, script: Script) -> Self {
        Self { open: format!("{}{}", self.open, script.open()), close: format!("}}{}", self.close) }
    }

    fn round(&self, out: &mut String, write: impl FnOnce(&mut String)) {
        out.push_str(&self.open);
        write(out);
        out.push_str(&self.close);
    }
}

impl Script {
    /// The script that a style is.
    pub(super) fn of_style(style: Style) -> Option<Self> {
        match style {
            Style::Subscript => Some(Self::Below),
            Style::Superscript => Some(Self::Above),
            Style::Italic | Style::Bold | Style::Underline | Style::SmallCaps => None,
        }
    }

    /// The script that a character is, and the character that it is a script of.
    pub(super) fn of(character: char) -> Option<(Self, char)> {
        const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
        let digit =
            |zero: char| DIGITS.get(usize::try_from(u32::from(character) - u32::from(zero)).ok()?);
        Some(match character {
            '₀'..='₉' => (Self::Below, *digit('₀')?),
            '₊' => (Self::Below, '+'),
            '₋' => (Self::Below, '−'),
            '₌' => (Self::Below, '='),
            '₍' => (Self::Below, '('),
            '₎' => (Self::Below, ')'),
            '¹' => (Self::Above, '1'),
            '²' => (Self::Above, '2'),
            '³' => (Self::Above, '3'),
            '⁰' | '⁴'..='⁹' => (Self::Above, *digit('⁰')?),
            '⁺' => (Self::Above, '+'),
            '⁻' => (Self::Above, '−'),
            '⁼' => (Self::Above, '='),
            '⁽' => (Self::Above, '('),
            '⁾' => (Self::Above, ')'),
            'ⁱ' => (Self::Above, 'i'),
            'ⁿ' => (Self::Above, 'n'),
            _ => return None,
        })
    }

    /// What begins it in mathematics; a brace ends it.
    pub(super) fn open(self) -> &'static str {
        match self {
            Self::Below => "_{",
            Self::Above => "^{",
        }
    }
}

fn runs(tex: &mut Tex, frame: &Frame, text: &Text) {
    for run in text.runs() {
        match run {
            Inline::Plain(words) => pieces(&mut tex.out, frame, words, tex.spelling),
            Inline::Math(markup) => {
                let start = tex.out.len();
                if let Some(words) = tex.formula_inside(markup) {
                    pieces(&mut tex.out, frame, &words, tex.spelling);
                } else if tex.out.len() > start {
                    // A formula without any sign gets no frame either.
                    tex.out.insert_str(start, &frame.open);
                    tex.out.push_str(&frame.close);
                }
            }
            Inline::Styled(style, inner) => match Script::of_style(*style) {
                Some(script) => runs(tex, &frame.nested(script), inner),
                None => runs(tex, frame, inner),
            },
        }
    }
}

/// What a character is inside a script.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// The same in mathematics and in text.
    Sign,
    /// `<` and `>`: signs of mathematics that text has to leave for.
    Compare,
    /// A command of mathematics.
    Command(&'static str),
    /// Text.
    Letter,
}

fn pieces(out: &mut String, frame: &Frame, words: &str, spelling: Spelling) {
    let words = &*plainer(words);
    let mut rest = words;
    while !rest.is_empty() {
        let at = words.len() - rest.len();
        let is_command = |(offset, character): &(usize, char)| {
            matches!(class(words, at + offset, *character, spelling), Class::Command(_))
        };
        let piece = match rest.char_indices().find(is_command) {
            Some((0, character)) => {
                if let Class::Command(command) = class(words, at, character, spelling) {
                    frame.round(out, |out| out.push_str(command));
                }
                &rest[..character.len_utf8()]
            }
            found => {
                let piece = &rest[..found.map_or(rest.len(), |(end, _)| end)];
                without_commands(out, frame, piece, spelling);
                piece
            }
        };
        rest = &rest[piece.len()..];
    }
}

fn without_commands(out: &mut String, frame: &Frame, piece: &str, spelling: Spelling) {
    let is_text = piece
        .char_indices()
        .any(|(at, character)| class(piece, at, character, spelling) == Class::Letter);
    if !is_text {
        if piece.trim().is_empty() {
            out.push(' ');
        } else {
            frame.round(out, |out| signs(out, piece));
        }
        return;
    }
    for piece in split_inclusive_at_comparisons(piece, spelling) {
        if matches!(piece, "<" | ">") && spelling != Spelling::Unicode {
            frame.round(out, |out| out.push_str(piece));
        } else {
            frame.round(out, |out| {
                out.push_str(r"\textrm{");
                tex::escape(out, piece, spelling);
                out.push('}');
            });
        }
    }
}

fn split_inclusive_at_comparisons(piece: &str, spelling: Spelling) -> Vec<&str> {
    if spelling == Spelling::Unicode {
        return vec![piece];
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, sign) in piece.match_indices(['<', '>']) {
        pieces.extend([&piece[start..at], sign]);
        start = at + sign.len();
    }
    pieces.push(&piece[start..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn class(words: &str, at: usize, character: char, spelling: Spelling) -> Class {
    match character {
        '<' | '>' => Class::Compare,
        '−' | '∗' => Class::Sign,
        '~' | '^' | '\\' | '"' => Class::Letter,
        '$' => Class::Command(r"\mathdollar"),
        sign if sign.is_ascii() && !sign.is_ascii_alphabetic() => Class::Sign,
        sign if sign.is_ascii() || spelling == Spelling::Unicode => Class::Letter,
        'μ' if tex::is_micro(words, at) => Class::Letter,
        sign => match tex::sign(sign) {
            Some(Sign::Math(command)) => Class::Command(command),
            Some(Sign::Text(_) | Sign::Nothing) | None => Class::Letter,
        },
    }
}

fn signs(out: &mut String, piece: &str) {
    for character in piece.chars() {
        match character {
            '−' => out.push('-'),
            '∗' => out.push('*'),
            '%' | '#' | '&' | '_' => out.extend(['\\', character]),
            sign => out.push(sign),
        }
    }
}

/// The words without braces, which would have to balance in each piece, and without characters
/// that stand for others.
fn plainer(words: &str) -> Cow<'_, str> {
    let stays = |sign: char| match sign {
        '{' | '}' => false,
        sign => sign.is_ascii() || (Script::of(sign).is_none() && tex::compatible(sign).is_none()),
    };
    if words.chars().all(stays) {
        return Cow::Borrowed(words);
    }
    let mut plainer = String::with_capacity(words.len());
    for sign in words.chars() {
        match (sign, Script::of(sign)) {
            ('{', _) => plainer.push('('),
            ('}', _) => plainer.push(')'),
            (_, Some((_, base))) => plainer.push(base),
            (sign, None) => match tex::compatible(sign) {
                Some(twin) => plainer.push_str(&twin),
                None => plainer.push(sign),
            },
        }
    }
    Cow::Owned(plainer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(script: Script, content: &str, spelling: Spelling) -> String {
        let mut out = String::new();
        words(&mut out, script, content, spelling);
        out
    }

    #[test]
    fn digits_and_signs_are_mathematics() {
        for (content, tex) in [
            ("2+", "$^{2+}$"),
            ("-3", "$^{-3}$"),
            ("−3", "$^{-3}$"),
            ("*", "$^{*}$"),
            ("1, 2", "$^{1, 2}$"),
            ("50%", r"$^{50\%}$"),
            ("<5", "$^{<5}$"),
            (" 2 ", " $^{2}$ "),
        ] {
            assert_eq!(spelled(Script::Above, content, Spelling::Macros), tex);
            assert_eq!(spelled(Script::Above, content, Spelling::Unicode), tex);
        }
    }

    #[test]
    fn letters_are_text() {
        for (content, tex) in [
            ("max", r"$_{\textrm{max}}$"),
            ("k+1", r"$_{\textrm{k+1}}$"),
            ("a & b", r"$_{\textrm{a \& b}}$"),
            ("†", r"$_{\textrm{†}}$"),
            ("a$", r"$_{\textrm{a}}$$_{\mathdollar}$"),
        ] {
            assert_eq!(spelled(Script::Below, content, Spelling::Macros), tex);
        }
    }

    #[test]
    fn a_command_of_mathematics_has_a_script_to_itself() {
        assert_eq!(spelled(Script::Below, "α", Spelling::Macros), r"$_{\alpha}$");
        assert_eq!(
            spelled(Script::Below, "ERα2", Spelling::Macros),
            r"$_{\textrm{ER}}$$_{\alpha}$$_{2}$"
        );
        assert_eq!(
            spelled(Script::Below, "p<5", Spelling::Macros),
            r"$_{\textrm{p}}$$_{<}$$_{\textrm{5}}$"
        );
        assert_eq!(spelled(Script::Below, "ERα2", Spelling::Unicode), r"$_{\textrm{ERα2}}$");
    }

    #[test]
    fn a_trade_mark_stands_above_by_itself() {
        assert_eq!(spelled(Script::Above, "®", Spelling::Macros), "®");
        assert_eq!(spelled(Script::Below, "®", Spelling::Macros), r"$_{\textrm{®}}$");
    }
}
