//! What TeX would make of a value: no command but harmless ones, no sign with a meaning.

/// Commands that print a sign or set a style, and do nothing else. A value that holds another one
/// has brought it along: `\input`, `\write`, `\catcode`, `\end` and their like are not here.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "AA", "AE", "DH", "DJ", "Delta", "Gamma", "H", "L", "Lambda", "Leftrightarrow", "NG", "O",
    "OE", "Omega", "Phi", "Pi", "Psi", "Rightarrow", "Sigma", "TH", "Theta", "Upsilon", "Xi",
    "aa", "ae", "alpha", "angle", "approx", "b", "backslash", "bar", "beta", "breve", "bullet",
    "c", "cap", "cdot", "cdots", "check", "chi", "circ", "cong", "cup", "d", "dagger", "ddagger",
    "ddot", "delta", "dh", "diamond", "div", "dj", "dot", "downarrow", "ell", "emptyset",
    "epsilon", "equiv", "eta", "exists", "forall", "frac", "gamma", "geq", "gg", "hat", "hbar",
    "i", "in", "infty", "int", "iota", "j", "k", "kappa", "l", "lambda", "langle", "lceil",
    "ldots", "left", "leftarrow", "leftrightarrow", "leq", "lfloor", "limits", "ll", "log",
    "mapsto", "mathdollar", "mathop", "mathrm", "mp", "mu", "nabla", "neg", "neq", "ng", "notin",
    "nu", "o", "oe", "omega", "oplus", "otimes", "overbrace", "overline", "overrightarrow",
    "parallel", "partial", "perp", "phi", "pi", "pm", "prod", "propto", "psi", "r", "rangle",
    "rceil", "rfloor", "rho", "right", "rightarrow", "setminus", "sigma", "sim", "simeq", "sqrt",
    "ss", "stackrel", "star", "subset", "subseteq", "sum", "supset", "supseteq", "surd", "t",
    "tau", "textasciicircum", "textasciitilde", "textbackslash", "textbf", "textit", "textrm",
    "th", "theta", "tilde", "times", "triangle", "u", "underbrace", "underline", "uparrow",
    "upsilon", "v", "varrho", "varsigma", "vartheta", "vdots", "vec", "vee", "wedge", "widehat",
    "widetilde", "xi", "zeta",
    // Functions of mathematics.
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim",
    "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "ln", "max", "min", "sec", "sin", "sinh",
    "sup", "tan", "tanh",
];

/// Signs that may stand behind a backslash: escapes, accents and blanks.
const ESCAPED: &str = "&%#_${}'`^\"~=.,;:!-/| ";

/// What in a value of BibTeX would be more to TeX than text.
pub(crate) fn fault(value: &str) -> Option<String> {
    let mut rest = value;
    let (mut is_math, mut is_array) = (false, false);
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        match sign {
            '\\' => {
                let letters =
                    rest.len() - rest.trim_start_matches(|at: char| at.is_ascii_alphabetic()).len();
                if letters > 0 {
                    let command = &rest[..letters];
                    let is_edge = matches!(command, "begin" | "end")
                        && rest[letters..].starts_with("{array}");
                    if is_edge {
                        is_array = command == "begin";
                    }
                    if !HARMLESS.contains(&command) && !is_edge {
                        return Some(format!("the command \\{command} in {value:?}"));
                    }
                    rest = &rest[letters..];
                } else {
                    let next = rest.chars().next();
                    let is_row = is_array && next == Some('\\');
                    if !is_row && !next.is_some_and(|next| ESCAPED.contains(next)) {
                        return Some(format!("a backslash before {next:?} in {value:?}"));
                    }
                    rest = &rest[next.map_or(0, char::len_utf8)..];
                }
            }
            '&' if is_array => {}
            '$' => is_math = !is_math,
            '%' | '#' | '&' | '~' => return Some(format!("{sign:?} as it is in {value:?}")),
            '^' | '_' if !is_math => return Some(format!("{sign:?} as it is in {value:?}")),
            '^' if rest.starts_with('^') => return Some(format!("^^ in {value:?}")),
            _ => {}
        }
    }
    is_math.then(|| format!("mathematics without an end in {value:?}"))
}

#[test]
fn what_tex_would_carry_out_is_found() {
    for harmless in [
        r"A \& B, 5\,\% of {\textit{x}}",
        r"$\alpha_1$",
        r"$\begin{array}{cc}{a}&{b}\\ {c}\end{array}$",
        r"M{\'e}n",
        r"\{\}",
    ] {
        assert_eq!(fault(harmless), None, "{harmless}");
    }
    for bad in [
        r"\input{x}",
        r"\\input{x}",
        "\\",
        r"\write18{id}",
        r"\catcode`\%=12",
        "100%",
        "A & B",
        "#1",
        "a_b",
        "a^b",
        "^^M",
        "a~b",
        r"$\alpha",
        r"$a^^M$",
        r"\textit\input",
        "\\\u{e9}",
    ] {
        assert!(fault(bad).is_some(), "{bad}");
    }
}
