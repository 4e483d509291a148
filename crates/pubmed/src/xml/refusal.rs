//! Documents that are known not to hold PubMed records (`xml-input.md` section 3, step 8).

use super::markup;

/// Root elements of documents of others, and what to say about them.
const FOREIGN: &[(&str, &str)] = &[
    ("eSummaryResult", "an ESummary answer has no full names of authors; ask for efetch XML"),
    ("eSearchResult", "an ESearch answer has PMIDs only; ask for efetch XML"),
    ("eLinkResult", "an ELink answer has PMIDs only; ask for efetch XML"),
    ("ePostResult", "an EPost answer has no records; ask for efetch XML"),
    ("eInfoResult", "an EInfo answer describes a database; ask for efetch XML"),
    ("eSpellResult", "an ESpell answer has no records; ask for efetch XML"),
    ("eFetchResult", "an EFetch answer without records reports an error of the query"),
    ("ERROR", "an error message of E-utilities has no records"),
    ("pmc-articleset", "full texts of PubMed Central are no PubMed records; ask for db=pubmed"),
    ("article", "a JATS article is no PubMed record"),
    ("RDF", "an RDF document is no PubMed document"),
    ("html", "an HTML page is no PubMed XML"),
];

/// What to say about a document with this root element, if it is known to hold no PubMed records.
///
/// The sentence is lower case and has no full stop. A prefix of the name does not matter. The root
/// of EndNote's XML, `xml`, is not among them, since people wrap PubMed answers in it as well.
///
/// ```
/// assert!(pubmed::refusal("eSummaryResult").is_some_and(|why| why.contains("efetch")));
/// assert!(pubmed::refusal("rdf:RDF").is_some());
/// assert_eq!(pubmed::refusal("PubmedArticleSet"), None);
/// ```
#[must_use]
pub fn refusal(root_name: &str) -> Option<&'static str> {
    let local = markup::local(root_name.as_bytes());
    let is_html = local.eq_ignore_ascii_case(b"html");
    let matches = |name: &str| name.as_bytes() == local || is_html && name == "html";
    FOREIGN.iter().find(|(name, _)| matches(name)).map(|(_, sentence)| *sentence)
}
