//! The words that a TeX text shows, as far as letters and digits go.

/// The text with its commands resolved: letters for those that are letters, the names of
/// functions, nothing for all that only sets what follows.
pub(super) fn resolved(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    while let Some(at) = rest.find(['\\', '{', '}', '$']) {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        rest = if rest[at..].starts_with('\\') { command(behind, &mut out) } else { behind };
    }
    out.push_str(rest);
    out
}

/// Resolves the command whose name begins the text, and hands back what follows it.
fn command<'t>(text: &'t str, out: &mut String) -> &'t str {
    let length =
        text.len() - text.trim_start_matches(|sign: char| sign.is_ascii_alphabetic()).len();
    let (name, rest) = text.split_at(length);
    match name {
        "" => {
            // A sign: `\&`, `\"`; whether escaped or an accent, it is no letter.
            let mut signs = text.chars();
            out.extend(signs.next().filter(|sign| matches!(sign, '<' | '>')));
            signs.as_str()
        }
        "begin" => without_argument(without_argument(rest)),
        "end" => without_argument(rest),
        _ => {
            if let Some((_, letters)) = LETTERS.iter().find(|(command, _)| *command == name) {
                out.push_str(letters);
            } else if FUNCTIONS.contains(&name) {
                out.push_str(name);
            }
            rest
        }
    }
}

fn without_argument(text: &str) -> &str {
    text.strip_prefix('{').and_then(|text| text.split_once('}')).map_or(text, |(_, rest)| rest)
}

/// Commands that show letters.
#[rustfmt::skip]
const LETTERS: &[(&str, &str)] = &[
    ("alpha", "α"), ("beta", "β"), ("gamma", "γ"), ("delta", "δ"), ("epsilon", "ε"),
    ("varepsilon", "ε"), ("zeta", "ζ"), ("eta", "η"), ("theta", "θ"), ("vartheta", "ϑ"),
    ("iota", "ι"), ("kappa", "κ"), ("lambda", "λ"), ("mu", "μ"), ("nu", "ν"), ("xi", "ξ"),
    ("pi", "π"), ("varpi", "ϖ"), ("rho", "ρ"), ("varrho", "ϱ"), ("sigma", "σ"),
    ("varsigma", "ς"), ("tau", "τ"), ("upsilon", "υ"), ("phi", "φ"), ("varphi", "φ"),
    ("chi", "χ"), ("psi", "ψ"), ("omega", "ω"),
    ("Gamma", "Γ"), ("Delta", "Δ"), ("Theta", "Θ"), ("Lambda", "Λ"), ("Xi", "Ξ"), ("Pi", "Π"),
    ("Sigma", "Σ"), ("Upsilon", "Υ"), ("Phi", "Φ"), ("Psi", "Ψ"), ("Omega", "Ω"),
    ("ell", "ℓ"), ("hbar", "ℏ"), ("aleph", "ℵ"), ("Re", "ℜ"), ("Im", "ℑ"), ("wp", "℘"),
    ("o", "ø"), ("O", "Ø"), ("l", "ł"), ("L", "Ł"), ("ae", "æ"), ("AE", "Æ"), ("oe", "œ"),
    ("OE", "Œ"), ("aa", "å"), ("AA", "Å"), ("ss", "ß"), ("i", "ı"), ("j", "ȷ"), ("dh", "ð"),
    ("DH", "Ð"), ("dj", "đ"), ("DJ", "Đ"), ("th", "þ"), ("TH", "Þ"), ("ng", "ŋ"), ("NG", "Ŋ"),
    ("textmu", "μ"), ("texttrademark", "™"), ("textordfeminine", "ª"),
    ("textordmasculine", "º"),
];

/// Functions, which show their own names.
#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim",
    "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "ln", "log", "max", "min", "sec", "sin",
    "sinh", "sup", "tan", "tanh",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_show_letters_or_nothing() {
        for (tex, words) in [
            (r"Role of $\alpha$-synuclein and {{\{DNA\}}}", "Role of α-synuclein and DNA"),
            (r"{{\textit{E. coli}}} in {H$_{2}$O}, 50\%", "E. coli in H_2O, 50"),
            (r"{\textasciitilde} \$5 {\L}uczak M{\'\i}", " 5 Łuczak Mı"),
            (r"p $<$ 0.05, $\log x\leq\sqrt[{3}]{y}$", "p < 0.05, log x[3]y"),
            (r"$\begin{array}{cc}{a}&{b}\\{c}\end{array}$", "a&bc"),
            ("a\\", "a"),
        ] {
            let shown = resolved(tex);
            assert_eq!(
                shown.split_whitespace().collect::<Vec<_>>(),
                words.split_whitespace().collect::<Vec<_>>(),
                "{tex}"
            );
        }
    }
}
