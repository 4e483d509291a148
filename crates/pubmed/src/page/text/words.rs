//! Words of the site: headings, menus, publication types.

/// Headings that end what stands before them.
const HEADINGS: &[&str] = &[
    "Abstract",
    "PubMed Disclaimer",
    "Conflict of interest statement",
    "Figures",
    "Similar articles",
    "Cited by",
    "References",
    "Publication types",
    "MeSH terms",
    "Substances",
    "Personal name as subject",
    "Grants and funding",
    "Grant support",
    "Associated data",
    "Supplementary concepts",
    "Related information",
    "LinkOut - more resources",
    "Plain language summary",
    "Related links",
    "Full text links",
];

/// Headings over other works that the record is linked to.
pub(in crate::page) const LINK_HEADINGS: &[&str] = &[
    "Comment in",
    "Comment on",
    "Erratum in",
    "Erratum for",
    "Retraction in",
    "Retraction of",
    "Expression of concern in",
    "Expression of concern for",
    "Republished in",
    "Republished from",
    "Corrected and republished in",
    "Corrected and republished from",
    "Update in",
    "Update of",
    "Summary for patients in",
    "Original report in",
    "Retracted and republished in",
    "Retracted and republished from",
];

/// Words of menus, which are data nowhere.
const MENU: &[&str] = &[
    "Actions",
    "Search in PubMed",
    "Search in MeSH",
    "Search in NLM Catalog",
    "Add to Search",
    "See all similar articles",
    "Show all",
    "Cite",
    "Affiliations Expand",
    "Affiliations Collapse",
    "Expand",
    "Collapse",
    "Share",
    "Favorites",
    "Display options",
    "Item in Clipboard",
    "Save citation to file",
    "Email citation",
];

/// Publication types that a page shows above its title.
pub(in crate::page) const TYPES: &[&str] = &[
    "Review",
    "Clinical Trial",
    "Randomized Controlled Trial",
    "Controlled Clinical Trial",
    "Meta-Analysis",
    "Systematic Review",
    "Comment",
    "Editorial",
    "Letter",
    "Case Reports",
    "Practice Guideline",
    "Guideline",
    "Observational Study",
    "Multicenter Study",
    "Comparative Study",
    "Historical Article",
    "News",
    "Preprint",
    "Published Erratum",
    "Retracted Publication",
    "Retraction of Publication",
    "Biography",
    "Autobiography",
    "Interview",
    "Festschrift",
    "Lecture",
    "Expression of Concern",
    "Duplicate Publication",
    "Video-Audio Media",
    "Clinical Trial, Phase I",
    "Clinical Trial, Phase II",
    "Clinical Trial, Phase III",
    "Clinical Trial, Phase IV",
    "Clinical Trial Protocol",
    "Consensus Development Conference",
    "Corrected and Republished Article",
    "Dataset",
    "Personal Narrative",
    "Evaluation Study",
    "Validation Study",
    "Twin Study",
    "Patient Education Handout",
    "Portrait",
    "Congress",
];

pub(super) fn is_heading(line: &str) -> bool {
    HEADINGS.contains(&line) || LINK_HEADINGS.contains(&line)
}

pub(super) fn is_content(line: &str) -> bool {
    !line.is_empty() && !MENU.contains(&line)
}

pub(super) fn trimmed(line: &str) -> &str {
    line.trim_matches(is_blank)
}

pub(super) fn is_blank(sign: char) -> bool {
    sign.is_whitespace() || sign == '\u{a0}'
}
