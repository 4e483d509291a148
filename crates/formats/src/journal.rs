//! Which title, abbreviation and ISSN of a journal are written (`mapping.md` section 7.8).

use model::{Issn, IssnKind, Journal, Kind};

use crate::options::{self, JournalAbbreviation, JournalName, JournalTrim, Options};

/// What stands as the journal: the full title, else the abbreviation, as `journal` asks.
///
/// Of a preprint server the name alone, `bioRxiv` (`mapping.md` section 7.13).
pub(crate) fn title<'a>(journal: &'a Journal, kind: Kind, options: &Options) -> Option<&'a str> {
    let full = || {
        let title = journal.title.as_deref()?;
        let title = if kind == Kind::Preprint { server_name(title) } else { title };
        Some(match options.journal_trim {
            JournalTrim::None => title,
            JournalTrim::Qualifier => without_qualifier(title),
        })
    };
    let abbreviation = || abbreviation(journal, options);
    match options.journal {
        JournalName::Full => full().or_else(abbreviation),
        JournalName::Abbr => abbreviation().or_else(full),
    }
}

/// The abbreviation that `journal.abbreviation` asks for, or the other one where it is missing.
pub(crate) fn abbreviation<'a>(journal: &'a Journal, options: &Options) -> Option<&'a str> {
    let chosen = journal.abbreviation.as_deref();
    let iso = journal.iso_abbreviation.as_deref();
    let medline = journal.medline_abbreviation.as_deref();
    match options.journal_abbreviation {
        JournalAbbreviation::Auto => {
            chosen.or(iso.filter(|iso| !iso.contains('.'))).or(medline).or(iso)
        }
        JournalAbbreviation::Iso => iso.or(chosen).or(medline),
        JournalAbbreviation::Medline => medline.or(chosen).or(iso),
    }
}

/// The ISSNs that `issn` asks for, the one to write first; at most one unless all are asked for.
pub(crate) fn issns<'a>(
    journal: &'a Journal,
    options: &Options,
) -> impl Iterator<Item = &'a Issn> + use<'a> {
    let is_linking = |issn: &&Issn| issn.kind == Some(IssnKind::Linking);
    let own = journal.issn.iter().find(|issn| !is_linking(issn));
    let linking = journal.issn.iter().find(is_linking);
    let (one, all): (_, &[Issn]) = match options.issn {
        options::Issn::Journal => (own.or(linking), &[]),
        options::Issn::Linking => (linking.or(own), &[]),
        options::Issn::All => (None, &journal.issn),
    };
    one.into_iter().chain(all)
}

/// The name of a preprint server: its title up to ` : `.
pub(crate) fn server_name(title: &str) -> &str {
    title.split_once(" : ").map_or(title, |(server, _)| server.trim_end())
}

/// A title without one final qualifier in brackets: `Annales de test (Paris, France)`.
fn without_qualifier(title: &str) -> &str {
    let cut = || {
        let inner = title.trim_end().strip_suffix(')')?;
        let at = inner.rfind('(')?;
        let before = title[..at].trim_end();
        (!inner[at..].contains(')') && !before.is_empty()).then_some(before)
    };
    cut().unwrap_or(title)
}

/// What an ISSN is the number of, in a word: `Electronic`.
pub(crate) fn issn_word(kind: IssnKind) -> &'static str {
    match kind {
        IssnKind::Print => "Print",
        IssnKind::Electronic => "Electronic",
        IssnKind::Linking => "Linking",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        serde_json::from_str(
            r#"{"title":"Annales de test (Paris, France)","abbreviation":"Ann Test",
                "iso_abbreviation":"Ann. Test","medline_abbreviation":"Ann Test",
                "issn":[{"value":"1533-4406","kind":"electronic"},{"value":"0028-4793","kind":"linking"}]}"#,
        )
        .expect("a journal in JSON")
    }

    #[test]
    fn the_full_title_stands_unless_another_name_is_asked_for() {
        let named =
            |options: Options| title(&journal(), Kind::Article, &options).map(str::to_owned);
        let default = Options::default();
        assert_eq!(named(default.clone()).as_deref(), Some("Annales de test (Paris, France)"));
        let trim = Options { journal_trim: JournalTrim::Qualifier, ..default.clone() };
        assert_eq!(named(trim).as_deref(), Some("Annales de test"));
        let abbreviated = Options { journal: JournalName::Abbr, ..default };
        assert_eq!(named(abbreviated).as_deref(), Some("Ann Test"));
    }

    #[test]
    fn the_abbreviation_stands_for_a_title_that_is_missing() {
        let journal = Journal { title: None, ..journal() };
        assert_eq!(title(&journal, Kind::Article, &Options::default()), Some("Ann Test"));
    }

    #[test]
    fn either_abbreviation_can_be_asked_for() {
        let of = |journal_abbreviation| {
            let options = Options { journal_abbreviation, ..Options::default() };
            abbreviation(&journal(), &options).map(str::to_owned)
        };
        assert_eq!(of(JournalAbbreviation::Auto).as_deref(), Some("Ann Test"));
        assert_eq!(of(JournalAbbreviation::Iso).as_deref(), Some("Ann. Test"));
        assert_eq!(of(JournalAbbreviation::Medline).as_deref(), Some("Ann Test"));
    }

    #[test]
    fn one_issn_is_written_unless_all_are_asked_for() {
        let of = |issn| -> Vec<String> {
            let options = Options { issn, ..Options::default() };
            issns(&journal(), &options).map(|issn| issn.value.to_string()).collect()
        };
        assert_eq!(of(options::Issn::Journal), ["1533-4406"]);
        assert_eq!(of(options::Issn::Linking), ["0028-4793"]);
        assert_eq!(of(options::Issn::All), ["1533-4406", "0028-4793"]);
    }

    #[test]
    fn only_a_final_qualifier_is_cut() {
        for (given, cut) in [
            ("Clinical medicine (London, England)", "Clinical medicine"),
            ("BMJ (Clinical research ed.)", "BMJ"),
            ("Test : CB", "Test : CB"),
            ("(Paris)", "(Paris)"),
            ("Test (a) b", "Test (a) b"),
        ] {
            assert_eq!(without_qualifier(given), cut);
        }
    }

    #[test]
    fn a_preprint_server_is_named_without_its_subtitle() {
        assert_eq!(server_name("bioRxiv : the preprint server for biology"), "bioRxiv");
        assert_eq!(server_name("ArXiv"), "ArXiv");
    }
}
