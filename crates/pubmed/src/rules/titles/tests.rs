use model::{Code, Inline, Style, Text, Warning};
use proptest::prelude::*;

use super::{Titles, flat, titles, without_final_stop};
use crate::options::Options;

fn read(title: Text, vernacular: &str, foreign: bool) -> (Titles, Vec<Code>) {
    read_with(Options::default(), title, vernacular, foreign)
}

fn read_with(
    options: Options,
    title: Text,
    vernacular: &str,
    foreign: bool,
) -> (Titles, Vec<Code>) {
    let mut warnings = Vec::new();
    let titles = titles(title, Text::plain(vernacular), foreign, options, &mut warnings);
    (titles, warnings.iter().map(|warning: &Warning| warning.code).collect())
}

fn italic(words: &str) -> Inline {
    Inline::Styled(Style::Italic, Text::plain(words))
}

#[test]
fn brackets_and_final_stop_come_off() {
    let penicillamine = "[1-Penicillamine,2-leucine]oxytocin. Synthesis";
    for (printed, vernacular, foreign, expected, translated) in [
        ("[The pineal body].", "Die pineale klier.", true, "The pineal body", true),
        ("[The pineal body.]", "", true, "The pineal body", true),
        ("[The pineal body]", "", true, "The pineal body", true),
        ("[Is it right?].", "", true, "Is it right?", true),
        ("[It is!]", "", true, "It is!", true),
        ("[The platelet membrane: a view].", "", false, "The platelet membrane: a view", false),
        ("[The platelet membrane].", "Die Membran.", false, "The platelet membrane", true),
        (
            "[14C]amino acid formation from glucose.",
            "",
            true,
            "[14C]amino acid formation from glucose",
            false,
        ),
        (
            "[3H]-Thyroliberin (TRH) binding to nuclei.",
            "",
            false,
            "[3H]-Thyroliberin (TRH) binding to nuclei",
            false,
        ),
        ("[1-Penicillamine,2-leucine]oxytocin. Synthesis.", "", false, penicillamine, false),
        ("[A] or [B].", "", true, "[A] or [B]", false),
        ("[Effects of [3H]-leucine in rats].", "", true, "Effects of [3H]-leucine in rats", true),
        ("[[3H]-leucine in rats].", "", true, "[3H]-leucine in rats", true),
        (
            "Sleep in the squirrel monkey [proceedings].",
            "",
            false,
            "Sleep in the squirrel monkey [proceedings]",
            false,
        ),
        (
            "Grafting in dentistry today (author's transl).",
            "Die Transplantation.",
            true,
            "Grafting in dentistry today (author's transl)",
            false,
        ),
        ("Isolation of Nocardia sp.", "", false, "Isolation of Nocardia sp", false),
        ("By the way, doctor ...", "", false, "By the way, doctor ...", false),
        ("By the way...", "", false, "By the way...", false),
        ("[By the way...].", "", true, "By the way...", true),
        ("Why?.", "", false, "Why?", false),
        ("Why not", "", false, "Why not", false),
        ("JEJUNAL BIOPSY", "", false, "JEJUNAL BIOPSY", false),
        ("RETRACTED: A claim.", "", false, "RETRACTED: A claim", false),
        ("Use in 40% of adults.", "", false, "Use in 40% of adults", false),
    ] {
        let (titles, codes) = read(Text::plain(printed), vernacular, foreign);
        assert_eq!(titles.title, Text::plain(expected));
        assert_eq!((titles.translated, codes), (translated, vec![]), "{printed}");
        assert_eq!(titles.original.flatten(), vernacular.trim_end_matches('.'));
    }
}

#[test]
fn brackets_that_do_not_balance_are_said() {
    for (printed, expected, translated) in [
        (
            "[[Beckwith-Wiedemann syndrome. Late analysis].",
            "Beckwith-Wiedemann syndrome. Late analysis",
            true,
        ),
        ("[Light and shade [author's transl)].", "Light and shade [author's transl)", true),
        ("[[3H]-leucine in [two rats].", "[3H]-leucine in [two rats", true),
        ("[Never closed.", "[Never closed", false),
        ("[[A] and more.", "[[A] and more", false),
    ] {
        let (titles, codes) = read(Text::plain(printed), "", true);
        assert_eq!((titles.title.flatten().as_str(), titles.translated), (expected, translated));
        assert_eq!(codes, [Code::TitleBracketsUnbalanced], "{printed}");
    }
}

#[test]
fn an_empty_title_gives_way_to_the_vernacular_one() {
    for empty in ["", "[Not Available].", "[Not available]", "[].", "."] {
        let (titles, codes) = read(Text::plain(empty), "Les soins aux personnes.", true);
        let expected =
            Titles { title: Text::plain("Les soins aux personnes"), ..Titles::default() };
        assert_eq!((titles, codes), (expected, vec![Code::TitleFromVernacular]));
        let (titles, codes) = read(Text::plain(empty), "", true);
        assert_eq!((titles, codes), (Titles::default(), vec![Code::TitleMissing]));
    }
}

#[test]
fn brackets_and_stop_may_stand_in_different_runs() {
    let text = |runs: &[Inline]| runs.iter().cloned().collect::<Text>();
    let plain = |words: &str| Inline::Plain(words.to_owned());
    let math = || Inline::Math("<math><mi>x</mi></math>".to_owned());

    let printed = text(&[plain("["), italic("EDS1"), plain(" of "), italic("A].")]);
    let (titles, _) = read(printed, "", true);
    assert_eq!(titles.title, text(&[italic("EDS1"), plain(" of "), italic("A")]));
    assert!(titles.translated);

    let printed = text(&[italic("[On salt"), plain("]"), italic(".")]);
    assert_eq!(read(printed, "", true).0.title, text(&[italic("On salt")]));

    let printed = text(&[plain("[Of "), math(), plain("].")]);
    assert_eq!(read(printed, "", true).0.title, text(&[plain("Of "), math()]));

    let printed = text(&[math(), plain(".")]);
    assert_eq!(read(printed, "", true).0.title, text(&[math()]));

    let printed = text(&[italic("N"), plain("-"), italic("tert"), plain("-Butane imines.")]);
    let expected = text(&[italic("N"), plain("-"), italic("tert"), plain("-Butane imines")]);
    assert_eq!(read(printed, "", false).0.title, expected);
}

#[test]
fn brackets_and_stop_stay_where_that_is_asked_for() {
    for (keep_brackets, keep_full_stop, expected) in [
        (false, false, "The pineal body"),
        (true, false, "[The pineal body]"),
        (false, true, "The pineal body."),
        (true, true, "[The pineal body]."),
    ] {
        let options = Options { keep_brackets, keep_full_stop, ..Options::default() };
        let (titles, _) = read_with(options, Text::plain("[The pineal body]."), "", true);
        assert_eq!((titles.title.flatten().as_str(), titles.translated), (expected, true));
    }
    let options = Options { keep_full_stop: true, ..Options::default() };
    for (printed, expected) in
        [("[Is it right?].", "Is it right?"), ("[It is.].", "It is."), ("[It is]", "It is")]
    {
        let (titles, _) = read_with(options, Text::plain(printed), "Ist es so.", true);
        assert_eq!(titles.title, Text::plain(expected));
        assert_eq!(titles.original, Text::plain("Ist es so."));
    }
}

#[test]
fn a_title_of_nothing_but_signs_is_no_trouble() {
    for (printed, expected) in [("[].", ""), ("[", "["), ("]", "]"), (".", ""), ("[[]", "")] {
        assert_eq!(read(Text::plain(printed), "", true).0.title.flatten(), expected, "{printed}");
    }
}

fn soup() -> impl Strategy<Value = Text> {
    let words = "[\\[\\]. a-cé?]{0,6}".prop_map(Inline::Plain);
    let run = prop_oneof![
        words.clone(),
        (words, "[\\[\\].]{0,3}").prop_map(|(words, more)| {
            let inner = [words, Inline::Styled(Style::Superscript, Text::plain(more))];
            Inline::Styled(Style::Italic, inner.into_iter().collect())
        }),
        Just(Inline::Math("<math/>".to_owned())),
    ];
    prop::collection::vec(run, 0..6).prop_map(|runs| runs.into_iter().collect())
}

proptest! {
    #[test]
    fn any_soup_of_brackets_is_read(title in soup(), foreign: bool, keep: (bool, bool)) {
        let options = Options {
            keep_brackets: keep.0,
            keep_full_stop: keep.1,
            ..Options::default()
        };
        let words = flat(&title).into_owned();
        let titles = read_with(options, title, "", foreign).0;
        let kept = flat(&titles.title);
        // Something comes off at the ends, and nothing else happens.
        prop_assert!(words.contains(kept.trim_end_matches('.')), "{} of {}", kept, words);
        prop_assert!(kept.len() + 6 + words.matches(' ').count() >= words.len());
    }

    #[test]
    fn what_is_left_has_no_empty_runs(title in soup()) {
        let left = without_final_stop(title, Options::default());
        let again: Text = left.runs().iter().cloned().collect();
        prop_assert_eq!(again, left);
    }
}
