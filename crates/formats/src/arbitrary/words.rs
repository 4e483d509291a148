//! Words, rich text and formulas.

use super::*;

/// Any words: plain ones, arbitrary Unicode, and what is known to hurt.
pub(crate) fn words() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "[A-Za-z]{1,8}( [A-Za-z0-9]{1,6}){0,4}",
        3 => vec(prop::sample::select(HURTING), 1..6).prop_map(|pieces| pieces.concat()),
        2 => any::<String>(),
        1 => "\\PC{0,12}",
    ]
    .boxed()
}

/// What has been seen to break some syntax or some importer.
#[rustfmt::skip]
const HURTING: &[&str] = &[
    "\r\n", "\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\0", "\u{1b}",
    "\u{7f}", "TY  - JOUR", "ER  - ", "\r\nER  - \r\n\r\nTY  - JOUR\r\n", "PMID: 1", "AU  - ", "]]>",
    "<![CDATA[", "</style>", "<record>", "&amp;", "&", "<", ">", "\"", "'", "\\", "{", "}", "{{",
    "}}", "\\{", "$", "$$", "%", "#", "_", "^", "~", "@article{x,", " and ", ", ", ",", ";", "; ",
    "--", " - ", "and others", "\u{feff}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{ad}",
    "\u{202e}", "\u{2066}", "\u{a0}", "\u{2009}", "\u{3000}", "\u{2010}", "\u{2011}", "–", "—",
    "−", "e\u{301}", "x\u{304}", "\u{301}", "é", "ß", "Ł", "å", "ǅ", "ﬁ", "α", "Δ", "ά", "μ",
    "µg", "≥", "∼", "→", "®", "₂", "⁺", "王小明", "Привет", "שלום", "سلام", "👩‍🔬", "\u{e000}",
    "\u{fffd}", "\u{fffe}", "\u{ffff}", "\u{10ffff}", "  ", " ", "\t", "", "1,000", "10", "HER2",
    "null", "NaN", "https://example.org/?a=b&c=%7B", "[", "]", "(", ")", "\u{2061}", "\u{1f}",
    "\u{9f}", "Jr", "van der Berg",
];

/// Any rich text, three styles deep, with formulas well-formed and broken.
pub(crate) fn text() -> BoxedStrategy<Text> {
    let formula = prop_oneof![
        3 => formula().prop_map(|inner| format!("<math>{inner}</math>")),
        1 => words(),
    ];
    let leaf = prop_oneof![
        8 => words().prop_map(Inline::Plain),
        1 => formula.prop_map(Inline::Math),
    ];
    let run = leaf.prop_recursive(3, 12, 3, |inner| {
        let style = prop::sample::select(Style::ALL.to_vec());
        (style, vec(inner, 1..4))
            .prop_map(|(style, runs)| Inline::Styled(style, runs.into_iter().collect()))
    });
    vec(run, 0..4).prop_map(|runs| runs.into_iter().collect()).boxed()
}

/// A few elements of MathML, nested.
fn formula() -> BoxedStrategy<String> {
    let token = prop_oneof![
        "[a-zA-Zα-ω]{1,3}".prop_map(|words| format!("<mi>{words}</mi>")),
        "[0-9]{1,2}".prop_map(|words| format!("<mn>{words}</mn>")),
        "[+=\\-∗∑¯(){}$%#]".prop_map(|words| format!("<mo>{words}</mo>")),
        Just("<mtext> a &amp; b\n</mtext>".to_owned()),
        Just("<mspace/>".to_owned()),
        Just("<none/>".to_owned()),
    ];
    token
        .prop_recursive(4, 16, 3, |inner| {
            let element = prop::sample::select(vec![
                "mrow",
                "msub",
                "msup",
                "msubsup",
                "mfrac",
                "msqrt",
                "mroot",
                "mover",
                "munder",
                "munderover",
                "mfenced",
                "mtable",
                "mtr",
                "mtd",
                "mmultiscripts",
                "mstyle",
                "mnovel",
            ]);
            (element, vec(inner, 0..4))
                .prop_map(|(name, children)| format!("<{name}>{}</{name}>", children.concat()))
        })
        .boxed()
}
