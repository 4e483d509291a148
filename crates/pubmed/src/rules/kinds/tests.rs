use model::{Code, Kind, Link, LinkKind, PublicationType, Status};

use super::{GENRES, NEVER, Shape, genre, is_ahead_of_print, of_article, status};

/// Types, as `Name` or `Name|UI`.
fn types(given: &[&str]) -> Vec<PublicationType> {
    let parts = given.iter().map(|given| given.split_once('|').unwrap_or((given, "")));
    parts
        .map(|(text, ui)| PublicationType {
            text: text.to_owned(),
            ui: (!ui.is_empty()).then(|| ui.to_owned()),
        })
        .collect()
}

const BARE: Shape = Shape { numbered: false, paged: false };
const PAGED: Shape = Shape { numbered: false, paged: true };
const NUMBERED: Shape = Shape { numbered: true, paged: true };

#[test]
fn the_kind_follows_the_types_unless_there_is_a_volume() {
    for (given, shape, kind) in [
        (&["Preprint|D000076942", "Journal Article|D016428"][..], NUMBERED, Kind::Preprint),
        (&["preprint"], BARE, Kind::Preprint),
        (&["Newspaper Article|D018431"], BARE, Kind::Newspaper),
        (&["Newspaper Article"], PAGED, Kind::Newspaper),
        (&["Newspaper Article"], NUMBERED, Kind::Article),
        (&["Technical Report"], BARE, Kind::Report),
        (&["Technical Report"], PAGED, Kind::Article),
        (&["Technical Report"], NUMBERED, Kind::Article),
        (&["Academic Dissertation"], PAGED, Kind::Thesis),
        (&["Academic Dissertation"], NUMBERED, Kind::Article),
        (&["Dataset"], BARE, Kind::Dataset),
        (&["Dataset"], PAGED, Kind::Article),
        (&["Dataset", "Technical Report"], BARE, Kind::Report),
        (&["Letter", "Review"], BARE, Kind::Article),
        (&["Congress"], BARE, Kind::Article),
        (&["A Type of Tomorrow"], BARE, Kind::Article),
        (&[], BARE, Kind::Article),
        // The UI decides before the words do.
        (&["Preprint|D016428"], BARE, Kind::Article),
    ] {
        assert_eq!(of_article(&types(given), shape), kind, "{given:?}");
    }
}

#[test]
fn the_genre_is_the_most_specific_type() {
    for (given, expected) in [
        (
            &["Review|D016454", "Systematic Review|D000078182", "Journal Article|D016428"][..],
            Some("Systematic Review"),
        ),
        (&["Journal Article|D016428"], None),
        (&["JOURNAL ARTICLE"], None),
        (
            &[
                "Journal Article",
                "English Abstract",
                "Research Support, N.I.H., Extramural|D052061",
            ],
            None,
        ),
        (&["Retracted Publication|D016441", "Case Reports|D002363"], Some("Case Reports")),
        (&["Retraction of Publication|D016440", "Letter"], Some("Retraction of Publication")),
        (&["Comment", "Letter|D016422"], Some("Letter")),
        (&["Review, Tutorial"], Some("Review")),
        (&["Congresses"], Some("Congress")),
        (&["Portraits", "Biography"], Some("Biography")),
        (&["Evaluation Studies", "Validation Studies"], None),
        (
            &["Randomized Controlled Trial, Veterinary"],
            Some("Randomized Controlled Trial, Veterinary"),
        ),
        (&["Clinical Trial", "Clinical Trial, Phase III"], Some("Clinical Trial, Phase III")),
        (&["letter"], Some("Letter")),
        (&["In Vitro", "Twin Study"], None),
        (&[], None),
    ] {
        let mut warnings = Vec::new();
        assert_eq!(genre(&types(given), &mut warnings).as_deref(), expected, "{given:?}");
        assert_eq!(warnings, [], "{given:?}");
    }
}

#[test]
fn an_unknown_type_is_the_genre_of_last_resort() {
    let mut warnings = Vec::new();
    let found = genre(&types(&["Journal Article", "A Type of Tomorrow|D1"]), &mut warnings);
    assert_eq!(found.as_deref(), Some("A Type of Tomorrow"));
    assert_eq!((warnings.len(), warnings[0].code), (1, Code::TypeUnknown));
    let found = genre(&types(&["A Type of Tomorrow|D1", "Webcast"]), &mut warnings);
    assert_eq!(found.as_deref(), Some("Webcast"));
}

#[test]
fn no_type_stands_in_the_tables_twice() {
    let rows: Vec<_> = GENRES.iter().chain(NEVER).collect();
    for (at, (name, ui, old)) in rows.iter().enumerate() {
        for (other, other_ui, other_old) in &rows[at + 1..] {
            assert!(name != other && !other_old.contains(name) && !old.contains(other), "{name}");
            assert!(ui.is_empty() || ui != other_ui, "{ui}");
        }
    }
}

fn link(kind: LinkKind) -> Vec<Link> {
    vec![Link { kind, source: None, pmid: None, note: None }]
}

#[test]
fn a_retracted_work_is_told_by_its_type_or_its_link() {
    for (given, links, ahead, expected) in [
        (&["Retracted Publication|D016441"][..], vec![], false, Some(Status::Retracted)),
        (&["retracted publication"], vec![], true, Some(Status::Retracted)),
        (&["Letter"], link(LinkKind::RetractionIn), false, Some(Status::Retracted)),
        (&["Retraction of Publication|D016440"], link(LinkKind::RetractionOf), false, None),
        (&["Letter"], link(LinkKind::PartialRetractionIn), false, None),
        (&["Letter"], vec![], true, Some(Status::AheadOfPrint)),
        (&[], vec![], false, None),
    ] {
        assert_eq!(status(&types(given), &links, ahead), expected, "{given:?}");
    }
}

#[test]
fn a_volume_may_say_that_there_is_none() {
    for words in
        ["ahead-of-print", "Forthcoming", "Online Ahead of Print", "in press", " In press "]
    {
        assert!(is_ahead_of_print(words), "{words}");
    }
    for number in ["12", "Suppl 40", "Press", ""] {
        assert!(!is_ahead_of_print(number), "{number}");
    }
}
