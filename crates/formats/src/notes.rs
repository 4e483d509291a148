//! The notes of a record, in the one order that every format keeps (`mapping.md` section 7.11).
//!
//! What a format says elsewhere it does not say in its notes: each writer has its own list of
//! [`Topic`]s. How several notes are joined is the writer's business.

use model::{Accession, Book, Completeness, Grant, Kind, Link, PageKind, Record, Status, Text};

use crate::dates;
use crate::options::{Links, Options};

/// Something that a note can be about. A writer lists those it has no better place for, in this
/// order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// `Retracted`.
    Retracted,
    /// `Retraction in: …`, one note a link, as `links` asks.
    Links,
    /// `Original title: …`.
    OriginalTitle,
    /// `Epub ahead of print`.
    AheadOfPrint,
    /// `Preprint`.
    Preprint,
    /// `Pagination: …` where something stands beside the pages, and `Extent: …`.
    Pagination,
    /// The same, and also where there is more than one range, for a format that holds only one.
    PaginationBeyondFirst,
    /// `Author list incomplete`.
    AuthorsIncomplete,
    /// `Volume title: …`.
    VolumeTitle,
    /// `Report number: …`, but not of a report.
    ReportNumber,
    /// `Updated 2016 Jul 14`.
    Updated,
    /// `Grants: …`, if asked for.
    Grants,
    /// `ClinicalTrials.gov: NCT01234567`, one note a bank, if asked for.
    Accessions,
    /// `Conflict of interest: …` of a book, if asked for; in an article it has a field of its own.
    Conflict,
    /// General notes, if asked for.
    General,
    /// The copyright notice of the abstract, if asked for.
    Copyright,
}

/// The notes of a record on those topics, in the order of the topics.
pub(crate) fn notes(record: &Record, options: &Options, topics: &[Topic]) -> Vec<Text> {
    let mut notes = Vec::new();
    for topic in topics {
        add(*topic, record, options, &mut notes);
    }
    for note in &mut notes {
        disguise(note);
    }
    notes
}

fn add(topic: Topic, record: &Record, options: &Options, notes: &mut Vec<Text>) {
    let asked = options.notes;
    let book = record.book();
    match topic {
        Topic::Retracted if record.status == Some(Status::Retracted) => {
            notes.push("Retracted".into());
        }
        Topic::Links => notes.extend(links(record, options.links).map(sentence)),
        Topic::OriginalTitle => notes.extend(labelled("Original title", &record.original_title)),
        Topic::AheadOfPrint if record.status == Some(Status::AheadOfPrint) => {
            notes.push("Epub ahead of print".into());
        }
        Topic::Preprint if record.kind == Kind::Preprint => notes.push("Preprint".into()),
        Topic::Pagination => notes.extend(pagination(record, false)),
        Topic::PaginationBeyondFirst => notes.extend(pagination(record, true)),
        Topic::AuthorsIncomplete if record.authors_complete == Completeness::Shortened => {
            notes.push("Author list incomplete".into());
        }
        Topic::VolumeTitle => {
            notes.extend(book.and_then(|book| labelled("Volume title", &book.volume_title)));
        }
        Topic::ReportNumber => notes.extend(report_number(record, book)),
        Topic::Updated => notes.extend(
            record
                .updated
                .iter()
                .map(|date| Text::plain(format!("Updated {}", dates::spoken(date.start)))),
        ),
        Topic::Grants if asked.grants => {
            notes.extend(labelled("Grants", &Text::plain(grants(&record.grants))));
        }
        Topic::Accessions if asked.accessions => notes.extend(accessions(&record.accessions)),
        Topic::Conflict if asked.conflict && !is_article(record.kind) => {
            let statement = record.conflict_of_interest.as_deref();
            notes.extend(
                statement.map(|words| Text::plain(format!("Conflict of interest: {words}"))),
            );
        }
        Topic::General if asked.general => {
            notes.extend(record.notes.iter().map(|note| note.as_str().into()));
        }
        Topic::Copyright if asked.copyright => {
            notes.extend(record.copyright.as_deref().map(Text::from));
        }
        Topic::Retracted
        | Topic::AheadOfPrint
        | Topic::Preprint
        | Topic::AuthorsIncomplete
        | Topic::Grants
        | Topic::Accessions
        | Topic::Conflict
        | Topic::General
        | Topic::Copyright => {}
    }
}

fn is_article(kind: Kind) -> bool {
    matches!(kind, Kind::Article | Kind::Preprint | Kind::Newspaper)
}

/// Zotero takes `PMID: n` at the head of a line for the record's own.
fn disguise(note: &mut Text) {
    let words = note.flatten();
    if words.trim_start().get(..4).is_some_and(|head| head.eq_ignore_ascii_case("pmid")) {
        note.edit(|runs| runs.insert(0, model::Inline::Plain("Note: ".to_owned())));
    }
}

fn labelled(label: &str, words: &Text) -> Option<Text> {
    let mut note = Text::plain(format!("{label}: "));
    note.extend(words.runs().iter().cloned());
    (!words.is_empty()).then_some(note)
}

fn links(record: &Record, choice: Links) -> impl Iterator<Item = &Link> {
    record.links.iter().filter(move |link| match choice {
        Links::Integrity => link.kind.is_integrity(),
        Links::All => true,
        Links::None => false,
    })
}

/// `Retraction in: Oncol Lett. 2021 Jul;22(1):545 (PMID 34093767); partial`.
fn sentence(link: &Link) -> Text {
    let mut words = link.kind.words().to_owned();
    let source = link.source.as_deref().map_or("", without_tail);
    if !source.is_empty() {
        words.push_str(": ");
        words.push_str(source);
    }
    if let Some(pmid) = link.pmid {
        words.push_str(" (PMID ");
        words.push_str(&pmid.to_string());
        words.push(')');
    }
    if let Some(note) = &link.note {
        words.push_str("; ");
        words.push_str(note);
    }
    Text::plain(words)
}

/// A citation without the `;:` of missing numbers and without one final stop.
fn without_tail(source: &str) -> &str {
    let source = source.trim();
    let cut = source.strip_suffix(";:").unwrap_or(source).trim_end();
    cut.strip_suffix('.').unwrap_or(cut).trim_end()
}

fn pagination(record: &Record, first_range_only: bool) -> Option<Text> {
    let pages = record.pages.as_ref()?;
    match pages.kind {
        PageKind::Extent => Some(Text::plain(format!("Extent: {}", pages.raw))),
        PageKind::Pages | PageKind::ArticleNumber | PageKind::Unparsed => {
            let more = first_range_only && pages.ranges.len() > 1;
            let says_more = more || !pages.rest.is_empty();
            says_more.then(|| Text::plain(format!("Pagination: {}", pages.raw)))
        }
    }
}

fn report_number(record: &Record, book: Option<&Book>) -> Option<Text> {
    let number = book?.report_number.as_deref().filter(|_| record.kind != Kind::Report)?;
    Some(Text::plain(format!("Report number: {number}")))
}

/// `R01 HL000001/NHLBI NIH HHS/United States; …`; empty if there are none.
pub(crate) fn grants(grants: &[Grant]) -> String {
    let spelled = |grant: &Grant| {
        let parts = [&grant.id, &grant.agency, &grant.country];
        let parts: Vec<&str> = parts.into_iter().filter_map(Option::as_deref).collect();
        parts.join("/")
    };
    let all: Vec<String> = grants.iter().map(spelled).filter(|grant| !grant.is_empty()).collect();
    all.join("; ")
}

/// One note for each bank, with its numbers in order.
fn accessions(accessions: &[Accession]) -> Vec<Text> {
    let banks = accessions.chunk_by(|one, next| one.bank == next.bank);
    let spelled = |bank: &[Accession]| {
        let numbers: Vec<&str> = bank.iter().filter_map(|one| one.number.as_deref()).collect();
        let name = bank.first().map_or("", |one| &one.bank);
        if numbers.is_empty() {
            Text::plain(name)
        } else {
            Text::plain(format!("{name}: {}", numbers.join(", ")))
        }
    };
    banks.map(spelled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Topic] = &[
        Topic::Retracted,
        Topic::Links,
        Topic::OriginalTitle,
        Topic::AheadOfPrint,
        Topic::Preprint,
        Topic::PaginationBeyondFirst,
        Topic::AuthorsIncomplete,
        Topic::VolumeTitle,
        Topic::ReportNumber,
        Topic::Updated,
        Topic::Grants,
        Topic::Accessions,
        Topic::Conflict,
        Topic::General,
        Topic::Copyright,
    ];

    fn record(json: &str) -> Record {
        serde_json::from_str(json).expect("a record in JSON")
    }

    fn spelled(json: &str, options: &Options) -> Vec<String> {
        notes(&record(json), options, ALL).iter().map(Text::flatten).collect()
    }

    #[test]
    fn notes_stand_in_their_order() {
        let json = r#"{"schema":1,"kind":"preprint","status":"retracted","original_title":["Der Test"],
            "authors_complete":false,"container":{"book":{"volume_title":["Zwei"],"report_number":"R 1"}},
            "pages":{"raw":"3-4, 11","ranges":[{"first":"3","last":"4"},{"first":"11"}]},
            "updated":{"start":{"year":2016,"month":7,"day":14}},"copyright":"© Nobody","notes":["PMID: 1"],
            "links":[{"kind":"erratum-in","source":"Test J. 2021 Feb 12;:"},{"kind":"comment-in","pmid":"7"}],
            "grants":[{"id":"R01 HL000001","acronym":"HL","agency":"NHLBI NIH HHS","country":"United States"},{}],
            "accessions":[{"bank":"ClinicalTrials.gov","number":"NCT01234567"},{"bank":"GENBANK","number":"A1"},
                {"bank":"GENBANK","number":"A2"}]}"#;
        let options = Options {
            links: Links::All,
            notes: "grants,accessions,conflict,general,copyright".parse().expect("kinds of notes"),
            ..Options::default()
        };
        let always = [
            "Retracted",
            "Erratum in: Test J. 2021 Feb 12",
            "Comment in (PMID 7)",
            "Original title: Der Test",
            "Preprint",
            "Pagination: 3-4, 11",
            "Author list incomplete",
            "Volume title: Zwei",
            "Report number: R 1",
            "Updated 2016 Jul 14",
        ];
        let asked = [
            "Grants: R01 HL000001/NHLBI NIH HHS/United States",
            "ClinicalTrials.gov: NCT01234567",
            "GENBANK: A1, A2",
            "Note: PMID: 1",
            "© Nobody",
        ];
        assert_eq!(spelled(json, &options), [&always[..], &asked].concat());
        let silent = spelled(json, &Options::default());
        assert_eq!(silent, [&always[..2], &always[3..]].concat());
        assert_eq!(
            spelled(json, &Options { links: Links::None, ..Options::default() })[..1],
            ["Retracted"]
        );
    }

    #[test]
    fn a_link_is_one_sentence() {
        for (link, sentence) in [
            (
                r#"{"kind":"retraction-in","source":"Oncol Lett. 2021 Jul;22(1):545.","pmid":"34093767"}"#,
                "Retraction in: Oncol Lett. 2021 Jul;22(1):545 (PMID 34093767)",
            ),
            (
                r#"{"kind":"update-of","source":"medRxiv. 2020 Nov 03;:","note":"partly"}"#,
                "Update of: medRxiv. 2020 Nov 03; partly",
            ),
        ] {
            let json = format!(r#"{{"schema":1,"links":[{link}]}}"#);
            assert_eq!(spelled(&json, &Options::default()), [sentence]);
        }
    }

    #[test]
    fn an_extent_is_no_pagination() {
        let json = r#"{"schema":1,"pages":{"raw":"62 p.","kind":"extent"}}"#;
        assert_eq!(spelled(json, &Options::default()), ["Extent: 62 p."]);
        let one = r#"{"schema":1,"pages":{"raw":"3-4","ranges":[{"first":"3","last":"4"}]}}"#;
        assert_eq!(spelled(one, &Options::default()), [""; 0]);
    }

    #[test]
    fn a_conflict_of_interest_has_its_own_field_in_an_article() {
        let options =
            Options { notes: "conflict".parse().expect("a kind of note"), ..Options::default() };
        let json = |kind: &str| {
            format!(r#"{{"schema":1,"kind":"{kind}","conflict_of_interest":"None."}}"#)
        };
        assert_eq!(spelled(&json("chapter"), &options), ["Conflict of interest: None."]);
        assert_eq!(spelled(&json("article"), &options), [""; 0]);
    }
}
