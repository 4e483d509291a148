use super::*;

fn text(json: &str) -> Text {
    serde_json::from_str(json).expect("text as JSON")
}

fn spelled(text: &Text, protection: Protection, spelling: Spelling) -> String {
    let mut tex = Tex::new(spelling, 0);
    tex.cased(text, protection);
    tex.out
}

fn english(json: &str) -> String {
    spelled(&text(json), Protection::English, Spelling::Macros)
}

#[test]
fn the_titles_of_the_specification_are_written_so() {
    for (title, written) in [
        (
            r#"["Systemic Therapies for HER2-Positive Advanced Breast Cancer"]"#,
            "Systemic Therapies for {HER2}-Positive Advanced Breast Cancer",
        ),
        (
            r#"["Role of mRNA in Alzheimer's disease and COVID-19: A review"]"#,
            "Role of {mRNA} in {Alzheimer's} disease and {COVID}-19: A review",
        ),
        (
            r#"["Effects of CO₂ on ",{"i":["E. coli"]}," in vitamin D deficiency"]"#,
            r"Effects of {CO$_{2}$} on {{\textit{E. coli}}} in vitamin {D} deficiency",
        ),
        (
            r#"["Effects of CO",{"sub":["2"]}," on ",{"i":["E. coli"]}]"#,
            r"Effects of {CO$_{2}$} on {{\textit{E. coli}}}",
        ),
        (
            r#"[{"i":["BRCA1"]},"-mutated tumours and ΔF508"]"#,
            r"{{\textit{BRCA1}}}-mutated tumours and {$\Delta$F508}",
        ),
        (r#"["GeneReviews®"]"#, "{GeneReviews}®"),
        (r#"["GeneReviews",{"sup":["®"]}]"#, "{GeneReviews}®"),
        (r#"["RETHINKING TREATMENT: A REVIEW"]"#, "RETHINKING TREATMENT: A REVIEW"),
        (
            r#"["Time-Resolved Imaging of HER2-Positive Tumors in Mice"]"#,
            "Time-Resolved Imaging of {HER2}-Positive Tumors in Mice",
        ),
        (
            r#"["Isolation of coenzyme A: a Drosophila model. The Y chromosome"]"#,
            "Isolation of coenzyme {A}: a {Drosophila} model. The {Y} chromosome",
        ),
    ] {
        assert_eq!(english(title), written);
    }
}

#[test]
fn a_part_is_what_touches_without_a_blank() {
    for (title, written) in [
        (r#"["On ",{"i":["BRCA1"]},"s and p"]"#, r"On {{\textit{BRCA1}}s} and p"),
        (r#"["On anti",{"i":["Bacillus"]}," sera"]"#, r"On {anti\textit{Bacillus}} sera"),
        (
            r#"["On ",{"i":["p53"]}," and ",{"i":["p53"]},"R"]"#,
            r"On \textit{p53} and {{\textit{p53}}R}",
        ),
        (r#"["On ",{"i":["CO",{"sub":["2"]}]}," in air"]"#, r"On {{\textit{CO$_{2}$}}} in air"),
        (r#"["On V",{"sub":["max"]}," of x"]"#, r"On {V$_{\textrm{max}}$} of x"),
        (
            r#"["On 10",{"sup":["6"]}," cells, x",{"sup":["2"]},"."]"#,
            "On 10$^{6}$ cells, {x$^{2}$}.",
        ),
        (r#"["On ",{"b":["DNA"]},{"i":["s"]}," of x"]"#, r"On {{\textbf{DNA}}\textit{s}} of x"),
        (r#"["On SO",{"sub":["4"]},{"sup":["2-"]}," in air"]"#, "On {SO$_{4}$$^{2-}$} in air"),
        (r#"["On \"Rome\", (Paris)/'Ulm' here"]"#, "On \"{Rome}\", ({Paris})/'{Ulm}' here"),
        (r#"["On the {DNA} and {trials of x}"]"#, r"On the {{\{DNA\}}} and \{trials of x\}"),
        (r#"["On the {DNA of x}s"]"#, r"On the {{\{DNA of x\}}s}"),
        (r#"["On {",{"i":["BRCA1"]},"}"]"#, r"On {{\{\textit{BRCA1}\}}}"),
        (r#"["On the °C scale of {u"]"#, "On the °{C} scale of (u"),
        (r#"["On ",{"u":["DNA"]},"se"]"#, "On {DNAse}"),
    ] {
        assert_eq!(english(title), written);
    }
}

#[test]
fn what_opens_a_sentence_means_nothing() {
    for (title, written) in [
        ("The Rome of men", "The {Rome} of men"),
        (
            "To us. To Ulm? To Oslo! To rome: To Bonn; To us",
            "To us. To {Ulm}? To {Oslo}! To rome: To {Bonn}; {To} us",
        ),
        ("We – The us - The is—Ulm", "We – The us - The is—{Ulm}"),
        ("Men: \"Rome\" and (Oslo)", "Men: \"Rome\" and ({Oslo})"),
        ("α-Synuclein in men", r"$\alpha$-{Synuclein} in men"),
        ("DNA in men", "{DNA} in men"),
        ("5 Men of rome", "5 {Men} of rome"),
    ] {
        assert_eq!(english(&format!("[{title:?}]")), written);
    }
}

#[test]
fn greek_capitals_and_formulas_are_braced() {
    let title = r#"["On Δ, Ω and ",{"math":"<math><msubsup><mi>T</mi><mn>2</mn><mo>*</mo></msubsup></math>"}," of x, ",{"math":"<math><msup><mi>x</mi><mn>2</mn></msup></math>"}]"#;
    assert_eq!(english(title), r"On {$\Delta$}, {$\Omega$} and {$T_{2}$$^{*}$} of x, $x^{2}$");
    let unicode =
        |title: &str| spelled(&Text::plain(title), Protection::English, Spelling::Unicode);
    assert_eq!(unicode("On ΔF508 and CO₂ in α"), "On {ΔF508} and {CO₂} in α");
}

#[test]
fn foreign_titles_have_one_brace() {
    let whole = |title: &str| spelled(&text(title), Protection::Whole, Spelling::Macros);
    assert_eq!(whole(r#"["Die Behandlung von Öl"]"#), "{Die Behandlung von Öl}");
    assert_eq!(
        whole(r#"[{"i":["p53"]},"-Mutationen in ",{"i":["E. coli"]}]"#),
        r"{{\textit{p53}}-Mutationen in {{\textit{E. coli}}}}"
    );
    assert_eq!(whole(r#"[{"i":["E. coli"]}," im Öl"]"#), r"{{{\textit{E. coli}}} im Öl}");
    assert_eq!(whole("[]"), "");
    let markup = |title: &str| spelled(&text(title), Protection::Markup, Spelling::Letters);
    assert_eq!(
        markup(r#"["Die DNA von ",{"i":["E. coli"]}]"#),
        r"Die DNA von {{\textit{E. coli}}}"
    );
}

#[test]
fn original_titles_keep_the_capitals_of_their_grammar() {
    let original =
        |title: &str| spelled(&Text::plain(title), Protection::Foreign, Spelling::Letters);
    assert_eq!(original("Die Rolle von α-Synuclein"), r"Die Rolle von $\alpha$-{Synuclein}");
    assert_eq!(original("Effets du CO₂"), "Effets du {CO$_{2}$}");
}

#[test]
fn all_and_none_are_all_and_none() {
    let title = text(r#"["The Role of ",{"i":["BRCA1"]}," in rome, A–Z, Δ"]"#);
    assert_eq!(
        spelled(&title, Protection::Everything, Spelling::Macros),
        r"{The} {Role} of {{\textit{BRCA1}}} in rome, {A}–{Z}, {$\Delta$}"
    );
    assert_eq!(
        spelled(&title, Protection::Nothing, Spelling::Macros),
        r"The Role of \textit{BRCA1} in rome, A–Z, $\Delta$"
    );
}
