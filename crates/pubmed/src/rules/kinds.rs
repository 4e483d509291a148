//! What a record is: item type, genre, status (`mapping.md` sections 6, 7.11 and 5.4).

use model::{Code, Kind, Link, LinkKind, PublicationType, Status, Warning};

use crate::rules::warn;

/// What a record has beside its types, as far as its kind hangs on it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    /// Whether it has a volume or an issue.
    pub(crate) numbered: bool,
    /// Whether it has pages.
    pub(crate) paged: bool,
}

/// The kind of an article.
pub(crate) fn of_article(types: &[PublicationType], shape: Shape) -> Kind {
    const KINDS: &[(&str, &str, Kind)] = &[
        ("Newspaper Article", "D018431", Kind::Newspaper),
        ("Technical Report", "", Kind::Report),
        ("Academic Dissertation", "", Kind::Thesis),
        ("Dataset", "", Kind::Dataset),
    ];
    let has = |name, ui| types.iter().any(|given| is(given, name, ui));
    if has("Preprint", "D000076942") {
        return Kind::Preprint;
    }
    if shape.numbered {
        return Kind::Article;
    }
    let fits = |kind| !shape.paged || matches!(kind, Kind::Newspaper | Kind::Thesis);
    let found = KINDS.iter().find(|(name, ui, kind)| fits(*kind) && has(name, ui));
    found.map_or(Kind::Article, |(.., kind)| *kind)
}

/// The most specific type, in NLM's present words; none if there is only what says little.
pub(crate) fn genre(types: &[PublicationType], warnings: &mut Vec<Warning>) -> Option<String> {
    let mut best: Option<usize> = None;
    let mut unknown: Option<&str> = None;
    for given in types {
        if is_never_a_genre(given) {
            continue;
        }
        if let Some(place) = GENRES.iter().position(|row| is_row(given, row)) {
            best = Some(best.map_or(place, |best| best.min(place)));
        } else {
            warn(warnings, Code::TypeUnknown, "PublicationType", &given.text);
            unknown.get_or_insert(&given.text);
        }
    }
    best.map(|place| GENRES[place].0).or(unknown).map(str::to_owned)
}

/// What became of the work. `ahead` says whether it is ahead of print.
pub(crate) fn status(types: &[PublicationType], links: &[Link], ahead: bool) -> Option<Status> {
    let retracted = types.iter().any(|given| is(given, "Retracted Publication", "D016441"))
        || links.iter().any(|link| link.kind == LinkKind::RetractionIn);
    if retracted { Some(Status::Retracted) } else { ahead.then_some(Status::AheadOfPrint) }
}

/// Whether a volume or an issue only says that there is none yet.
pub(crate) fn is_ahead_of_print(number: &str) -> bool {
    const WORDS: &[&str] = &["ahead-of-print", "Forthcoming", "Online ahead of print", "In press"];
    WORDS.iter().any(|words| number.trim().eq_ignore_ascii_case(words))
}

/// A type in NLM's present words, its UI if known from data, and older words for it.
type Row = (&'static str, &'static str, &'static [&'static str]);

/// Types that may be the genre; the first that a record has is it.
const GENRES: &[Row] = &[
    // Notices.
    ("Preprint", "D000076942", &[]),
    ("Retraction of Publication", "D016440", &[]),
    ("Expression of Concern", "D000075742", &[]),
    ("Published Erratum", "D016425", &[]),
    ("Corrected and Republished Article", "D016439", &[]),
    ("Duplicate Publication", "", &[]),
    // Evidence.
    ("Practice Guideline", "D017065", &[]),
    ("Guideline", "D016431", &[]),
    ("Consensus Development Conference, NIH", "D016447", &[]),
    ("Consensus Development Conference", "D016446", &[]),
    ("Systematic Review", "D000078182", &[]),
    ("Meta-Analysis", "D017418", &[]),
    (
        "Review",
        "D016454",
        &[
            "Review, Tutorial",
            "Review, Academic",
            "Review, Multicase",
            "Review Literature",
            "Review of Reported Cases",
        ],
    ),
    ("Randomized Controlled Trial", "D016449", &[]),
    ("Randomized Controlled Trial, Veterinary", "D000081262", &[]),
    ("Equivalence Trial", "", &[]),
    ("Pragmatic Clinical Trial", "", &[]),
    ("Adaptive Clinical Trial", "", &[]),
    ("Clinical Trial, Phase IV", "", &[]),
    ("Clinical Trial, Phase III", "", &[]),
    ("Clinical Trial, Phase II", "", &[]),
    ("Clinical Trial, Phase I", "", &[]),
    ("Controlled Clinical Trial", "D018848", &[]),
    ("Clinical Trial Protocol", "", &[]),
    ("Clinical Trial", "D016430", &[]),
    ("Clinical Trial, Veterinary", "", &[]),
    ("Clinical Study", "", &[]),
    ("Observational Study", "D064888", &[]),
    ("Observational Study, Veterinary", "", &[]),
    ("Case Reports", "D002363", &[]),
    // Form.
    ("Dataset", "", &[]),
    ("Letter", "D016422", &[]),
    ("Editorial", "D016421", &[]),
    ("Comment", "D016420", &[]),
    ("Newspaper Article", "D018431", &[]),
    ("News", "D016433", &[]),
    ("Interview", "D017203", &[]),
    ("Autobiography", "D020493", &[]),
    ("Biography", "D019215", &[]),
    ("Personal Narrative", "D062210", &["Personal Narratives"]),
    ("Portrait", "D019477", &["Portraits"]),
    ("Historical Article", "D016456", &[]),
    ("Classical Article", "", &[]),
    ("Lecture", "D019531", &["Lectures"]),
    ("Address", "", &["Addresses"]),
    ("Congress", "D016423", &["Congresses"]),
    ("Meeting Abstract", "", &["Meeting Abstracts"]),
    ("Overall", "D016424", &[]),
    ("Festschrift", "", &[]),
    ("Patient Education Handout", "D029282", &[]),
    ("Technical Report", "", &[]),
    ("Academic Dissertation", "", &["Academic Dissertations"]),
    ("Video-Audio Media", "D059040", &[]),
    ("Webcast", "", &["Webcasts"]),
    ("Directory", "D016435", &[]),
    ("Bibliography", "D016417", &[]),
    ("Dictionary", "D016437", &[]),
    ("Periodical Index", "", &[]),
    ("Legislation", "", &[]),
    ("Legal Case", "", &["Legal Cases"]),
    ("Government Publication", "", &["Government Publications"]),
    ("Interactive Tutorial", "", &[]),
    ("Introductory Journal Article", "D054711", &[]),
];

/// Types that say too little to be a genre.
const NEVER: &[Row] = &[
    ("Journal Article", "D016428", &[]),
    ("English Abstract", "D004740", &[]),
    ("Comparative Study", "D003160", &[]),
    ("Multicenter Study", "D016448", &[]),
    ("Evaluation Study", "D023362", &["Evaluation Studies"]),
    ("Validation Study", "D023361", &["Validation Studies"]),
    ("Twin Study", "", &["Twin Studies"]),
    ("In Vitro", "", &["In Vitro Techniques"]),
    ("Collected Work", "", &["Collected Works"]),
    ("Electronic Supplementary Materials", "", &[]),
    ("Retracted Publication", "D016441", &[]),
];

fn is_never_a_genre(given: &PublicationType) -> bool {
    const SUPPORT: &str = "Research Support";
    let support = given.text.get(..SUPPORT.len());
    support.is_some_and(|head| head.eq_ignore_ascii_case(SUPPORT))
        || NEVER.iter().any(|row| is_row(given, row))
}

fn is_row(given: &PublicationType, (name, ui, old): &Row) -> bool {
    is(given, name, ui) || old.iter().any(|name| given.text.eq_ignore_ascii_case(name))
}

/// By UI, where both have one; else by name.
fn is(given: &PublicationType, name: &str, ui: &str) -> bool {
    match given.ui.as_deref() {
        Some(given_ui) if !ui.is_empty() => given_ui == ui,
        _ => given.text.eq_ignore_ascii_case(name),
    }
}

#[cfg(test)]
mod tests;
