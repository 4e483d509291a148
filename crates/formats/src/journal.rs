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
