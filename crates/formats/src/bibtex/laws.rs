//! Laws that hold for the entry of every record, under every choice.

use biblatex::Bibliography;
use model::Record;
use proptest::prelude::*;

use unicode_normalization::UnicodeNormalization;

use super::Dialect;
use super::tests::{fields, written};
use crate::citekey::Template;
use crate::options::{
    ArticleNumber, BiblatexOrcid, BiblatexPmid, BiblatexSeason, BibtexCase, BibtexText, BibtexUrl,
    Links, NoteKinds, Options, SubjectKinds, Switch,
};
use crate::{arbitrary, clean};

fn options() -> impl Strategy<Value = Options> {
    use prop::sample::select;
    let texts = (
        select(vec![BibtexText::Latex, BibtexText::Unicode]),
        select(vec![BibtexCase::Auto, BibtexCase::All, BibtexCase::None]),
        select(vec![", ".to_owned(), ";".to_owned(), "} ,\n".to_owned(), " $ ".to_owned()]),
    );
    let fields = (
        select(vec![BibtexUrl::Auto, BibtexUrl::Always]),
        select(vec![BiblatexSeason::Issue, BiblatexSeason::Edtf]),
        select(vec![BiblatexPmid::Eprint, BiblatexPmid::Both]),
        select(vec![ArticleNumber::Pages, ArticleNumber::Field]),
        any::<bool>(),
    );
    (texts, fields).prop_map(|((text, case, separator), (url, season, pmid, number, all))| {
        let subjects =
            SubjectKinds { chemicals: all, supplementary: all, genes: all, persons: all };
        let notes = NoteKinds { grants: all, accessions: all, ..NoteKinds::default() };
        Options {
            bibtex_text: text,
            bibtex_case: case,
            bibtex_keyword_separator: separator,
            bibtex_url: url,
            biblatex_season: season,
            biblatex_pmid: pmid,
            biblatex_orcid: if all { BiblatexOrcid::Annotation } else { BiblatexOrcid::Off },
            article_number: number,
            links: if all { Links::All } else { Links::Integrity },
            retraction_title_prefix: Switch(all),
            subjects,
            notes,
            ..Options::default()
        }
    })
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![Dialect::Bibtex, Dialect::Biblatex])
}

/// The least depth of the braces in a value, and the depth at its end. BibTeX counts those behind
/// a backslash too.
fn depths(value: &str) -> (i32, i32) {
    value.chars().fold((0, 0), |(least, depth), sign| {
        let depth = match sign {
            '{' => depth + 1,
            '}' => depth - 1,
            _ => depth,
        };
        (least.min(depth), depth)
    })
}

/// The dollars that begin or end mathematics.
fn dollars(value: &str) -> usize {
    value.replace(r"\$", "").matches('$').count()
}

/// Whether a brace that stands in no other, and is no argument, begins with a command of markup:
/// BibTeX would take it for a letter with an accent.
fn holds_special_character(value: &str) -> bool {
    let commands = [r"{\textit", r"{\textbf"];
    let mut found = commands.iter().flat_map(|command| value.match_indices(command));
    found.any(|(at, _)| {
        let before = &value[..at];
        depths(before).1 == 0
            && !before.ends_with(|sign: char| sign == '\\' || sign.is_ascii_alphabetic())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_entry_is_read_as_one_entry(
        record in arbitrary::record(), dialect in dialect(), options in options(),
    ) {
        let bib = written(&record, dialect, &options);
        let read = Bibliography::parse(&bib).map_err(|error| {
            TestCaseError::fail(format!("{error}\n{bib}"))
        })?;
        prop_assert_eq!(read.len(), 1, "{}", bib);
        let entry = read.iter().next().expect("one entry");
        let key = Template::parse(&options.citekey).expect("a template").key(&record);
        prop_assert_eq!(&entry.key, &key);
        let mut names: Vec<&str> = fields(&bib).into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let found: Vec<&str> = entry.fields.keys().map(String::as_str).collect();
        prop_assert_eq!(found, names, "{}", bib);
    }

    #[test]
    fn a_value_is_one_balanced_line(
        record in arbitrary::record(), dialect in dialect(), options in options(),
    ) {
        let bib = written(&record, dialect, &options);
        for (name, value) in fields(&bib) {
            prop_assert!(!value.is_empty(), "{}", name);
            prop_assert_eq!(depths(value), (0, 0), "{} = {}", name, value);
            prop_assert!(!holds_special_character(value), "{} = {}", name, value);
            if !matches!(name, "doi" | "url") {
                prop_assert_eq!(dollars(value) % 2, 0, "{} = {}", name, value);
            }
            // No control character, no blank that is not a space, nothing invisible.
            prop_assert!(!value.chars().any(char::is_control), "{} = {}", name, value);
            let cleaned = clean::one_line(value);
            // A formula that came to nothing may stand between a letter and its mark.
            let composed: String = value.nfc().collect();
            prop_assert_eq!(cleaned.trim(), composed, "{}", name);
        }
    }
}

#[test]
fn an_empty_record_is_an_entry() {
    let bib = written(&Record::default(), Dialect::Bibtex, &Options::default());
    assert_eq!(fields(&bib), []);
    assert_eq!(Bibliography::parse(&bib).expect("an entry").len(), 1);
}
