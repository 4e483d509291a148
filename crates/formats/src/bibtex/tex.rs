//! Characters as TeX (`output-formats.md` section 4.4).

use super::letters;
use super::script;

/// How characters are spelled; ASCII is spelled the same in all but `<` and `>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// `bibtex.text=unicode`: as they are.
    Unicode,
    /// `bibtex.text=latex` in BibLaTeX: signs as commands, every letter as it is.
    Letters,
    /// `bibtex.text=latex` in the text fields of BibTeX: letters that T1 lacks as macros.
    Macros,
    /// `bibtex.text=latex` in the names of BibTeX, which abbreviates bytes: all letters as macros.
    Names,
}

/// Writes words so that TeX shows them. Their braces must balance (`braces.rs`).
pub(super) fn escape(out: &mut String, words: &str, spelling: Spelling) {
    let mut plain = 0;
    let mut at = 0;
    while let Some(found) = words.as_bytes()[at..].iter().position(|byte| is_special(*byte)) {
        at += found;
        out.push_str(&words[plain..at]);
        let byte = words.as_bytes()[at];
        at = if byte.is_ascii() {
            out.push_str(ascii(byte, spelling));
            at + 1
        } else {
            beyond_ascii(out, words, at, spelling)
        };
        plain = at;
    }
    out.push_str(&words[plain..]);
}

/// A sign that TeX knows by another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A command of mathematics, without its dollars.
    Math(&'static str),
    /// Other text.
    Text(&'static str),
    /// Nothing.
    Nothing,
}

/// The signs of section 4.4 that have a row of their own, with `bibtex.text=latex`.
pub(super) fn sign(character: char) -> Option<Sign> {
    use Sign::{Math, Nothing, Text};
    Some(match character {
        'α' | 'ɑ' | '⍺' => Math(r"\alpha"),
        'β' => Math(r"\beta"),
        'γ' => Math(r"\gamma"),
        'δ' => Math(r"\delta"),
        'ε' | 'ɛ' | 'ϵ' => Math(r"\epsilon"),
        'ζ' => Math(r"\zeta"),
        'η' => Math(r"\eta"),
        'θ' => Math(r"\theta"),
        'ϑ' => Math(r"\vartheta"),
        'ι' => Math(r"\iota"),
        'κ' => Math(r"\kappa"),
        'λ' => Math(r"\lambda"),
        'μ' => Math(r"\mu"),
        'ν' => Math(r"\nu"),
        'ξ' => Math(r"\xi"),
        'ο' => Text("o"),
        'π' => Math(r"\pi"),
        'ρ' => Math(r"\rho"),
        'σ' => Math(r"\sigma"),
        'ς' => Math(r"\varsigma"),
        'τ' => Math(r"\tau"),
        'υ' => Math(r"\upsilon"),
        'φ' | 'ϕ' => Math(r"\phi"),
        'χ' => Math(r"\chi"),
        'ψ' => Math(r"\psi"),
        'ω' => Math(r"\omega"),
        'Γ' => Math(r"\Gamma"),
        'Δ' | '∆' => Math(r"\Delta"),
        'Θ' => Math(r"\Theta"),
        'Λ' => Math(r"\Lambda"),
        'Ξ' => Math(r"\Xi"),
        'Π' => Math(r"\Pi"),
        'Σ' => Math(r"\Sigma"),
        'Υ' => Math(r"\Upsilon"),
        'Φ' => Math(r"\Phi"),
        'Ψ' => Math(r"\Psi"),
        'Ω' => Math(r"\Omega"),
        // The capitals that look like Latin ones.
        'Α' => Text("A"),
        'Β' => Text("B"),
        'Ε' => Text("E"),
        'Ζ' => Text("Z"),
        'Η' => Text("H"),
        'Ι' => Text("I"),
        'Κ' => Text("K"),
        'Μ' => Text("M"),
        'Ν' => Text("N"),
        'Ο' => Text("O"),
        'Ρ' => Text("P"),
        'Τ' => Text("T"),
        'Χ' => Text("X"),
        '≤' | '⩽' | '≦' => Math(r"\leq"),
        '≥' | '⩾' | '≧' => Math(r"\geq"),
        '≠' => Math(r"\neq"),
        '≈' => Math(r"\approx"),
        '≃' => Math(r"\simeq"),
        '≅' => Math(r"\cong"),
        '≡' => Math(r"\equiv"),
        '−' => Math("-"),
        '∞' => Math(r"\infty"),
        '√' => Math(r"\surd"),
        '∝' => Math(r"\propto"),
        '≪' => Math(r"\ll"),
        '≫' => Math(r"\gg"),
        '′' => Math("'"),
        '″' => Math("''"),
        '∂' => Math(r"\partial"),
        '∇' => Math(r"\nabla"),
        '∑' => Math(r"\sum"),
        '∏' => Math(r"\prod"),
        '∫' => Math(r"\int"),
        '∈' => Math(r"\in"),
        '∉' => Math(r"\notin"),
        '∩' => Math(r"\cap"),
        '∪' => Math(r"\cup"),
        '⊂' => Math(r"\subset"),
        '⊆' => Math(r"\subseteq"),
        '∅' => Math(r"\emptyset"),
        '∀' => Math(r"\forall"),
        '∃' => Math(r"\exists"),
        '⊕' => Math(r"\oplus"),
        '⊗' => Math(r"\otimes"),
        '∥' => Math(r"\parallel"),
        '⊥' => Math(r"\perp"),
        '∠' => Math(r"\angle"),
        '↔' => Math(r"\leftrightarrow"),
        '⇒' => Math(r"\Rightarrow"),
        '⇔' => Math(r"\Leftrightarrow"),
        'ℓ' => Math(r"\ell"),
        '★' | '☆' | '✰' => Math(r"\star"),
        '●' => Math(r"\bullet"),
        '○' => Math(r"\circ"),
        '△' | '▲' => Math(r"\triangle"),
        '◆' => Math(r"\diamond"),
        'Ⓡ' => Text("®"),
        '\u{200C}' | '\u{200D}' => Nothing,
        _ => return None,
    })
}

/// The signs of section 4.4 that are replaced whatever `bibtex.text` says.
pub(super) fn sign_in_both(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{201F}' => "“",
        '\u{2BC}' => "’",
        '∼' => r"{\textasciitilde}",
        '∗' => "*",
        '⋅' | '∙' => "·",
        _ => return None,
    })
}

/// Whether the Greek mu at that place stands alone before a unit, and is a micro sign.
pub(super) fn is_micro(words: &str, at: usize) -> bool {
    const UNITS: &[&str] = &[
        "g", "kat", "l", "L", "m", "M", "mol", "mole", "moles", "s", "sec", "V", "W", "A", "F",
        "H", "N", "K", "C", "J", "S", "T", "U", "IU", "Pa", "Hz", "Ci", "Bq", "Gy", "Sv", "Eq",
        "eq", "cal", "bar", "rad", "Osm",
    ];
    let Some(rest) = words[at..].strip_prefix('μ') else { return false };
    let unit = &rest[..rest.len() - rest.trim_start_matches(char::is_alphabetic).len()];
    !words[..at].ends_with(char::is_alphabetic) && UNITS.contains(&unit)
}

/// The form of a sign that is compatible with it and that T1 has: `R` for ℝ, `II` for Ⅱ.
pub(super) fn compatible(character: char) -> Option<String> {
    use unicode_normalization::char::decompose_compatible;
    let has_twin = matches!(character,
        // Fullwidth forms, Roman numerals, letters of mathematics,
        '\u{FF01}'..='\u{FF5E}' | 'Ⅰ'..='ⅿ' | '\u{1D400}'..='\u{1D7FF}'
        // ℂ ℊ ℋ ℝ ℤ ℯ … but not ℃ № ™,
        | '℉' | '\u{2102}' | '\u{210A}'..='\u{2115}' | '\u{2119}'..='\u{211D}'
        | '\u{2124}' | '\u{2128}' | '\u{212C}'..='\u{2134}' | '\u{213C}'..='\u{2149}'
        // and the Latin letters of U+00C0–U+017F that T1 lacks.
        | 'Ŀ' | 'ŀ' | 'ŉ' | 'ſ');
    if !has_twin {
        return None;
    }
    let mut twin = String::new();
    let mut is_other = false;
    // A brace made here would balance with nothing.
    decompose_compatible(character, |part| {
        is_other |= part != character;
        twin.push(match part {
            '{' => '(',
            '}' => ')',
            part => part,
        });
    });
    is_other.then_some(twin)
}

/// A letter of the Greek alphabet, with or without accents.
pub(super) fn is_greek(character: char) -> bool {
    matches!(character, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}')
}

/// Whether a byte may need more than copying: specials of ASCII, and all beyond it.
fn is_special(byte: u8) -> bool {
    const SPECIAL: [bool; 256] = {
        let mut table = [false; 256];
        let mut at = 0;
        let specials = br"&%#_${}~^\<>";
        while at < specials.len() {
            table[specials[at] as usize] = true;
            at += 1;
        }
        let mut at = 0x80;
        while at < 0x100 {
            table[at] = true;
            at += 1;
        }
        table
    };
    SPECIAL[usize::from(byte)]
}

fn ascii(byte: u8, spelling: Spelling) -> &'static str {
    match (byte, spelling) {
        (b'&', _) => r"\&",
        (b'%', _) => r"\%",
        (b'#', _) => r"\#",
        (b'_', _) => r"\_",
        (b'$', _) => r"\$",
        (b'{', _) => r"\{",
        (b'}', _) => r"\}",
        (b'~', _) => r"{\textasciitilde}",
        (b'^', _) => r"{\textasciicircum}",
        (b'\\', _) => r"{\textbackslash}",
        (b'<', Spelling::Unicode) => "<",
        (b'<', _) => "$<$",
        (b'>', Spelling::Unicode) => ">",
        (b'>', _) => "$>$",
        _ => "",
    }
}

/// Writes the character at that place, or the run that it begins, and tells what follows it.
fn beyond_ascii(out: &mut String, words: &str, at: usize, spelling: Spelling) -> usize {
    let rest = &words[at..];
    let Some(character) = rest.chars().next() else { return words.len() };
    let end = at + character.len_utf8();
    if let Some(sign) = sign_in_both(character) {
        out.push_str(sign);
        return end;
    }
    if is_micro(words, at) {
        out.push('µ');
        return end;
    }
    if spelling == Spelling::Unicode {
        out.push(character);
        return end;
    }
    if letters::is_mark(character) {
        let marks = &rest[..rest.len() - rest.trim_start_matches(letters::is_mark).len()];
        letters::mark(out, words[..at].chars().next_back(), marks, spelling);
        return at + marks.len();
    }
    if let Some(run) = script::unicode_run(rest) {
        script::words(out, run.script, &run.words, spelling);
        return at + run.bytes;
    }
    if is_greek(character) {
        let run = &rest[..rest.len() - rest.trim_start_matches(is_greek).len()];
        if run.chars().any(is_accented_greek) {
            out.push_str(run);
            return at + run.len();
        }
    }
    match sign(character) {
        Some(Sign::Math(command)) => {
            out.push('$');
            out.push_str(command);
            out.push('$');
        }
        Some(Sign::Text(text)) => out.push_str(text),
        Some(Sign::Nothing) => {}
        None => match compatible(character) {
            Some(twin) => escape(out, &twin, spelling),
            None => letters::letter(out, character, spelling),
        },
    }
    end
}

/// Tells words of the Greek language from symbols.
fn is_accented_greek(character: char) -> bool {
    matches!(
        character,
        'Ά' | 'Έ'..='ΐ' | 'Ϊ'..='ΰ' | 'ϊ'..='ώ' | '\u{1F00}'..='\u{1FFF}'
    )
}

#[cfg(test)]
mod tests;
