use std::borrow::Cow;

use model::{Code, Inline, Style, Text, Warning};
use proptest::prelude::*;
use unicode_normalization::is_nfc;

use super::{TextBuilder, plain, present, scalar};
use crate::options::Entities;

#[test]
fn a_scalar_is_one_trimmed_line() {
    for (given, kept) in [
        ("30446446\n      ", "30446446"),
        ("Amalgam  tattoos", "Amalgam tattoos"),
        ("one\n\t\ttwo\r\nthree", "one two three"),
        ("a\u{2028}b\u{85}c", "a b c"),
        ("\u{a0}\u{3000}", ""),
        ("5\u{a0}%", "5\u{a0}%"),
        ("5\u{2009}°C", "5\u{2009}°C"),
        ("5 \u{a0} %", "5 %"),
        ("e\u{301}te\u{301}", "\u{e9}t\u{e9}"),
        ("zero\u{200b}width", "zero\u{200b}width"),
        ("漢字\u{3000}仮名", "漢字\u{3000}仮名"),
    ] {
        assert_eq!(scalar(given), kept);
    }
    assert_eq!(present(" \n"), None);
    assert_eq!(present(" a "), Some("a".to_owned()));
}

#[test]
fn nothing_is_copied_where_nothing_changes() {
    for tidy in ["", "plain words", " trimmed ", "naïve – 5\u{2009}°C", "漢字", "Pogŏn", "x\u{301}"]
    {
        assert!(matches!(scalar(tidy), Cow::Borrowed(_)), "{tidy}");
    }
}

#[test]
fn text_that_was_escaped_twice_stays_or_is_decoded_once() {
    for (given, repaired) in [
        ("(P&lt;0.05)", "(P<0.05)"),
        ("&#945;- glucosidase", "α- glucosidase"),
        ("&#x3b1;&#X3B2;", "αβ"),
        ("R&amp;D", "R&D"),
        ("&amp;lt;", "&lt;"),
        ("&quot;x&apos;", "\"x'"),
        ("&lt;i&gt;", "<i>"),
        ("a&#10;&#160;b", "a b"),
    ] {
        let mut warnings = Vec::new();
        assert_eq!(plain(given, || "place".into(), Entities::Literal, &mut warnings), given);
        assert_eq!(plain(given, || "place".into(), Entities::Repair, &mut warnings), repaired);
        let codes: Vec<Code> = warnings.iter().map(|warning: &Warning| warning.code).collect();
        assert_eq!(codes, [Code::DoubleEscaped, Code::EntityRepaired], "{given}");
    }
}

#[test]
fn what_only_looks_like_a_reference_is_text() {
    for given in
        ["R&D; and", "&eacute;", "&;", "&#;", "&#x;", "&#0;", "&#+65;", "&#xD800;", "&lt", "& lt;"]
    {
        let mut warnings = Vec::new();
        assert_eq!(plain(given, || "place".into(), Entities::Repair, &mut warnings), given);
        assert_eq!(warnings, [], "{given}");
    }
}

/// Builds text from a form as in markup: `<i>` opens, `</>` closes, `<m>` is mathematics.
fn build(markup: &str, entities: Entities) -> (Text, Vec<Warning>) {
    let mut builder = TextBuilder::new(entities);
    for piece in markup.split_inclusive(['<', '>']) {
        match piece {
            "<" => {}
            "i>" => builder.open(Style::Italic),
            "b>" => builder.open(Style::Bold),
            "sup>" => builder.open(Style::Superscript),
            "/>" => builder.close(),
            "m>" => builder.math("<math/>".to_owned()),
            words => builder.push_str(words.trim_end_matches('<')),
        }
    }
    let mut warnings = Vec::new();
    (builder.finish("title", &mut warnings), warnings)
}

/// Text in the same form.
fn shown(text: &Text) -> String {
    text.runs().iter().fold(String::new(), |out, run| match run {
        Inline::Plain(words) => out + words,
        Inline::Styled(style, inner) => format!("{out}<{}>{}</>", style.as_str(), shown(inner)),
        Inline::Math(_) => out + "<m>",
    })
}

#[test]
fn rich_text_is_as_printed_but_for_doubled_blanks() {
    for (given, expected) in [
        ("<i>cis</>-<i>trans</>", "<i>cis</>-<i>trans</>"),
        ("  An <i>EDS1</> Complex \n", "An <i>EDS1</> Complex"),
        ("one <i> two </> three", "one <i>two </>three"),
        ("<i> one</>", "<i>one</>"),
        ("one <i>two </>", "one <i>two</>"),
        ("one <i> </>", "one"),
        ("one<i> </>two", "one two"),
        ("one<i></>two", "onetwo"),
        ("<i>a<i>b</>c</>d", "<i>abc</>d"),
        ("<i>a<b>b<i>c</></></>", "<i>a<b>bc</></>"),
        ("x<sup>k<sup>2</></>", "x<sup>k<sup>2</></>"),
        ("a\n<m>\n b", "a <m> b"),
        ("<m> ", "<m>"),
        (" <m>", "<m>"),
        ("Of <i>mice", "Of <i>mice</>"),
        ("Of </>mice", "Of mice"),
        ("e\u{301}<i>e\u{301}</>", "\u{e9}<i>\u{e9}</>"),
        ("a <b><i>  </> </> b", "a b"),
        ("", ""),
        ("<i> <m> </>", "<i><m></>"),
    ] {
        let (text, warnings) = build(given, Entities::Literal);
        assert_eq!((shown(&text).as_str(), warnings.len()), (expected, 0), "{given}");
    }
}

#[test]
fn pieces_of_words_are_one_run() {
    let mut builder = TextBuilder::new(Entities::Literal);
    for piece in ["R", "&", "D ", " e", "\u{301}", "t"] {
        builder.push_str(piece);
    }
    assert_eq!(builder.finish("title", &mut Vec::new()), Text::plain("R&D \u{e9}t"));
}

#[test]
fn double_escapes_in_rich_text_are_said_once() {
    let (text, warnings) = build("a&lt;b <i>&#945;</> &gt;", Entities::Literal);
    assert_eq!(shown(&text), "a&lt;b <i>&#945;</> &gt;");
    assert_eq!(warnings, [Warning::new(Code::DoubleEscaped, "title: &lt;")]);
    let (text, warnings) = build("a&amp;b <i>&#945;</> c", Entities::Repair);
    assert_eq!(shown(&text), "a&b <i>α</> c");
    assert_eq!(warnings, [Warning::new(Code::EntityRepaired, "title: &amp;")]);
}

/// The words, and a sign for each piece of mathematics.
fn words(text: &Text) -> String {
    shown(text)
        .replace("<m>", "m")
        .replace("</>", "")
        .replace("<i>", "")
        .replace("<b>", "")
        .replace("<sup>", "")
}

fn is_well_formed(text: &Text) -> bool {
    let pairs = text.runs().windows(2);
    let joined = |pair: &[Inline]| matches!(pair, [Inline::Plain(_), Inline::Plain(_)]);
    pairs.into_iter().all(|pair| !joined(pair))
        && text.runs().iter().all(|run| match run {
            Inline::Plain(words) => !words.is_empty(),
            Inline::Styled(_, inner) => !inner.is_empty() && is_well_formed(inner),
            Inline::Math(_) => true,
        })
}

proptest! {
    #[test]
    fn built_text_has_no_doubled_or_outer_white_space(
        pieces in prop::collection::vec("( |\n|\u{a0}|a|e\u{301}|<i>|<b>|<sup>|</>|<m>|&#32;){0,4}", 0..8),
        repair: bool,
    ) {
        let entities = if repair { Entities::Repair } else { Entities::Literal };
        let (text, _) = build(&pieces.concat(), entities);
        let words = words(&text);
        prop_assert_eq!(words.trim(), &words);
        let blanks: Vec<bool> = words.chars().map(char::is_whitespace).collect();
        prop_assert!(!blanks.windows(2).any(|pair| pair[0] && pair[1]), "{:?}", words);
        prop_assert!(is_well_formed(&text), "{:?}", text);
    }

    #[test]
    fn building_loses_nothing_but_white_space(
        pieces in prop::collection::vec("( |\n|a|b|<i>|<b>|<sup>|</>|<m>){0,4}", 0..8),
    ) {
        let given = pieces.concat();
        let (text, _) = build(&given, Entities::Literal);
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        let bare = given.replace("<m>", "m");
        let bare = ["<i>", "<b>", "<sup>", "</>"].iter().fold(bare, |bare, tag| bare.replace(tag, ""));
        prop_assert_eq!(solid(&words(&text)), solid(&bare));
        // Where blanks stood between words, one stands.
        prop_assert_eq!(words(&text), bare.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn a_tidy_scalar_stays(text in "\\PC{0,20}|[ \n\u{a0}\u{2000}a\u{301}\u{323}]{0,12}") {
        let once = scalar(&text).into_owned();
        prop_assert!(is_nfc(&once));
        prop_assert_eq!(scalar(&once), once.as_str());
    }

    #[test]
    fn any_text_is_repaired(text in "(&|#|x|;|amp|lt|[0-9]{1,7}|é){0,12}") {
        plain(&text, || "place".into(), Entities::Repair, &mut Vec::new());
    }
}
