//! What PubMed XML may hold and what of it is carried into the record: the elements and attributes
//! of the DTD of 2025, each on one list (`mapping.md` section 12.4).
//!
//! Nothing here is looked up while reading but [`is_silent`]. The tests hide each name in records
//! that hold everything, and see that what is carried is missed and the rest is not.

/// Whether an element is passed over without a word where it is not looked for.
pub(crate) fn is_silent(name: &[u8]) -> bool {
    NOT_CARRIED.iter().any(|(known, _)| known.as_bytes() == name)
}

/// Elements that are not carried, and why.
const NOT_CARRIED: &[(&str, &str)] = &[
    ("CitationSubset", "NLM's bookkeeping"),
    ("DateCompleted", "NLM's bookkeeping, never a date of publication"),
    ("DateCreated", "NLM's bookkeeping; not in files since 2018"),
    ("DispFormula", "says only that the mathematics in it stands on a line of its own"),
    ("Hour", "no date has a time of day"),
    ("Item", "an entry of an `ItemList`"),
    ("ItemList", "synonyms and genes of a chapter's subject"),
    ("Minute", "no date has a time of day"),
    ("NumberOfReferences", "no part of a citation"),
    ("Object", "an entry of an `ObjectList`"),
    ("ObjectList", "links to other databases' entries"),
    ("Param", "a part of an `Object`"),
    ("Second", "no date has a time of day"),
    ("Section", "table of contents"),
    ("SectionTitle", "table of contents"),
    ("Sections", "table of contents"),
    ("URL", "declared, but stands nowhere"),
];

#[cfg(test)]
mod tests;
