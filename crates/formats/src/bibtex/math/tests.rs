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
        ("<mo>~</mo><mo>^</mo>", r"$\sim\textrm{\textasciicircum}$"),
        ("<msqrt><mi>x</mi></msqrt>", r"$\sqrt{x}$"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"$\sqrt[{3}]{x}$"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", r"$\bar{x}$"),
        ("<mover><mi>AB</mi><mo>→</mo></mover>", r"$\overrightarrow{\textrm{AB}}$"),
        ("<munder><mi>x</mi><mo>_</mo></munder>", r"$\underline{x}$"),
        ("<mover><mi>x</mi><mn>1</mn></mover>", r"$\stackrel{1}{x}$"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>i</mi>", r"$\sum_{i}^{n}i$"),
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
