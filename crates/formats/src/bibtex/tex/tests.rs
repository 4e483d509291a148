use super::*;

fn spelled(words: &str, spelling: Spelling) -> String {
    let mut out = String::new();
    escape(&mut out, words, spelling);
    out
}

/// What is written in all fields of both dialects with `bibtex.text=latex`, and with `unicode`.
fn check(words: &str, latex: &str, unicode: &str) {
    for spelling in [Spelling::Letters, Spelling::Macros, Spelling::Names] {
        assert_eq!(spelled(words, spelling), latex, "{words}");
    }
    assert_eq!(spelled(words, Spelling::Unicode), unicode, "{words}");
}

#[test]
fn signs_of_ascii_are_escaped() {
    let escaped = r"\&\%\#\_\$\{x\}{\textasciitilde}{\textasciicircum}{\textbackslash}";
    check(r"&%#_${x}~^\", escaped, escaped);
    check("a<b>c", "a$<$b$>$c", "a<b>c");
    let raw = r#""'`|@*/[]!?+=;:,.-()0aZ"#;
    check(raw, raw, raw);
}

#[test]
fn what_latex_and_every_reader_know_is_raw() {
    let raw = "“”„‘’‚«»‹›–—…•‰†‡™®©°±×÷·½µ§¶€№℃→←↑↓¡¿";
    check(raw, raw, raw);
    let unlisted = "Привет 王小明 שלום سلام ﬁ";
    check(unlisted, unlisted, unlisted);
    check("\u{201F}a\u{2BC}", "“a’", "“a’");
    check("∼∗⋅∙", "{\\textasciitilde}*··", "{\\textasciitilde}*··");
}

#[test]
fn greek_letters_stand_in_dollars_of_their_own() {
    let small = "αβγδεζηθικλμνξπρσςτυφχψω";
    let commands = r"\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda
        \mu \nu \xi \pi \rho \sigma \varsigma \tau \upsilon \phi \chi \psi \omega";
    let dollars: String =
        commands.split_whitespace().map(|command| ["$", command, "$"].concat()).collect();
    check(small, &dollars, small);
    let variants = "οϕϑɑ⍺ɛϵ";
    check(variants, r"o$\phi$$\vartheta$$\alpha$$\alpha$$\epsilon$$\epsilon$", variants);
    let capitals = "ΓΔΘΛΞΠΣΥΦΨΩ∆";
    let commands = r"\Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega \Delta";
    let dollars: String =
        commands.split_whitespace().map(|command| ["$", command, "$"].concat()).collect();
    check(capitals, &dollars, capitals);
    check("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", "ΑΒΕΖΗΙΚΜΝΟΡΤΧ");
}

#[test]
fn words_of_the_greek_language_are_raw() {
    check("η λέξη α", r"$\eta$ λέξη $\alpha$", "η λέξη α");
    check("ά", "ά", "ά");
}

#[test]
fn mu_before_a_unit_is_micro() {
    check("3 μg, 5 μm/s, 1 μL", "3 µg, 5 µm/s, 1 µL", "3 µg, 5 µm/s, 1 µL");
    check("2μmol", "2µmol", "2µmol");
    check("μ-opioid μCT αμg", r"$\mu$-opioid $\mu$CT $\alpha$$\mu$g", "μ-opioid μCT αμg");
}

#[test]
fn signs_of_mathematics_stand_in_dollars() {
    for (signs, commands) in [
        ("≤⩽≦", r"\leq \leq \leq"),
        ("≥⩾≧", r"\geq \geq \geq"),
        ("≠≈≃≅≡", r"\neq \approx \simeq \cong \equiv"),
        ("−∞√∝≪≫′″", r"- \infty \surd \propto \ll \gg ' ''"),
        ("∂∇∑∏∫∈∉∩∪", r"\partial \nabla \sum \prod \int \in \notin \cap \cup"),
        ("⊂⊆∅∀∃⊕⊗", r"\subset \subseteq \emptyset \forall \exists \oplus \otimes"),
        ("∥⊥∠↔⇒⇔ℓ", r"\parallel \perp \angle \leftrightarrow \Rightarrow \Leftrightarrow \ell"),
        ("★☆✰●○△▲◆", r"\star \star \star \bullet \circ \triangle \triangle \diamond"),
    ] {
        let dollars: String =
            commands.split_whitespace().map(|command| ["$", command, "$"].concat()).collect();
        check(signs, &dollars, signs);
    }
}

#[test]
fn scripts_of_unicode_are_scripts() {
    check("CO₂ Ca²⁺ 10⁻³ H₁₂", "CO$_{2}$ Ca$^{2+}$ 10$^{-3}$ H$_{12}$", "CO₂ Ca²⁺ 10⁻³ H₁₂");
    check("SO₄²⁻", "SO$_{4}$$^{2-}$", "SO₄²⁻");
}

#[test]
fn characters_that_t1_lacks_have_their_compatible_form() {
    check("ℝℕ Ⅰ Ⅱ ⅷ Ⓡ", "RN I II viii ®", "ℝℕ Ⅰ Ⅱ ⅷ Ⓡ");
    check("ＡＢ１＆", r"AB1\&", "ＡＢ１＆");
    check("｛｝", "()", "｛｝");
    check("𝛼𝐴", r"$\alpha$A", "𝛼𝐴");
    // Within the ranges, but compatible with nothing.
    check("℔℮", "℔℮", "℔℮");
}

#[test]
fn joiners_go_with_latex_and_stay_with_unicode() {
    check("a\u{200C}b\u{200D}c", "abc", "a\u{200C}b\u{200D}c");
}
